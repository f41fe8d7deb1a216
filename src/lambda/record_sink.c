/* SPDX-License-Identifier: MIT */
#include "lambda/record_sink.h"

#include <stdlib.h>

static int to_object(struct record_sink *sink, const void *bytes, size_t len)
{
    if (!sink->upload)
        sink->upload =
            s3_create(sink->s3, sink->bucket, sink->key, sink->content_type, &sink->failure);
    return sink->upload ? s3_write(sink->upload, bytes, len, &sink->failure) : -1;
}

static int to_answer(struct record_sink *sink, const void *bytes, size_t len)
{
    if (sink->records.len + len > sink->inline_max && sink->bucket)
        return record_sink_move_to_object(sink, &sink->failure) < 0
                   ? -1
                   : to_object(sink, bytes, len);
    if (sink->records.len + len > sink->inline_max)
        return lambda_error_set(
            &sink->failure, "Thresh.ResponseTooLarge", false,
            "the records are more than the %zu bytes that an answer may have; set "
            "output (THRESH_OUTPUT=s3://bucket/{key}.ndjson) to have them in S3, or "
            "leave parts out with fields",
            sink->inline_max);
    if (buf_append(&sink->records, bytes, len) < 0)
        return lambda_error_set(&sink->failure, "Thresh.Memory", true,
                                "out of memory; raise the function's memory");
    return 0;
}

int record_sink_write(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    struct record_sink *sink = context;
    int rc = 0;
    if (sink->mode == SINK_INLINE)
        rc = to_answer(sink, bytes, len);
    else if (sink->mode == SINK_OBJECT)
        rc = to_object(sink, bytes, len);
    else if (sink->mode == SINK_STREAM &&
             runtime_stream_write(sink->runtime, bytes, len, &sink->failure.error) < 0)
        rc = lambda_error_set(&sink->failure, "Thresh.Stream", false, "%s",
                              sink->failure.error.text);
    if (rc < 0)
        *error = sink->failure.error;
    return rc;
}

void record_sink_turn(struct record_sink *sink)
{
    if (sink->upload)
        s3_write(sink->upload, NULL, 0, &sink->failure);
}

int record_sink_move_to_object(struct record_sink *sink, struct lambda_error *failure)
{
    sink->mode = SINK_OBJECT;
    int rc = to_object(sink, sink->records.data, sink->records.len);
    buf_free(&sink->records);
    if (rc < 0)
        *failure = sink->failure;
    return rc;
}

int record_sink_commit(struct record_sink *sink, struct lambda_error *failure)
{
    if (sink->mode != SINK_OBJECT)
        return 0;
    if (to_object(sink, NULL, 0) < 0) { /* no record at all is an object too */
        *failure = sink->failure;
        return -1;
    }
    return s3_commit(sink->upload, failure);
}

void record_sink_close(struct record_sink *sink)
{
    s3_discard(sink->upload);
    sink->upload = NULL;
    free(sink->bucket);
    free(sink->key);
    sink->bucket = sink->key = NULL;
    buf_free(&sink->records);
}
