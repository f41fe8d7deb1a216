/* SPDX-License-Identifier: MIT
 *
 * What a run takes and costs where memory buys processors. The model, for m MB and w workers:
 *
 *     v          = m / 1769, the vCPUs; c = min(w, v rounded up), those that run at once
 *     before     = start + cold + schemas + listing
 *     whole      = before + work * effort(w) / c
 *     shared     = before / min(1, v) + work * effort(w) / min(w, v)
 *     time(m, w) = max(whole, shared - 20 ms * (1 - min(w, v) / c))
 *
 * `before` is all that happens ahead of the first document. `cold` is what the first run in a
 * process takes beyond later ones, which find their memory mapped: its additional page faults,
 * each at the measured time of one. `work` is what one worker does after the listing.
 * `effort(w)` says how much more processor time w workers need than one: measured for the
 * numbers of workers that were run, a straight line beyond them.
 *
 * Lambda grants a share of a processor in periods of 20 ms: full speed until the period's share
 * is used up, then nothing until the next period. A run begins with an unused share and ends
 * before its last share is used up, which together save one wait on average,
 * 20 ms * (1 - v / c); a run that fits into its first share does not wait at all.
 *
 * Pure arithmetic.
 */
#ifndef THRESH_CLI_TUNE_COST_MODEL_H
#define THRESH_CLI_TUNE_COST_MODEL_H

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum { TUNE_WORKERS_MAX = 6, TUNE_SIZES_MAX = 64 };

/* From prices.json, linked in. */
struct prices {
    char date[32];
    double x86_64, arm64; /* a GB-second */
    double request;
    double step_ms;
    double mb_per_vcpu;
};

int prices_load(struct prices *prices, struct thresh_error *error);

struct measured {
    double start_ms, cold_ms, schema_ms;
    int workers; /* entries below are [1..workers] */
    double listing_ms;
    double wall_ms[TUNE_WORKERS_MAX + 1]; /* listing included */
    double cpu_ms[TUNE_WORKERS_MAX + 1];
    double peak_mb[TUNE_WORKERS_MAX + 1]; /* of the whole process */
    /* Other programs kept the processors busy: wall_ms is estimated, processor time by
     * workers. */
    bool disturbed;
};

struct predicted {
    int mb, workers;
    double ms;
    double peak_mb;
    bool fits;            /* the memory is enough */
    double x86_64, arm64; /* dollars for 1,000 archives */
    bool extrapolated;    /* more workers than were run here */
};

struct prediction {
    struct predicted rows[TUNE_SIZES_MAX * TUNE_WORKERS_MAX]; /* by size, then by workers */
    size_t n;
    const struct predicted *cheapest, *fastest; /* NULL: nothing fits */
};

/* The sizes of the published experiment: 128, then every 256 up to 10,240. */
int tune_memory_mb(int index); /* in MB; 0 past the last */

double cost_model_effort(const struct measured *measured, int workers);
double cost_model_ms(const struct measured *measured, const struct prices *prices, int mb,
                     int workers);
void cost_model_predict(const struct measured *measured, const struct prices *prices,
                        struct prediction *prediction);
/* The best of one size, by time: rows of the prediction. NULL where nothing fits. */
const struct predicted *cost_model_best(const struct prediction *prediction, int mb);

#endif
