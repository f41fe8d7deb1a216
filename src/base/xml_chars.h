/* SPDX-License-Identifier: MIT
 *
 * The characters of XML 1.0 (fifth edition) in UTF-8: which may stand where, and how to skip
 * them. Numbers in brackets are productions of https://www.w3.org/TR/xml/.
 *
 * The text has a NUL behind it. No class holds NUL, so no function reads past it. Functions
 * that skip or read return a pointer behind what they took, or NULL where the text is not what
 * they are for.
 */
#ifndef THRESH_BASE_XML_CHARS_H
#define THRESH_BASE_XML_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Code points, both ends included. */
struct code_range {
    uint32_t first;
    uint32_t last;
};

/* What a name may begin with [4], and what else it may continue with [4a]. In rising order,
 * ended by {0, 0}. */
extern const struct code_range xml_name_start_ranges[];
extern const struct code_range xml_name_more_ranges[];

/* White space [3]. */
static inline bool xml_is_space(int c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Whether text, in which nothing but white space is below a space, is white space only. */
bool xml_is_all_space(const uint8_t *text, size_t len);

/* Takes white space off both ends. */
static inline void xml_trim(const char **text, size_t *len)
{
    while (*len && xml_is_space((*text)[*len - 1]))
        --*len;
    while (*len && xml_is_space(**text))
        ++*text, --*len;
}

/* Whether the whole text, which needs no NUL behind it, is a Name [5], an Nmtoken [7], or an
 * NCName: a Name without colons (https://www.w3.org/TR/xml-names/ [4]). */
bool xml_is_name(const char *text, size_t len);
bool xml_is_nmtoken(const char *text, size_t len);
bool xml_is_ncname(const char *text, size_t len);

/* Whether it is a character of XML [2]. */
bool xml_is_char(uint32_t code_point);

/* The places where an ASCII character may stand for itself: */
enum {
    XML_SPACE = 1,      /* white space [3] */
    XML_NAME_START = 2, /* the start of a name, colon included [4] */
    XML_NAME = 4,       /* a name [4a] */
    XML_TEXT = 8,       /* text */
    XML_VALUE = 16,     /* the value of an attribute, in either kind of quotes */
    XML_INERT = 32,     /* comments, processing instructions and CDATA sections */
};
extern const uint8_t xml_char_classes[256];

static inline bool xml_char_is(const uint8_t *c, unsigned class)
{
    return xml_char_classes[*c] & class;
}

static inline const uint8_t *xml_skip(const uint8_t *c, unsigned class)
{
    while (xml_char_is(c, class))
        c++;
    return c;
}

/* The string, if it stands at c. */
const uint8_t *xml_skip_string(const uint8_t *c, const char *string);
/* Characters beyond ASCII, as many as follow each other, perhaps none. */
const uint8_t *xml_skip_non_ascii(const uint8_t *c, const uint8_t *end);
/* What has no meaning inside comments, processing instructions and CDATA sections. */
const uint8_t *xml_skip_inert(const uint8_t *c, const uint8_t *end);
/* Whether the character that ended xml_skip_inert has a meaning in some of them only. */
bool xml_may_be_inert(const uint8_t *c);
/* The first place that is no character: the end, or bytes that are none. */
const uint8_t *xml_skip_chars(const uint8_t *c, const uint8_t *end);
/* A Name, colons included, or an Nmtoken; c itself where there is none. Never NULL. */
const uint8_t *xml_skip_name(const uint8_t *c, const uint8_t *end);
const uint8_t *xml_skip_nmtoken(const uint8_t *c, const uint8_t *end);

uint64_t xml_count_lines(const uint8_t *c, const uint8_t *end); /* line feeds */

/* [66] [68]: the reference that begins with the `&` at c, to a character by its number or to
 * one of the five entities that need no declaration. */
const uint8_t *xml_read_reference(const uint8_t *c, uint32_t *code_point);

#endif
