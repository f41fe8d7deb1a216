/* SPDX-License-Identifier: MIT
 *
 * Records as a log in the Static Analysis Results Interchange Format (SARIF 2.1.0, OASIS): one
 * run, a result a fault. An entry that is good has none. Rules are listed behind the results,
 * when all that occurred are known; a JSON object has no order.
 *
 * Lost memory is told in out->failed.
 */
#ifndef THRESH_RECORD_SARIF_H
#define THRESH_RECORD_SARIF_H

#include "base/buf.h"
#include "record/record_view.h"

/* What was written so far. A zeroed one is of nothing. */
struct sarif {
    uint64_t results;
    struct buf rules; /* each once, with a NUL behind it */
};

void sarif_begin(struct buf *out);
void sarif_write(struct sarif *sarif, struct buf *out, const struct record_view *view);
/* `why` the run as a whole does not count is a notification; NULL: it does. */
void sarif_end(const struct sarif *sarif, struct buf *out, const struct thresh_stats *stats,
               const char *why);

#endif
