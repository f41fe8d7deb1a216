/* SPDX-License-Identifier: MIT
 *
 * anyURI (Part 2, 3.2.17): what would be a URI reference of RFC 2396 once the characters that
 * URIs lack were escaped as XLink 5.4 says. That leaves little to get wrong.
 */
#include "xsd/datatype/primitive.h"

#include "base/ascii.h"
#include <string.h>

static bool is_scheme(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!ascii_is_letter(text[i]) &&
            (i == 0 || (!ascii_is_digit(text[i]) && !memchr("+-.", text[i], 3))))
            return false;
    return len > 0;
}

#define BIT(c) (UINT64_C(1) << ((c)&63))

/* A set of ASCII characters, a bit for each. */
struct uri_stops {
    uint64_t low;
    uint64_t high;
};
static const struct uri_stops stop_scheme = {BIT(':') | BIT('/') | BIT('?'), 0};
static const struct uri_stops stop_authority = {BIT('/') | BIT('?'), 0};
static const struct uri_stops stop_path = {BIT('?'), 0};
static const struct uri_stops stop_bracket = {0, BIT('[') | BIT(']')};

static size_t span_until(const char *text, size_t len, struct uri_stops stops)
{
    size_t n = 0;
    for (; n < len; n++) {
        unsigned char c = (unsigned char)text[n];
        if (c < 128 && (c < 64 ? stops.low : stops.high) >> (c & 63) & 1)
            break;
    }
    return n;
}

/* RFC 2732: square brackets stand around the host and nowhere else. */
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

bool any_uri_is_valid(const char *text, size_t len)
{
    const char *hash = memchr(text, '#', len);
    if (hash && memchr(hash + 1, '#', len - (size_t)(hash + 1 - text)))
        return false;
    for (const char *at = text, *end = text + len; (at = memchr(at, '%', (size_t)(end - at)));
         at += 3)
        if (end - at < 3 || ascii_hex_digit(at[1]) < 0 || ascii_hex_digit(at[2]) < 0)
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
