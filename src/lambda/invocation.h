/* SPDX-License-Identifier: MIT
 *
 * One invocation, from the event to the answer; and what lasts from one to the next.
 */
#ifndef THRESH_LAMBDA_INVOCATION_H
#define THRESH_LAMBDA_INVOCATION_H

#include "lambda/event/event.h"
#include "lambda/job_preload.h"
#include "lambda/runtime/log.h"
#include "lambda/runtime/rescue.h"
#include "lambda/runtime/runtime.h"

struct lambda {
    struct log log;
    struct runtime *runtime;
    struct rescue rescue;
    struct s3 *s3;    /* results, schemas */
    struct s3 *input; /* archives, which may arrive beside the rest */
    struct scratch scratch;
    struct schema_download schemas;
    struct job_cache cache;
    struct job_preload preload;
    json_t *job; /* thresh.json and the environment */
    char directory[4096];
    const char *function;
    bool streams; /* HTTP answers go out as they are made */
    bool said_no_output;
};

/* 0: answered, on to the next. -1: the environment is broken, with the error filled in. */
int invocation_handle(struct lambda *lambda, const struct invocation *invocation,
                      struct thresh_error *error);

#endif
