/* SPDX-License-Identifier: MIT
 *
 * A directory of what earlier runs have found out: a journal of each.
 */
#ifndef THRESH_RUN_CACHE_H
#define THRESH_RUN_CACHE_H

#include "base/cache_directory.h"
#include "run/journal.h"
#include <stdatomic.h>

struct cache {
    struct cache_directory directory; /* its path is NULL where there is none */
    struct journal *journals;         /* the newest first */
    atomic_bool *is_used; /* of each, whether it has had an answer for this process */
    size_t n;
    /* What this run adds: */
    struct cache_addition addition;
    uint64_t new_bytes;
    struct journal_table table;
    struct buf pending;
};

/* Opens the directory, which is made if it is not there, and what is in it; the path is the
 * caller's. 0, or -1 with the error filled in; call cache_close in either case. */
int cache_open(struct cache *cache, const char *path, uint64_t max_bytes,
               struct thresh_error *error);
/* As journal_find. */
bool cache_find(const struct cache *cache, const uint8_t key[DIGEST_BYTES], struct buf *answer);
/* Keeps an answer, unless this run has filled half of the cache. 0, or -1 with the error. */
int cache_add(struct cache *cache, const uint8_t key[DIGEST_BYTES], const void *answer,
              size_t len, struct thresh_error *error);
/* What was added can be found from now on, and the oldest goes where all is too much. 0, or -1
 * with the error filled in. */
int cache_commit(struct cache *cache, struct thresh_error *error);
void cache_close(struct cache *cache);

#endif
