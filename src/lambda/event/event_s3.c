/* SPDX-License-Identifier: MIT */
#include "lambda/event/event_services.h"

#include "lambda/event/event_items.h"
#include <string.h>

/* -- Notifications -------------------------------------------------------------------- */

int event_take_s3(struct event *event, const json_t *root, size_t message,
                  struct thresh_error *error)
{
    size_t i;
    json_t *record;
    json_array_foreach(json_object_get(root, "Records"), i, record)
    {
        const json_t *s3 = json_object_get(record, "s3");
        const json_t *described = json_object_get(s3, "object");
        struct event_object object = {.bucket =
                                          event_text(json_object_get(s3, "bucket"), "name"),
                                      .key = event_text(described, "key"),
                                      .version = event_text(described, "versionId"),
                                      .coding = EVENT_KEY_FORM};
        const char *name = event_text(record, "eventName");
        if (name && strstr(name, "Removed:")) {
            event->ignored++;
            continue;
        }
        if (!object.bucket || !object.key)
            return error_set(error, "Records[%zu] of the S3 event names no bucket or no key",
                             i);
        if (event_add_object(event, &object, NULL, message, error) < 0)
            return -1;
    }
    return 0;
}

int event_take_eventbridge(struct event *event, const json_t *root, size_t message,
                           struct thresh_error *error)
{
    const json_t *detail = json_object_get(root, "detail");
    const json_t *described = json_object_get(detail, "object");
    const char *kind = event_text(root, "detail-type");
    struct event_object object = {.bucket =
                                      event_text(json_object_get(detail, "bucket"), "name"),
                                  .key = event_text(described, "key"),
                                  .version = event_text(described, "version-id")};
    if (kind && strcmp(kind, "Object Deleted") == 0) {
        event->ignored++;
        return 0;
    }
    if (!object.bucket || !object.key)
        return error_set(error, "the EventBridge event '%s' names no bucket or no key",
                         kind ? kind : "");
    return event_add_object(event, &object, NULL, message, error);
}

/* -- Batch Operations ----------------------------------------------------------------- */

/* Invocation schema 1.0 names the bucket by its ARN, arn:aws:s3:::bucket. */
static const char *bucket_of_arn(const char *arn)
{
    const char *colon = arn ? strrchr(arn, ':') : NULL;
    return colon ? colon + 1 : arn;
}

int event_take_s3_batch(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *tasks = json_object_get(root, "tasks");
    const json_t *arguments = json_object_get(json_object_get(root, "job"), "userArguments");
    size_t i;
    json_t *task;
    if (json_is_null(arguments))
        arguments = NULL;
    if (event_new_messages(event, json_array_size(tasks), error) < 0)
        return -1;
    json_array_foreach((json_t *)tasks, i, task)
    {
        struct event_message *message = &event->messages[i];
        size_t before = event->n_items;
        const char *bucket = event_text(task, "s3Bucket");
        struct event_object object = {
            .bucket = bucket ? bucket : bucket_of_arn(event_text(task, "s3BucketArn")),
            .key = event_text(task, "s3Key"),
            .version = event_text(task, "s3VersionId"),
            .coding = EVENT_KEY_FORM,
        };
        message->id = event_text(task, "taskId");
        if (!message->id)
            return error_set(error, "tasks[%zu] of the S3 Batch event has no taskId", i);
        if (!object.bucket || !object.key)
            error_set(&message->error, "the task names no bucket or no key");
        else if (arguments && !json_is_object(arguments))
            error_set(&message->error, "the job's userArguments are not a JSON object");
        else if (event_add_object(event, &object, arguments, i, &message->error) < 0)
            event_drop_items(event, before);
    }
    return 0;
}
