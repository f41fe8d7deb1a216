/* SPDX-License-Identifier: MIT */
#ifndef THRESH_LAMBDA_INVOCATION_WORK_H
#define THRESH_LAMBDA_INVOCATION_WORK_H

#include "lambda/answer.h"
#include "lambda/poller.h"
#include "lambda/record_sink.h"
#include "lambda/runtime/metrics.h"

/* An invocation, as its runs see it. Made and freed by invocation.c. */
struct invocation_work {
    struct poller *poller;
    const struct invocation *invocation;
    const struct event *event;
    struct outcome *outcomes;  /* one for each item of the event, as are ... */
    struct record_sink *sinks; /* ... these */
    struct metrics metrics;
    struct scratch scratch; /* for its files alone */
    int64_t begun_ms;       /* unix time, as is ... */
    int64_t stop_ms;        /* ... this: runs stop then; 0: there is no deadline */
    int64_t margin_ms;      /* from there to the deadline, kept back for the answer */
    bool streamed;          /* the answer went out as a stream, and has to be ended as one */
};

/* Counts an archive that is through. */
void invocation_add_up(struct invocation_work *work, const struct outcome *outcome);
/* Writes the metric record of all that was counted, unless they are off. */
void invocation_log_metrics(struct invocation_work *work);
/* What the rescue tells if it strikes now: as rescue_note, of the archive with this index, and
 * with what outcomes[index] counts until here. */
void invocation_note(struct invocation_work *work, size_t index, const char *archive,
                     uint64_t done, uint64_t entries);

#endif
