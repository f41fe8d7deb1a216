/* SPDX-License-Identifier: MIT
 *
 * Formats that are one text from the first record to the last: JUnit, SARIF, GitHub. What is
 * written of a record may hang on those before it, so it is written where records arrive in
 * their order. Each text has an end, also where the run has not come to its own.
 */
#ifndef THRESH_RECORD_WHOLE_FORMAT_H
#define THRESH_RECORD_WHOLE_FORMAT_H

#include "record/github.h"
#include "record/record_view.h"
#include "record/sarif.h"

/* What was written so far. A zeroed one is of nothing. */
struct whole_format {
    struct sarif sarif;
    struct github github;
};

bool whole_format_is(enum format format);

/* These append to `out`, and tell of lost memory in out->failed. */
void whole_format_begin(struct buf *out, enum format format, const struct thresh_stats *stats);
void whole_format_write(struct whole_format *whole, struct buf *out, enum format format,
                        const struct record_view *view);
/* `why` the run as a whole does not count: it was stopped, it failed, there was nothing to
 * check; NULL: it does. */
void whole_format_end(const struct whole_format *whole, struct buf *out, enum format format,
                      const struct thresh_stats *stats, const char *why);

void whole_format_free(struct whole_format *whole);

#endif
