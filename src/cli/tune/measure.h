/* SPDX-License-Identifier: MIT
 *
 * Runs the archive through thresh.h with 1 to N workers, and keeps the best time of each.
 */
#ifndef THRESH_CLI_TUNE_MEASURE_H
#define THRESH_CLI_TUNE_MEASURE_H

#include "cli/tune/cost_model.h"
#include "options/options.h"

struct bench {
    struct thresh_options *const *options; /* [1..workers]: the same but for --jobs */
    int workers;
    const char *const *inputs;
    size_t n_inputs;
    double seconds; /* about how long to measure; a first round is always run */
    bool shows_progress;
};

struct found { /* the last run, for the report */
    struct thresh_stats stats;
    int rounds;
};

/* 0, or -1 with the error filled in. */
int tune_measure(const struct bench *bench, struct measured *measured, struct found *found,
                 struct thresh_error *error);

#endif
