/* SPDX-License-Identifier: MIT
 *
 * The Lambda function that this process is an environment of: what all its invocations share.
 */
#ifndef THRESH_LAMBDA_FUNCTION_H
#define THRESH_LAMBDA_FUNCTION_H

#include "lambda/apart/apart.h"
#include "lambda/s3/schema_download.h"
#include "lambda/scratch.h"
#include "rules/schema_store.h"
#include <stdatomic.h>

/* Never changes once it is open, but for what says so. */
struct function {
    json_t *job;           /* thresh.json, with what the environment says over it */
    char directory[4096];  /* of the package */
    const char *name;      /* NULL: not known */
    const char *memory_mb; /* AWS_LAMBDA_FUNCTION_MEMORY_SIZE; NULL: not known */
    unsigned concurrency;  /* invocations at a time, on managed instances; 0: not on one */
    bool streams;          /* answers to HTTP are streamed */
    bool metrics_off;      /* no metric records are written */
    struct scratch scratch;

    /* Any thread may use these: */
    struct schema_download schemas;
    struct schema_store compiled;
    struct apart apart;         /* open where invocations go on side by side */
    atomic_flag said_no_output; /* the warning that records are not kept was given */
};

/* Reads environment and job and makes the scratch. 0, or -1 with the error filled in; to be
 * closed in either case. */
int function_open(struct function *function, struct thresh_error *error);
void function_close(struct function *function);

#endif
