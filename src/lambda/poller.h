/* SPDX-License-Identifier: MIT
 *
 * Who asks for an event, handles it, answers, and asks again: the process itself, or on
 * Lambda's managed instances as many threads as there may be invocations at a time ("Building
 * custom runtimes for Lambda Managed Instances" in the AWS Lambda Developer Guide). All that a
 * poller has is its own, but for the function.
 */
#ifndef THRESH_LAMBDA_POLLER_H
#define THRESH_LAMBDA_POLLER_H

#include "lambda/function.h"
#include "lambda/job_cache.h"
#include "lambda/job_preload.h"
#include "lambda/runtime/log.h"
#include "lambda/runtime/rescue.h"
#include "lambda/runtime/runtime.h"

/* One thread uses it, and it must not move; while the preload runs, `s3` and `cache` are the
 * preload's. */
struct poller {
    struct function *function;
    const char *api; /* as for runtime_open */
    struct log log;
    struct runtime *runtime;
    struct rescue rescue;
    struct s3 *s3;    /* for results and schemas */
    struct s3 *input; /* for archives, which another thread may fetch meanwhile */
    struct job_cache cache;
    struct job_preload preload; /* only the first poller has one */
};

/* `api` is borrowed, as for runtime_open. 0, or -1 with the error filled in; to be closed in
 * either case. The log works from here on. */
int poller_open(struct poller *poller, struct function *function, const char *api,
                struct thresh_error *error);
/* The clients of S3, which poller_open leaves out; again, where connections cannot be alive any
 * more. 0, or -1 with the error filled in. */
int poller_connect(struct poller *poller, struct thresh_error *error);
void poller_close(struct poller *poller);

/* Returns where the environment is broken, which is logged. */
void poller_run(struct poller *poller);

#endif
