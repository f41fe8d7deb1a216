/* SPDX-License-Identifier: MIT */
#include "automaton/transitions.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 64 };

struct transitions transitions_empty(size_t max, uint64_t seed)
{
    return (struct transitions){.max = max, .seed = seed};
}

bool transitions_is_full(const struct transitions *transitions)
{
    return transitions->n >= transitions->max;
}

/* The 64 bits in the middle of a product depend on all of its factors. */
static size_t hash_of(const struct transitions *transitions, const void *state,
                      const void *local, const void *uri)
{
    uint64_t place = (uint64_t)(uintptr_t)state ^ (uint64_t)(uintptr_t)uri << 20;
    unsigned __int128 product = (unsigned __int128)(place ^ transitions->seed) *
                                ((uint64_t)(uintptr_t)local ^ transitions->seed << 1);
    return (size_t)((uint64_t)product ^ (uint64_t)(product >> 64));
}

struct transition *transitions_look_up(const struct transitions *transitions, const void *state,
                                       const void *local, const void *uri)
{
    struct transition *found;
    if (!transitions->slots)
        return NULL;
    for (size_t at = hash_of(transitions, state, local, uri);; at++) {
        found = transitions->slots[at & transitions->mask];
        if (!found || (found->local == local && found->state == state && found->uri == uri))
            return found;
    }
}

static void enter(struct transitions *transitions, struct transition *transition)
{
    size_t at = hash_of(transitions, transition->state, transition->local, transition->uri);
    while (transitions->slots[at & transitions->mask])
        at++;
    transitions->slots[at & transitions->mask] = transition;
}

/* Slots are at most half full. */
static bool make_room(struct transitions *transitions)
{
    if (transitions->slots && transitions->n <= transitions->mask / 2)
        return true;
    struct transitions grown = *transitions;
    size_t size = transitions->slots ? 2 * (transitions->mask + 1) : SLOTS_MIN;
    grown.mask = size - 1;
    if (!(grown.slots = calloc(size, sizeof *grown.slots)))
        return false;
    for (size_t i = 0; transitions->slots && i <= transitions->mask; i++)
        if (transitions->slots[i])
            enter(&grown, transitions->slots[i]);
    free(transitions->slots);
    *transitions = grown;
    return true;
}

struct transition *transitions_add(struct transitions *transitions, const void *state,
                                   const void *local, const void *uri, const void *to,
                                   size_t size, struct transition **guess)
{
    if (transitions_is_full(transitions) || !make_room(transitions))
        return NULL;
    struct transition *added = malloc(sizeof *added + size);
    if (!added)
        return NULL;
    *added = (struct transition){state, local, uri, NULL};
    memcpy(added->to, to, size);
    enter(transitions, added);
    transitions->n++;
    return *guess = added;
}

void transitions_clear(struct transitions *transitions)
{
    for (size_t i = 0; transitions->slots && i <= transitions->mask; i++)
        free(transitions->slots[i]);
    free(transitions->slots);
    transitions->slots = NULL;
    transitions->first = NULL;
    transitions->n = 0;
}
