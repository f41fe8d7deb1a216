/* SPDX-License-Identifier: MIT
 *
 * Records for programs: one JSON object (RFC 8259) a line, its members in the order of enum
 * part. What a record does not know is null. Lost memory is told in out->failed.
 */
#ifndef THRESH_RECORD_NDJSON_H
#define THRESH_RECORD_NDJSON_H

#include "record/layout.h"
#include "record/record.h"

void ndjson_write(struct buf *out, const struct record *record,
                  const struct record_layout *layout);

/* Two values that have a structure, so that they are JSON in a cell of CSV as well. */
void ndjson_write_namespaces(struct buf *out, const struct record *record);
void ndjson_write_field(struct buf *out, const struct record *record,
                        const struct field *field);

#endif
