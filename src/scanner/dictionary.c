/* SPDX-License-Identifier: MIT */
#include "scanner/dictionary.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SLOTS_MIN = 1024 };

bool dictionary_init(struct dictionary *dictionary)
{
    *dictionary = (struct dictionary){.mask = SLOTS_MIN - 1};
    if (getrandom(&dictionary->seed, sizeof dictionary->seed, GRND_NONBLOCK) !=
        sizeof dictionary->seed)
        dictionary->seed = (uint64_t)(uintptr_t)dictionary * UINT64_C(0x9e3779b97f4a7c15);
    dictionary->slots = calloc(SLOTS_MIN, sizeof *dictionary->slots);
    return dictionary->slots != NULL;
}

void dictionary_free(struct dictionary *dictionary)
{
    arena_free(&dictionary->arena);
    free(dictionary->slots);
    *dictionary = (struct dictionary){0};
}

void dictionary_clear(struct dictionary *dictionary)
{
    arena_reset(&dictionary->arena);
    memset(dictionary->slots, 0, (dictionary->mask + 1) * sizeof *dictionary->slots);
    dictionary->n = dictionary->bytes = 0;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const struct dictionary *dictionary, const unsigned char *s, size_t len)
{
    uint64_t hash = dictionary->seed ^ len * UINT64_C(0x9e3779b97f4a7c15);
    const unsigned char *end = s + len;
    if (len <= 8)
        return mix(hash ^ swar_load_up_to_8(s, len), UINT64_C(0xd6e8feb86659fd93));
    for (; end - s > 8; s += 8)
        hash = mix(hash ^ swar_load_8(s), UINT64_C(0xa0761d6478bd642f));
    return mix(hash ^ swar_load_8(end - 8), UINT64_C(0xe7037ed1a0b428db));
}

static bool grow(struct dictionary *dictionary)
{
    size_t mask = dictionary->mask * 2 + 1;
    struct dictionary_slot *slots = calloc(mask + 1, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i <= dictionary->mask; i++) {
        size_t at = (size_t)dictionary->slots[i].hash & mask;
        if (!dictionary->slots[i].entry)
            continue;
        while (slots[at].entry)
            at = (at + 1) & mask;
        slots[at] = dictionary->slots[i];
    }
    free(dictionary->slots);
    dictionary->slots = slots;
    dictionary->mask = mask;
    return true;
}

static struct dictionary_entry *add(struct dictionary *dictionary, uint64_t hash,
                                    const unsigned char *string, size_t len)
{
    if (2 * dictionary->n > dictionary->mask && !grow(dictionary))
        return NULL;
    size_t room = (len < DICTIONARY_SHORT ? DICTIONARY_SHORT : len) + 1;
    struct dictionary_entry *entry = arena_alloc(&dictionary->arena, sizeof *entry + room);
    if (!entry)
        return NULL;
    entry->len = len;
    memcpy(entry->string, string, len);
    size_t at = (size_t)hash & dictionary->mask;
    while (dictionary->slots[at].entry)
        at = (at + 1) & dictionary->mask;
    dictionary->slots[at] = (struct dictionary_slot){hash, entry};
    dictionary->n++;
    dictionary->bytes += len;
    return entry;
}

struct dictionary_entry *dictionary_entry(struct dictionary *dictionary,
                                          const unsigned char *string, size_t len)
{
    uint64_t hash = hash_of(dictionary, string, len);
    for (size_t at = (size_t)hash;; at++) {
        const struct dictionary_slot *slot = &dictionary->slots[at & dictionary->mask];
        if (!slot->entry)
            return add(dictionary, hash, string, len);
        if (slot->hash == hash && dictionary_entry_is(slot->entry, string, len))
            return slot->entry;
    }
}
