/* SPDX-License-Identifier: MIT
 *
 * What documents consist of for the most part, sixteen bytes at a time: inline, because most
 * runs are shorter than that. As in xml_chars.h, a NUL is behind the text, at `end`, and no
 * function reads past it.
 */
#ifndef THRESH_BASE_XML_SKIP_H
#define THRESH_BASE_XML_SKIP_H

#include "base/vector.h"
#include "base/xml_chars.h"

/* Text, up to a byte that may be markup, is no character, or is not ASCII. */
static inline const uint8_t *xml_skip_text(const uint8_t *c, const uint8_t *end)
{
    for (; end - c >= VECTOR_BYTES; c += VECTOR_BYTES) {
        struct vector v = vector_load(c);
        struct vector markup = vector_or(vector_is(v, '<'), vector_is(v, '&'));
        struct vector lines = vector_or(vector_is(v, '\t'), vector_is(v, '\n'));
        unsigned first = vector_first(vector_or(vector_or(markup, vector_is(v, ']')),
                                                vector_except(vector_outside(v, ' '), lines)));
        if (first < VECTOR_BYTES)
            return c + first;
    }
    return xml_skip(c, XML_TEXT);
}

/* The value of an attribute, up to a byte that may be none of it, or not for itself; quotes are
 * such bytes. */
static inline const uint8_t *xml_skip_value(const uint8_t *c, const uint8_t *end)
{
    for (; end - c >= VECTOR_BYTES; c += VECTOR_BYTES) {
        struct vector v = vector_load(c);
        struct vector markup = vector_or(vector_is(v, '<'), vector_is(v, '&'));
        struct vector quotes = vector_or(vector_is(v, '"'), vector_is(v, '\''));
        unsigned first =
            vector_first(vector_or(vector_or(markup, quotes), vector_outside(v, ' ')));
        if (first < VECTOR_BYTES)
            return c + first;
    }
    return xml_skip(c, XML_VALUE);
}

/* White space but for carriage returns. */
static inline const uint8_t *xml_skip_blank(const uint8_t *c, const uint8_t *end)
{
    for (; end - c >= VECTOR_BYTES; c += VECTOR_BYTES) {
        struct vector v = vector_load(c);
        struct vector lines = vector_or(vector_is(v, '\t'), vector_is(v, '\n'));
        unsigned first = vector_first_not(vector_or(vector_is(v, ' '), lines));
        if (first < VECTOR_BYTES)
            return c + first;
    }
    while (*c == ' ' || *c == '\n' || *c == '\t')
        c++;
    return c;
}

#endif
