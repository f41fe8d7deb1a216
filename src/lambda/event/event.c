/* SPDX-License-Identifier: MIT */
#include "lambda/event/event.h"

#include "lambda/base64.h"
#include "lambda/percent.h"
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 4 };

/* How a source writes keys. */
enum coding { CODING_RAW, CODING_FORM };

static int unwrap(struct event *event, const json_t *root, int depth, size_t message,
                  struct thresh_error *error);

/* -- JSON, leniently: what is not there is NULL --------------------------------------- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? text : NULL;
}

static const json_t *first_record(const json_t *root)
{
    return json_array_get(json_object_get(root, "Records"), 0);
}

static bool text_is(const json_t *object, const char *name, const char *wanted)
{
    const char *text = text_of(object, name);
    return text && strcmp(text, wanted) == 0;
}

/* -- Items ---------------------------------------------------------------------------- */

static void item_free(struct event_item *item)
{
    free(item->bucket);
    free(item->key);
    free(item->version);
    free(item->etag);
    buf_free(&item->bytes);
}

static int copy_text(char **copy, const char *text, struct thresh_error *error)
{
    *copy = text ? strdup(text) : NULL;
    return text && !*copy ? error_no_memory(error) : 0;
}

static struct event_item *new_item(struct event *event, size_t message,
                                   struct thresh_error *error)
{
    struct event_item *items = realloc(event->items, (event->n_items + 1) * sizeof *items);
    if (!items) {
        error_no_memory(error);
        return NULL;
    }
    event->items = items;
    items[event->n_items] = (struct event_item){.message = message};
    return &items[event->n_items++];
}

static int decode_key(struct event_item *item, const char *key, enum coding coding,
                      struct thresh_error *error)
{
    struct buf decoded = {0};
    if (coding == CODING_RAW)
        return copy_text(&item->key, key, error);
    if (percent_decode_form(key, strlen(key), &decoded) < 0 || !buf_string(&decoded)) {
        buf_free(&decoded);
        return error_set(error, "the event's key '%s' is not URL-encoded as its kind has it",
                         key);
    }
    item->key = decoded.data;
    return 0;
}

struct event_object {
    const char *bucket;
    const char *key;
    const char *version;
    const char *etag;
    enum coding coding;
};

static int add_object(struct event *event, const struct event_object *object, const json_t *job,
                      size_t message, struct thresh_error *error)
{
    if (object->key[strlen(object->key) - 1] == '/') {
        event->ignored++; /* what consoles show as a folder */
        return 0;
    }
    struct event_item *item = new_item(event, message, error);
    if (!item)
        return -1;
    item->job = job;
    if (copy_text(&item->bucket, object->bucket, error) < 0 ||
        copy_text(&item->version, object->version, error) < 0 ||
        copy_text(&item->etag, object->etag, error) < 0)
        return -1;
    return decode_key(item, object->key, object->coding, error);
}

static int add_bytes(struct event *event, const char *name, const char *text, size_t len,
                     bool is_base64, const json_t *job, size_t message,
                     struct thresh_error *error)
{
    struct event_item *item = new_item(event, message, error);
    if (!item || copy_text(&item->key, name ? name : "archive", error) < 0)
        return -1;
    item->job = job;
    if (!is_base64)
        return buf_append(&item->bytes, text, len) < 0 ? error_no_memory(error) : 0;
    if (base64_decode(text, len, &item->bytes) < 0)
        return item->bytes.failed ? error_no_memory(error)
                                  : error_set(error, "the archive in the event is not base64");
    return 0;
}

/* Keeps a document alive as long as the event. */
static json_t *keep(struct event *event, json_t *document, struct thresh_error *error)
{
    if (document && json_array_append_new(event->nested, document) == 0)
        return document;
    error_no_memory(error);
    return NULL;
}

/* -- Direct --------------------------------------------------------------------------- */

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
    int rc = add_object(event, &object, job, message, error);
    free(name);
    return rc;
}

static int take_direct(struct event *event, const json_t *root, size_t message,
                       struct thresh_error *error)
{
    const json_t *job = json_object_get(root, "job");
    const json_t *inlined = json_object_get(root, "archive_base64");
    const char *version = text_of(root, "version");
    struct event_object object = {.bucket = text_of(root, "bucket"),
                                  .key = text_of(root, "key"),
                                  .version = version ? version : text_of(root, "versionId"),
                                  .etag = text_of(root, "etag")};
    /* A Distributed Map without ItemBatcher hands over the item as S3 listed it. */
    if (!object.key)
        object.key = text_of(root, "Key");
    if (!object.bucket)
        object.bucket = text_of(root, "Bucket");
    if (!object.etag)
        object.etag = text_of(root, "Etag");
    if (job && !json_is_object(job))
        return error_set(error, "the event's job is not a JSON object");
    if (text_of(root, "uri"))
        return add_uri(event, text_of(root, "uri"), &object, job, message, error);
    if (json_is_string(inlined))
        return add_bytes(event, text_of(root, "name"), json_string_value(inlined),
                         json_string_length(inlined), true, job, message, error);
    if (object.key && !object.bucket)
        return error_set(error,
                         "the event names the key '%s' and no bucket; add \"bucket\" (in "
                         "Step Functions by ItemSelector or BatchInput)",
                         object.key);
    return object.key ? add_object(event, &object, job, message, error) : unknown(root, error);
}

/* -- S3, EventBridge ------------------------------------------------------------------ */

static int take_s3(struct event *event, const json_t *root, size_t message,
                   struct thresh_error *error)
{
    size_t i;
    json_t *record;
    json_array_foreach(json_object_get(root, "Records"), i, record)
    {
        const json_t *s3 = json_object_get(record, "s3");
        const json_t *described = json_object_get(s3, "object");
        struct event_object object = {.bucket = text_of(json_object_get(s3, "bucket"), "name"),
                                      .key = text_of(described, "key"),
                                      .version = text_of(described, "versionId"),
                                      .etag = text_of(described, "eTag"),
                                      .coding = CODING_FORM};
        const char *name = text_of(record, "eventName");
        if (name && strstr(name, "Removed:")) {
            event->ignored++;
            continue;
        }
        if (!object.bucket || !object.key)
            return error_set(error, "Records[%zu] of the S3 event names no bucket or no key",
                             i);
        if (add_object(event, &object, NULL, message, error) < 0)
            return -1;
    }
    return 0;
}

static int take_eventbridge(struct event *event, const json_t *root, int depth, size_t message,
                            struct thresh_error *error)
{
    const json_t *detail = json_object_get(root, "detail");
    const json_t *described = json_object_get(detail, "object");
    const char *kind = text_of(root, "detail-type");
    struct event_object object = {.bucket = text_of(json_object_get(detail, "bucket"), "name"),
                                  .key = text_of(described, "key"),
                                  .version = text_of(described, "version-id"),
                                  .etag = text_of(described, "etag")};
    if (!described)
        return unwrap(event, detail, depth + 1, message, error);
    if (kind && strcmp(kind, "Object Deleted") == 0) {
        event->ignored++;
        return 0;
    }
    if (!object.bucket || !object.key)
        return error_set(error, "the EventBridge event '%s' names no bucket or no key",
                         kind ? kind : "");
    return add_object(event, &object, NULL, message, error);
}

/* -- Messages in messages ------------------------------------------------------------- */

static int unwrap_text(struct event *event, const json_t *text, const char *what, int depth,
                       size_t message, struct thresh_error *error)
{
    json_error_t json_error;
    if (!json_is_string(text))
        return error_set(error, "the %s is not a string", what);
    json_t *inner =
        json_loadb(json_string_value(text), json_string_length(text), 0, &json_error);
    if (!inner)
        return error_set(error, "the %s is not JSON: %s", what, json_error.text);
    if (!keep(event, inner, error))
        return -1;
    return unwrap(event, inner, depth + 1, message, error);
}

static int take_sns(struct event *event, const json_t *root, int depth, size_t message,
                    struct thresh_error *error)
{
    size_t i;
    json_t *record;
    json_array_foreach(json_object_get(root, "Records"), i, record)
    {
        const json_t *sns = json_object_get(record, "Sns");
        if (unwrap_text(event, json_object_get(sns, "Message"), "SNS message", depth, message,
                        error) < 0)
            return -1;
    }
    return 0;
}

static int new_messages(struct event *event, size_t n, struct thresh_error *error)
{
    event->messages = calloc(n + 1, sizeof *event->messages);
    event->n_messages = event->messages ? n : 0;
    return event->messages ? 0 : error_no_memory(error);
}

static void drop_items(struct event *event, size_t keep)
{
    while (event->n_items > keep)
        item_free(&event->items[--event->n_items]);
}

/* A message that cannot be understood fails by itself; the others are done. */
static int take_sqs(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *records = json_object_get(root, "Records");
    size_t i;
    json_t *record;
    if (new_messages(event, json_array_size(records), error) < 0)
        return -1;
    json_array_foreach((json_t *)records, i, record)
    {
        struct event_message *message = &event->messages[i];
        const char *arn = text_of(record, "eventSourceARN");
        size_t before = event->n_items;
        if (arn && strlen(arn) > 5 && strcmp(arn + strlen(arn) - 5, ".fifo") == 0)
            event->fifo = true;
        if (!(message->id = text_of(record, "messageId")))
            return error_set(error, "Records[%zu] of the SQS event has no messageId", i);
        if (unwrap_text(event, json_object_get(record, "body"), "SQS message", 1, i,
                        &message->error) < 0)
            drop_items(event, before);
    }
    return 0;
}

/* -- Batches that are answered one by one --------------------------------------------- */

static const char *bucket_of_arn(const char *arn)
{
    const char *colon = arn ? strrchr(arn, ':') : NULL;
    return colon ? colon + 1 : arn;
}

static int take_s3_batch(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *tasks = json_object_get(root, "tasks");
    const json_t *arguments = json_object_get(json_object_get(root, "job"), "userArguments");
    size_t i;
    json_t *task;
    if (new_messages(event, json_array_size(tasks), error) < 0)
        return -1;
    json_array_foreach((json_t *)tasks, i, task)
    {
        struct event_message *message = &event->messages[i];
        size_t before = event->n_items;
        const char *bucket = text_of(task, "s3Bucket");
        struct event_object object = {
            .bucket = bucket ? bucket : bucket_of_arn(text_of(task, "s3BucketArn")),
            .key = text_of(task, "s3Key"),
            .version = text_of(task, "s3VersionId"),
            .coding = CODING_FORM,
        };
        message->id = text_of(task, "taskId");
        if (!message->id)
            return error_set(error, "tasks[%zu] of the S3 Batch event has no taskId", i);
        if (!object.bucket || !object.key)
            error_set(&message->error, "the task names no bucket or no key");
        else if (add_object(event, &object, json_is_object(arguments) ? arguments : NULL, i,
                            &message->error) < 0)
            drop_items(event, before);
    }
    return 0;
}

/* What a batch of a Distributed Map says for all its items: its job, or options as they are. */
static int map_job(struct event *event, const json_t *input, const json_t **job,
                   struct thresh_error *error)
{
    *job = json_object_get(input, "job");
    if (*job || !json_is_object(input))
        return 0;
    json_t *options = keep(event, json_copy((json_t *)input), error);
    if (!options)
        return -1;
    json_object_del(options, "bucket");
    *job = options;
    return 0;
}

static int take_map(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *input = json_object_get(root, "BatchInput");
    const json_t *job;
    size_t i;
    json_t *listed;
    if (map_job(event, input, &job, error) < 0)
        return -1;
    json_array_foreach(json_object_get(root, "Items"), i, listed)
    {
        const char *bucket = text_of(listed, "Bucket");
        struct event_object object = {.bucket = bucket ? bucket : text_of(input, "bucket"),
                                      .key = text_of(listed, "Key"),
                                      .etag = text_of(listed, "Etag")};
        if (!object.bucket)
            object.bucket = text_of(root, "bucket");
        if (!object.key) /* items of the user's own making */
            object.key = text_of(listed, "key");
        if (!object.key || !object.bucket)
            return error_set(error,
                             "Items[%zu] names no %s; add \"bucket\" to ItemBatcher's "
                             "BatchInput: S3's listing has none",
                             i, object.key ? "bucket" : "Key");
        if (add_object(event, &object, job, i, error) < 0)
            return -1;
    }
    return 0;
}

/* -- HTTP ----------------------------------------------------------------------------- */

/* What strangers may choose. Schemas, limits and outputs are the operator's. */
static bool may_be_asked_for(const char *name)
{
    static const char *const allowed[] = {"format", "fields", "max-errors", "include",
                                          "exclude"};
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(name, allowed[i]) == 0)
            return true;
    return false;
}

static int http_job(struct event *event, const json_t *parameters, json_t **job,
                    struct thresh_error *error)
{
    const char *name;
    json_t *value;
    if (!(*job = keep(event, json_object(), error)))
        return -1;
    json_object_foreach((json_t *)parameters, name, value)
    {
        if (strcmp(name, "name") == 0)
            continue;
        if (!may_be_asked_for(name))
            return error_set(error,
                             "the query parameter '%.60s' cannot be used here; there are "
                             "format, fields, max-errors, include, exclude and name",
                             name);
        json_object_set(*job, name, value);
    }
    return 0;
}

static int take_http(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *http = json_object_get(json_object_get(root, "requestContext"), "http");
    const json_t *parameters = json_object_get(root, "queryStringParameters");
    const json_t *body = json_object_get(root, "body");
    json_t *job;
    if (!text_is(http, "method", "POST") && !text_is(http, "method", "PUT"))
        return error_set(error, "only POST and PUT are answered: the archive is the body");
    if (!json_string_length(body))
        return error_set(error, "the request has no body: the archive is the body");
    if (http_job(event, parameters, &job, error) < 0)
        return -1;
    return add_bytes(event, text_of(parameters, "name"), json_string_value(body),
                     json_string_length(body),
                     json_is_true(json_object_get(root, "isBase64Encoded")), job, 0, error);
}

/* -- Recognition ---------------------------------------------------------------------- */

static enum event_kind recognise(const json_t *root)
{
    const json_t *first = first_record(root);
    if (json_is_array(json_object_get(root, "tasks")) &&
        json_object_get(root, "invocationSchemaVersion"))
        return EVENT_S3_BATCH;
    if (json_object_get(root, "detail-type"))
        return EVENT_EVENTBRIDGE;
    if (text_is(first, "eventSource", "aws:sqs"))
        return EVENT_SQS;
    if (text_is(first, "EventSource", "aws:sns"))
        return EVENT_SNS;
    if (json_object_get(first, "s3"))
        return EVENT_S3;
    if (json_object_get(json_object_get(root, "requestContext"), "http"))
        return EVENT_HTTP;
    if (json_is_array(json_object_get(root, "Items")))
        return EVENT_MAP;
    if (text_is(root, "Service", "Amazon S3") && text_is(root, "Event", "s3:TestEvent"))
        return EVENT_TEST;
    return EVENT_DIRECT;
}

/* What lies inside a message. */
static int unwrap(struct event *event, const json_t *root, int depth, size_t message,
                  struct thresh_error *error)
{
    if (depth > DEPTH_MAX)
        return error_set(error, "messages lie in messages more than %d deep", DEPTH_MAX);
    if (!json_is_object(root))
        return error_set(error, "a message is not a JSON object");
    if (text_is(root, "Type", "Notification") && json_object_get(root, "Message"))
        return unwrap_text(event, json_object_get(root, "Message"), "SNS message", depth,
                           message, error);
    switch (recognise(root)) {
    case EVENT_EVENTBRIDGE:
        return take_eventbridge(event, root, depth, message, error);
    case EVENT_SNS:
        return take_sns(event, root, depth, message, error);
    case EVENT_S3:
        return take_s3(event, root, message, error);
    case EVENT_TEST:
        event->ignored++;
        return 0;
    case EVENT_DIRECT:
        return take_direct(event, root, message, error);
    default:
        return error_set(error, "a message holds an event that does not come in messages (%s)",
                         event_kind_name(recognise(root)));
    }
}

int event_parse(struct event *event, const char *bytes, size_t len, struct thresh_error *error)
{
    json_error_t json_error;
    *event = (struct event){.nested = json_array()};
    if (!event->nested)
        return error_no_memory(error);
    if (!(event->root = json_loadb(bytes, len, 0, &json_error)))
        return error_set(error, "the event is not JSON: %s at byte %d", json_error.text,
                         json_error.position);
    if (!json_is_object(event->root))
        return error_set(error, "the event is not a JSON object");
    event->kind = recognise(event->root);
    switch (event->kind) {
    case EVENT_SQS:
        return take_sqs(event, event->root, error);
    case EVENT_S3_BATCH:
        return take_s3_batch(event, event->root, error);
    case EVENT_MAP:
        return take_map(event, event->root, error);
    case EVENT_HTTP:
        return take_http(event, event->root, error);
    default:
        return unwrap(event, event->root, 1, 0, error);
    }
}

void event_free(struct event *event)
{
    for (size_t i = 0; i < event->n_items; i++)
        item_free(&event->items[i]);
    free(event->items);
    free(event->messages);
    json_decref(event->nested);
    json_decref(event->root);
    *event = (struct event){0};
}

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[] = {"direct",   "s3",  "eventbridge", "sqs", "sns",
                                        "s3-batch", "map", "http",        "test"};
    return names[kind];
}

int event_item_name(const struct event_item *item, struct buf *out)
{
    if (item->bucket)
        buf_append_format(out, "s3://%s/", item->bucket);
    return buf_append_string(out, item->key);
}
