/* SPDX-License-Identifier: MIT
 *
 * The three texts of a record. Each appends one record's text to out; memory that ends shows in
 * out->failed.
 */
#ifndef THRESH_FORMAT_H
#define THRESH_FORMAT_H

#include "record.h"

void format_ndjson(const struct record *record, const struct layout *layout, struct buf *out);
void format_csv(const struct record *record, const struct layout *layout, struct buf *out);
void format_text(const struct record *record, const struct layout *layout, struct buf *out);

#endif
