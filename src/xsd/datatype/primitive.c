/* SPDX-License-Identifier: MIT
 *
 * Literals and values of the primitive types other than dates and times.
 */
#include "xsd/datatype/primitive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml_chars.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return ((unsigned char)c | 0x20) >= 'a' && ((unsigned char)c | 0x20) <= 'z';
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    int letter = (unsigned char)c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* -- Names ---------------------------------------------------------------------------- */

static bool is_qname(const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    if (!colon)
        return xml_is_ncname(text, len);
    size_t prefix = (size_t)(colon - text);
    return xml_is_ncname(text, prefix) && xml_is_ncname(colon + 1, len - prefix - 1);
}

static bool is_language(const char *text, size_t len)
{
    size_t part = 0;
    bool first = true;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '-' && part > 0) {
            part = 0;
            first = false;
        } else if ((!is_letter(text[i]) && (first || !is_digit(text[i]))) || ++part > 8) {
            return false;
        }
    }
    return part > 0;
}

static bool has_shape(enum shape shape, const char *text, size_t len)
{
    switch (shape) {
    case SHAPE_LANGUAGE:
        return is_language(text, len);
    case SHAPE_NMTOKEN:
        return xml_is_nmtoken(text, len);
    case SHAPE_NAME:
        return xml_is_name(text, len);
    case SHAPE_NCNAME:
        return xml_is_ncname(text, len);
    default:
        return true;
    }
}

/* -- Numbers -------------------------------------------------------------------------- */

static bool decimal_parse(const char *text, size_t len, enum shape shape,
                          struct decimal *decimal)
{
    const char *at = text, *end = text + len;
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    const char *whole = at;
    while (at < end && is_digit(*at))
        at++;
    const char *whole_end = at, *fraction = at, *fraction_end = at;
    if (at < end && *at == '.' && shape != SHAPE_INTEGER) {
        fraction = ++at;
        while (at < end && is_digit(*at))
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

static enum value_order decimal_compare(const struct decimal *a, const struct decimal *b)
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

static bool is_float(const char *text, size_t len)
{
    struct decimal mantissa, exponent;
    size_t e = 0;
    while (e < len && (text[e] | 0x20) != 'e')
        e++;
    if (e < len && !decimal_parse(text + e + 1, len - e - 1, SHAPE_INTEGER, &exponent))
        return false;
    return decimal_parse(text, e, SHAPE_ANY, &mantissa) || is_special(text, len);
}

/* 0, or -1 without memory. Relies on the locale "C", which a program that never sets one has.
 */
static int float_parse(enum primitive primitive, const char *text, size_t len, double *number)
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

static enum value_order number_compare(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b) ? ORDER_EQUAL : ORDER_NONE;
    return a < b ? ORDER_LESS : a > b ? ORDER_GREATER : ORDER_EQUAL;
}

static bool is_boolean(const char *text, size_t len)
{
    if (len == 1)
        return *text == '0' || *text == '1';
    return (len == 4 && memcmp(text, "true", 4) == 0) ||
           (len == 5 && memcmp(text, "false", 5) == 0);
}

/* -- Binary --------------------------------------------------------------------------- */

static bool is_hex(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (hex_digit(text[i]) < 0)
            return false;
    return len % 2 == 0;
}

static int base64_digit(char c)
{
    if (is_letter(c))
        return c <= 'Z' ? c - 'A' : c - 'a' + 26;
    if (is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Spaces, of which collapsing has left single ones, may stand between any two characters. */
static bool is_base64(const char *text, size_t len)
{
    size_t digits = 0, pads = 0;
    int last = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ' ')
            continue;
        if (text[i] == '=') {
            pads++;
            continue;
        }
        last = base64_digit(text[i]);
        if (last < 0 || pads)
            return false;
        digits++;
    }
    switch (digits % 4) {
    case 0:
        return pads == 0;
    case 2:
        return pads == 2 && (last & 15) == 0;
    case 3:
        return pads == 1 && (last & 3) == 0;
    default:
        return false;
    }
}

size_t primitive_octets(enum primitive primitive, const char *text, size_t len)
{
    if (primitive == PRIMITIVE_HEX_BINARY)
        return len / 2;
    size_t digits = 0;
    for (size_t i = 0; i < len; i++)
        digits += text[i] != ' ' && text[i] != '=';
    return digits / 4 * 3 + digits % 4 * 3 / 4;
}

static void append_octets(enum primitive primitive, const char *text, size_t len,
                          struct buf *key)
{
    bool hex = primitive == PRIMITIVE_HEX_BINARY;
    unsigned width = hex ? 4 : 6, have = 0, bits = 0;
    for (size_t i = 0; i < len; i++) {
        int digit = hex ? hex_digit(text[i]) : base64_digit(text[i]);
        if (digit < 0)
            continue;
        bits = (bits << width | (unsigned)digit) & 0xffff;
        have += width;
        if (have >= 8) {
            have -= 8;
            buf_append_char(key, (char)(unsigned char)(bits >> have));
        }
    }
}

/* -- anyURI --------------------------------------------------------------------------- */

static bool is_scheme(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_letter(text[i]) &&
            (i == 0 || (!is_digit(text[i]) && !memchr("+-.", text[i], 3))))
            return false;
    return len > 0;
}

/* Sets of ASCII characters, as a bit for each. */
#define BIT(c) (UINT64_C(1) << ((c)&63))
struct stops {
    uint64_t low;
    uint64_t high;
};
static const struct stops stop_scheme = {BIT(':') | BIT('/') | BIT('?'), 0};
static const struct stops stop_authority = {BIT('/') | BIT('?'), 0};
static const struct stops stop_path = {BIT('?'), 0};
static const struct stops stop_bracket = {0, BIT('[') | BIT(']')};

static size_t span_until(const char *text, size_t len, struct stops stops)
{
    size_t n = 0;
    for (; n < len; n++) {
        unsigned char c = (unsigned char)text[n];
        if (c < 128 && (c < 64 ? stops.low : stops.high) >> (c & 63) & 1)
            break;
    }
    return n;
}

/* Square brackets stand around the host or nowhere. */
static bool is_authority(const char *text, size_t len)
{
    size_t open = span_until(text, len, stop_bracket);
    if (open == len)
        return true;
    if (text[open] == ']' || (open > 0 && text[open - 1] != '@'))
        return false;
    size_t close = open + 1 + span_until(text + open + 1, len - open - 1, stop_bracket);
    if (close == len || text[close] == '[')
        return false;
    return close + 1 == len || text[close + 1] == ':';
}

/* Whether the text would be a URI reference once the characters that URIs lack were escaped.
 * That leaves little to get wrong. */
static bool is_uri(const char *text, size_t len)
{
    const char *hash = memchr(text, '#', len);
    if (hash && memchr(hash + 1, '#', len - (size_t)(hash + 1 - text)))
        return false;
    for (const char *at = text, *end = text + len; (at = memchr(at, '%', (size_t)(end - at)));
         at += 3)
        if (end - at < 3 || hex_digit(at[1]) < 0 || hex_digit(at[2]) < 0)
            return false;
    const char *at = text, *end = hash ? hash : text + len;
    size_t scheme = span_until(at, (size_t)(end - at), stop_scheme);
    bool opaque = false;
    if (at + scheme < end && at[scheme] == ':') {
        if (!is_scheme(at, scheme))
            return false;
        at += scheme + 1;
        opaque = at < end && *at != '/';
    }
    if (end - at >= 2 && at[0] == '/' && at[1] == '/') {
        size_t authority = span_until(at + 2, (size_t)(end - at - 2), stop_authority);
        if (!is_authority(at + 2, authority))
            return false;
        at += 2 + authority;
    }
    size_t path = span_until(at, (size_t)(end - at), stop_path);
    return opaque || span_until(at, path, stop_bracket) == path;
}

/* -- All of them ---------------------------------------------------------------------- */

bool primitive_ordered(enum primitive primitive)
{
    return primitive >= PRIMITIVE_DECIMAL && primitive <= PRIMITIVE_G_MONTH;
}

bool primitive_valid(enum primitive primitive, enum shape shape, const char *text, size_t len)
{
    struct value value;
    switch (primitive) {
    case PRIMITIVE_ANY:
        return true;
    case PRIMITIVE_STRING:
        return has_shape(shape, text, len);
    case PRIMITIVE_BOOLEAN:
        return is_boolean(text, len);
    case PRIMITIVE_DECIMAL:
        return decimal_parse(text, len, shape, &value.decimal);
    case PRIMITIVE_FLOAT:
    case PRIMITIVE_DOUBLE:
        return is_float(text, len);
    case PRIMITIVE_DURATION:
        return duration_parse(text, len, &value.duration);
    case PRIMITIVE_HEX_BINARY:
        return is_hex(text, len);
    case PRIMITIVE_BASE64_BINARY:
        return is_base64(text, len);
    case PRIMITIVE_ANY_URI:
        return is_uri(text, len);
    case PRIMITIVE_QNAME:
    case PRIMITIVE_NOTATION:
        return is_qname(text, len);
    default:
        return moment_parse(primitive, text, len, &value.moment);
    }
}

int value_parse(enum primitive primitive, enum shape shape, const char *text, size_t len,
                struct value *value)
{
    switch (primitive) {
    case PRIMITIVE_DECIMAL:
        return !decimal_parse(text, len, shape, &value->decimal);
    case PRIMITIVE_FLOAT:
    case PRIMITIVE_DOUBLE:
        return is_float(text, len) ? float_parse(primitive, text, len, &value->number) : 1;
    case PRIMITIVE_DURATION:
        return !duration_parse(text, len, &value->duration);
    default:
        return !moment_parse(primitive, text, len, &value->moment);
    }
}

enum value_order value_compare(enum primitive primitive, const struct value *a,
                               const struct value *b)
{
    switch (primitive) {
    case PRIMITIVE_DECIMAL:
        return decimal_compare(&a->decimal, &b->decimal);
    case PRIMITIVE_FLOAT:
    case PRIMITIVE_DOUBLE:
        return number_compare(a->number, b->number);
    case PRIMITIVE_DURATION:
        return duration_compare(&a->duration, &b->duration);
    default:
        return moment_compare(&a->moment, &b->moment);
    }
}

static void append_value(enum primitive primitive, const struct value *value, struct buf *key)
{
    double number;
    switch (primitive) {
    case PRIMITIVE_DECIMAL:
        buf_append(key, value->decimal.negative ? "-" : "+", 1);
        buf_append(key, value->decimal.whole, value->decimal.n_whole);
        buf_append(key, ".", 1);
        buf_append(key, value->decimal.fraction, value->decimal.n_fraction);
        break;
    case PRIMITIVE_FLOAT:
    case PRIMITIVE_DOUBLE:
        number = value->number == 0 ? 0 : value->number; /* there is one zero */
        buf_append(key, &number, sizeof number);
        break;
    case PRIMITIVE_DURATION:
        buf_append(key, &value->duration.months, sizeof value->duration.months);
        buf_append(key, &value->duration.days, sizeof value->duration.days);
        buf_append(key, &value->duration.second, sizeof value->duration.second);
        buf_append(key, &value->duration.atto, sizeof value->duration.atto);
        break;
    default:
        buf_append(key, value->moment.zoned ? "Z" : "-", 1);
        buf_append(key, &value->moment.day, sizeof value->moment.day);
        buf_append(key, &value->moment.second, sizeof value->moment.second);
        buf_append(key, &value->moment.atto, sizeof value->moment.atto);
    }
}

int value_key(enum primitive primitive, const char *text, size_t len, struct buf *key)
{
    struct value value;
    if (primitive_ordered(primitive)) {
        int status = value_parse(primitive, SHAPE_ANY, text, len, &value);
        if (status < 0)
            return -1;
        if (status == 0)
            append_value(primitive, &value, key);
    } else if (primitive == PRIMITIVE_HEX_BINARY || primitive == PRIMITIVE_BASE64_BINARY) {
        append_octets(primitive, text, len, key);
    } else if (primitive == PRIMITIVE_BOOLEAN) {
        buf_append(key, *text == '1' || *text == 't' ? "1" : "0", 1);
    } else {
        buf_append(key, text, len);
    }
    return key->failed ? -1 : 0;
}
