/* SPDX-License-Identifier: MIT */
#include "utf8.h"

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
        return CODE_POINT_BAD;
    c &= 0x3fu >> more;
    for (int i = 0; i < more; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return CODE_POINT_BAD;
        c = c << 6 | (p[i] & 0x3f);
    }
    if (c < least[more] || c > CODE_POINT_MAX)
        return CODE_POINT_BAD;
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
