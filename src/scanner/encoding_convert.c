/* SPDX-License-Identifier: MIT */
#include "scanner/encoding_convert.h"

#include "base/swar.h"
#include "base/utf8.h"
#include <errno.h>
#include <stdint.h>

enum { UTF8_BYTES = 4 }; /* of a character, at most */

/* Each byte is a code point. Bytes that are ASCII are copied as many as there are at a time. */
size_t encoding_convert_latin_1(struct buf *out, const char *bytes, size_t len)
{
    const unsigned char *c = (const unsigned char *)bytes, *end = c + len;
    while (c < end && !out->failed) {
        const unsigned char *ascii = c;
        while (end - c >= 8 && swar_ascii(swar_load_8(c)) == SWAR_EACH(0x80))
            c += 8;
        while (c < end && *c < 0x80)
            c++;
        if (buf_append(out, ascii, (size_t)(c - ascii)) < 0)
            return (size_t)((const char *)ascii - bytes);
        if (c < end) {
            const char two[2] = {(char)(0xc0 | *c >> 6), (char)(0x80 | (*c & 0x3f))};
            buf_append(out, two, 2);
            c++;
        }
    }
    return len;
}

static uint32_t unit_at(const unsigned char *c, size_t unit, bool big_endian)
{
    uint32_t number = 0;
    for (size_t i = 0; i < unit; i++)
        number |= (uint32_t)c[big_endian ? unit - 1 - i : i] << (8 * i);
    return number;
}

size_t encoding_convert_units(struct buf *out, const char *bytes, size_t len, size_t unit,
                              bool big_endian)
{
    const unsigned char *c = (const unsigned char *)bytes, *end = c + len;
    unsigned char utf8[UTF8_BYTES];
    for (const unsigned char *next; (size_t)(end - c) >= unit && !out->failed; c = next) {
        uint32_t code_point = unit_at(c, unit, big_endian);
        next = c + unit;
        if (unit == 2 && code_point >> 10 == 0xd800 >> 10 && end - next >= 2) {
            uint32_t low = unit_at(next, unit, big_endian);
            if (low >> 10 == 0xdc00 >> 10) {
                code_point = 0x10000 + ((code_point & 0x3ff) << 10 | (low & 0x3ff));
                next += unit;
            }
        }
        if ((code_point >= 0xd800 && code_point <= 0xdfff) || code_point > UTF8_MAX)
            break;
        if (code_point < 0x80)
            buf_append_char(out, (char)code_point);
        else
            buf_append(out, utf8, utf8_write(code_point, utf8));
    }
    return (size_t)(c - (const unsigned char *)bytes);
}

/* So much more, or what is left below the maximum. */
static size_t room_for(const struct buf *out, size_t more)
{
    size_t left = out->max_bytes - out->len;
    return more > left && left >= UTF8_BYTES ? left : more;
}

size_t encoding_convert_by_iconv(struct buf *out, const char *bytes, size_t len,
                                 iconv_t converter)
{
    enum { STEP = 1 << 16 };
    char *in = (char *)(uintptr_t)bytes; /* iconv does not write to it */
    size_t in_left = len;
    bool flushed = false;
    iconv(converter, NULL, NULL, NULL, NULL);
    while (!flushed && buf_reserve(out, room_for(out, in_left + STEP)) == 0) {
        char *to = out->data + out->len;
        size_t room = out->cap - out->len, left = room;
        flushed = in_left == 0;
        size_t rc = iconv(converter, flushed ? NULL : &in, &in_left, &to, &left);
        out->len += room - left;
        if (rc == (size_t)-1 && errno != E2BIG)
            break;
    }
    return len - in_left;
}
