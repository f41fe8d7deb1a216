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

static void enter(struct transitions *transitions, const struct transition *transition)
{
    size_t at =
        transitions_hash(transitions, transition->state, transition->local, transition->uri);
    while (transitions->slots[at & transitions->mask].state)
        at++;
    transitions->slots[at & transitions->mask] = *transition;
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
        if (transitions->slots[i].state)
            enter(&grown, &transitions->slots[i]);
    free(transitions->slots);
    *transitions = grown;
    return true;
}

void transitions_add(struct transitions *transitions, const void *state, const void *local,
                     const void *uri, const void *to, size_t size)
{
    if (transitions_is_full(transitions) || !make_room(transitions))
        return;
    void *kept = malloc(size);
    if (!kept)
        return;
    enter(transitions, &(struct transition){state, local, uri, memcpy(kept, to, size)});
    transitions->n++;
}

void transitions_clear(struct transitions *transitions)
{
    for (size_t i = 0; transitions->slots && i <= transitions->mask; i++)
        free(transitions->slots[i].to);
    free(transitions->slots);
    transitions->slots = NULL;
    transitions->n = 0;
}
