/* SPDX-License-Identifier: MIT
 *
 * From a block as it lies in a file to structs in memory: one pass over all structs in which
 * each number becomes a pointer, and nothing is taken that is out of bounds.
 */
#include "xsd/image/image_file.h"

#include <string.h>

#define SIZE(kind)         sizeof(struct kind),
#define SIZE_POINTER(kind) sizeof(void *),
const size_t image_kind_sizes[IMAGE_KINDS] = {IMAGE_SINGLES(SIZE) IMAGE_ITEMS(SIZE)
                                                  IMAGE_POINTERS(SIZE_POINTER) sizeof(void *),
                                              sizeof(uint64_t), sizeof(uint32_t), 1};

#define NAME(kind)         #kind,
#define NAME_POINTER(kind) "pointer to " #kind,
static const char *const names[IMAGE_KINDS] = {IMAGE_SINGLES(NAME) IMAGE_ITEMS(NAME)
                                                   IMAGE_POINTERS(NAME_POINTER) "text",
                                               "set", "number", "bytes"};

/* -- Members -------------------------------------------------------------------------- */

static inline uintptr_t slot_at(const void *member)
{
    uintptr_t slot;
    memcpy(&slot, member, sizeof slot);
    return slot;
}

static inline void set_pointer(void *member, const void *pointer)
{
    memcpy(member, &pointer, sizeof pointer);
}

/* Each returns whether it is in order. */

static inline bool settle_single(const struct image_graph *graph, void *member,
                                 enum image_kind kind, size_t size, bool may_be_null)
{
    uintptr_t number = slot_at(member);
    if (number - 1 < graph->counts[kind]) {
        set_pointer(member, (char *)graph->first[kind] + (number - 1) * size);
        return true;
    }
    set_pointer(member, NULL);
    return may_be_null && !number;
}

/* The next n of that kind. */
static inline void *take(struct image_graph *graph, enum image_kind kind, size_t size,
                         uint64_t n)
{
    uint64_t at = graph->taken[kind];
    if (n > graph->counts[kind] - at)
        return NULL;
    graph->taken[kind] += n;
    return (char *)graph->first[kind] + at * size;
}

static inline bool settle_array(struct image_graph *graph, void *member, enum image_kind kind,
                                size_t size, uint64_t n, bool may_be_null)
{
    uintptr_t slot = slot_at(member);
    void *items = slot == 1 ? take(graph, kind, size, n) : NULL;
    set_pointer(member, items);
    return items || (!slot && (may_be_null || !n));
}

static inline bool settle_bytes(struct image_graph *graph, void *member, uint64_t len,
                                bool may_be_null)
{
    uintptr_t slot = slot_at(member);
    const char *bytes = slot ? take(graph, KIND_char, 1, slot) : NULL;
    set_pointer(member, bytes);
    if (!bytes)
        return !slot && may_be_null;
    return slot == len + 1 && !bytes[len];
}

/* A string is as long as it says it is. */
static inline bool settle_text(struct image_graph *graph, void *member, bool may_be_null)
{
    return settle_bytes(graph, member, slot_at(member) - 1, may_be_null);
}

static inline bool is_word(const void *member, size_t size, uint32_t last)
{
    uint32_t word = 0;
    memcpy(&word, member, size);
    return word <= last;
}

static inline bool settle_inside(void *member, const void *array, size_t size, uint64_t n)
{
    uintptr_t number = slot_at(member);
    bool is_inside = number - 1 < n;
    set_pointer(member, is_inside ? (const char *)array + (number - 1) * size : NULL);
    return is_inside;
}

/* -- Structs -------------------------------------------------------------------------- */

#define SETTLE_VALUE(...)
#define SETTLE_VALUES(...)
#define SETTLE_FLAG(m)       ok &= is_word(&s->m, 1, 1);
#define SETTLE_WORD(m, last) ok &= is_word(&s->m, sizeof s->m, last);
#define SETTLE_BITS(m, mask) ok &= !(s->m & ~(mask));
#define SETTLE_ONE(m, kind)                                                                    \
    ok &= settle_single(graph, (void *)&s->m, KIND_##kind, sizeof(struct kind), false);
#define SETTLE_MAYBE(m, kind)                                                                  \
    ok &= settle_single(graph, (void *)&s->m, KIND_##kind, sizeof(struct kind), true);
#define SETTLE_ITEMS(m, kind, n, may_be_null)                                                  \
    ok &= settle_array(graph, (void *)&s->m, kind, sizeof *s->m, n, may_be_null);
#define SETTLE_ARRAY(m, kind, n)          SETTLE_ITEMS(m, KIND_##kind, n, false)
#define SETTLE_MAYBE_ARRAY(m, kind, n)    SETTLE_ITEMS(m, KIND_##kind, n, true)
#define SETTLE_POINTERS(m, kind, n)       SETTLE_ITEMS(m, KIND_POINTER_##kind, n, false)
#define SETTLE_MAYBE_POINTERS(m, kind, n) SETTLE_ITEMS(m, KIND_POINTER_##kind, n, false)
#define SETTLE_NUMBERS(m, type, n)        SETTLE_ITEMS(m, KIND_##type, n, false)
#define SETTLE_MAYBE_NUMBERS(m, type, n)  SETTLE_ITEMS(m, KIND_##type, n, true)
#define SETTLE_TEXTS(m, n)                SETTLE_ITEMS(m, KIND_TEXT, n, false)
#define SETTLE_TEXT(m)                    ok &= settle_text(graph, (void *)&s->m, false);
#define SETTLE_MAYBE_TEXT(m)              ok &= settle_text(graph, (void *)&s->m, true);
#define SETTLE_BYTES(m, len)              ok &= settle_bytes(graph, (void *)&s->m, len, !(len));
#define SETTLE_NESTED(m, kind)            ok &= settle_##kind(graph, &s->m);
#define SETTLE_INSIDE(m, owner, a)                                                             \
    ok &= s->owner && settle_inside((void *)&s->m, s->owner->a, sizeof *s->m, s->owner->n_##a);
#define SETTLE_ANEW(m)       ok &= !s->m;
#define SETTLE_LEFT_OUT(m)   ok &= !slot_at(&s->m);
#define SETTLE_LEFT_EMPTY(m) memset(&s->m, 0, sizeof s->m);
#define SETTLE(what, ...)    SETTLE_##what(__VA_ARGS__)

#define DEFINE_SETTLE(kind)                                                                    \
    static bool settle_##kind(struct image_graph *graph, struct kind *s)                       \
    {                                                                                          \
        bool ok = true;                                                                        \
        (void)graph, (void)s;                                                                  \
        MEMBERS_##kind(SETTLE) return ok;                                                      \
    }
#define DECLARE_SETTLE(kind)                                                                   \
    static bool settle_##kind(struct image_graph *graph, struct kind *s);
IMAGE_NESTED(DECLARE_SETTLE)
DECLARE_SETTLE(identity_step)
IMAGE_SINGLES(DEFINE_SETTLE)
IMAGE_ITEMS(DEFINE_SETTLE)
IMAGE_NESTED(DEFINE_SETTLE)

/* -- The block ------------------------------------------------------------------------ */

/* NULL, or the kind that is not in order. */
static const char *settle_kinds(struct image_graph *graph)
{
#define SETTLE_KIND(kind)                                                                      \
    for (uint64_t i = 0; i < graph->counts[KIND_##kind]; i++)                                  \
        if (!settle_##kind(graph, &((struct kind *)graph->first[KIND_##kind])[i]))             \
            return names[KIND_##kind];
    IMAGE_SINGLES(SETTLE_KIND)
    IMAGE_ITEMS(SETTLE_KIND)
#define SETTLE_POINTER_KIND(kind)                                                              \
    for (uint64_t i = 0; i < graph->counts[KIND_POINTER_##kind]; i++)                          \
        if (!settle_single(graph, (void **)graph->first[KIND_POINTER_##kind] + i, KIND_##kind, \
                           sizeof(struct kind), true))                                         \
            return names[KIND_POINTER_##kind];
    IMAGE_POINTERS(SETTLE_POINTER_KIND)
    for (uint64_t i = 0; i < graph->counts[KIND_TEXT]; i++)
        if (!settle_text(graph, (void **)graph->first[KIND_TEXT] + i, false))
            return names[KIND_TEXT];
    return NULL;
}

/* All that lies in arrays has an owner. */
static const char *find_unowned(const struct image_graph *graph)
{
    for (int kind = KIND_image_schema; kind < IMAGE_KINDS; kind++)
        if (graph->taken[kind] != graph->counts[kind])
            return names[kind];
    return NULL;
}

const char *image_block_settle(void *bytes, uint64_t room, struct image_graph *graph)
{
    const struct image_block *block = bytes;
    uint64_t at = image_align(sizeof *block);
    if (room < at || block->bytes < at || block->bytes > room)
        return "block";
    for (int kind = 0; kind < IMAGE_KINDS; kind++) {
        uint64_t n = block->counts[kind], size = image_kind_sizes[kind];
        if (n > (block->bytes - at) / size || image_align(n * size) > block->bytes - at)
            return names[kind];
        graph->first[kind] = (char *)bytes + at;
        graph->counts[kind] = n;
        graph->taken[kind] = 0;
        at += image_align(n * size);
    }
    if (at != block->bytes)
        return "block";
    const char *wrong = settle_kinds(graph);
    return wrong ? wrong : find_unowned(graph);
}
