/* SPDX-License-Identifier: MIT */
#include "lambda/event/event.h"

#include "lambda/event/event_items.h"
#include "lambda/event/event_services.h"
#include "lambda/json_whole.h"
#include <stdlib.h>
#include <string.h>

/* S3 by EventBridge by SNS by SQS is the deepest that services nest by themselves. */
enum { DEPTH_MAX = 4 };

/* -- Recognition ---------------------------------------------------------------------- */

/* What the usual tools send to keep an environment alive: serverless-plugin-warmup,
 * lambda-warmer, and people. */
static bool is_warm_up(const json_t *root)
{
    if (event_names_archive(root))
        return false; /* and the member is told as one that is not known */
    return event_text_is(root, "source", "serverless-plugin-warmup") ||
           json_is_true(json_object_get(root, "warmer")) ||
           json_is_true(json_object_get(root, "warmup"));
}

/* EventBridge keeps these sources for AWS: in them, nobody speaks to us. */
static bool is_of_aws(const json_t *root)
{
    const char *source = event_text(root, "source");
    return event_text(root, "detail-type") && source && strncmp(source, "aws.", 4) == 0;
}

static enum event_kind recognise(const json_t *root)
{
    const json_t *first = json_array_get(json_object_get(root, "Records"), 0);
    if (json_is_array(json_object_get(root, "tasks")) &&
        json_object_get(root, "invocationSchemaVersion"))
        return EVENT_S3_BATCH;
    if (json_object_get(root, "detail-type"))
        return EVENT_EVENTBRIDGE;
    if (event_text_is(first, "eventSource", "aws:sqs"))
        return EVENT_SQS;
    if (event_text_is(first, "EventSource", "aws:sns"))
        return EVENT_SNS;
    if (json_object_get(first, "s3")) /* of any source: what speaks S3 has names of its own */
        return EVENT_S3;
    if (json_object_get(json_object_get(root, "requestContext"), "http") ||
        (json_object_get(root, "requestContext") && event_text(root, "httpMethod")))
        return EVENT_HTTP;
    if (json_is_array(json_object_get(root, "Items")))
        return EVENT_MAP;
    if (event_text_is(root, "Service", "Amazon S3") &&
        event_text_is(root, "Event", "s3:TestEvent"))
        return EVENT_TEST;
    if (is_warm_up(root))
        return EVENT_WARM_UP;
    return EVENT_DIRECT;
}

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[] = {"direct",   "s3",  "eventbridge", "sqs",  "sns",
                                        "s3-batch", "map", "http",        "test", "warm-up"};
    return names[kind];
}

/* -- Messages in messages ------------------------------------------------------------- */

static int unwrap(struct event *event, const json_t *root, int depth, size_t message,
                  struct thresh_error *error);

/* `text` is a JSON string that holds JSON. */
static int unwrap_text(struct event *event, const json_t *text, const char *what, int depth,
                       size_t message, struct thresh_error *error)
{
    if (!json_is_string(text))
        return error_set(error, "the %s is not a string", what);
    json_t *inner =
        json_whole_read(json_string_value(text), json_string_length(text), what, error);
    if (!inner || !event_keep(event, inner, error))
        return -1;
    return unwrap(event, inner, depth + 1, message, error);
}

/* "Invoking Lambda functions with Amazon SNS notifications" */
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

static bool is_fifo(const json_t *record)
{
    const char *arn = event_text(record, "eventSourceARN");
    return arn && strlen(arn) > 5 && strcmp(arn + strlen(arn) - 5, ".fifo") == 0;
}

/* "Using Lambda with Amazon SQS". A message that cannot be understood fails by itself: it gets
 * an error and no items, and the others are done. */
static int take_sqs(struct event *event, const json_t *root, struct thresh_error *error)
{
    const json_t *records = json_object_get(root, "Records");
    size_t i;
    json_t *record;
    if (event_new_messages(event, json_array_size(records), error) < 0)
        return -1;
    json_array_foreach((json_t *)records, i, record)
    {
        struct event_message *message = &event->messages[i];
        size_t n = event->n_items;
        event->fifo = event->fifo || is_fifo(record);
        if (!(message->id = event_text(record, "messageId")))
            return error_set(error, "Records[%zu] of the SQS event has no messageId", i);
        if (unwrap_text(event, json_object_get(record, "body"), "SQS message", 1, i,
                        &message->error) < 0)
            event_drop_items(event, n);
    }
    return 0;
}

/* What may lie inside a message, or be the whole of an event that has none. */
static int unwrap(struct event *event, const json_t *root, int depth, size_t message,
                  struct thresh_error *error)
{
    const json_t *detail = json_object_get(root, "detail");
    if (depth > DEPTH_MAX)
        return error_set(error, "messages lie in messages more than %d deep", DEPTH_MAX);
    if (!json_is_object(root))
        return error_set(error, "a message is not a JSON object");
    /* How SNS writes into a queue: not the event that it calls a function with. */
    if (event_text_is(root, "Type", "Notification") && json_object_get(root, "Message"))
        return unwrap_text(event, json_object_get(root, "Message"), "SNS message", depth,
                           message, error);
    switch (recognise(root)) {
    case EVENT_EVENTBRIDGE:
        if (event_text_is(root, "detail-type", "Scheduled Event"))
            return error_set(
                error, "this is a scheduled event of EventBridge, which names no archive; "
                       "give the schedule's target a constant input: {\"uri\": "
                       "\"s3://bucket/key\"}, or {\"warmup\": true} to do nothing");
        if (json_object_get(detail, "object"))
            return event_take_eventbridge(event, root, message, error);
        if (is_of_aws(root))
            return error_set(error,
                             "this is an event of EventBridge, '%.100s', which names no "
                             "archive; have the rule match \"Object Created\" of aws.s3, or "
                             "give its target an input transformer: {\"uri\": "
                             "\"s3://bucket/key\"}",
                             event_text(root, "detail-type"));
        if (!json_is_object(detail))
            return error_set(error,
                             "this is an event of EventBridge, '%.100s', whose detail is %s; "
                             "put {\"uri\": \"s3://bucket/key\"} there",
                             event_text(root, "detail-type") ? event_text(root, "detail-type")
                                                             : "",
                             detail ? "not a JSON object" : "missing");
        return unwrap(event, detail, depth + 1, message, error); /* a user's own event */
    case EVENT_SNS:
        return take_sns(event, root, depth, message, error);
    case EVENT_S3:
        return event_take_s3(event, root, message, error);
    case EVENT_TEST:
    case EVENT_WARM_UP:
        event->ignored++;
        return 0;
    case EVENT_DIRECT:
        return event_take_direct(event, root, message, error);
    default:
        return error_set(error, "a message holds an event that does not come in messages (%s)",
                         event_kind_name(recognise(root)));
    }
}

/* -- Events --------------------------------------------------------------------------- */

int event_parse(struct event *event, const char *bytes, size_t len, struct thresh_error *error)
{
    *event = (struct event){.nested = json_array()};
    if (!event->nested)
        return error_no_memory(error);
    if (!(event->root = json_whole_read(bytes, len, "event", error)))
        return -1;
    if (!json_is_object(event->root))
        return error_set(error, "the event is %s, not a JSON object, and names no archive",
                         json_is_null(event->root)     ? "null"
                         : json_is_array(event->root)  ? "a list"
                         : json_is_string(event->root) ? "a string"
                                                       : "a number or true or false");
    event->kind = recognise(event->root);
    switch (event->kind) {
    case EVENT_SQS:
        return take_sqs(event, event->root, error);
    case EVENT_S3_BATCH:
        return event_take_s3_batch(event, event->root, error);
    case EVENT_MAP:
        return event_take_map(event, event->root, error);
    case EVENT_HTTP:
        return event_take_http(event, event->root, error);
    default:
        return unwrap(event, event->root, 1, 0, error);
    }
}

void event_free(struct event *event)
{
    event_drop_items(event, 0);
    free(event->items);
    free(event->messages);
    json_decref(event->nested);
    json_decref(event->root);
    *event = (struct event){0};
}

int event_item_name(const struct event_item *item, struct buf *out)
{
    if (item->bucket)
        buf_append_format(out, "s3://%s/", item->bucket);
    return buf_append_string(out, item->key);
}
