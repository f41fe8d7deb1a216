/* SPDX-License-Identifier: MIT
 *
 * A record's text, in the format that the layout names. It depends on the record and the layout
 * alone: not on the worker, the backend or the time.
 */
#ifndef THRESH_RECORD_FORMAT_H
#define THRESH_RECORD_FORMAT_H

#include "record/layout.h"
#include "record/record.h"

/* Appends what comes before the first record: nothing, or the heading of CSV. 0, or -1 without
 * memory. */
int format_heading(struct buf *out, const struct record_layout *layout);

/* Appends one record. 0, or -1 without memory. */
int format_record(struct buf *out, const struct record *record,
                  const struct record_layout *layout);

#endif
