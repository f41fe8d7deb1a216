/* SPDX-License-Identifier: MIT
 *
 * What a run says about itself, on standard error: the summary for people, --stats for
 * programs, and progress while it lasts.
 */
#ifndef THRESH_REPORT_H
#define THRESH_REPORT_H

#include "buf.h"
#include "error.h"
#include "thresh.h"

/* One JSON object and a line feed. 0, or -1 without memory. */
int report_stats(const struct thresh_stats *stats, struct buf *out);
int report_summary(const struct thresh_stats *stats, bool colour, struct buf *out);

/* The line on standard error that says why `program` fails. */
void report_error(const char *program, const struct error *error);

struct progress {
    bool shown;
    int fd;
    double begun_ms; /* 0: not yet asked */
    double drawn_ms;
};

/* Draws at most ten times a second, and not before the run is a second old unless `always`. */
void progress_draw(struct progress *progress, bool always, uint64_t done, uint64_t entries,
                   uint64_t bytes);
void progress_clear(struct progress *progress);

#endif
