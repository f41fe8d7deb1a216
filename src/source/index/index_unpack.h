/* SPDX-License-Identifier: MIT
 *
 * Unpacks into the spool what has to be unpacked to be listed, or can be unpacked only once,
 * within the limits: --max-total-bytes, --max-ratio, and the room in the temporary directory.
 */
#ifndef THRESH_SOURCE_INDEX_INDEX_UNPACK_H
#define THRESH_SOURCE_INDEX_INDEX_UNPACK_H

#include "source/feed.h"
#include "source/index/indexer.h"

/* Between these two calls all that is unpacked, in however many layers, is held to max_ratio
 * times `stored` bytes. Calls may nest, and only the outermost counts: each layer of a bomb
 * alone may well be within the ratio. Give what index_unpack_begin returned to
 * index_unpack_end. */
bool index_unpack_begin(struct indexer *indexer, uint64_t stored);
void index_unpack_end(struct indexer *indexer, bool is_outermost);

/* Appends to the spool. 0, 1 with *fault if a limit forbids it, or -1. */
int index_unpack_append(struct indexer *indexer, const void *bytes, size_t len,
                        struct entry_fault *fault);
/* Whether a document of so many bytes is within max_document_bytes: 0, or 1 with *fault. */
int index_unpack_check_size(const struct indexer *indexer, uint64_t size,
                            struct entry_fault *fault);
/* Appends all that the feed gives, and makes *item be that, under the name it has. 0; 1 with
 * *fault and nothing appended; or -1. */
int index_unpack_feed(struct indexer *indexer, struct feed *feed, struct index_item *item,
                      struct entry_fault *fault);
/* Makes *item be what was appended since the spool had `start` bytes, under the name it has. */
int index_unpack_finish(struct indexer *indexer, uint64_t start, struct index_item *item);

#endif
