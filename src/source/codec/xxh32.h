/* SPDX-License-Identifier: MIT
 *
 * The check sum of LZ4's frames: XXH32 with the seed 0 (xxhash_spec.md).
 */
#ifndef THRESH_SOURCE_CODEC_XXH32_H
#define THRESH_SOURCE_CODEC_XXH32_H

#include <stddef.h>
#include <stdint.h>

struct xxh32 {
    uint32_t lanes[4];
    unsigned char rest[16]; /* the last total % 16 bytes */
    uint64_t total;
};

void xxh32_begin(struct xxh32 *sum);
void xxh32_add(struct xxh32 *sum, const void *bytes, size_t len);
uint32_t xxh32_end(const struct xxh32 *sum);

#endif
