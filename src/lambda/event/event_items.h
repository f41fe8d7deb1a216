/* SPDX-License-Identifier: MIT
 *
 * How an event's list of archives is made. For the files of this room.
 */
#ifndef THRESH_LAMBDA_EVENT_EVENT_ITEMS_H
#define THRESH_LAMBDA_EVENT_EVENT_ITEMS_H

#include "lambda/event/event.h"

/* Members of a JSON object. What is not there, is empty or is not a string is NULL, so that
 * lookups can be chained; a NULL object has no members. */
const char *event_text(const json_t *object, const char *name);
bool event_text_is(const json_t *object, const char *name, const char *wanted);

enum event_key_coding {
    EVENT_KEY_RAW,  /* as it is: EventBridge, S3's listings, people */
    EVENT_KEY_FORM, /* form-encoded: S3's own notifications and S3 Batch Operations */
};

/* An object as an event tells of it; the strings are the event's. */
struct event_object {
    const char *bucket;
    const char *key;
    const char *version;
    enum event_key_coding coding;
    bool is_gone; /* the listing has it as deleted */
};

/* Each of these gives 0, or -1 with the error filled in. `job` may be NULL; it belongs to the
 * event, as do the copies that are made of strings. */

/* A key that ends in a slash is what consoles show as a folder: an item to be ignored, as is
 * one that is gone. */
int event_add_object(struct event *event, const struct event_object *object, const json_t *job,
                     size_t message, struct thresh_error *error);
/* `text` is a JSON string: the archive itself, or base64 of it. `name` NULL: "archive". */
int event_add_bytes(struct event *event, const char *name, const json_t *text, bool is_base64,
                    const json_t *job, size_t message, struct thresh_error *error);
/* Takes back all items but the first `n`. */
void event_drop_items(struct event *event, size_t n);

/* Puts what `object` says of the job over *job (NULL: nothing was said so far): its member
 * "job", and options among its other members. What is none of these, and not in `known`, which
 * ends with NULL, is an error that names the member and the nearest name; `what` is what the
 * object is called there. Names within "job" are not looked at. The job belongs to the
 * event. */
int event_take_job(struct event *event, const json_t *object, const char *what,
                   const char *const *known, const json_t **job, struct thresh_error *error);

/* Makes room for n messages, all zero. */
int event_new_messages(struct event *event, size_t n, struct thresh_error *error);

/* Hands `document` over to the event, which releases it at its end. Returns it, or NULL with
 * the error filled in; `document` NULL is lack of memory. */
json_t *event_keep(struct event *event, json_t *document, struct thresh_error *error);

#endif
