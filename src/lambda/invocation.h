/* SPDX-License-Identifier: MIT
 *
 * One invocation, from the event to the answer; and what the process keeps from one to the
 * next.
 */
#ifndef THRESH_LAMBDA_INVOCATION_H
#define THRESH_LAMBDA_INVOCATION_H

#include "lambda/event/event.h"
#include "lambda/job_preload.h"
#include "lambda/runtime/log.h"
#include "lambda/runtime/rescue.h"
#include "lambda/runtime/runtime.h"

/* Used by the thread that handles invocations; while the preload runs, `s3`, `schemas` and
 * `cache` are its thread's. */
struct lambda {
    struct log log;
    struct runtime *runtime;
    struct rescue rescue;
    struct s3 *s3;    /* for results and schemas */
    struct s3 *input; /* for archives, which another thread may fetch meanwhile */
    struct scratch scratch;
    struct schema_download schemas;
    struct job_cache cache;
    struct job_preload preload;
    json_t *job;          /* thresh.json, with what the environment says over it */
    char directory[4096]; /* of the package */
    const char *function; /* its name; NULL: not known */
    bool streams;         /* answers to HTTP are streamed */
    bool metrics_off;     /* no metric records are written */
    bool said_no_output;  /* the warning that records are not kept is given once a process */
};

/* Answers the event, with an error if need be, and logs it. 0: the next can be asked for; -1:
 * the environment is broken, as the error says. */
int invocation_handle(struct lambda *lambda, const struct invocation *invocation,
                      struct thresh_error *api_error);

#endif
