/* SPDX-License-Identifier: MIT
 *
 * Records on their way from a worker to the sink: a small head with what the sink counts, then
 * the finished text, or the record as data (record_pack.h), then what is to be kept of it. The
 * sink formats nothing and sees no document.
 */
#ifndef THRESH_RECORD_RECORD_CODEC_H
#define THRESH_RECORD_RECORD_CODEC_H

#include "record/layout.h"
#include "record/record.h"

/* What a worker says of a document beside its record. */
struct record_memo {
    bool is_known;   /* the record is from an earlier run */
    struct buf kept; /* what a later run is to know it by; empty: nothing */
};

/* Appends head and body of a record; `memo` NULL: there is none. 0, or -1 without memory. */
int record_encode(struct buf *out, const struct record *record,
                  const struct record_layout *layout, const struct record_memo *memo);

struct record_head {
    uint64_t index; /* of the entry */
    enum verdict verdict;
    const char *reason; /* why it was skipped or is unreadable; no NUL behind it */
    size_t reason_len;
    uint64_t bytes; /* of the document */
    bool is_unread; /* in part: it is well-formed and refers to an entity that was not read */
    bool is_judged; /* these as struct record has them */
    uint64_t close_bytes;
    const char *notes; /* for notes_read */
    size_t notes_len;
    const char *body;
    size_t body_len;
    bool is_known; /* these as struct record_memo has them */
    const char *kept;
    size_t kept_len;
};

/* Takes the next record off *bytes, which are *len, and moves both behind it. 1; 0 where there
 * are no bytes; -1 where they are not a whole record, and then nothing moves. The head points
 * into the bytes. */
int record_decode(const char **bytes, size_t *len, struct record_head *head);

#endif
