/* SPDX-License-Identifier: MIT */
#include "lambda/record_sink.h"

#include <stdio.h>
#include <stdlib.h>

static int to_object(struct record_sink *sink, const void *bytes, size_t len)
{
    if (!sink->upload)
        sink->upload =
            s3_create(sink->s3, sink->bucket, sink->key, sink->content_type, &sink->error);
    return sink->upload ? s3_write(sink->upload, bytes, len, &sink->error) : -1;
}

static int to_answer(struct record_sink *sink, const void *bytes, size_t len)
{
    if (sink->records.len + len > sink->inline_max && sink->bucket)
        return record_sink_move_to_object(sink, &sink->error) < 0 ? -1
                                                                  : to_object(sink, bytes, len);
    if (sink->records.len + len > sink->inline_max)
        return lambda_error_set(
            &sink->error, "Thresh.ResponseTooLarge", false,
            "the records are more than the %zu bytes that an answer may have; set "
            "output (THRESH_OUTPUT=s3://bucket/{key}.ndjson) to have them in S3, or "
            "leave parts out with fields",
            sink->inline_max);
    if (buf_append(&sink->records, bytes, len) < 0)
        return lambda_error_no_memory(&sink->error);
    return 0;
}

int record_sink_write(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    struct record_sink *sink = context;
    int rc = 0;
    if (sink->mode == RECORD_SINK_INLINE)
        rc = to_answer(sink, bytes, len);
    else if (sink->mode == RECORD_SINK_OBJECT)
        rc = to_object(sink, bytes, len);
    else if (sink->mode == RECORD_SINK_STREAM &&
             runtime_stream_write(sink->runtime, bytes, len, &sink->error.message) < 0)
        rc = lambda_error_set(&sink->error, "Thresh.Stream", false, "%s",
                              sink->error.message.text);
    if (rc < 0)
        *error = sink->error.message;
    return rc;
}

void record_sink_turn(struct record_sink *sink)
{
    if (sink->upload)
        s3_write(sink->upload, NULL, 0, &sink->error);
}

int record_sink_move_to_object(struct record_sink *sink, struct lambda_error *error)
{
    sink->mode = RECORD_SINK_OBJECT;
    int rc = to_object(sink, sink->records.data, sink->records.len);
    buf_free(&sink->records);
    if (rc < 0)
        *error = sink->error;
    return rc;
}

int record_sink_commit(struct record_sink *sink, struct lambda_error *error)
{
    if (sink->mode != RECORD_SINK_OBJECT)
        return 0;
    if (to_object(sink, NULL, 0) < 0) { /* makes the object where no record did */
        *error = sink->error;
        return -1;
    }
    return s3_commit(sink->upload, error);
}

int record_sink_put_beside(const struct record_sink *sink, const char *suffix,
                           const struct buf *json, struct lambda_error *error)
{
    char *key;
    if (asprintf(&key, "%s%s", sink->key, suffix) < 0)
        return lambda_error_no_memory(error);
    struct s3_upload *upload =
        s3_create(sink->s3, sink->bucket, key, "application/json", error);
    int rc = upload && s3_write(upload, json->data, json->len, error) == 0
                 ? s3_commit(upload, error)
                 : -1;
    s3_discard(upload);
    free(key);
    return rc;
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
