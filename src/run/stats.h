/* SPDX-License-Identifier: MIT
 *
 * A run's statistics for programs: what --stats prints and what a Lambda function answers.
 */
#ifndef THRESH_RUN_STATS_H
#define THRESH_RUN_STATS_H

#include "base/buf.h"
#include "thresh.h"

struct findings;

/* Appends one JSON object and a line feed; without `findings`, NULL, the counts alone. 0, or -1
 * without memory. */
int stats_to_json(const struct thresh_stats *stats, const struct findings *findings,
                  struct buf *out);

#endif
