/* SPDX-License-Identifier: MIT
 *
 * What each kind of caller is told. Pure functions of the event and of how its archives fared.
 * The shapes are those of "Integrating other services" in the AWS Lambda Developer Guide.
 */
#ifndef THRESH_LAMBDA_ANSWER_H
#define THRESH_LAMBDA_ANSWER_H

#include "lambda/event/event.h"
#include "lambda/s3/s3.h"
#include "options/options.h"
#include "thresh.h"

/* Of the answer to a Distributed Map: "Quotas related to state executions" in the AWS Step
 * Functions Developer Guide. */
#define ANSWER_MAP_MAX_BYTES 262144u

enum outcome_state {
    OUTCOME_NOT_BEGUN,  /* no time was left, or an earlier message of a FIFO queue failed */
    OUTCOME_DONE,       /* every entry has its record */
    OUTCOME_INCOMPLETE, /* the time was up: `done` entries have theirs */
    OUTCOME_FAILED,
};

struct outcome {
    enum outcome_state state;
    struct lambda_error error; /* in all states but OUTCOME_DONE */
    struct thresh_stats stats;
    uint64_t done;
    bool good;          /* there were documents, and every one was good */
    char *output;       /* s3:// address of the records, owned; NULL: they are not there */
    struct buf records; /* as the run wrote them */
    bool holds_records; /* `records` go into the answer */
    bool is_ndjson;
    struct shard shard; /* that the records are of; its n is 0: they are of all entries */
    const char *content_type;
};

/* Appends the answer to the whole event; `outcomes` has one for each item. 0, or -1: the event
 * is to be answered with *error, and `out` is of no use. */
int answer_make(const struct event *event, const struct outcome *outcomes, struct buf *out,
                struct lambda_error *error);
/* The same for an event that nothing was done for, because of `refusal`. */
int answer_refusal(enum event_kind kind, const struct lambda_error *refusal, struct buf *out,
                   struct lambda_error *error);
/* Appends what a streamed answer to HTTP begins with: status and headers as JSON, and the eight
 * NUL bytes that end them. 0, or -1 with out->failed. */
int answer_prelude(const char *content_type, struct buf *out);

#endif
