/* SPDX-License-Identifier: MIT
 *
 * A run's statistics for programs: what --stats prints and what a Lambda function answers.
 */
#ifndef THRESH_RUN_STATS_H
#define THRESH_RUN_STATS_H

#include "base/buf.h"
#include "thresh.h"

struct findings;

/* Counts entries that were skipped, for a reason that need not end with NUL. */
void stats_count_reason(struct thresh_stats *stats, const char *reason, size_t len,
                        uint64_t count);

/* Appends one JSON object and a line feed; without `findings`, NULL, the counts alone. 0, or -1
 * without memory. */
int stats_to_json(const struct thresh_stats *stats, const struct findings *findings,
                  struct buf *out);

#endif
