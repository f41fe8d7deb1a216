/* SPDX-License-Identifier: MIT
 *
 * Compiled schemas, kept for the next job that has the same: a set is found again by what it
 * was asked for, where the documents and catalogs that it was made of still hold what they
 * held, and what was not there is not there yet. Sets
 * that nobody has any more are given up, the one not used for the longest time first, where all
 * take more memory than they may.
 *
 * One thread at a time uses a store, and whatever opens or closes rules with it.
 */
#ifndef THRESH_RULES_SCHEMA_STORE_H
#define THRESH_RULES_SCHEMA_STORE_H

#include "rules/schema_set.h"

struct schema_store {
    uint64_t max_bytes; /* set by the owner of a store that is zeroed otherwise */
    uint64_t bytes;     /* of all sets */
    uint64_t compiled;  /* sets that were not found, and were added */
    uint64_t uses;
    struct schema_set *sets;
};

/* The set for these options, for schema_store_release; NULL: there is none. `store` may be NULL
 * here and below. */
struct schema_set *schema_store_find(struct schema_store *store,
                                     const struct thresh_options *options);
/* Takes in a set that was loaded for these options; without memory it is not found again. */
void schema_store_add(struct schema_store *store, struct schema_set *set,
                      const struct thresh_options *options);
/* Whoever found or added it has no more use for it. Takes NULL. Without a store it is freed. */
void schema_store_release(struct schema_store *store, struct schema_set *set);
/* Frees all sets; nobody may have one. */
void schema_store_close(struct schema_store *store);

#endif
