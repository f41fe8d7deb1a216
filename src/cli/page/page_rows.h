/* SPDX-License-Identifier: MIT
 *
 * Documents as page.js reads them, in portions: a script element of JSON with a row for each,
 * and one with what is wrong with them, which is read when somebody asks for it. A path is told
 * by how much of it is as in the row before, root and schema by 0 where they are the same.
 */
#ifndef THRESH_CLI_PAGE_ROWS_H
#define THRESH_CLI_PAGE_ROWS_H

#include "base/buf.h"
#include "thresh.h"

/* All zeros: there were none. */
struct page_rows {
    struct buf rows, faults;       /* of the portion at hand */
    unsigned n;                    /* rows in it */
    struct buf path, root, schema; /* of the row before, in this portion */
    uint64_t bad;                  /* of all rows: those that are not good */
};

/* Lost memory is told in page_rows_write's `out`. */
void page_rows_add(struct page_rows *rows, const struct thresh_record *record);
/* Whether there are enough of them for a portion. */
bool page_rows_are_many(const struct page_rows *rows);
/* Appends the portion at hand and begins the next. */
void page_rows_write(struct page_rows *rows, struct buf *out);
void page_rows_free(struct page_rows *rows);

#endif
