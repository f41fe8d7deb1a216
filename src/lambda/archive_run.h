/* SPDX-License-Identifier: MIT
 *
 * One archive of an event: its job, where its records go, its bytes, and the run over them.
 */
#ifndef THRESH_LAMBDA_ARCHIVE_RUN_H
#define THRESH_LAMBDA_ARCHIVE_RUN_H

#include "lambda/answer.h"
#include "lambda/invocation.h"
#include "lambda/record_sink.h"
#include "lambda/runtime/metrics.h"

/* An invocation, as its runs see it. Made and freed by invocation.c. */
struct invocation_work {
    struct lambda *lambda;
    const struct invocation *invocation;
    const struct event *event;
    struct outcome *outcomes;  /* one for each item of the event, as are ... */
    struct record_sink *sinks; /* ... these */
    struct metrics metrics;
    int64_t begun_ms;  /* unix time, as is ... */
    int64_t stop_ms;   /* ... this: runs stop then; 0: there is no deadline */
    int64_t margin_ms; /* from there to the deadline, kept back for the answer */
    bool streamed;     /* the answer went out as a stream, and has to be ended as one */
};

bool archive_run_time_is_up(const struct invocation_work *work);

/* Fills in outcomes[index] and sinks[index]; whatever happens is an outcome. `name` is what the
 * archive is called in errors. Records that the sink held for the answer are the outcome's
 * afterwards. */
void archive_run_item(struct invocation_work *work, size_t index, const char *name);

#endif
