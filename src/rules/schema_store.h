/* SPDX-License-Identifier: MIT
 *
 * Compiled schemas, kept for the next job that has the same: a set is found again by what it
 * was asked for, where the documents and catalogs that it was made of still hold what they
 * held, and what was not there is not there yet. Sets
 * that nobody has any more are given up, the one not used for the longest time first, where all
 * take more memory than they may.
 *
 * Any number of threads may use a store. Who asks for a set that another is compiling waits for
 * it; nobody else does.
 */
#ifndef THRESH_RULES_SCHEMA_STORE_H
#define THRESH_RULES_SCHEMA_STORE_H

#include "base/keyed_lock.h"
#include "rules/schema_set.h"

struct schema_store {
    uint64_t max_bytes; /* these two are set by the owner of a store ... */
    struct keyed_lock lock;
    uint64_t bytes;    /* ... that is zeroed otherwise; of all sets */
    uint64_t compiled; /* sets that were not found, and were added */
    uint64_t uses;
    struct schema_set *sets;
};

/* The set for these options, for schema_store_release: one that is there, or what `load` gives
 * (NULL: it has filled in the error). NULL, too, where another was still at it at this unix
 * time (0: no limit), with error_time_up's message. `store` may be NULL here and below. */
struct schema_set *schema_store_get(struct schema_store *store,
                                    const struct thresh_options *options, int64_t until_ms,
                                    struct schema_set *(*load)(void *context,
                                                               struct thresh_error *error),
                                    void *context, struct thresh_error *error);
/* Whoever got it has no more use for it. Takes NULL. Without a store it is freed. */
void schema_store_release(struct schema_store *store, struct schema_set *set);
/* The files in this directory are about to go: sets made of schemas there are not found any
 * more, and freed where nobody has them. */
void schema_store_forget(struct schema_store *store, const char *directory);
/* Frees all sets; nobody may have one. */
void schema_store_close(struct schema_store *store);

#endif
