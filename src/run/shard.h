/* SPDX-License-Identifier: MIT
 *
 * A shard: the part of a run's entries that one of several machines does. It follows from the
 * list of entries alone, so that machines which see the same inputs agree on it without a word
 * to each other.
 */
#ifndef THRESH_RUN_SHARD_H
#define THRESH_RUN_SHARD_H

#include "base/digest.h"
#include "options/options.h"
#include "source/source.h"

struct entry_range {
    uint64_t first;
    uint64_t end; /* behind the last */
};

/* The neighbouring entries of a shard, none where there are fewer entries than shards. Shards
 * differ in their bytes by no more than the largest entry. 0, or -1 with an error: what the
 * shard is was left to the environment. */
int shard_range(const struct shard *shard, const struct source *source,
                struct entry_range *range, struct thresh_error *error);

/* What an entry counts for where work is cut into spans or shards: the bytes to be parsed, as
 * far as they are stated. An entry that is no document costs little. */
uint64_t shard_weight(const void *source, uint64_t index);

/* What tells the inputs of one run from those of another: a digest, in hexadecimal, of the
 * paths, kinds, sizes and stated CRCs of all entries. 0, or -1 without memory. */
int shard_digest(const struct source *source, char digest[DIGEST_HEX + 1]);

#endif
