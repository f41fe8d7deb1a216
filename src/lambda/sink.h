/* SPDX-License-Identifier: MIT
 *
 * Where the records of one archive go: into the answer as long as they fit, into an object,
 * down a stream, or nowhere when only the counts are wanted.
 */
#ifndef THRESH_LAMBDA_SINK_H
#define THRESH_LAMBDA_SINK_H

#include "runtime.h"
#include "s3.h"

enum sink_mode { SINK_INLINE, SINK_OBJECT, SINK_STREAM, SINK_COUNT };

struct sink {
    enum sink_mode mode;
    size_t inline_max; /* bytes of records that an answer may hold */
    struct s3 *s3;
    struct runtime *runtime;
    char *bucket, *key; /* of the object, owned; NULL: nowhere but the answer */
    const char *content_type;
    struct buf records;
    struct s3_upload *upload;
    struct failure failure; /* why a write failed */
};

/* Functions that can fail give 0, or -1 with the failure filled in. */

/* As struct thresh_output has it; the context is the sink, whose failure says why. */
int sink_write(void *context, const void *bytes, size_t len, struct error *error);
/* Lets an upload under way move on. */
void sink_turn(struct sink *sink);
/* What is held for the answer goes to the object after all. */
int sink_move_to_object(struct sink *sink, struct failure *failure);
/* The run is complete: the object, if it is one, gets its name. */
int sink_commit(struct sink *sink, struct failure *failure);
/* Frees; an object that was not committed never was. */
void sink_close(struct sink *sink);

#endif
