/* SPDX-License-Identifier: MIT */
#include "source/index/entry_name.h"

#include "base/swar.h"
#include "base/utf8.h"
#include <string.h>
#include <strings.h>

/* The upper half of code page 437 in Unicode. */
static const uint16_t cp437[128] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8,
    0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2,
    0x00fb, 0x00f9, 0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1,
    0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd,
    0x00bc, 0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562,
    0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534,
    0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560,
    0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b,
    0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393,
    0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6,
    0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248, 0x00b0,
    0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

int entry_name_append_cp437(struct buf *buf, const char *name, size_t len)
{
    unsigned char utf8[4];
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)name[i];
        uint32_t c = byte == 0 ? 0xfffd : byte < 0x80 ? byte : cp437[byte - 0x80];
        buf_append(buf, utf8, utf8_write(c, utf8));
    }
    return buf->failed ? -1 : 0;
}

static bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

/* Whether a step of the path is "..". */
static bool has_parent(const char *name, size_t len)
{
    size_t start = 0;
    for (size_t i = 0; i <= len; i++)
        if (i == len || is_slash(name[i])) {
            if (i - start == 2 && name[start] == '.' && name[start + 1] == '.')
                return true;
            start = i + 1;
        }
    return false;
}

bool entry_name_is_unsafe(const char *name, size_t len)
{
    if (len && is_slash(name[0]))
        return true;
    if (len > 2 && name[1] == ':' && is_slash(name[2]))
        return true;
    uint64_t unsafe = 0, twice = 0, last = 0;
    for (size_t i = 0; i < len; i += 8) {
        uint64_t bytes = swar_load(name + i, len - i, '-'), ascii = swar_ascii(bytes);
        uint64_t dots = ascii & swar_is(bytes, '.');
        unsafe |= ascii & (~swar_at_least(bytes, 0x20) | swar_is(bytes, 0x7f));
        twice |= dots & (dots << 8 | last >> 56);
        last = dots;
    }
    return unsafe || (twice && has_parent(name, len));
}

bool entry_name_ends_with(const char *name, size_t len, const char *suffix)
{
    size_t n = strlen(suffix);
    return len >= n && strncasecmp(name + len - n, suffix, n) == 0;
}
