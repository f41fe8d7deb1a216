/* SPDX-License-Identifier: MIT
 *
 * The part of a record that follows from the entry alone: all of it, unless the entry is a
 * document.
 */
#ifndef THRESH_RUN_ENTRY_RECORD_H
#define THRESH_RUN_ENTRY_RECORD_H

#include "record/record_codec.h"
#include "source/source.h"

/* Begins the record of entry `index` and fills in *entry, whose path lies in the caller's
 * `path`. 0, or -1 without memory. */
int entry_record_begin(struct record *record, const struct source *source, uint64_t index,
                       struct buf *path, struct entry *entry);
/* Adds the entry's notices (a duplicate or unsafe name, a damaged archive) and appends the
 * record to `out` as workers send it. 0, or -1 without memory. */
int entry_record_end(struct record *record, const struct record_layout *layout,
                     const struct entry *entry, const struct record_memo *memo,
                     struct buf *out);

void entry_record_unreadable(struct record *record, const char *code, const char *message);

#endif
