/* SPDX-License-Identifier: MIT
 *
 * What each kind of caller is told. Pure functions of the event and of how its archives fared.
 */
#ifndef THRESH_LAMBDA_ANSWER_H
#define THRESH_LAMBDA_ANSWER_H

#include "lambda/event/event.h"
#include "lambda/s3/s3.h"
#include "thresh.h"

/* Step Functions takes no more between states. */
#define ANSWER_MAP_MAX_BYTES 262144u

enum outcome_state {
    OUTCOME_NOT_BEGUN,  /* the time was up before, or an earlier one of its group failed */
    OUTCOME_DONE,       /* every entry was answered */
    OUTCOME_INCOMPLETE, /* the time was up in the middle: `done` of the entries were answered */
    OUTCOME_FAILED,
};

struct outcome {
    enum outcome_state state;
    struct lambda_error error; /* of all states but DONE */
    struct thresh_stats stats;
    uint64_t done;
    bool good;
    char *output; /* s3:// address of the records, owned; NULL: in `records`, or kept nowhere */
    struct buf records; /* as the run wrote them */
    bool holds_records;
    bool is_ndjson;
    const char *content_type;
};

/* The answer to the whole event, appended to `out`. 0, or -1 where the event is answered with
 * an error: what to report is in the error. */
int answer_make(const struct event *event, const struct outcome *outcomes, struct buf *out,
                struct lambda_error *error);
/* The answer to an event that could not even be understood. */
int answer_refusal(enum event_kind kind, const struct lambda_error *refusal, struct buf *out,
                   struct lambda_error *error);
/* {"statusCode", "headers"} for a streamed HTTP answer, with the eight NUL bytes behind it. */
int answer_prelude(const char *content_type, struct buf *out);

#endif
