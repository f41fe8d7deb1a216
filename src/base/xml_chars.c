/* SPDX-License-Identifier: MIT */
#include "base/xml_chars.h"

#include "base/swar.h"
#include "base/utf8.h"

enum { ALL = XML_TEXT | XML_VALUE | XML_INERT };

const uint8_t xml_char_classes[256] = {
    ['\t'] = XML_SPACE | XML_TEXT | XML_INERT,
    ['\n'] = XML_SPACE | XML_TEXT | XML_INERT,
    ['\r'] = XML_SPACE,
    [' '] = XML_SPACE | ALL,
    ['!'] = ALL,
    ['"'] = XML_TEXT | XML_INERT,
    ['#' ... '%'] = ALL,
    ['&'] = XML_INERT,
    ['\''] = XML_TEXT | XML_INERT,
    ['(' ... ','] = ALL,
    ['-'] = XML_NAME | XML_TEXT | XML_VALUE,
    ['.'] = XML_NAME | ALL,
    ['/'] = ALL,
    ['0' ... '9'] = XML_NAME | ALL,
    [':'] = XML_NAME_START | XML_NAME | ALL,
    [';'] = ALL,
    ['<'] = XML_INERT,
    ['=' ... '>'] = ALL,
    ['?'] = XML_TEXT | XML_VALUE,
    ['@'] = ALL,
    ['A' ... 'Z'] = XML_NAME_START | XML_NAME | ALL,
    ['[' ... '\\'] = ALL,
    [']'] = XML_VALUE,
    ['^'] = ALL,
    ['_'] = XML_NAME_START | XML_NAME | ALL,
    ['`'] = ALL,
    ['a' ... 'z'] = XML_NAME_START | XML_NAME | ALL,
    ['{' ... 0x7f] = ALL,
};

const struct code_range xml_name_start_ranges[] = {
    {':', ':'},         {'A', 'Z'},       {'_', '_'},       {'a', 'z'},       {0xc0, 0xd6},
    {0xd8, 0xf6},       {0xf8, 0x2ff},    {0x370, 0x37d},   {0x37f, 0x1fff},  {0x200c, 0x200d},
    {0x2070, 0x218f},   {0x2c00, 0x2fef}, {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd},
    {0x10000, 0xeffff}, {0, 0},
};

const struct code_range xml_name_more_ranges[] = {
    {'-', '.'}, {'0', '9'}, {0xb7, 0xb7}, {0x300, 0x36f}, {0x203f, 0x2040}, {0, 0},
};

static bool in_ranges(const struct code_range *range, uint32_t code_point)
{
    while (range->last && code_point > range->last)
        range++;
    return range->last && code_point >= range->first;
}

static bool is_name_start(uint32_t code_point)
{
    return in_ranges(xml_name_start_ranges, code_point);
}

static bool is_name_char(uint32_t code_point)
{
    return is_name_start(code_point) || in_ranges(xml_name_more_ranges, code_point);
}

/* The bytes at the start of the text that are name characters, without colons. */
static size_t span_ncname(const char *text, size_t len)
{
    const uint8_t *start = (const uint8_t *)text, *at = start, *end = start + len;
    while (at < end) {
        const uint8_t *here = at;
        if (*at < 0x80 ? !xml_char_is(at, XML_NAME) || *at == ':'
                       : !is_name_char(utf8_next(&at, end)))
            return (size_t)(here - start);
        if (at == here)
            at++;
    }
    return len;
}

static bool begins_name(const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text;
    if (len == 0)
        return false;
    return *at < 0x80 ? xml_char_is(at, XML_NAME_START)
                      : is_name_start(utf8_next(&at, at + len));
}

bool xml_is_name(const char *text, size_t len)
{
    return begins_name(text, len) && xml_is_nmtoken(text, len);
}

bool xml_is_nmtoken(const char *text, size_t len)
{
    size_t done = 0;
    while (done < len) {
        done += span_ncname(text + done, len - done);
        if (done < len && text[done] != ':')
            return false;
        done++;
    }
    return len > 0;
}

bool xml_is_ncname(const char *text, size_t len)
{
    return begins_name(text, len) && span_ncname(text, len) == len;
}

const uint8_t *xml_skip_string(const uint8_t *c, const char *string)
{
    for (; *string; string++, c++)
        if (*c != (uint8_t)*string)
            return NULL;
    return c;
}

/* [2], beyond ASCII */
static bool is_char(uint32_t c)
{
    return c < 0xd800 || (c > 0xdfff && c < 0xfffe) || (c > 0xffff && c <= UTF8_MAX);
}

bool xml_is_char(uint32_t c)
{
    return is_char(c) && (c >= ' ' || c == '\t' || c == '\n' || c == '\r');
}

const uint8_t *xml_skip_non_ascii(const uint8_t *c, const uint8_t *end)
{
    while (*c >= 0x80)
        if (!is_char(utf8_next(&c, end)))
            return NULL;
    return c;
}

bool xml_is_all_space(const uint8_t *text, size_t len)
{
    const uint8_t *end = text + len;
    if (len <= 8)
        return !len || !swar_any_above(swar_load_up_to_8(text, len), ' ');
    for (; end - text > 8; text += 8)
        if (swar_any_above(swar_load_8(text), ' '))
            return false;
    return !swar_any_above(swar_load_8(end - 8), ' ');
}

const uint8_t *xml_skip_inert(const uint8_t *c, const uint8_t *end)
{
    c = xml_skip(c, XML_INERT);
    while (c && *c >= 0x80)
        if ((c = xml_skip_non_ascii(c, end)))
            c = xml_skip(c, XML_INERT);
    return c;
}

bool xml_may_be_inert(const uint8_t *c)
{
    return *c == '-' || *c == ']' || *c == '?' || *c == '\r';
}

const uint8_t *xml_skip_chars(const uint8_t *c, const uint8_t *end)
{
    for (const uint8_t *next = c; c < end && xml_is_char(utf8_next(&next, end)); c = next)
        ;
    return c;
}

static const uint8_t *skip_name(const uint8_t *c, const uint8_t *end, bool first)
{
    while (xml_char_is(c, first ? XML_NAME_START : XML_NAME) || *c >= 0x80) {
        const uint8_t *here = c;
        uint32_t point = utf8_next(&c, end);
        if (point >= 0x80 && !(first ? is_name_start(point) : is_name_char(point)))
            return here;
        first = false;
    }
    return c;
}

const uint8_t *xml_skip_name(const uint8_t *c, const uint8_t *end)
{
    return skip_name(c, end, true);
}

const uint8_t *xml_skip_nmtoken(const uint8_t *c, const uint8_t *end)
{
    return skip_name(c, end, false);
}

/* Eight at a time: after the XOR, a line feed is 0, and any other byte has a bit set among its
 * lower seven or its eighth. */
uint64_t xml_count_lines(const uint8_t *c, const uint8_t *end)
{
    uint64_t n = 0;
    for (; end - c >= 8; c += 8) {
        uint64_t other = swar_load_8(c) ^ SWAR_EACH('\n');
        other |= (other & SWAR_EACH(0x7f)) + SWAR_EACH(0x7f);
        n += (~other >> 7 & SWAR_EACH(1)) * SWAR_EACH(1) >> 56;
    }
    for (; c < end; c++)
        n += *c == '\n';
    return n;
}

static const uint8_t *read_number(const uint8_t *c, unsigned base, uint32_t *number)
{
    const uint8_t *from = c;
    for (*number = 0;; c++) {
        unsigned digit = *c >= '0' && *c <= '9' ? *c - (unsigned)'0' : 16;
        if ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'f')
            digit = (*c | 0x20u) - 'a' + 10;
        if (digit >= base)
            break;
        if (*number <= UTF8_MAX) /* more digits make no character of it */
            *number = *number * base + digit;
    }
    return c > from && *c == ';' ? c + 1 : NULL;
}

const uint8_t *xml_read_reference(const uint8_t *c, uint32_t *code_point)
{
    static const struct {
        const char *name;
        char character;
    } known[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&apos;", '\''}, {"&quot;", '"'}};
    if (c[1] == '#') {
        c = c[2] == 'x' ? read_number(c + 3, 16, code_point)
                        : read_number(c + 2, 10, code_point);
        return c && xml_is_char(*code_point) ? c : NULL;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const uint8_t *behind = xml_skip_string(c, known[i].name);
        *code_point = (uint8_t)known[i].character;
        if (behind)
            return behind;
    }
    return NULL;
}
