/* SPDX-License-Identifier: MIT */
#include "record/escape.h"

#include "base/utf8.h"

/* Bytes that JSON must escape or that could begin a control sequence of a terminal: the C0
 * controls, the quote, the backslash, DEL, and 0xC2, the first byte of every C1 control. */
static const bool is_marked[256] = {
    [0 ... 31] = true, ['"'] = true, ['\\'] = true, [127] = true, [0xc2] = true,
};

/* Appends the marked character at c, escaped where it must be. Returns its length. */
static size_t escape_one(struct buf *out, const unsigned char *c, const unsigned char *end)
{
    static const char letters[128] = {
        ['"'] = '"', ['\\'] = '\\', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
    };
    if (*c < 128 && letters[*c]) {
        const char escape[2] = {'\\', letters[*c]};
        buf_append(out, escape, sizeof escape);
        return 1;
    }
    if (*c != 0xc2) {
        buf_append_format(out, "\\u%04x", *c);
        return 1;
    }
    if (c + 1 < end && c[1] < 0xa0) {
        buf_append_format(out, "\\u%04x", c[1]);
        return 2;
    }
    buf_append_char(out, (char)*c);
    return 1;
}

int escape_json(struct buf *out, const char *bytes, size_t len)
{
    const unsigned char *c = (const unsigned char *)bytes, *end = c + len;
    while (c < end) {
        const unsigned char *plain = c;
        while (c < end && !is_marked[*c])
            c++;
        buf_append(out, plain, (size_t)(c - plain));
        if (c < end)
            c += escape_one(out, c, end);
    }
    return out->failed ? -1 : 0;
}

/* The controls U+202A to U+202E and U+2066 to U+2069 reverse the text behind them: a file named
 * lmx.png would be shown as gnp.xml. */
static bool is_bidi_control(uint32_t code_point)
{
    return (code_point >= 0x202a && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

int escape_text(struct buf *out, const char *bytes, size_t len)
{
    const unsigned char *c = (const unsigned char *)bytes, *end = c + len;
    for (const unsigned char *next = c; c < end; c = next) {
        uint32_t code_point = utf8_next(&next, end);
        if (code_point == UTF8_BAD)
            buf_append_string(out, "\xef\xbf\xbd"); /* U+FFFD */
        else if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0))
            escape_one(out, c, end);
        else if (is_bidi_control(code_point))
            buf_append_format(out, "\\u%04x", code_point);
        else
            buf_append(out, c, (size_t)(next - c));
    }
    return out->failed ? -1 : 0;
}

/* Of a character that XML gives a meaning; NULL: it has none. */
static const char *xml_reference(uint32_t code_point)
{
    switch (code_point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case 0xfffe: /* these two, and surrogates, are no characters of XML */
    case 0xffff:
        return "\xef\xbf\xbd";
    default:
        return code_point >= 0xd800 && code_point < 0xe000 ? "\xef\xbf\xbd" : NULL;
    }
}

int escape_xml(struct buf *out, const char *bytes, size_t len)
{
    const unsigned char *c = (const unsigned char *)bytes, *end = c + len;
    for (const unsigned char *next = c; c < end; c = next) {
        const char *reference = xml_reference(utf8_next(&next, end));
        if (reference)
            buf_append_string(out, reference);
        else
            escape_text(out, (const char *)c, (size_t)(next - c));
    }
    return out->failed ? -1 : 0;
}
