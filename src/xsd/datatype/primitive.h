/* SPDX-License-Identifier: MIT
 *
 * The primitive types of XSD 1.0 (Part 2, 3.2): which texts are literals of them, how their
 * values compare, and bytes that stand for a value. The white space of the texts has been
 * processed as the type's whiteSpace says.
 */
#ifndef THRESH_XSD_DATATYPE_PRIMITIVE_H
#define THRESH_XSD_DATATYPE_PRIMITIVE_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum primitive {
    PRIMITIVE_ANY, /* anySimpleType, lists and unions */
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

/* What built-in types derived from string and decimal require of a literal. */
enum shape {
    SHAPE_ANY,
    SHAPE_INTEGER,
    SHAPE_LANGUAGE,
    SHAPE_NMTOKEN,
    SHAPE_NAME,
    SHAPE_NCNAME,
};

/* How a value compares with another. */
enum value_order { ORDER_LESS = -1, ORDER_EQUAL = 0, ORDER_GREATER = 1, ORDER_NONE = 2 };

/* -- number.c ------------------------------------------------------------------------- */

/* The significant digits of a literal, in its text: no zeros in front of the first or behind
 * the last. Zero has none and is not negative. */
struct decimal {
    const char *whole;
    const char *fraction;
    size_t n_whole;
    size_t n_fraction;
    bool negative;
};

bool decimal_parse(const char *text, size_t len, enum shape shape, struct decimal *decimal);
enum value_order decimal_compare(const struct decimal *a, const struct decimal *b);

bool number_is_float(const char *text, size_t len);
/* The value of a valid literal: 0, or -1 without memory. */
int number_parse(enum primitive primitive, const char *text, size_t len, double *number);
enum value_order number_compare(double a, double b);

/* -- datetime.c ----------------------------------------------------------------------- */

/* A point in time: days from the first of January of the year 1, seconds of the day, and
 * 10^-18 seconds; in UTC if `zoned`. Further digits of a second are dropped, and years beyond
 * 10^16 are all one. */
struct moment {
    int64_t day;
    int32_t second;
    bool zoned;
    uint64_t atto;
};

/* A negative duration has negative months and days; second and atto count forward from there.
 * The limits are those of moments. */
struct duration {
    int64_t months;
    int64_t days;
    int32_t second;
    uint64_t atto;
};

bool moment_parse(enum primitive primitive, const char *text, size_t len,
                  struct moment *moment);
enum value_order moment_compare(const struct moment *a, const struct moment *b);
bool duration_parse(const char *text, size_t len, struct duration *duration);
enum value_order duration_compare(const struct duration *a, const struct duration *b);

/* -- binary.c ------------------------------------------------------------------------- */

bool binary_is_hex(const char *text, size_t len);
bool binary_is_base64(const char *text, size_t len);
/* The octets that a valid literal of hexBinary or base64Binary stands for: how many, and they
 * themselves. */
size_t binary_octets(enum primitive primitive, const char *text, size_t len);
void binary_append_octets(enum primitive primitive, const char *text, size_t len,
                          struct buf *octets);

/* -- any_uri.c ------------------------------------------------------------------------ */

bool any_uri_is_valid(const char *text, size_t len);

/* -- primitive.c ---------------------------------------------------------------------- */

struct primitive_value {
    union {
        struct decimal decimal;
        double number;
        struct moment moment;
        struct duration duration;
    };
};

/* Whether values have an order, so that minInclusive and the like apply. */
bool primitive_ordered(enum primitive primitive);

/* Whether the text is a literal of the primitive type and of the shape. */
bool primitive_valid(enum primitive primitive, enum shape shape, const char *text, size_t len);

/* The value of a literal of an ordered type: 0, 1 if it is none, -1 without memory. A decimal
 * points into the text. */
int primitive_parse(enum primitive primitive, enum shape shape, const char *text, size_t len,
                    struct primitive_value *value);
enum value_order primitive_compare(enum primitive primitive, const struct primitive_value *a,
                                   const struct primitive_value *b);

/* Appends bytes that are equal for equal values and only for those, for any primitive type but
 * QName and NOTATION. 0, or -1 without memory. */
int primitive_append_key(enum primitive primitive, const char *text, size_t len,
                         struct buf *key);

#endif
