/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include "base/swar.h"

uint32_t utf8_next(const unsigned char **at, const unsigned char *end)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *p = *at;
    uint32_t c = *p++;
    *at = p;
    if (c < 0x80)
        return c;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (c < 0xc2 || c > 0xf4 || end - p < more)
        return UTF8_BAD;
    c &= 0x3fu >> more;
    for (int i = 0; i < more; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return UTF8_BAD;
        c = c << 6 | (p[i] & 0x3f);
    }
    if (c < least[more] || c > UTF8_MAX)
        return UTF8_BAD;
    *at = p + more;
    return c;
}

size_t utf8_length(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

size_t utf8_write(uint32_t point, unsigned char utf8[4])
{
    if (point < 0x80) {
        utf8[0] = (unsigned char)point;
        return 1;
    }
    size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    for (size_t i = more; i > 0; i--, point >>= 6)
        utf8[i] = (unsigned char)(0x80 | (point & 0x3f));
    utf8[0] = (unsigned char)(0xf0u << (3 - more) | point);
    return more + 1;
}

/* The length of the UTF-8 character at `s`, 0 if there is none: no overlong forms, no
 * surrogates, nothing above U+10FFFF; and no NUL, for paths end with one. */
static size_t valid_char(const unsigned char *s, size_t len)
{
    if (s[0] < 0x80)
        return s[0] != 0;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    size_t need = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (len < need)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return need;
}

/* And no NUL: nearly all names are that. */
static bool is_ascii(const char *text, size_t len)
{
    uint64_t good = SWAR_EACH(0x80);
    for (size_t i = 0; i < len; i += 8) {
        uint64_t bytes = swar_load(text + i, len - i, '-');
        good &= swar_ascii(bytes) & swar_at_least(bytes, 1);
    }
    return good == SWAR_EACH(0x80);
}

bool utf8_is_valid(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    if (is_ascii(text, len))
        return true;
    while (len) {
        size_t step = valid_char(s, len);
        if (!step)
            return false;
        s += step;
        len -= step;
    }
    return true;
}

int utf8_append(struct buf *buf, const char *text, size_t len)
{
    while (len) {
        size_t step = valid_char((const unsigned char *)text, len);
        if (step)
            buf_append(buf, text, step);
        else
            buf_append_string(buf, "\xef\xbf\xbd");
        step += !step;
        text += step;
        len -= step;
    }
    return buf->failed ? -1 : 0;
}
