/* SPDX-License-Identifier: MIT
 *
 * All primitive types as one; string, boolean and QName.
 */
#include "xsd/datatype/primitive.h"

#include "base/ascii.h"
#include "base/xml_chars.h"
#include <string.h>

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
        } else if ((!ascii_is_letter(text[i]) && (first || !ascii_is_digit(text[i]))) ||
                   ++part > 8) {
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

static bool is_boolean(const char *text, size_t len)
{
    if (len == 1)
        return *text == '0' || *text == '1';
    return (len == 4 && memcmp(text, "true", 4) == 0) ||
           (len == 5 && memcmp(text, "false", 5) == 0);
}

bool primitive_ordered(enum primitive primitive)
{
    return primitive >= PRIMITIVE_DECIMAL && primitive <= PRIMITIVE_G_MONTH;
}

bool primitive_valid(enum primitive primitive, enum shape shape, const char *text, size_t len)
{
    struct primitive_value value;
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
        return number_is_float(text, len);
    case PRIMITIVE_DURATION:
        return duration_parse(text, len, &value.duration);
    case PRIMITIVE_HEX_BINARY:
        return binary_is_hex(text, len);
    case PRIMITIVE_BASE64_BINARY:
        return binary_is_base64(text, len);
    case PRIMITIVE_ANY_URI:
        return any_uri_is_valid(text, len);
    case PRIMITIVE_QNAME:
    case PRIMITIVE_NOTATION:
        return is_qname(text, len);
    default:
        return moment_parse(primitive, text, len, &value.moment);
    }
}

int primitive_parse(enum primitive primitive, enum shape shape, const char *text, size_t len,
                    struct primitive_value *value)
{
    switch (primitive) {
    case PRIMITIVE_DECIMAL:
        return !decimal_parse(text, len, shape, &value->decimal);
    case PRIMITIVE_FLOAT:
    case PRIMITIVE_DOUBLE:
        return number_is_float(text, len) ? number_parse(primitive, text, len, &value->number)
                                          : 1;
    case PRIMITIVE_DURATION:
        return !duration_parse(text, len, &value->duration);
    default:
        return !moment_parse(primitive, text, len, &value->moment);
    }
}

enum value_order primitive_compare(enum primitive primitive, const struct primitive_value *a,
                                   const struct primitive_value *b)
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

/* Most keys are numbers: room is made once. */
static void append_decimal(const struct decimal *decimal, struct buf *key)
{
    if (buf_reserve(key, decimal->n_whole + decimal->n_fraction + 2) < 0)
        return;
    char *to = key->data + key->len;
    *to++ = decimal->negative ? '-' : '+';
    memcpy(to, decimal->whole, decimal->n_whole);
    to += decimal->n_whole;
    *to++ = '.';
    memcpy(to, decimal->fraction, decimal->n_fraction);
    key->len = (size_t)(to + decimal->n_fraction - key->data);
}

static void append_value(enum primitive primitive, const struct primitive_value *value,
                         struct buf *key)
{
    double number;
    switch (primitive) {
    case PRIMITIVE_DECIMAL:
        append_decimal(&value->decimal, key);
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

int primitive_append_key(enum primitive primitive, const char *text, size_t len,
                         struct buf *key)
{
    struct primitive_value value;
    if (primitive_ordered(primitive)) {
        int rc = primitive_parse(primitive, SHAPE_ANY, text, len, &value);
        if (rc < 0)
            return -1;
        if (rc == 0)
            append_value(primitive, &value, key);
    } else if (primitive == PRIMITIVE_HEX_BINARY || primitive == PRIMITIVE_BASE64_BINARY) {
        binary_append_octets(primitive, text, len, key);
    } else if (primitive == PRIMITIVE_BOOLEAN) {
        buf_append(key, *text == '1' || *text == 't' ? "1" : "0", 1);
    } else {
        buf_append(key, text, len);
    }
    return key->failed ? -1 : 0;
}
