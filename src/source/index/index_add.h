/* SPDX-License-Identifier: MIT
 *
 * Adds to the listing, as far as the user's limits allow. The entry that is one too many is
 * added as unreadable and says so; after it nothing is added.
 */
#ifndef THRESH_SOURCE_INDEX_INDEX_ADD_H
#define THRESH_SOURCE_INDEX_INDEX_ADD_H

#include "source/index/indexer.h"

int index_add(struct indexer *indexer, const struct listing_record *record,
              const struct entry_name *name);

int index_add_document(struct indexer *indexer, const struct index_item *item,
                       enum codec codec);
int index_add_skipped(struct indexer *indexer, const struct index_item *item,
                      enum entry_code code);
/* An archive or a directory without entries. */
int index_add_empty(struct indexer *indexer, const struct index_item *item);
int index_add_unreadable(struct indexer *indexer, const struct index_item *item,
                         const struct entry_fault *fault);

/* Whether the item may be opened, with so many archives around it. 0; 1 if not, after an entry
 * was added that says so; or -1. */
int index_check_depth(struct indexer *indexer, const struct index_item *item);
/* Adds a container for what is in the archive `item`. Returns as index_check_depth. */
int index_add_archive(struct indexer *indexer, const struct index_item *item,
                      uint32_t *container);
/* Adds a container, whose entries' paths begin with `prefix`. */
int index_add_container(struct indexer *indexer, const struct listing_container *container,
                        const char *prefix, size_t len, uint32_t *index);

#endif
