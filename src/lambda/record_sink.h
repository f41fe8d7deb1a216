/* SPDX-License-Identifier: MIT
 *
 * Where the records of one archive go: into the answer as long as they fit, into an object,
 * into a stream, or nowhere if only counts are wanted. One thread at a time uses a sink.
 */
#ifndef THRESH_LAMBDA_RECORD_SINK_H
#define THRESH_LAMBDA_RECORD_SINK_H

#include "lambda/runtime/runtime.h"
#include "lambda/s3/s3.h"

enum record_sink_mode {
    RECORD_SINK_INLINE, /* held for the answer, or moved to the object once they do not fit */
    RECORD_SINK_OBJECT,
    RECORD_SINK_STREAM,
    RECORD_SINK_COUNT, /* nowhere */
};

struct record_sink {
    enum record_sink_mode mode;
    size_t inline_max; /* bytes of records that the answer has room for */
    struct s3 *s3;
    struct runtime *runtime;
    char *bucket, *key; /* of the object, owned; NULL: there is none */
    const char *content_type;
    struct buf records;
    struct s3_upload *upload;
    struct lambda_error error; /* why a write has failed */
};

/* Functions give 0, or -1 with the error filled in. A zeroed sink can be closed. */

/* For thresh_run_on_text: the context is the sink, whose own error has the type, too. */
int record_sink_write(void *context, const void *bytes, size_t len, struct thresh_error *error);
/* Gives an upload under way the chance to send, between writes. */
void record_sink_turn(struct record_sink *sink);
/* Moves what was held for the answer to the object, which has to be there. */
int record_sink_move_to_object(struct record_sink *sink, struct lambda_error *error);
/* The run is complete: the object becomes visible, even one without records. */
int record_sink_commit(struct record_sink *sink, struct lambda_error *error);
/* Writes an object beside it, of its key with `suffix` behind it. */
int record_sink_put_beside(const struct record_sink *sink, const char *suffix,
                           const struct buf *json, struct lambda_error *error);
/* Frees what it holds; of an object that was not committed nothing stays in S3. */
void record_sink_close(struct record_sink *sink);

#endif
