/* SPDX-License-Identifier: MIT
 *
 * What a run says on standard error: warnings, why it fails, the summary at its end.
 */
#ifndef THRESH_CLI_REPORT_H
#define THRESH_CLI_REPORT_H

#include "base/error.h"
#include "cli/rate.h"
#include "options/options.h"
#include "run/findings.h"

/* At its end: the summary, of a run that is complete, where somebody reads it, and --stats.
 * `findings`, `rate`: NULL where they are not known. */
void report_run(const struct thresh_options *options, const struct thresh_stats *stats,
                const struct findings *findings, const struct rate *rate, bool is_complete);

/* A line for each of the inputs that cannot be opened; their records say so, too. */
void report_unopened(const char *const *inputs, size_t n);

/* As thresh_warnings and thresh_run_warnings have them, a line each. */
void report_warnings(const char *warnings);

/* The line on standard error that says why `program` fails. */
void report_error(const char *program, const struct thresh_error *error);

#endif
