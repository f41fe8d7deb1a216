/* SPDX-License-Identifier: MIT */
#include "document/namespace_bindings.h"

#include <stdlib.h>
#include <string.h>

struct seen_binding {
    const xmlChar *prefix;
    const xmlChar *uri; /* NULL: this slot is for the last binding of the prefix */
    uint32_t binding;   /* its index in the record, plus 1; 0: a free slot */
};

void namespace_bindings_clear(struct namespace_bindings *bindings)
{
    bindings->n = 0;
    if (bindings->cap)
        memset(bindings->seen, 0, bindings->cap * sizeof *bindings->seen);
}

void namespace_bindings_free(struct namespace_bindings *bindings)
{
    free(bindings->seen);
    *bindings = (struct namespace_bindings){0};
}

static struct seen_binding *find(const struct namespace_bindings *bindings,
                                 const xmlChar *prefix, const xmlChar *uri)
{
    uint64_t hash = ((uint64_t)(uintptr_t)prefix >> 3) * UINT64_C(0x9e3779b97f4a7c15) ^
                    ((uint64_t)(uintptr_t)uri >> 3) * UINT64_C(0xc2b2ae3d27d4eb4f);
    size_t slot = (size_t)(hash >> 24) & (bindings->cap - 1);
    while (bindings->seen[slot].binding &&
           (bindings->seen[slot].prefix != prefix || bindings->seen[slot].uri != uri))
        slot = (slot + 1) & (bindings->cap - 1);
    return &bindings->seen[slot];
}

static int grow(struct namespace_bindings *bindings)
{
    struct namespace_bindings bigger = {.cap = bindings->cap ? bindings->cap * 2 : 32,
                                        .n = bindings->n};
    bigger.seen = calloc(bigger.cap, sizeof *bigger.seen);
    if (!bigger.seen)
        return -1;
    for (size_t i = 0; i < bindings->cap; i++)
        if (bindings->seen[i].binding)
            *find(&bigger, bindings->seen[i].prefix, bindings->seen[i].uri) = bindings->seen[i];
    free(bindings->seen);
    *bindings = bigger;
    return 0;
}

/* The last binding of each prefix has a slot of its own, so that the next one is linked to it
 * without a search, however many URIs a prefix is bound to. */
int namespace_bindings_add(struct namespace_bindings *bindings, struct record *record,
                           const xmlChar *prefix, const xmlChar *uri)
{
    static const xmlChar none[] = "";
    uri = uri ? uri : none;
    if (2 * (bindings->n + 2) > bindings->cap && grow(bindings) < 0)
        return -1;
    struct seen_binding *pair = find(bindings, prefix, uri);
    if (pair->binding)
        return 0;
    const char *text = prefix ? (const char *)prefix : "";
    struct text_span prefix_span = record_add_text(record, text, strlen(text));
    struct text_span uri_span = record_add_text(record, uri, strlen((const char *)uri));
    struct namespace_binding *binding = record_add_binding(record, prefix_span, uri_span);
    if (!binding)
        return -1;
    *pair = (struct seen_binding){prefix, uri, (uint32_t)record->n_bindings};
    struct seen_binding *last = find(bindings, prefix, NULL);
    if (last->binding) {
        binding->first = false;
        record->bindings[last->binding - 1].next = record->n_bindings - 1;
    }
    bindings->n += last->binding ? 1 : 2;
    *last = (struct seen_binding){prefix, NULL, (uint32_t)record->n_bindings};
    return 0;
}
