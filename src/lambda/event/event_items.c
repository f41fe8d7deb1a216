/* SPDX-License-Identifier: MIT */
#include "lambda/event/event_items.h"

#include "lambda/base64.h"
#include "lambda/percent.h"
#include <stdlib.h>
#include <string.h>

const char *event_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? text : NULL;
}

bool event_text_is(const json_t *object, const char *name, const char *wanted)
{
    const char *text = event_text(object, name);
    return text && strcmp(text, wanted) == 0;
}

/* -- Items ---------------------------------------------------------------------------- */

static int copy_text(char **copy, const char *text, struct thresh_error *error)
{
    *copy = text ? strdup(text) : NULL;
    return text && !*copy ? error_no_memory(error) : 0;
}

static struct event_item *new_item(struct event *event, const json_t *job, size_t message,
                                   struct thresh_error *error)
{
    struct event_item *items = realloc(event->items, (event->n_items + 1) * sizeof *items);
    if (!items) {
        error_no_memory(error);
        return NULL;
    }
    event->items = items;
    items[event->n_items] = (struct event_item){.job = job, .message = message};
    return &items[event->n_items++];
}

static int decode_key(struct event_item *item, const struct event_object *object,
                      struct thresh_error *error)
{
    struct buf decoded = {0};
    if (object->coding == EVENT_KEY_RAW)
        return copy_text(&item->key, object->key, error);
    if (percent_decode_form(object->key, strlen(object->key), &decoded) < 0 ||
        !buf_string(&decoded) || strlen(decoded.data) != decoded.len) {
        bool short_of_memory = decoded.failed;
        buf_free(&decoded);
        return short_of_memory
                   ? error_no_memory(error)
                   : error_set(error,
                               "the event's key '%s' is not URL-encoded as its kind has it",
                               object->key);
    }
    item->key = decoded.data;
    return 0;
}

int event_add_object(struct event *event, const struct event_object *object, const json_t *job,
                     size_t message, struct thresh_error *error)
{
    struct event_item *item = new_item(event, job, message, error);
    if (!item || copy_text(&item->bucket, object->bucket, error) < 0 ||
        copy_text(&item->version, object->version, error) < 0 ||
        decode_key(item, object, error) < 0)
        return -1;
    if (object->is_gone)
        item->ignored = "a delete marker";
    else if (item->key[strlen(item->key) - 1] == '/')
        item->ignored = "a folder";
    event->ignored += item->ignored != NULL;
    return 0;
}

int event_add_bytes(struct event *event, const char *name, const json_t *text, bool is_base64,
                    const json_t *job, size_t message, struct thresh_error *error)
{
    const char *chars = json_string_value(text);
    size_t len = json_string_length(text);
    struct event_item *item = new_item(event, job, message, error);
    if (!item || copy_text(&item->key, name ? name : "archive", error) < 0)
        return -1;
    if (!is_base64)
        return buf_append(&item->bytes, chars, len) < 0 ? error_no_memory(error) : 0;
    if (base64_decode(chars, len, &item->bytes) < 0)
        return item->bytes.failed ? error_no_memory(error)
                                  : error_set(error, "the archive in the event is not base64");
    return 0;
}

void event_drop_items(struct event *event, size_t n)
{
    while (event->n_items > n) {
        struct event_item *item = &event->items[--event->n_items];
        event->ignored -= item->ignored != NULL;
        free(item->bucket);
        free(item->key);
        free(item->version);
        buf_free(&item->bytes);
    }
}

/* -- Messages and documents ----------------------------------------------------------- */

int event_new_messages(struct event *event, size_t n, struct thresh_error *error)
{
    event->messages = calloc(n + 1, sizeof *event->messages);
    event->n_messages = event->messages ? n : 0;
    return event->messages ? 0 : error_no_memory(error);
}

json_t *event_keep(struct event *event, json_t *document, struct thresh_error *error)
{
    if (document && json_array_append_new(event->nested, document) == 0)
        return document;
    error_no_memory(error);
    return NULL;
}
