/* SPDX-License-Identifier: MIT
 *
 * A packed record as thresh.h has it: texts are where they were packed, nothing of them is
 * copied. A zeroed view is an empty one; a view is used again and again, and its memory grows
 * to what the largest record needed.
 */
#ifndef THRESH_RECORD_RECORD_VIEW_H
#define THRESH_RECORD_RECORD_VIEW_H

#include "record/layout.h"
#include "record/record.h"
#include "record/record_pack.h"
#include "thresh.h"

struct record_view {
    struct thresh_record record; /* the first member: a record's address is that of its view */
    const struct record_layout *layout; /* names of fields, and how text is written */
    const char *packed;                 /* what it was made from; a copy's is its own */
    size_t packed_len;
    const char *texts;
    size_t texts_len;
    struct thresh_namespace *namespaces;
    struct packed_binding *bindings; /* of each of these, for the formats */
    size_t cap_namespaces, cap_bindings;
    struct thresh_field *fields;
    size_t cap_fields;
    struct thresh_text *values;
    size_t n_values, cap_values;
    struct thresh_fault *faults;
    size_t cap_faults;
    struct fault_count *counts; /* whose words lie in the texts */
    size_t n_counts, cap_counts;
    struct buf text; /* what record_view_text wrote last */
    struct thresh_text given;
};

/* Looks at a packed record, which must stay as long as it is looked at. 0; -1 where it is none;
 * 1 without memory. */
int record_view_open(struct record_view *view, const char *packed, size_t len,
                     const struct record_layout *layout);
/* Frees the memory; of the packed record only a copy's. */
void record_view_close(struct record_view *view);

/* Makes of the empty record what was packed; its words and those of its faults stay where they
 * were packed. 0, or -1 without memory. */
int record_view_unpack(const struct record_view *view, struct record *record);

/* Appends the record's text. 0, or -1 without memory. */
int record_view_write(const struct record_view *view, const struct record_layout *layout,
                      struct buf *out);

#endif
