/* SPDX-License-Identifier: MIT
 *
 * Images of schemas that were compiled before, each under a name that follows from what was
 * asked for. What an image says it was made of is looked at each time, byte by byte: a file
 * that changed, or that was not there and is, makes it useless, as damage does.
 */
#ifndef THRESH_RULES_SCHEMA_CACHE_H
#define THRESH_RULES_SCHEMA_CACHE_H

#include "base/cache_directory.h"
#include "rules/schema_set.h"

struct schema_cache {
    struct cache_directory directory;
    char key[DIGEST_HEX + 1]; /* of the set that is sought */
};

/* Opens the directory that the options name. 0, or -1 with the error filled in; closed in
 * either case. */
int schema_cache_open(struct schema_cache *cache, const struct thresh_options *options,
                      struct thresh_error *error);
void schema_cache_close(struct schema_cache *cache);

/* For a set whose schemas are listed and not yet compiled, which remembers what it has seen:
 * fills in those that the cache has. 1: it has all; 0: it has none; -1: no memory. */
int schema_cache_find(struct schema_cache *cache, const struct thresh_options *options,
                      uint64_t max_bytes, struct schema_set *set);
/* Keeps what was compiled instead. 0, or -1 with the error filled in. */
int schema_cache_add(const struct schema_cache *cache, const struct schema_set *set,
                     struct thresh_error *error);

#endif
