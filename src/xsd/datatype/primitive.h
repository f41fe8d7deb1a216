/* SPDX-License-Identifier: MIT
 *
 * The primitive types of XSD 1.0: which texts are literals of them, how their values compare,
 * and bytes that stand for a value. Texts come here with their white space already processed.
 */
#ifndef THRESH_XSD_DATATYPE_PRIMITIVE_H
#define THRESH_XSD_DATATYPE_PRIMITIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum primitive {
    PRIMITIVE_ANY, /* anySimpleType, and what is made by list or union */
    PRIMITIVE_STRING,
    PRIMITIVE_BOOLEAN,
    PRIMITIVE_DECIMAL,
    PRIMITIVE_FLOAT,
    PRIMITIVE_DOUBLE,
    PRIMITIVE_DURATION,
    PRIMITIVE_DATE_TIME,
    PRIMITIVE_TIME,
    PRIMITIVE_DATE,
    PRIMITIVE_G_YEAR_MONTH,
    PRIMITIVE_G_YEAR,
    PRIMITIVE_G_MONTH_DAY,
    PRIMITIVE_G_DAY,
    PRIMITIVE_G_MONTH,
    PRIMITIVE_HEX_BINARY,
    PRIMITIVE_BASE64_BINARY,
    PRIMITIVE_ANY_URI,
    PRIMITIVE_QNAME,
    PRIMITIVE_NOTATION,
};

/* What the built-in types derived from string and decimal ask of a literal. */
enum shape {
    SHAPE_ANY,
    SHAPE_INTEGER,
    SHAPE_LANGUAGE,
    SHAPE_NMTOKEN,
    SHAPE_NAME,
    SHAPE_NCNAME,
};

enum value_order { ORDER_LESS = -1, ORDER_EQUAL = 0, ORDER_GREATER = 1, ORDER_NONE = 2 };

/* The digits that count: no zeros before the first or behind the last of them. Zero has none
 * and is not negative. They stay where the literal has them. */
struct decimal {
    const char *whole;
    const char *fraction;
    size_t n_whole;
    size_t n_fraction;
    bool negative;
};

/* A point on a time line of days, in UTC if `zoned`. Fractions of a second count to 18 digits,
 * and years to about ten to the sixteenth. */
struct moment {
    int64_t day;
    int32_t second;
    bool zoned;
    uint64_t atto;
};

/* Months, and a time beside them that counts forward from `days`, which is negative in a
 * negative duration. With the limits of moments. */
struct duration {
    int64_t months;
    int64_t days;
    int32_t second;
    uint64_t atto;
};

struct value {
    union {
        struct decimal decimal;
        double number;
        struct moment moment;
        struct duration duration;
    };
};

/* Whether minInclusive and its kin apply. */
bool primitive_ordered(enum primitive primitive);

/* Whether the text is a literal of the primitive type and of the shape. */
bool primitive_valid(enum primitive primitive, enum shape shape, const char *text, size_t len);

/* The value of a literal of an ordered type: 0, 1 if it is none, -1 without memory. A decimal
 * points into the text. */
int value_parse(enum primitive primitive, enum shape shape, const char *text, size_t len,
                struct value *value);
enum value_order value_compare(enum primitive primitive, const struct value *a,
                               const struct value *b);

/* The octets of a literal of hexBinary or base64Binary. */
size_t primitive_octets(enum primitive primitive, const char *text, size_t len);

/* Appends bytes that are the same for equal values, for any primitive type but QName and
 * NOTATION. 0, or -1 without memory. */
int value_key(enum primitive primitive, const char *text, size_t len, struct buf *key);

/* Dates, times and durations. */
bool moment_parse(enum primitive primitive, const char *text, size_t len,
                  struct moment *moment);
enum value_order moment_compare(const struct moment *a, const struct moment *b);
bool duration_parse(const char *text, size_t len, struct duration *duration);
enum value_order duration_compare(const struct duration *a, const struct duration *b);

#endif
