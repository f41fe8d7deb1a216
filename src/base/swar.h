/* SPDX-License-Identifier: MIT
 *
 * Text eight bytes at a time (SIMD within a register): names are many and short. A mask has
 * 0x80 for each byte that it is true of.
 */
#ifndef THRESH_BASE_SWAR_H
#define THRESH_BASE_SWAR_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The byte eight times. */
#define SWAR_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Little-endian numbers, as ZIP and gzip have them, at any address. */
static inline uint16_t swar_le16(const void *bytes)
{
    uint16_t number;
    memcpy(&number, bytes, sizeof number);
    return le16toh(number);
}

static inline uint32_t swar_le32(const void *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return le32toh(number);
}

/* Eight bytes, the first of them lowest. */
static inline uint64_t swar_load_8(const void *text)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
    return le64toh(bytes);
}

/* The next 8 of len bytes, the first of them lowest; where there are fewer, `fill` follows. */
static inline uint64_t swar_load(const char *text, size_t len, unsigned char fill)
{
    uint64_t bytes = SWAR_EACH(fill);
    if (len >= sizeof bytes)
        memcpy(&bytes, text, sizeof bytes);
    else
        for (size_t i = 0; i < len; i++)
            ((char *)&bytes)[i] = text[i];
    return le64toh(bytes);
}

/* One to eight bytes as a number: two texts of one length have the same number if and only if
 * they are the same, and each byte of the number is zero or one of theirs. It means nothing
 * else, so byte order does not matter. */
static inline uint64_t swar_load_up_to_8(const void *text, size_t len)
{
    const uint8_t *s = text;
    if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, s, 4);
        memcpy(&last, s + len - 4, 4);
        return (uint64_t)first << 32 | last;
    }
    return (uint64_t)s[0] << 16 | (uint64_t)s[len / 2] << 8 | s[len - 1];
}

/* Whether one of the bytes is above this one, which is ASCII. */
static inline bool swar_any_above(uint64_t bytes, unsigned char most)
{
    return ((bytes + SWAR_EACH(0x7f - most)) | bytes) & SWAR_EACH(0x80);
}

/* Whether one of the bytes is below this one, which is ASCII; perhaps also where one is beyond
 * ASCII. */
static inline bool swar_any_below(uint64_t bytes, unsigned char least)
{
    return (bytes - SWAR_EACH(least)) & SWAR_EACH(0x80);
}

/* Whether none of a text is below it; perhaps not where a byte is beyond ASCII. */
static inline bool swar_none_below(const char *text, size_t len, unsigned char least)
{
    size_t i = 0;
    while (len - i > 8 && !swar_any_below(swar_load_8(text + i), least))
        i += 8;
    if (len - i <= 8 && len >= 8)
        return !swar_any_below(swar_load_8(text + len - 8), least);
    while (i < len && (unsigned char)text[i] >= least)
        i++;
    return i == len;
}

static inline uint64_t swar_ascii(uint64_t bytes)
{
    return ~bytes & SWAR_EACH(0x80);
}

/* Of the bytes that are ASCII: whether they are this one or above. Wrong of the others. */
static inline uint64_t swar_at_least(uint64_t bytes, unsigned char least)
{
    return ((bytes & SWAR_EACH(0x7f)) + SWAR_EACH(0x80 - least)) & SWAR_EACH(0x80);
}

/* Likewise: whether they are this one. */
static inline uint64_t swar_is(uint64_t bytes, unsigned char byte)
{
    return swar_at_least(bytes, byte) & ~swar_at_least(bytes, byte + 1);
}

#endif
