/* SPDX-License-Identifier: MIT
 *
 * decimal, float and double. A decimal has any number of digits.
 */
#include "xsd/datatype/primitive.h"

#include "base/ascii.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool decimal_parse(const char *text, size_t len, enum shape shape, struct decimal *decimal)
{
    const char *at = text, *end = text + len;
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    const char *whole = at;
    while (at < end && ascii_is_digit(*at))
        at++;
    const char *whole_end = at, *fraction = at, *fraction_end = at;
    if (at < end && *at == '.' && shape != SHAPE_INTEGER) {
        fraction = ++at;
        while (at < end && ascii_is_digit(*at))
            at++;
        fraction_end = at;
    }
    if (at != end || (whole == whole_end && fraction == fraction_end))
        return false;
    while (whole < whole_end && *whole == '0')
        whole++;
    while (fraction < fraction_end && fraction_end[-1] == '0')
        fraction_end--;
    size_t n_whole = (size_t)(whole_end - whole);
    size_t n_fraction = (size_t)(fraction_end - fraction);
    *decimal = (struct decimal){whole, fraction, n_whole, n_fraction,
                                negative && n_whole + n_fraction > 0};
    return true;
}

static enum value_order order_of(int difference)
{
    return difference < 0 ? ORDER_LESS : difference > 0 ? ORDER_GREATER : ORDER_EQUAL;
}

/* The order of the absolute values. */
static enum value_order compare_digits(const struct decimal *a, const struct decimal *b)
{
    if (a->n_whole != b->n_whole)
        return a->n_whole < b->n_whole ? ORDER_LESS : ORDER_GREATER;
    int difference = memcmp(a->whole, b->whole, a->n_whole);
    if (difference)
        return order_of(difference);
    size_t both = a->n_fraction < b->n_fraction ? a->n_fraction : b->n_fraction;
    difference = memcmp(a->fraction, b->fraction, both);
    if (difference)
        return order_of(difference);
    return a->n_fraction < b->n_fraction ? ORDER_LESS : order_of(a->n_fraction > b->n_fraction);
}

enum value_order decimal_compare(const struct decimal *a, const struct decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? ORDER_LESS : ORDER_GREATER;
    return a->negative ? compare_digits(b, a) : compare_digits(a, b);
}

static bool is_special(const char *text, size_t len)
{
    return (len == 3 && (memcmp(text, "INF", 3) == 0 || memcmp(text, "NaN", 3) == 0)) ||
           (len == 4 && memcmp(text, "-INF", 4) == 0);
}

bool number_is_float(const char *text, size_t len)
{
    struct decimal mantissa, exponent;
    size_t e = 0;
    while (e < len && (text[e] | 0x20) != 'e')
        e++;
    if (e < len && !decimal_parse(text + e + 1, len - e - 1, SHAPE_INTEGER, &exponent))
        return false;
    return decimal_parse(text, e, SHAPE_ANY, &mantissa) || is_special(text, len);
}

/* strtod reads a decimal point in the locale "C", which a program has unless it sets
 * another. */
int number_parse(enum primitive primitive, const char *text, size_t len, double *number)
{
    char room[128];
    if (is_special(text, len)) {
        *number = *text == 'N'   ? (double)NAN
                  : *text == '-' ? -(double)INFINITY
                                 : (double)INFINITY;
        return 0;
    }
    char *copy = len < sizeof room ? room : malloc(len + 1);
    if (!copy)
        return -1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    *number = primitive == PRIMITIVE_FLOAT ? (double)strtof(copy, NULL) : strtod(copy, NULL);
    if (copy != room)
        free(copy);
    return 0;
}

enum value_order number_compare(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b) ? ORDER_EQUAL : ORDER_NONE;
    return a < b ? ORDER_LESS : a > b ? ORDER_GREATER : ORDER_EQUAL;
}
