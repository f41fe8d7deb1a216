/* SPDX-License-Identifier: MIT */
#include "characters.h"

#include "xsd/charset.h"
#include <endian.h>
#include <string.h>

enum { ALL = TEXT | VALUE | INERT };

static const uint64_t ones = UINT64_C(0x0101010101010101);

const byte byte_classes[256] = {
    ['\t'] = SPACE | TEXT | INERT,
    ['\n'] = SPACE | TEXT | INERT,
    ['\r'] = SPACE,
    [' '] = SPACE | ALL,
    ['!'] = ALL,
    ['"'] = TEXT | INERT,
    ['#' ... '%'] = ALL,
    ['&'] = INERT,
    ['\''] = TEXT | INERT,
    ['(' ... ','] = ALL,
    ['-'] = NAME | TEXT | VALUE,
    ['.'] = NAME | ALL,
    ['/'] = ALL,
    ['0' ... '9'] = NAME | ALL,
    [':'] = NAME_START | NAME | ALL,
    [';'] = ALL,
    ['<'] = INERT,
    ['=' ... '>'] = ALL,
    ['?'] = TEXT | VALUE,
    ['@'] = ALL,
    ['A' ... 'Z'] = NAME_START | NAME | ALL,
    ['[' ... '\\'] = ALL,
    [']'] = VALUE,
    ['^'] = ALL,
    ['_'] = NAME_START | NAME | ALL,
    ['`'] = ALL,
    ['a' ... 'z'] = NAME_START | NAME | ALL,
    ['{' ... 0x7f] = ALL,
};

const byte *skip_string(const byte *c, const char *string)
{
    for (; *string; string++, c++)
        if (*c != (byte)*string)
            return NULL;
    return c;
}

/* [2], beyond ASCII */
static bool is_char(uint32_t c)
{
    return c < 0xd800 || (c > 0xdfff && c < 0xfffe) || (c > 0xffff && c <= CODE_POINT_MAX);
}

const byte *skip_wide(const byte *c, const byte *end)
{
    while (*c >= 0x80)
        if (!is_char(utf8_next(&c, end)))
            return NULL;
    return c;
}

/* Eight bytes as a number, the first the lowest. */
static uint64_t load_8(const byte *c)
{
    uint64_t eight;
    memcpy(&eight, c, 8);
    return le64toh(eight);
}

/* The high bits of those among eight bytes that are control characters, `<`, `&`, `]` or not
 * ASCII. (A byte less than what is subtracted from it borrows into its high bit. The borrow may
 * run on into the bytes behind, so that only the first of the bits is to be trusted.) */
static uint64_t stops_8(uint64_t eight)
{
    uint64_t less = eight ^ ones * '<', amp = eight ^ ones * '&', square = eight ^ ones * ']';
    return ((less - ones) | (amp - ones) | (square - ones) | (eight - ones * ' ') | eight) &
           ones << 7;
}

const byte *skip_text(const byte *c, const byte *end)
{
    while (end - c >= 8) {
        uint64_t stops = stops_8(load_8(c));
        if (!stops) {
            c += 8;
            continue;
        }
        c += __builtin_ctzll(stops) / 8;
        if (*c != '\n' && *c != '\t')
            return c;
        for (c++; end - c >= 8 && load_8(c) == ones * ' ';) /* an indented line */
            c += 8;
    }
    return skip(c, TEXT);
}

const byte *skip_inert(const byte *c, const byte *end)
{
    c = skip(c, INERT);
    while (c && *c >= 0x80)
        if ((c = skip_wide(c, end)))
            c = skip(c, INERT);
    return c;
}

bool is_idle(const byte *c)
{
    return *c == '-' || *c == ']' || *c == '?' || *c == '\r';
}

const byte *skip_name(const byte *c, const byte *end)
{
    bool first = true;
    while (is(c, first ? NAME_START : NAME) || *c >= 0x80) {
        uint32_t point = utf8_next(&c, end);
        if (point >= 0x80 && !(first ? is_name_start(point) : is_name_char(point)))
            return NULL;
        first = false;
    }
    return c;
}

/* Eight at a time: a byte that is none has a bit among its lower seven or its eighth. */
uint64_t count_lines(const byte *c, const byte *end)
{
    uint64_t n = 0;
    for (; end - c >= 8; c += 8) {
        uint64_t other = load_8(c) ^ ones * '\n';
        other |= (other & ones * 0x7f) + ones * 0x7f;
        n += (~other >> 7 & ones) * ones >> 56;
    }
    for (; c < end; c++)
        n += *c == '\n';
    return n;
}

static const byte *read_number(const byte *c, unsigned base, uint32_t *number)
{
    const byte *from = c;
    for (*number = 0; c - from < 8; c++) {
        unsigned digit = *c >= '0' && *c <= '9' ? *c - (unsigned)'0' : 16;
        if ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'f')
            digit = (*c | 0x20u) - 'a' + 10;
        if (digit >= base)
            break;
        *number = *number * base + digit;
    }
    return c > from && *c == ';' ? c + 1 : NULL;
}

const byte *read_reference(const byte *c, uint32_t *point)
{
    static const struct {
        const char *name;
        char character;
    } known[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&apos;", '\''}, {"&quot;", '"'}};
    if (c[1] == '#') {
        c = c[2] == 'x' ? read_number(c + 3, 16, point) : read_number(c + 2, 10, point);
        bool control = c && *point < 0x20 && *point != '\t' && *point != '\n' && *point != '\r';
        return c && !control && is_char(*point) ? c : NULL;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const byte *behind = skip_string(c, known[i].name);
        *point = (byte)known[i].character;
        if (behind)
            return behind;
    }
    return NULL;
}
