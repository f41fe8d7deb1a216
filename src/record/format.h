/* SPDX-License-Identifier: MIT
 *
 * A record's text, in one of three formats. It depends on the record and the options alone.
 */
#ifndef THRESH_RECORD_FORMAT_H
#define THRESH_RECORD_FORMAT_H

#include "record/record.h"

/* How records are written; made once from the options, shared by all workers. */
struct layout {
    enum format format;
    unsigned parts;
    bool only_bad; /* text: leave out documents that are good */
    bool colour;
    bool csv_safe; /* no cell begins as a formula does */
    const char *const *field_names;
    size_t n_fields;
};

/* What comes before the first record: the header line of CSV. 0, or -1 without memory. */
int format_begin(const struct layout *layout, struct buf *out);

/* Appends one record's text. 0, or -1 without memory. */
int format_record(const struct record *record, const struct layout *layout, struct buf *out);

/* `bytes` as the inside of a JSON string; also safe to print on a terminal. */
int json_escape(struct buf *out, const char *bytes, size_t len);
/* `bytes` for people to read on a terminal: they cannot control it, and what is not UTF-8 is
 * shown as U+FFFD. */
int text_escape(struct buf *out, const char *bytes, size_t len);

#endif
