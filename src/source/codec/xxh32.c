/* SPDX-License-Identifier: MIT */
#include "source/codec/xxh32.h"

#include "base/swar.h"

#define PRIME_1 2654435761u
#define PRIME_2 2246822519u
#define PRIME_3 3266489917u
#define PRIME_4 668265263u
#define PRIME_5 374761393u

static uint32_t rotate(uint32_t n, unsigned bits)
{
    return n << bits | n >> (32 - bits);
}

static void add_stripe(struct xxh32 *sum, const unsigned char *stripe)
{
    for (size_t i = 0; i < 4; i++)
        sum->lanes[i] =
            rotate(sum->lanes[i] + swar_le32(stripe + 4 * i) * PRIME_2, 13) * PRIME_1;
}

void xxh32_begin(struct xxh32 *sum)
{
    *sum = (struct xxh32){.lanes = {PRIME_1 + PRIME_2, PRIME_2, 0, 0u - PRIME_1}};
}

void xxh32_add(struct xxh32 *sum, const void *bytes, size_t len)
{
    const unsigned char *s = bytes;
    size_t have = sum->total % sizeof sum->rest;
    sum->total += len;
    if (have) {
        size_t more = sizeof sum->rest - have < len ? sizeof sum->rest - have : len;
        memcpy(sum->rest + have, s, more);
        s += more;
        len -= more;
        if (have + more < sizeof sum->rest)
            return;
        add_stripe(sum, sum->rest);
    }
    for (; len >= sizeof sum->rest; s += sizeof sum->rest, len -= sizeof sum->rest)
        add_stripe(sum, s);
    memcpy(sum->rest, s, len);
}

uint32_t xxh32_end(const struct xxh32 *sum)
{
    const uint32_t *lanes = sum->lanes;
    const unsigned char *s = sum->rest;
    size_t len = sum->total % sizeof sum->rest;
    uint32_t hash = PRIME_5;
    if (sum->total >= sizeof sum->rest)
        hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) +
               rotate(lanes[3], 18);
    hash += (uint32_t)sum->total;
    for (; len >= 4; s += 4, len -= 4)
        hash = rotate(hash + swar_le32(s) * PRIME_3, 17) * PRIME_4;
    for (; len; s++, len--)
        hash = rotate(hash + *s * PRIME_5, 11) * PRIME_1;
    hash = (hash ^ hash >> 15) * PRIME_2;
    hash = (hash ^ hash >> 13) * PRIME_3;
    return hash ^ hash >> 16;
}
