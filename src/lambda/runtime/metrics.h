/* SPDX-License-Identifier: MIT
 *
 * What an invocation came to, as one CloudWatch metric record ("Specification: Embedded metric
 * format" in the Amazon CloudWatch User Guide).
 */
#ifndef THRESH_LAMBDA_RUNTIME_METRICS_H
#define THRESH_LAMBDA_RUNTIME_METRICS_H

#include "lambda/runtime/log.h"
#include "thresh.h"

/* Over all archives of an invocation. */
struct metrics {
    struct thresh_stats stats; /* counts and bytes added up; backend and workers of the last */
    unsigned archives;
    unsigned failed;
    unsigned incomplete;
    double wall_ms;
    double download_ms;
    bool schema_cached; /* no schema was compiled for this invocation */
};

/* In namespace "thresh", with the function's name (NULL: "local") as the dimension, as of this
 * unix time. Lambda leaves out lines below the level that is configured, so the record's is no
 * lower. The caller's to release. */
json_t *metrics_record(const struct metrics *metrics, const char *function,
                       const struct log *log, int64_t now_ms);

#endif
