/* SPDX-License-Identifier: MIT
 *
 * The keys of most texts: those that are their values as they stand. datatype_key() makes them
 * of others.
 */
#ifndef THRESH_XSD_DATATYPE_SHORT_KEY_H
#define THRESH_XSD_DATATYPE_SHORT_KEY_H

#include "base/ascii.h"
#include "base/buf.h"
#include "base/swar.h"
#include "xsd/datatype/simple_type.h"

/* What a key begins with: values of different primitive types are never equal. */
static inline char short_key_kind(const struct datatype *type)
{
    return (char)('a' + type->primitive);
}

/* Whether it is one: of plain text without white space, or of digits that begin with no zero,
 * which are a decimal's canonical form but for sign and point. */
static inline bool short_key_is(const struct datatype *type, const char *text, size_t len)
{
    size_t i = 0;
    if (type->plain)
        return swar_none_below(text, len, ' ' + 1);
    if (type->primitive != PRIMITIVE_DECIMAL || type->variety != VARIETY_ATOMIC || !len ||
        *text == '0')
        return false;
    while (i < len && ascii_is_digit(text[i]))
        i++;
    return i == len;
}

/* Appends it. 0, or -1 without memory. */
static inline int short_key_append(const struct datatype *type, const char *text, size_t len,
                                   struct buf *key)
{
    if (buf_reserve(key, len + 3) < 0)
        return -1;
    char *to = key->data + key->len;
    *to++ = short_key_kind(type);
    if (!type->plain)
        *to++ = '+';
    if (len)
        memcpy(to, text, len);
    to += len;
    if (!type->plain)
        *to++ = '.';
    key->len = (size_t)(to - key->data);
    return 0;
}

#endif
