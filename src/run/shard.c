/* SPDX-License-Identifier: MIT */
#include "run/shard.h"

#include <stdio.h>

/* Of an entry that is no document, and of a document whose size is not stated. */
enum { ODD_BYTES = 64, UNSTATED_BYTES = 32 << 10 };

uint64_t shard_weight(const void *source, uint64_t index)
{
    if (source_kind(source, index) != ENTRY_DOCUMENT)
        return ODD_BYTES;
    uint64_t bytes = source_size_bytes(source, index);
    return bytes ? bytes : UNSTATED_BYTES;
}

/* The first entry whose bytes begin at the k-th of n equal parts of all bytes, or behind it. */
static uint64_t begin_of(const struct source *source, uint64_t total, uint32_t k, uint32_t n)
{
    uint64_t count = source_count(source), before = 0, i = 0;
    for (; i < count; i++) {
        if ((unsigned __int128)before * n >= (unsigned __int128)total * k)
            break;
        before += shard_weight(source, i);
    }
    return i;
}

int shard_range(const struct shard *shard, const struct source *source,
                struct entry_range *range, struct thresh_error *error)
{
    uint64_t count = source_count(source), total = 0;
    *range = (struct entry_range){0, count};
    if (shard->is_auto)
        return error_set(error, "shard: auto is for the command, which asks the environment; "
                                "give K/N");
    if (!shard->n)
        return 0;
    for (uint64_t i = 0; i < count; i++)
        total += shard_weight(source, i);
    range->first = begin_of(source, total, shard->k - 1, shard->n);
    range->end = begin_of(source, total, shard->k, shard->n);
    return 0;
}

int shard_digest(const struct source *source, char digest[DIGEST_HEX + 1])
{
    struct sha256_ctx sum;
    struct buf path = {0};
    struct entry entry;
    int rc = 0;
    sha256_init(&sum);
    for (uint64_t i = 0; i < source_count(source) && rc == 0; i++) {
        rc = source_entry(source, i, &path, &entry);
        if (rc < 0)
            break;
        char facts[64];
        int len = snprintf(facts, sizeof facts, "%d %llu %x", (int)entry.kind,
                           (unsigned long long)entry.size_bytes, (unsigned)entry.crc);
        sha256_update(&sum, entry.path_len + 1, (const uint8_t *)entry.path);
        sha256_update(&sum, (size_t)len + 1, (const uint8_t *)facts);
    }
    digest_end_hex(&sum, digest);
    buf_free(&path);
    return rc;
}
