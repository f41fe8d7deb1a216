/* SPDX-License-Identifier: MIT
 *
 * Most values are plain: text of a type that takes nearly any, digits that are within all
 * bounds whatever they are. A glance accepts them and says nothing of others.
 */
#ifndef THRESH_XSD_DATATYPE_GLANCE_H
#define THRESH_XSD_DATATYPE_GLANCE_H

#include "base/ascii.h"
#include "xsd/datatype/simple_type.h"

/* Of a type whose facets are all there. */
void glance_settle(struct datatype *type);

/* Whether digits, perhaps with a point between them, are a value. Facets that count digits
 * count no zeros at either end, so a text has at least as many. */
static inline bool glance_accepts_decimal(const struct datatype *type, const char *text,
                                          size_t len)
{
    uint64_t number = 0;
    size_t i = 0, n_whole, n_fraction;
    if (len > GLANCE_DIGITS)
        return false;
    for (; i < len && ascii_is_digit(text[i]); i++)
        number = 10 * number + (uint64_t)(text[i] - '0');
    if (i == len)
        return len && number >= type->glance_least && number <= type->glance_most &&
               len <= type->total_digits;
    n_whole = i;
    n_fraction = len - i - 1;
    if (text[i] != '.' || !n_whole || !n_fraction)
        return false;
    for (i++; i < len; i++)
        if (!ascii_is_digit(text[i]))
            return false;
    return number >= type->glance_least && number < type->glance_most &&
           n_fraction <= type->fraction_digits && n_whole + n_fraction <= type->total_digits;
}

/* Whether the text is a value for sure. A character has a byte or more, and white space around
 * them may go. */
static inline bool glance_accepts(const struct datatype *type, const char *text, size_t len)
{
    if (type->glance == GLANCE_DECIMAL)
        return glance_accepts_decimal(type, text, len);
    return type->glance == GLANCE_TEXT && len <= type->max_length &&
           (type->min_length == 0 || (len && (unsigned char)*text > ' '));
}

#endif
