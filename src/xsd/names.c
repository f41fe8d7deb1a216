/* SPDX-License-Identifier: MIT */
#include "xsd/names.h"

#include <stdlib.h>
#include <string.h>

static uint32_t hash_name(const char *local, size_t len, uint32_t ns)
{
    uint64_t hash = ns, word = 0;
    for (; len > 8; local += 8, len -= 8) {
        memcpy(&word, local, 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    word = len << 56;
    memcpy(&word, local, len);
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(hash >> 32);
}

/* The slot that has the number of the namespace, or is free for it. */
static uint32_t *uri_slot_of(const struct names *names, const char *uri)
{
    for (uint32_t at = hash_name(uri, strlen(uri), 0);; at++) {
        uint32_t *slot = &names->uri_slots[at & names->uri_mask];
        if (!*slot || strcmp(names->uris[*slot], uri) == 0)
            return slot;
    }
}

uint32_t names_find_ns(const struct names *names, const char *uri)
{
    if (!uri || !*uri)
        return 0;
    uint32_t ns = names->uri_slots ? *uri_slot_of(names, uri) : 0;
    return ns ? ns : XSD_NS_UNKNOWN;
}

/* The slot that has the symbol, or is free for it. */
static struct symbol **slot_of(const struct names *names, uint32_t hash, const char *local,
                               size_t local_len, uint32_t ns)
{
    for (uint32_t at = hash;; at++) {
        struct symbol **slot = &names->slots[at & names->mask];
        const struct symbol *symbol = *slot;
        if (!symbol ||
            (symbol->hash == hash && symbol->ns == ns && symbol->local_len == local_len &&
             memcmp(symbol->local, local, local_len) == 0))
            return slot;
    }
}

const struct symbol *names_find(const struct names *names, const char *local, size_t local_len,
                                uint32_t ns)
{
    if (!names->slots || ns == XSD_NS_UNKNOWN)
        return NULL;
    const struct symbol *symbol =
        *slot_of(names, hash_name(local, local_len, ns), local, local_len, ns);
    return symbol ? names->by_id[symbol->id] : NULL;
}

static int make_room_for_uri(struct names *names)
{
    if (names->uri_slots && names->n_uris < names->cap_uris)
        return 0;
    uint32_t cap = names->cap_uris ? names->cap_uris * 2 : 16;
    const char **uris = realloc(names->uris, cap * sizeof *uris);
    if (!uris)
        return -1;
    names->uris = uris;
    uint32_t *slots = calloc((size_t)cap * 2, sizeof *slots);
    if (!slots)
        return -1;
    free(names->uri_slots);
    names->uri_slots = slots;
    names->uri_mask = cap * 2 - 1;
    names->cap_uris = cap;
    if (!names->n_uris)
        names->uris[names->n_uris++] = "";
    for (uint32_t ns = 1; ns < names->n_uris; ns++)
        *uri_slot_of(names, names->uris[ns]) = ns;
    return 0;
}

uint32_t names_add_ns(struct names *names, struct arena *arena, const char *uri)
{
    uint32_t ns = names_find_ns(names, uri);
    if (ns != XSD_NS_UNKNOWN && names->n_uris)
        return ns;
    if (make_room_for_uri(names) < 0)
        return XSD_NS_UNKNOWN;
    if (ns == 0)
        return 0;
    size_t len = strlen(uri);
    char *copy = arena_alloc(arena, len + 1);
    if (!copy)
        return XSD_NS_UNKNOWN;
    names->uris[names->n_uris] = memcpy(copy, uri, len);
    *uri_slot_of(names, uri) = names->n_uris;
    return names->n_uris++;
}

static int grow_slots(struct names *names)
{
    uint32_t size = names->slots ? (names->mask + 1) * 2 : 1024;
    struct symbol **slots = calloc(size, sizeof *slots);
    if (!slots)
        return -1;
    for (uint32_t i = 1; i < names->n_symbols; i++) {
        uint32_t at = names->by_id[i]->hash;
        while (slots[at & (size - 1)])
            at++;
        slots[at & (size - 1)] = names->by_id[i];
    }
    free(names->slots);
    names->slots = slots;
    names->mask = size - 1;
    return 0;
}

static int make_room(struct names *names)
{
    if (names->n_symbols + 2 > names->cap_symbols) {
        uint32_t cap = names->cap_symbols ? names->cap_symbols * 2 : 512;
        struct symbol **by_id = realloc(names->by_id, cap * sizeof *by_id);
        if (!by_id)
            return -1;
        names->by_id = by_id;
        names->cap_symbols = cap;
    }
    if (!names->n_symbols)
        names->by_id[names->n_symbols++] = NULL;
    return !names->slots || names->n_symbols > names->mask / 2 ? grow_slots(names) : 0;
}

struct symbol *names_add(struct names *names, struct arena *arena, const char *local,
                         size_t local_len, uint32_t ns)
{
    if (make_room(names) < 0)
        return NULL;
    uint32_t hash = hash_name(local, local_len, ns);
    struct symbol **slot = slot_of(names, hash, local, local_len, ns);
    if (*slot)
        return *slot;
    struct symbol *symbol = arena_alloc(arena, sizeof *symbol + local_len + 1);
    if (!symbol)
        return NULL;
    symbol->local = memcpy(symbol + 1, local, local_len);
    symbol->local_len = (uint32_t)local_len;
    symbol->hash = hash;
    symbol->ns = ns;
    symbol->uri = names->uris[ns];
    symbol->id = names->n_symbols;
    names->by_id[names->n_symbols++] = symbol;
    return *slot = symbol;
}

void names_free(struct names *names)
{
    free(names->slots);
    free(names->by_id);
    free(names->uris);
    free(names->uri_slots);
    *names = (struct names){0};
}
