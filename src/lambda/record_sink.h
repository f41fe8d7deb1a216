/* SPDX-License-Identifier: MIT
 *
 * Where the records of one archive go: into the answer as long as they fit, into an object,
 * down a stream, or nowhere when only the counts are wanted.
 */
#ifndef THRESH_LAMBDA_RECORD_SINK_H
#define THRESH_LAMBDA_RECORD_SINK_H

#include "lambda/runtime/runtime.h"
#include "lambda/s3/s3.h"

enum record_sink_mode {
    RECORD_SINK_INLINE,
    RECORD_SINK_OBJECT,
    RECORD_SINK_STREAM,
    RECORD_SINK_COUNT
};

struct record_sink {
    enum record_sink_mode mode;
    size_t inline_max; /* bytes of records that an answer may hold */
    struct s3 *s3;
    struct runtime *runtime;
    char *bucket, *key; /* of the object, owned; NULL: nowhere but the answer */
    const char *content_type;
    struct buf records;
    struct s3_upload *upload;
    struct lambda_error error; /* why a write failed */
};

/* Functions that can fail give 0, or -1 with the error filled in. */

/* As struct thresh_output has it; the context is the sink, whose error says why. */
int record_sink_write(void *context, const void *bytes, size_t len, struct thresh_error *error);
/* Lets an upload under way move on. */
void record_sink_turn(struct record_sink *sink);
/* What is held for the answer goes to the object after all. */
int record_sink_move_to_object(struct record_sink *sink, struct lambda_error *error);
/* The run is complete: the object, if it is one, gets its name. */
int record_sink_commit(struct record_sink *sink, struct lambda_error *error);
/* Frees; an object that was not committed never was. */
void record_sink_close(struct record_sink *sink);

#endif
