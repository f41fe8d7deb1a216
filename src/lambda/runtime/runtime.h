/* SPDX-License-Identifier: MIT
 *
 * The client's side of the Lambda Runtime API, version 2018-06-01 ("Using the Lambda runtime
 * API for custom runtimes" in the AWS Lambda Developer Guide), over one connection that is
 * kept. One thread at a time uses a struct runtime.
 *
 * Calls give 0: accepted; 1: refused, and the error says why, but the next event can be asked
 * for; or -1: the environment is broken, the error says how, and the process should end with a
 * status other than 0.
 */
#ifndef THRESH_LAMBDA_RUNTIME_RUNTIME_H
#define THRESH_LAMBDA_RUNTIME_RUNTIME_H

#include "base/buf.h"
#include "base/error.h"

/* Of the largest event, and of the largest answer that is not streamed. */
#define RUNTIME_MAX_BYTES 6291556u

struct invocation {
    char id[128];        /* Lambda-Runtime-Aws-Request-Id */
    char trace_id[512];  /* Lambda-Runtime-Trace-Id; "": none */
    char arn[512];       /* Lambda-Runtime-Invoked-Function-Arn */
    int64_t deadline_ms; /* Lambda-Runtime-Deadline-Ms, unix time; 0: none */
    struct buf event;    /* owned by whoever declared the invocation */
};

struct runtime;

/* `api` is AWS_LAMBDA_RUNTIME_API, host:port; NULL: it is not set, which is an error. NULL with
 * the error filled in. */
struct runtime *runtime_open(const char *api, struct thresh_error *error);
void runtime_close(struct runtime *runtime); /* takes NULL */

/* Waits for the next event, for as long as it takes, and fills in *invocation, whose memory is
 * used again. Connections that broke while the environment was frozen are made anew; three
 * failures in a row are -1. Never gives 1. */
int runtime_next(struct runtime *runtime, struct invocation *invocation,
                 struct thresh_error *error);

/* Init is over, and a snapshot of the process may be taken; returns in a process that was made
 * from it. 0, or -1. */
int runtime_restore(struct runtime *runtime, struct thresh_error *error);
/* What has to be done behind runtime_restore has failed, and the process will end. */
int runtime_restore_error(struct runtime *runtime, const char *type, const char *message,
                          struct thresh_error *error);

/* Answers the invocation `id` with bytes[0..len), JSON. */
int runtime_response(struct runtime *runtime, const char *id, const void *bytes, size_t len,
                     struct thresh_error *error);
/* Answers it with an error. `type` is of the form Category.Reason. `id` NULL: init has failed,
 * which is to be told before the first runtime_next. */
int runtime_error(struct runtime *runtime, const char *id, const char *type,
                  const char *message, struct thresh_error *error);

/* A streamed answer: begin, any number of writes, and end, also where a write has failed.
 * Begin and write give 0, or -1: this stream has failed, the environment has not. End gives
 * what calls give, for only at its end does the API say whether the answer was taken. With a
 * `type`, the answer ends as an error, told in trailers behind what was written; NULL: it
 * ended well. */
int runtime_stream_begin(struct runtime *runtime, const char *id, const char *content_type,
                         struct thresh_error *error);
int runtime_stream_write(struct runtime *runtime, const void *bytes, size_t len,
                         struct thresh_error *error);
int runtime_stream_end(struct runtime *runtime, const char *type, const char *message,
                       struct thresh_error *error);

#endif
