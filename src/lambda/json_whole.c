/* SPDX-License-Identifier: MIT */
#include "lambda/json_whole.h"

#include <stdbool.h>
#include <stdlib.h>

static _Thread_local bool was_refused;

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    was_refused = was_refused || !memory;
    return memory;
}

void json_whole_watch_memory(void)
{
    json_set_alloc_funcs(allocate, free);
}

/* NULL where memory was refused since was_refused was set. */
static json_t *whole(json_t *json)
{
    if (!was_refused)
        return json;
    json_decref(json);
    return NULL;
}

json_t *json_whole_read(const char *text, size_t len, const char *what,
                        struct thresh_error *error)
{
    json_error_t fault;
    was_refused = false;
    json_t *json =
        whole(json_loadb(text, len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &fault));
    if (was_refused)
        error_no_memory(error);
    else if (!json)
        error_set(error, "the %s is not JSON: %s at byte %d", what, fault.text, fault.position);
    return json;
}

json_t *json_whole_copy(const json_t *json)
{
    was_refused = false;
    return whole(json_deep_copy(json));
}
