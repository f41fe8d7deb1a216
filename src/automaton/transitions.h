/* SPDX-License-Identifier: MIT
 *
 * A lazy automaton: the transitions that were met so far. It knows no schema. Its owner asks
 * where a name leads from a state; where that is not known yet, the owner finds out in its own
 * way, which may be slow, and adds the answer for the next time.
 *
 * A state is a pointer to whatever decides how names are matched. A name is a pair of pointers
 * of the parser's dictionary, in which equal names have equal pointers. What a transition leads
 * to is copied and given back as it was.
 *
 * A document cannot grow the automaton at will: when it is full, nothing is added. Nor can it
 * choose collisions, for the hash is seeded.
 */
#ifndef THRESH_AUTOMATON_TRANSITIONS_H
#define THRESH_AUTOMATON_TRANSITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transition {
    const void *state; /* NULL: a free slot */
    const void *local;
    const void *uri; /* NULL: no namespace */
    void *to;
};

struct transitions {
    struct transition *slots; /* an open hash table, NULL while it is empty */
    size_t mask;
    size_t n;
    size_t max; /* 0: nothing is ever known */
    uint64_t seed;
};

/* `seed` is secret and random. */
struct transitions transitions_empty(size_t max, uint64_t seed);
/* Adds what transitions_find did not find, unless the automaton is full or memory ends. */
void transitions_add(struct transitions *transitions, const void *state, const void *local,
                     const void *uri, const void *to, size_t size);
bool transitions_is_full(const struct transitions *transitions);
/* Forgets all and gives its memory back: pointers that transitions_find gave are void. */
void transitions_clear(struct transitions *transitions);

/* The 64 bits in the middle of a product depend on all of its factors. */
static inline size_t transitions_hash(const struct transitions *transitions, const void *state,
                                      const void *local, const void *uri)
{
    uint64_t place = (uint64_t)(uintptr_t)state ^ (uint64_t)(uintptr_t)uri << 20;
    unsigned __int128 product = (unsigned __int128)(place ^ transitions->seed) *
                                ((uint64_t)(uintptr_t)local ^ transitions->seed << 1);
    return (size_t)((uint64_t)product ^ (uint64_t)(product >> 64));
}

/* What the name leads to, or NULL: that is not known. */
static inline const void *transitions_find(const struct transitions *transitions,
                                           const void *state, const void *local,
                                           const void *uri)
{
    if (!transitions->slots)
        return NULL;
    for (size_t at = transitions_hash(transitions, state, local, uri);; at++) {
        const struct transition *slot = &transitions->slots[at & transitions->mask];
        if (slot->local == local && slot->state == state && slot->uri == uri)
            return slot->to;
        if (!slot->state)
            return NULL;
    }
}

#endif
