/* SPDX-License-Identifier: MIT
 *
 * What an entry says of its record by itself: all of it, unless it is a document.
 */
#ifndef THRESH_RUN_ENTRY_RECORD_H
#define THRESH_RUN_ENTRY_RECORD_H

#include "record/format.h"
#include "source/source.h"

/* Begins the record of entry `index` and fills *entry; `path` is the caller's and holds the
 * path. 0, or -1 without memory. */
int entry_record_begin(struct record *record, const struct source *source, uint64_t index,
                       struct buf *path, struct entry *entry);
/* Adds what is odd about the entry, and appends the record to `out` as workers send it. */
int entry_record_end(struct record *record, const struct layout *layout,
                     const struct entry *entry, struct buf *out);

void record_unreadable(struct record *record, const char *code, const char *message);

#endif
