/* SPDX-License-Identifier: MIT */
#include "xpath/xpath_number.h"

#include "base/ascii.h"
#include "base/xml_chars.h"
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- From text ------------------------------------------------------------------------ */

/* Digits with at most one point among them. */
static size_t decimal_length(const char *text)
{
    size_t len = 0, digits = 0, points = 0;
    for (;; len++)
        if (ascii_is_digit(text[len]))
            digits++;
        else if (text[len] != '.' || points++)
            return digits ? len : 0;
}

size_t xpath_number_length(const char *text)
{
    size_t len = decimal_length(text);
    if (!len || (text[len] | 0x20) != 'e')
        return len;
    size_t sign = text[len + 1] == '-' || text[len + 1] == '+';
    size_t digits = strspn(text + len + 1 + sign, "0123456789");
    return digits ? len + 1 + sign + digits : len;
}

/* More digits than these do not change which double is the nearest, but for whether there are
 * any but zeros among them. */
enum { DIGITS_KEPT = 800, EXPONENT_MOST = 1 << 30 };

/* strtod expects the decimal point of the program's locale. So it is given digits without one,
 * and an exponent instead. */
double xpath_number_of_literal(const char *text, size_t len)
{
    char digits[DIGITS_KEPT + 32];
    size_t n = 0, decimal = decimal_length(text);
    long exponent = decimal < len ? strtol(text + decimal + 1, NULL, 10) : 0;
    bool behind_point = false, is_more = false;
    exponent = exponent > EXPONENT_MOST    ? EXPONENT_MOST
               : exponent < -EXPONENT_MOST ? -EXPONENT_MOST
                                           : exponent;
    for (size_t i = 0; i < decimal; i++) {
        if (text[i] == '.') {
            behind_point = true;
            continue;
        }
        bool is_kept = n < DIGITS_KEPT;
        if (is_kept && (n || text[i] != '0'))
            digits[n++] = text[i];
        is_more |= !is_kept && text[i] != '0';
        exponent += !is_kept - behind_point;
    }
    if (is_more) {
        digits[n++] = '1';
        exponent--;
    }
    snprintf(digits + n, 32, "%se%ld", n ? "" : "0", exponent);
    return strtod(digits, NULL);
}

double xpath_number_of_text(const char *text)
{
    const char *at = (const char *)xml_skip((const uint8_t *)text, XML_SPACE);
    bool is_negative = *at == '-';
    at += is_negative;
    size_t len = decimal_length(at);
    if (!len || *xml_skip((const uint8_t *)at + len, XML_SPACE))
        return NAN;
    double number = xpath_number_of_literal(at, len);
    return is_negative ? -number : number;
}

/* -- To text -------------------------------------------------------------------------- */

/* 0.DIGITS times ten to the power of `point`. */
struct xpath_decimal {
    char digits[32];
    int n;
    int point;
};

/* The significant digits of a number, so many of them, as a number. */
static uint64_t significant(double number, int digits, int *exponent)
{
    char text[40];
    uint64_t significant = 0;
    snprintf(text, sizeof text, "%.*e", digits - 1, number);
    const char *c = text;
    for (; *c != 'e'; c++)
        if (ascii_is_digit(*c)) /* else the point, as the locale has it */
            significant = 10 * significant + (uint64_t)(*c - '0');
    *exponent = (int)strtol(c + 1, NULL, 10) + 1 - digits;
    return significant;
}

static bool reads_back(double number, uint64_t significant, int exponent)
{
    char text[40];
    snprintf(text, sizeof text, "%" PRIu64 "e%d", significant, exponent);
    return strtod(text, NULL) == number;
}

/* Of a number that is positive and finite. 15 digits of it are always true, and 17 always read
 * back the same. At a power of two the next number below is nearer than the next above, so the
 * digits above may do where the nearest do not. */
static void shortest(double number, struct xpath_decimal *decimal)
{
    int digits = number < DBL_MIN ? 1 : DBL_DIG, exponent;
    uint64_t nearest = significant(number, digits, &exponent);
    while (!reads_back(number, nearest, exponent)) {
        if (reads_back(number, nearest + 1, exponent)) {
            nearest++;
            break;
        }
        nearest = significant(number, ++digits, &exponent);
    }
    decimal->n = snprintf(decimal->digits, sizeof decimal->digits, "%" PRIu64, nearest);
    decimal->point = decimal->n + exponent;
    while (decimal->n > 1 && decimal->digits[decimal->n - 1] == '0')
        decimal->n--;
}

static void append_zeros(struct buf *text, int n)
{
    for (; n > 0; n--)
        buf_append_char(text, '0');
}

static void append_plain(struct buf *text, const struct xpath_decimal *decimal)
{
    int before = decimal->point < 0            ? 0
                 : decimal->point < decimal->n ? decimal->point
                                               : decimal->n;
    buf_append(text, decimal->digits, (size_t)before);
    append_zeros(text, decimal->point > 0 ? decimal->point - before : 1);
    if (before == decimal->n)
        return;
    buf_append_char(text, '.');
    append_zeros(text, -decimal->point);
    buf_append(text, decimal->digits + before, (size_t)(decimal->n - before));
}

static void append_scientific(struct buf *text, const struct xpath_decimal *decimal)
{
    buf_append_char(text, decimal->digits[0]);
    if (decimal->n > 1)
        buf_append_char(text, '.');
    buf_append(text, decimal->digits + 1, (size_t)decimal->n - 1);
    buf_append_format(text, "e%+d", decimal->point - 1);
}

/* Where JSON numbers get an exponent, as JavaScript writes them. */
enum { POINT_LEAST = -5, POINT_MOST = 21 };

static int append(struct buf *text, double number, bool plain)
{
    struct xpath_decimal decimal;
    if (number == 0) /* XPath has no negative zero to write */
        return buf_append_char(text, '0');
    if (number < 0)
        buf_append_char(text, '-');
    shortest(fabs(number), &decimal);
    if (plain || (decimal.point >= POINT_LEAST && decimal.point <= POINT_MOST))
        append_plain(text, &decimal);
    else
        append_scientific(text, &decimal);
    return text->failed ? -1 : 0;
}

int xpath_number_write(struct buf *text, double number)
{
    if (isnan(number))
        return buf_append_string(text, "NaN");
    if (isinf(number))
        return buf_append_string(text, number > 0 ? "Infinity" : "-Infinity");
    return append(text, number, true);
}

int xpath_number_write_json(struct buf *text, double number)
{
    return append(text, number, false);
}
