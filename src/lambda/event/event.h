/* SPDX-License-Identifier: MIT
 *
 * What an event asks for: which service sent it is recognised by what is in it, and whatever it
 * wraps its news in is taken off, down to a list of archives. Pure functions of the event's
 * bytes: no file, no network, no state. The shapes are those of the "Integrating other
 * services" chapter of the AWS Lambda Developer Guide.
 */
#ifndef THRESH_LAMBDA_EVENT_EVENT_H
#define THRESH_LAMBDA_EVENT_EVENT_H

#include "base/buf.h"
#include "base/error.h"
#include <jansson.h>

enum event_kind {
    EVENT_DIRECT,
    EVENT_S3,
    EVENT_EVENTBRIDGE,
    EVENT_SQS,
    EVENT_SNS,
    EVENT_S3_BATCH,
    EVENT_MAP,
    EVENT_HTTP,
    EVENT_TEST, /* s3:TestEvent: S3 tries whether it can reach us, and nothing is to be done */
    EVENT_WARM_UP, /* keeps the environment alive, and nothing is to be done */
};

/* One archive to be processed: an object in S3, or bytes that came with the event. */
struct event_item {
    char *bucket; /* NULL: bytes */
    char *key;    /* of the object, decoded; the name of bytes */
    char *version;
    const char *ignored; /* why nothing is to be done for it: "a folder"; NULL: it is done */
    struct buf bytes;
    const json_t *job; /* what the event says for this archive, owned by the event; or NULL */
    size_t message;    /* index of the message it came in */
};

/* An SQS message or a task of S3 Batch Operations: each has an answer of its own. */
struct event_message {
    const char *id;            /* owned by the event */
    struct thresh_error error; /* not empty: it could not be understood, and has no items */
};

struct event {
    enum event_kind kind;
    json_t *root;
    json_t *nested; /* list: documents that lay inside as strings, jobs made of parameters */
    struct event_item *items;
    size_t n_items;
    struct event_message *messages; /* only of EVENT_SQS and EVENT_S3_BATCH */
    size_t n_messages;
    size_t ignored; /* deletions and pings, and the items for which nothing is to be done */
    bool takes_no_stream; /* of EVENT_HTTP: payload format 1.0, which has no streamed form */
    bool fifo; /* an SQS FIFO queue: what follows a failed message has to wait for it */
};

/* Reads the JSON in bytes[0..len) into *event, all of which it sets; the bytes are not needed
 * afterwards. 0, or -1 with an error that names what was seen. *event has to be freed after
 * either; its `kind` is right after either, too, once the JSON could be read. */
int event_parse(struct event *event, const char *bytes, size_t len, struct thresh_error *error);
void event_free(struct event *event);

/* "direct", "s3", ...: a constant. */
const char *event_kind_name(enum event_kind kind);

/* Appends "s3://bucket/key", or the name of the bytes. 0, or -1 with out->failed. */
int event_item_name(const struct event_item *item, struct buf *out);

#endif
