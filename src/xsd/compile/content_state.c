/* SPDX-License-Identifier: MIT
 *
 * Sets of positions, and states, which are sets that differ.
 */
#include "xsd/compile/content_builder.h"

#include <string.h>

#define MAX_STATES 6000

uint64_t *content_new_set(struct content_builder *b)
{
    return xsd_compile_alloc_scratch(b->c, b->words * sizeof(uint64_t));
}

void content_add_set(const struct content_builder *b, uint64_t *set, const uint64_t *more)
{
    for (uint32_t i = 0; i < b->words; i++)
        set[i] |= more[i];
}

static uint32_t hash_set(const struct content_builder *b, const uint64_t *set)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < b->words; i++) {
        hash = (hash ^ set[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return (uint32_t)(hash >> 20);
}

static void grow_index(struct content_builder *b)
{
    uint32_t size = b->index ? (b->index_mask + 1) * 2 : 16;
    b->index = xsd_compile_alloc_scratch(b->c, size * sizeof *b->index);
    memset(b->index, 0xff, size * sizeof *b->index);
    b->index_mask = size - 1;
    for (uint32_t i = 0; i < b->n_states; i++) {
        uint32_t at = hash_set(b, b->states[i]);
        while (b->index[at & b->index_mask] != XSD_NONE)
            at++;
        b->index[at & b->index_mask] = i;
    }
}

static void grow_states(struct content_builder *b)
{
    uint32_t cap = b->cap_states ? b->cap_states * 2 : 16;
    uint64_t **states = xsd_compile_alloc_scratch(b->c, cap * sizeof *states);
    if (b->n_states)
        memcpy(states, b->states, b->n_states * sizeof *states);
    b->states = states;
    b->cap_states = cap;
}

uint32_t content_state_of(struct content_builder *b, const uint64_t *set)
{
    if (!b->index || b->n_states > b->index_mask / 2)
        grow_index(b);
    uint32_t at = hash_set(b, set);
    for (;; at++) {
        uint32_t state = b->index[at & b->index_mask];
        if (state == XSD_NONE)
            break;
        if (memcmp(b->states[state], set, b->words * sizeof *set) == 0)
            return state;
    }
    if (b->n_states == b->cap_states)
        grow_states(b);
    if (b->n_states > MAX_STATES)
        xsd_compile_decline(b->c, &b->root->location, "a content model of more than %d states",
                            MAX_STATES);
    b->index[at & b->index_mask] = b->n_states;
    b->states[b->n_states] = (uint64_t *)set;
    return b->n_states++;
}
