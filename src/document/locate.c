/* SPDX-License-Identifier: MIT
 *
 * Follows start and end tags, counts siblings of one name, and writes the path of each fault
 * when it comes to the fault's element.
 */
#include "document/locate.h"

#include "base/array.h"
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 1 << 16 }; /* a longer path helps nobody */

struct locate_step {
    const xmlChar *prefix;
    const xmlChar *localname;
    bool in_namespace;
    uint64_t element;  /* its number */
    uint64_t position; /* among the children of that name */
};

/* How many children of that name an element has had so far: a slot of a hash table. */
struct sibling {
    uint64_t parent;
    const xmlChar *prefix;
    const xmlChar *localname;
    uint64_t count; /* 0: a free slot */
};

struct locator {
    struct record *record;
    struct locate_step *steps;
    size_t depth, cap_steps;
    uint64_t elements;
    uint64_t last; /* the last element that has a fault */
    struct sibling *siblings;
    size_t n_siblings, cap_siblings; /* a power of two */
    struct buf path;
    bool failed; /* memory ended: no more paths */
};

struct locator *locator_new(void)
{
    struct locator *locator = calloc(1, sizeof *locator);
    if (locator)
        locator->path.max_bytes = PATH_BYTES;
    return locator;
}

void locator_free(struct locator *locator)
{
    if (!locator)
        return;
    free(locator->steps);
    free(locator->siblings);
    buf_free(&locator->path);
    free(locator);
}

void locator_begin(struct locator *locator, struct record *record)
{
    locator->record = record;
    locator->depth = 0;
    locator->elements = 0;
    locator->last = 0;
    for (size_t i = 0; i < record->n_faults; i++)
        if (!record->faults[i].path.len && record->faults[i].element > locator->last)
            locator->last = record->faults[i].element;
    locator->failed = false;
    locator->n_siblings = 0;
    if (locator->siblings)
        memset(locator->siblings, 0, locator->cap_siblings * sizeof *locator->siblings);
}

static size_t slot_of(const struct locator *locator, const struct sibling *key)
{
    uint64_t hash = key->parent * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= ((uint64_t)(uintptr_t)key->localname >> 4) * UINT64_C(0xc2b2ae3d27d4eb4f);
    hash ^= ((uint64_t)(uintptr_t)key->prefix >> 4) * UINT64_C(0x165667b19e3779f9);
    size_t slot = (size_t)(hash >> 20) & (locator->cap_siblings - 1);
    const struct sibling *s;
    while ((s = &locator->siblings[slot])->count &&
           (s->parent != key->parent || s->localname != key->localname ||
            s->prefix != key->prefix))
        slot = (slot + 1) & (locator->cap_siblings - 1);
    return slot;
}

static bool grow_siblings(struct locator *locator)
{
    struct locator bigger = *locator;
    bigger.cap_siblings = locator->cap_siblings ? locator->cap_siblings * 2 : 256;
    bigger.siblings = calloc(bigger.cap_siblings, sizeof *bigger.siblings);
    if (!bigger.siblings)
        return false;
    for (size_t i = 0; i < locator->cap_siblings; i++)
        if (locator->siblings[i].count)
            bigger.siblings[slot_of(&bigger, &locator->siblings[i])] = locator->siblings[i];
    free(locator->siblings);
    *locator = bigger;
    return true;
}

static uint64_t position(struct locator *locator, const struct sibling *key)
{
    if (2 * locator->n_siblings >= locator->cap_siblings && !grow_siblings(locator))
        return 0;
    struct sibling *sibling = &locator->siblings[slot_of(locator, key)];
    if (!sibling->count) {
        *sibling = *key;
        locator->n_siblings++;
    }
    return ++sibling->count;
}

static void write_step(struct buf *path, const struct locate_step *step)
{
    const char *localname = (const char *)step->localname;
    buf_append_char(path, '/');
    if (step->prefix)
        buf_append_format(path, "%s:%s", (const char *)step->prefix, localname);
    else if (step->in_namespace)
        buf_append_format(path, "*[name()='%s']", localname);
    else
        buf_append_string(path, localname);
}

static void write_path(struct locator *locator, struct fault *fault)
{
    struct record *record = locator->record;
    buf_clear(&locator->path);
    for (size_t i = 0; i < locator->depth; i++) {
        write_step(&locator->path, &locator->steps[i]);
        if (i > 0) {
            buf_append_char(&locator->path, '[');
            buf_append_u64(&locator->path, locator->steps[i].position);
            buf_append_char(&locator->path, ']');
        }
    }
    if (fault->attribute.len) {
        buf_append_string(&locator->path, "/@");
        buf_append(&locator->path, record->text.data + fault->attribute.at,
                   fault->attribute.len);
    }
    if (!locator->path.failed)
        fault->path = record_add_text(record, locator->path.data, locator->path.len);
}

bool locator_start(struct locator *locator, const xmlChar *localname, const xmlChar *prefix,
                   bool in_namespace)
{
    if (locator->failed)
        return true;
    struct locate_step *steps =
        array_room(locator->steps, &locator->cap_steps, locator->depth + 1, sizeof *steps);
    if (!steps) {
        locator->record->text.failed = true;
        locator->failed = true;
        return true;
    }
    locator->steps = steps;
    struct sibling key = {
        .parent = locator->depth ? locator->steps[locator->depth - 1].element : 0,
        .prefix = prefix,
        .localname = localname,
    };
    locator->elements++;
    locator->steps[locator->depth++] = (struct locate_step){
        prefix, localname, in_namespace, locator->elements, position(locator, &key)};
    for (size_t i = 0; i < locator->record->n_faults; i++)
        if (locator->record->faults[i].element == locator->elements)
            write_path(locator, &locator->record->faults[i]);
    return locator->elements >= locator->last;
}

void locator_end(struct locator *locator)
{
    if (!locator->failed && locator->depth)
        locator->depth--;
}
