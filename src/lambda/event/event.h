/* SPDX-License-Identifier: MIT
 *
 * What an event asks for: recognised by what is in it, whichever service sent it, and taken
 * down to a list of archives. Pure functions of the event's bytes.
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
    EVENT_TEST, /* S3 says that it can reach us: nothing to do */
};

/* One archive to be done: an object, or bytes that came along. */
struct event_item {
    char *bucket; /* NULL: bytes */
    char *key;    /* as the object is called, decoded; the name of bytes */
    char *version;
    char *etag;
    struct buf bytes;
    const json_t *job; /* what the event says of it, or NULL; belongs to the event */
    size_t message;    /* which of the event's messages it came in */
};

/* An SQS record or an S3 Batch task: answered for by itself. */
struct event_message {
    const char *id;
    struct thresh_error error; /* set: it could not be understood, and has no items */
};

struct event {
    enum event_kind kind;
    json_t *root;
    json_t *nested; /* documents that lay inside as strings, and jobs made from parameters */
    struct event_item *items;
    size_t n_items;
    struct event_message *messages;
    size_t n_messages;
    size_t ignored; /* deletions and folders: seen, and nothing to do */
    bool fifo;      /* SQS: what follows a error must wait for it */
};

/* 0, or -1 with an error that names what was seen. event_free in either case. */
int event_parse(struct event *event, const char *bytes, size_t len, struct thresh_error *error);
void event_free(struct event *event);

const char *event_kind_name(enum event_kind kind); /* "direct", "s3", ... */
/* "s3://bucket/key" or the name of the bytes. */
int event_item_name(const struct event_item *item, struct buf *out);

#endif
