/* SPDX-License-Identifier: MIT
 *
 * Records for tables: a heading and a line a record, quoted by RFC 4180, lines ended by a line
 * feed alone. What a record does not know is an empty cell; of its faults, the first is shown.
 *
 * ASCII control characters but tab, line feed and carriage return are written as \xNN. With
 * csv_safe, a cell that a spreadsheet would take for a formula begins with an apostrophe.
 *
 * Lost memory is told in out->failed.
 */
#ifndef THRESH_RECORD_CSV_H
#define THRESH_RECORD_CSV_H

#include "record/layout.h"
#include "record/record.h"

/* Appends the line of a record, or the heading, which is that of no record: NULL. */
void csv_write(struct buf *out, const struct record *record,
               const struct record_layout *layout);

/* Appends one cell, quoted where it needs to be. */
void csv_write_cell(struct buf *out, const struct record_layout *layout, const char *bytes,
                    size_t len);

#endif
