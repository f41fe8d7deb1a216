/* SPDX-License-Identifier: MIT
 *
 * What a run says to people, on standard error: the summary at its end, and progress while it
 * lasts.
 */
#ifndef THRESH_CLI_REPORT_H
#define THRESH_CLI_REPORT_H

#include "base/buf.h"
#include "base/error.h"
#include "thresh.h"

int report_summary(const struct thresh_stats *stats, bool colour, struct buf *out);

/* The line on standard error that says why `program` fails. */
void report_error(const char *program, const struct thresh_error *error);

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
