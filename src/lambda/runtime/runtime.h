/* SPDX-License-Identifier: MIT
 *
 * The client's side of the Lambda Runtime API 2018-06-01, over one kept connection. One thread
 * uses it. Every call answers 0 (accepted), 1 (refused: said in the error, the loop goes on) or
 * -1 (the environment is broken: said in the error, the process should end and not with 0).
 */
#ifndef THRESH_LAMBDA_RUNTIME_RUNTIME_H
#define THRESH_LAMBDA_RUNTIME_RUNTIME_H

#include "base/buf.h"
#include "base/error.h"

/* The largest event and the largest answer that is not streamed. */
#define RUNTIME_MAX_BYTES 6291556u

struct invocation {
    char id[128];
    char trace_id[512]; /* empty: none */
    char arn[512];
    int64_t deadline_ms; /* unix time; 0: none */
    struct buf event;
};

struct runtime;

/* `api` is host:port. NULL with the error filled in. */
struct runtime *runtime_open(const char *api, struct thresh_error *error);
void runtime_close(struct runtime *runtime);

/* Waits for work, as long as it takes. Connections that died meanwhile (the environment was
 * frozen) are made anew; three failures in a row are -1. */
int runtime_next(struct runtime *runtime, struct invocation *invocation,
                 struct thresh_error *error);

int runtime_response(struct runtime *runtime, const char *id, const void *bytes, size_t len,
                     struct thresh_error *error);
/* id NULL: the init phase failed. `type` is Category.Reason. */
int runtime_error(struct runtime *runtime, const char *id, const char *type,
                  const char *message, struct thresh_error *error);

/* A streamed answer: begin, writes, end, and end also where a write failed. Where end is given
 * a type, the stream ends as failed, which trailers tell behind what was written. Only end
 * knows whether the answer was taken; begin and write give 0 or -1, which is the stream's
 * trouble. */
int runtime_stream_begin(struct runtime *runtime, const char *id, const char *content_type,
                         struct thresh_error *error);
int runtime_stream_write(struct runtime *runtime, const void *bytes, size_t len,
                         struct thresh_error *error);
int runtime_stream_end(struct runtime *runtime, const char *type, const char *message,
                       struct thresh_error *error);

/* {"errorMessage", "errorType", "stackTrace": []}, as the API wants it; 0 or -1 without memory.
 */
int runtime_error_body(const char *type, const char *message, struct buf *out);

#endif
