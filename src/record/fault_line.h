/* SPDX-License-Identifier: MIT
 *
 * What is wrong with an entry, as the formats for other tools say it: in one line, with its
 * weight. The text is as documents have it, for the format to escape.
 */
#ifndef THRESH_RECORD_FAULT_LINE_H
#define THRESH_RECORD_FAULT_LINE_H

#include "base/buf.h"
#include "thresh.h"

/* Whether a run with this record cannot end with exit status 0. */
bool fault_line_is_bad(const struct thresh_record *record);
/* Whether the fault is one that takes the entry's good verdict from it. (A name that is there
 * twice does not.) */
bool fault_line_is_error(const struct thresh_record *record, const struct thresh_fault *fault);

/* Appends "line 7, column 8: MESSAGE", as far as it is known. */
void fault_line_append(struct buf *out, const struct thresh_fault *fault);
/* Appends what to say where a bad record keeps no fault: its root has no schema, or
 * --max-errors is 0. */
void fault_line_append_none(struct buf *out, const struct thresh_record *record);

#endif
