/* SPDX-License-Identifier: MIT */
#include "scanner/dtd.h"

#include <stdlib.h>

enum {
    SLOTS_MIN = 64,
    SLOTS_KEPT = 4096, /* between documents */
    BYTES_KEPT = 1 << 20,
};

/* A name means something else for each owner: the kinds of entities and each element. */
struct dtd_slot {
    const void *owner;
    const struct dictionary_entry *name;
    void *declared; /* NULL: free */
};

static const char entity_owners[DTD_ENTITY_KINDS];

void dtd_free(struct dtd *dtd)
{
    arena_free(&dtd->arena);
    free(dtd->slots);
    *dtd = (struct dtd){0};
}

void dtd_clear(struct dtd *dtd)
{
    struct dtd empty = {.arena = dtd->arena, .slots = dtd->slots, .cap = dtd->cap};
    for (const struct dtd_attlist *list = dtd->attlists; list; list = list->next)
        list->element->attlist = NULL;
    if (dtd->cap > SLOTS_KEPT || dtd->arena.bytes > BYTES_KEPT) {
        dtd_free(dtd);
        return;
    }
    if (dtd->n)
        memset(dtd->slots, 0, dtd->cap * sizeof *dtd->slots);
    if (dtd->n || dtd->attlists)
        arena_reset(&empty.arena);
    *dtd = empty;
}

/* -- The table ------------------------------------------------------------------------ */

static struct dtd_slot *find(const struct dtd *dtd, const void *owner,
                             const struct dictionary_entry *name)
{
    uint64_t hash = ((uint64_t)(uintptr_t)name >> 3) * UINT64_C(0x9e3779b97f4a7c15) ^
                    (uint64_t)(uintptr_t)owner * UINT64_C(0xc2b2ae3d27d4eb4f);
    for (size_t at = (size_t)(hash >> 24);; at++) {
        struct dtd_slot *slot = &dtd->slots[at & (dtd->cap - 1)];
        if (!slot->declared || (slot->owner == owner && slot->name == name))
            return slot;
    }
}

static bool grow(struct dtd *dtd)
{
    struct dtd bigger = {.cap = dtd->cap ? 2 * dtd->cap : SLOTS_MIN};
    bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < dtd->cap; i++)
        if (dtd->slots[i].declared)
            *find(&bigger, dtd->slots[i].owner, dtd->slots[i].name) = dtd->slots[i];
    free(dtd->slots);
    dtd->slots = bigger.slots;
    dtd->cap = bigger.cap;
    return true;
}

static void *add(struct dtd *dtd, const void *owner, const struct dictionary_entry *name,
                 size_t size, bool *is_new)
{
    *is_new = false;
    if (2 * (dtd->n + 1) > dtd->cap && !grow(dtd))
        return NULL;
    struct dtd_slot *slot = find(dtd, owner, name);
    if (slot->declared)
        return slot->declared;
    void *declared = arena_alloc(&dtd->arena, size);
    if (!declared)
        return NULL;
    *slot = (struct dtd_slot){owner, name, declared};
    dtd->n++;
    *is_new = true;
    return declared;
}

static void *look_up(const struct dtd *dtd, const void *owner,
                     const struct dictionary_entry *name)
{
    return dtd->n ? find(dtd, owner, name)->declared : NULL;
}

/* -- Entities ------------------------------------------------------------------------- */

struct dtd_entity *dtd_add_entity(struct dtd *dtd, const struct dictionary_entry *name,
                                  enum dtd_entity_kind kind, bool *is_new)
{
    struct dtd_entity *entity = add(dtd, &entity_owners[kind], name, sizeof *entity, is_new);
    if (*is_new)
        *entity = (struct dtd_entity){.name = name, .is_parameter = kind == DTD_PARAMETER};
    return entity;
}

struct dtd_entity *dtd_find_entity(const struct dtd *dtd, const struct dictionary_entry *name,
                                   enum dtd_entity_kind kind)
{
    return look_up(dtd, &entity_owners[kind], name);
}

/* -- Attributes ----------------------------------------------------------------------- */

struct dtd_attlist *dtd_add_attlist(struct dtd *dtd, struct dictionary_entry *element)
{
    if (element->attlist)
        return element->attlist;
    struct dtd_attlist *attlist = arena_alloc(&dtd->arena, sizeof *attlist);
    if (!attlist)
        return NULL;
    attlist->element = element;
    attlist->last_default = &attlist->defaults;
    attlist->next = dtd->attlists;
    dtd->attlists = attlist;
    return element->attlist = attlist;
}

struct dtd_attribute *dtd_add_attribute(struct dtd *dtd, struct dtd_attlist *attlist,
                                        struct dictionary_entry *name, bool *is_new)
{
    struct dtd_attribute *attribute = add(dtd, attlist, name, sizeof *attribute, is_new);
    if (attribute)
        attribute->name = name;
    return attribute;
}

const struct dtd_attribute *dtd_find_attribute(const struct dtd *dtd,
                                               const struct dtd_attlist *attlist,
                                               const struct dictionary_entry *name)
{
    return look_up(dtd, attlist, name);
}

/* -- Text ----------------------------------------------------------------------------- */

void *dtd_copy(struct dtd *dtd, const void *bytes, size_t len)
{
    char *copy = arena_alloc(&dtd->arena, len + 1);
    if (copy && len)
        memcpy(copy, bytes, len);
    return copy;
}
