/* SPDX-License-Identifier: MIT
 *
 * Records on their way from worker to sink: a small head to count by, then the finished text,
 * so that whoever receives them formats nothing and looks at no document.
 */
#ifndef THRESH_RECORD_RECORD_CODEC_H
#define THRESH_RECORD_RECORD_CODEC_H

#include "record/format.h"

/* Appends head and text of the record to out. 0, or -1 without memory. */
int record_encode(const struct record *record, const struct layout *layout, struct buf *out);

struct record_head {
    enum verdict verdict;
    const char *reason; /* not NUL-terminated; skipped and unreadable: why */
    size_t reason_len;
    uint64_t bytes;
    const char *body;
    size_t body_len;
};

/* Takes the next record off encoded bytes: 1, 0 at their end, -1 where they are not records. */
int record_next(const char **bytes, size_t *len, struct record_head *head);

#endif
