/* SPDX-License-Identifier: MIT */
#include "rules/schema_includes.h"

#include "base/array.h"
#include <libxml/hash.h>
#include <stdlib.h>
#include <string.h>

void schema_includes_free(struct schema_includes *includes)
{
    free(includes->items);
    free(includes->included);
}

/* -- Adding --------------------------------------------------------------------------- */

static int add_included(struct schema_includes *includes, const char *address,
                        struct resolver *resolver)
{
    const char **included = array_room(includes->included, &includes->cap_included,
                                       includes->n_included + 1, sizeof *included);
    struct resource resource;
    if (!included)
        return -1;
    includes->included = included;
    int rc = resolver_find_document(resolver, address, &resource);
    if (rc != 0)
        return rc < 0 ? -1 : 0; /* what is not there is told when the schema is compiled */
    included[includes->n_included++] = resource.place;
    resource_close(&resource);
    return 0;
}

int schema_includes_add(struct schema_includes *includes, const struct schema_head *head,
                        struct resolver *resolver)
{
    struct schema_includer *items =
        array_room(includes->items, &includes->cap, includes->n + 1, sizeof *items);
    if (!items)
        return -1;
    includes->items = items;
    const struct buf *addresses = &head->included;
    for (size_t at = 0; at < addresses->len; at += strlen(addresses->data + at) + 1)
        if (add_included(includes, addresses->data + at, resolver) < 0)
            return -1;
    items[includes->n++] =
        (struct schema_includer){.place = head->place, .end = includes->n_included};
    return 0;
}

/* -- Finding roots -------------------------------------------------------------------- */

struct walk {
    const struct schema_includes *includes;
    xmlHashTable *numbers; /* of documents, from 1, by their places */
    bool *is_reached;
    size_t *stack; /* of documents that are reached, and what they include not yet */
};

static size_t number_of(const struct walk *walk, const char *place)
{
    return (size_t)xmlHashLookup(walk->numbers, (const xmlChar *)place);
}

/* Which document is the same file: itself, or the first of several names of it. */
static size_t first_of(const struct walk *walk, size_t i)
{
    return number_of(walk, walk->includes->items[i].place) - 1;
}

/* 0, or -1 without memory. */
static int number_all(const struct walk *walk)
{
    for (size_t i = 0; i < walk->includes->n; i++) {
        const char *place = walk->includes->items[i].place;
        if (!number_of(walk, place) &&
            xmlHashAddEntry(walk->numbers, (const xmlChar *)place, (void *)(i + 1)) < 0)
            return -1;
    }
    return 0;
}

/* Marks all that a document includes, and itself. */
static void reach(const struct walk *walk, size_t first)
{
    const struct schema_includes *includes = walk->includes;
    size_t depth = 0;
    walk->is_reached[first] = true;
    walk->stack[depth++] = first;
    while (depth) {
        size_t i = walk->stack[--depth];
        for (size_t k = i ? includes->items[i - 1].end : 0; k < includes->items[i].end; k++) {
            size_t number = number_of(walk, includes->included[k]);
            if (number && !walk->is_reached[number - 1]) {
                walk->is_reached[number - 1] = true;
                walk->stack[depth++] = number - 1;
            }
        }
    }
}

/* Forwards, a document is chosen where none before it reaches it; backwards, those are dropped
 * that one behind them reaches. */
static void choose(const struct walk *walk, bool *is_root)
{
    const struct schema_includes *includes = walk->includes;
    for (size_t i = 0; i < includes->n; i++)
        if ((is_root[i] = !walk->is_reached[first_of(walk, i)]))
            reach(walk, i);
    memset(walk->is_reached, 0, includes->n * sizeof *walk->is_reached);
    for (size_t i = includes->n; i-- > 0;)
        if (is_root[i] && (is_root[i] = !walk->is_reached[i]))
            reach(walk, i);
    for (size_t i = 0; i < includes->n; i++)
        is_root[i] = is_root[first_of(walk, i)];
}

int schema_includes_find_roots(const struct schema_includes *includes, bool *is_root)
{
    struct walk walk = {.includes = includes,
                        .numbers = xmlHashCreate(64),
                        .is_reached = calloc(includes->n + 1, sizeof *walk.is_reached),
                        .stack = calloc(includes->n + 1, sizeof *walk.stack)};
    int rc = walk.numbers && walk.is_reached && walk.stack ? number_all(&walk) : -1;
    if (rc == 0)
        choose(&walk, is_root);
    xmlHashFree(walk.numbers, NULL);
    free(walk.is_reached);
    free(walk.stack);
    return rc;
}
