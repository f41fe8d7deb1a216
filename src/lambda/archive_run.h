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

/* An invocation, as its runs see it. */
struct invocation_work {
    struct lambda *lambda;
    const struct invocation *invocation;
    const struct event *event;
    struct outcome *outcomes; /* these two one for each of the event's items */
    struct record_sink *sinks;
    struct metrics metrics;
    int64_t begun_ms;
    int64_t margin_ms; /* kept back for the answer */
    int64_t stop_ms;   /* unix time at which runs end; 0: no deadline */
    bool streamed;     /* the answer went out as a stream */
};

bool invocation_time_is_up(const struct invocation_work *work);

/* Fills in the item's outcome; `name` is what it is called in errors. What its sink holds for
 * the answer is the outcome's afterwards. */
void archive_run_item(struct invocation_work *work, size_t index, const char *name);

#endif
