/* SPDX-License-Identifier: MIT
 *
 * What a run gathers of a record beyond its verdict: which extractions found something, in
 * which namespace the root is where that is of use, and how often each rule was broken. It
 * travels behind the record's head; most records have none.
 */
#ifndef THRESH_RECORD_NOTES_H
#define THRESH_RECORD_NOTES_H

#include "record/layout.h"
#include "record/record.h"

/* Appends the notes of a record, or nothing. Lost memory is told in out->failed. */
void notes_write(struct buf *out, const struct record *record,
                 const struct record_layout *layout);

/* No NUL follows it. */
struct note_text {
    const char *bytes;
    size_t len;
};

/* The faults of one kind and code, with the first of them. */
struct note_fault {
    uint64_t n;
    uint64_t line, column; /* 0: not known */
    struct note_text kind, code, message;
};

struct notes {
    bool has_fields;       /* the document's XPaths were answered */
    const uint8_t *found;  /* a bit each, the lowest first: their value is not empty */
    struct note_text path; /* of the entry; empty where there is nothing to be said of it */
    struct note_text root_namespace, root_name;
    uint64_t n_faults; /* that notes_next has still to tell */
    const char *at, *end;
};

/* 0, or -1 where the bytes cannot be the notes of a record with so many fields. Points into the
 * bytes. */
int notes_read(struct notes *notes, const char *bytes, size_t len, size_t n_fields);
/* 1; 0 where there are no more; -1 where the bytes are not notes. */
int notes_next(struct notes *notes, struct note_fault *fault);

#endif
