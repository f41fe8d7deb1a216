/* SPDX-License-Identifier: MIT */
#include "lambda/event/event_services.h"

#include "lambda/event/event_items.h"
#include <stdlib.h>
#include <string.h>

/* -- Direct --------------------------------------------------------------------------- */

/* Says which members the event has: one of them may be misspelt. */
static int unknown(const json_t *root, struct thresh_error *error)
{
    struct buf seen = {0};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)root, key, value)
    {
        (void)value;
        buf_append_format(&seen, "%s\"%.40s\"", seen.len ? ", " : "", key);
        if (seen.len > 400)
            break;
    }
    error_set(
        error,
        "the event is of no kind that is known here: it has %s; give {\"uri\": "
        "\"s3://bucket/key\"}, {\"bucket\", \"key\"} or {\"archive_base64\"}, or have S3, "
        "EventBridge, SQS, SNS, S3 Batch, Step Functions or a function URL send it",
        seen.len && buf_string(&seen) ? seen.data : "no members");
    buf_free(&seen);
    return -1;
}

static int add_uri(struct event *event, const char *uri, const struct event_object *rest,
                   const json_t *job, size_t message, struct thresh_error *error)
{
    const char *bucket = strncmp(uri, "s3://", 5) == 0 ? uri + 5 : NULL;
    const char *slash = bucket ? strchr(bucket, '/') : NULL;
    if (!slash || slash == bucket || !slash[1])
        return error_set(error, "uri: '%s' is not of the form s3://bucket/key", uri);
    struct event_object object = *rest;
    char *name = strndup(bucket, (size_t)(slash - bucket));
    if (!name)
        return error_no_memory(error);
    object.bucket = name;
    object.key = slash + 1;
    int rc = event_add_object(event, &object, job, message, error);
    free(name);
    return rc;
}

int event_take_direct(struct event *event, const json_t *root, size_t message,
                      struct thresh_error *error)
{
    const json_t *job = json_object_get(root, "job");
    const json_t *inlined = json_object_get(root, "archive_base64");
    const char *version = event_text(root, "version");
    struct event_object object = {.bucket = event_text(root, "bucket"),
                                  .key = event_text(root, "key"),
                                  .version = version ? version : event_text(root, "versionId"),
                                  .etag = event_text(root, "etag")};
    /* Without an ItemBatcher, a Distributed Map hands over each item as S3 listed it. */
    if (!object.key)
        object.key = event_text(root, "Key");
    if (!object.bucket)
        object.bucket = event_text(root, "Bucket");
    if (!object.etag)
        object.etag = event_text(root, "Etag");
    if (job && !json_is_object(job))
        return error_set(error, "the event's job is not a JSON object");
    if (event_text(root, "uri"))
        return add_uri(event, event_text(root, "uri"), &object, job, message, error);
    if (json_is_string(inlined))
        return event_add_bytes(event, event_text(root, "name"), inlined, true, job, message,
                               error);
    if (object.key && !object.bucket)
        return error_set(error,
                         "the event names the key '%s' and no bucket; add \"bucket\" (in "
                         "Step Functions by ItemSelector or BatchInput)",
                         object.key);
    return object.key ? event_add_object(event, &object, job, message, error)
                      : unknown(root, error);
}

/* -- Step Functions ------------------------------------------------------------------- */

/* The job for all of a batch: "job" in its BatchInput, or the members of that, which then are
 * options. */
static int map_job(struct event *event, const json_t *input, const json_t **job,
                   struct thresh_error *error)
{
    *job = json_object_get(input, "job");
    if (*job && !json_is_object(*job))
        return error_set(error, "BatchInput's job is not a JSON object");
    if (*job || !json_is_object(input))
        return 0;
    json_t *options = event_keep(event, json_copy((json_t *)input), error);
    if (!options)
        return -1;
    json_object_del(options, "bucket");
    *job = options;
    return 0;
}

int event_take_map(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *input = json_object_get(root, "BatchInput");
    const json_t *job;
    size_t i;
    json_t *listed;
    if (map_job(event, input, &job, error) < 0)
        return -1;
    json_array_foreach(json_object_get(root, "Items"), i, listed)
    {
        const char *bucket = event_text(listed, "Bucket");
        struct event_object object = {.bucket = bucket ? bucket : event_text(input, "bucket"),
                                      .key = event_text(listed, "Key"),
                                      .etag = event_text(listed, "Etag")};
        if (!object.bucket)
            object.bucket = event_text(root, "bucket");
        if (!object.key) /* a list that the user made, not S3's */
            object.key = event_text(listed, "key");
        if (!object.key || !object.bucket)
            return error_set(error,
                             "Items[%zu] names no %s; add \"bucket\" to ItemBatcher's "
                             "BatchInput: S3's listing has none",
                             i, object.key ? "bucket" : "Key");
        if (event_add_object(event, &object, job, i, error) < 0)
            return -1;
    }
    return 0;
}
