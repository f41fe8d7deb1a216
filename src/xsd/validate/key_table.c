/* SPDX-License-Identifier: MIT */
#include "xsd/validate/key_table.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRIES_KEPT = 65536 };

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t key_table_hash(uint64_t seed, const char *bytes, size_t len)
{
    uint64_t hash = seed ^ len;
    uint64_t word = 0;
    for (; len > 8; bytes += 8, len -= 8) {
        memcpy(&word, bytes, 8);
        hash = mix(hash ^ word, seed | 1);
    }
    word = 0;
    if (len)
        memcpy(&word, bytes, len);
    return mix(hash ^ word, UINT64_C(0xd6e8feb86659fd93) ^ seed);
}

static uint64_t in_group(uint64_t hash, uint32_t group)
{
    return (hash ^ group) * UINT64_C(0x9e3779b97f4a7c15) ^ hash >> 32;
}

/* The slot of the entry, or the free one where it would be. */
static inline uint32_t slot_of(const struct key_table *table, uint64_t hash, uint32_t group,
                               const char *bytes, size_t len)
{
    for (uint32_t at = (uint32_t)in_group(hash, group);; at++) {
        uint32_t number = table->slots[at & table->mask];
        if (!number)
            return at & table->mask;
        const struct key_table_entry *entry = &table->entries[number - 1];
        if (entry->hash == hash && entry->group == group && entry->len == len &&
            (!len || memcmp(table->bytes.data + entry->at, bytes, len) == 0))
            return at & table->mask;
    }
}

uint32_t key_table_find(const struct key_table *table, uint64_t hash, uint32_t group,
                        const char *bytes, size_t len)
{
    uint32_t number = table->n ? table->slots[slot_of(table, hash, group, bytes, len)] : 0;
    return number ? number - 1 : KEY_TABLE_NONE;
}

static void enter_slot(struct key_table *table, uint32_t number)
{
    const struct key_table_entry *entry = &table->entries[number];
    uint32_t at = (uint32_t)in_group(entry->hash, entry->group);
    while (table->slots[at & table->mask])
        at++;
    table->slots[at & table->mask] = number + 1;
}

static int grow(struct key_table *table)
{
    uint32_t cap = table->cap ? table->cap * 2 : 64;
    if (cap > UINT32_MAX / 4)
        return -1;
    uint32_t *slots = calloc((size_t)cap * 2, sizeof *slots);
    struct key_table_entry *entries =
        slots ? realloc(table->entries, cap * sizeof *entries) : NULL;
    if (!entries) {
        free(slots);
        return -1;
    }
    free(table->slots);
    table->slots = slots;
    table->entries = entries;
    table->cap = cap;
    table->mask = cap * 2 - 1;
    for (uint32_t i = 0; i < table->n; i++)
        enter_slot(table, i);
    return 0;
}

uint32_t key_table_enter(struct key_table *table, uint64_t hash, uint32_t group,
                         const char *bytes, size_t len, bool *is_new)
{
    if (len > UINT32_MAX || (table->n == table->cap && grow(table) < 0))
        return KEY_TABLE_NONE;
    uint32_t at = slot_of(table, hash, group, bytes, len), number = table->slots[at];
    *is_new = !number;
    if (number)
        return number - 1;
    size_t begin = table->bytes.len;
    if (buf_append(&table->bytes, bytes, len) < 0)
        return KEY_TABLE_NONE;
    table->entries[table->n] = (struct key_table_entry){
        .hash = hash, .at = begin, .len = (uint32_t)len, .group = group};
    table->slots[at] = ++table->n;
    return table->n - 1;
}

/* A small document after a large one must not pay for all the slots. */
static void clear_few(struct key_table *table)
{
    for (uint32_t i = 0; i < table->n; i++) {
        const struct key_table_entry *entry = &table->entries[i];
        uint32_t at = (uint32_t)in_group(entry->hash, entry->group);
        while (table->slots[at & table->mask] != i + 1)
            at++;
        table->slots[at & table->mask] = 0;
    }
}

void key_table_clear(struct key_table *table)
{
    if (table->cap > ENTRIES_KEPT) {
        key_table_free(table);
        return;
    }
    buf_clear(&table->bytes);
    if (table->n < table->mask / 16)
        clear_few(table);
    else if (table->n)
        memset(table->slots, 0, ((size_t)table->mask + 1) * sizeof *table->slots);
    table->n = 0;
}

void key_table_free(struct key_table *table)
{
    free(table->entries);
    free(table->slots);
    buf_free(&table->bytes);
    *table = (struct key_table){0};
}
