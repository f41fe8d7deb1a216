/* SPDX-License-Identifier: MIT
 *
 * Steps through a content model other than xs:all: the inner loop of validation, inline.
 */
#ifndef THRESH_XSD_VALIDATE_WALK_H
#define THRESH_XSD_VALIDATE_WALK_H

#include "xsd/model.h"

static inline uint32_t find_position(const struct model *model, const uint64_t *row,
                                     uint32_t symbol)
{
    for (uint32_t at = symbol_slot(symbol);; at++) {
        const struct model_slot *slot = &model->slots[at & model->mask];
        if (slot->symbol == symbol) {
            uint32_t p = slot->position;
            while (p != NONE && !bit_of(row, p))
                p = model->positions[p].same;
            return p;
        }
        if (!slot->symbol)
            return NONE;
    }
}

/* The position that matches a child in the state at hand: by name, by the head of its
 * substitution group, or a wildcard. */
static inline uint32_t match_next(const struct xsd *xsd, const struct model *model,
                                  const struct model_walk *walk, uint32_t symbol, uint32_t ns)
{
    const uint64_t *row = row_of(model, walk->state);
    if (symbol) {
        uint32_t p = find_position(model, row, symbol);
        if (p != NONE)
            return p;
        const struct element *global = xsd->names.by_id[symbol]->element;
        for (uint32_t i = 0; global && i < global->n_heads; i++) {
            p = find_position(model, row, global->heads[i]->name->id);
            if (p != NONE && model->positions[p].element == global->heads[i])
                return p;
        }
    }
    for (uint32_t p = model->wildcard; p != NONE; p = model->positions[p].same)
        if (bit_of(row, p) && wildcard_allows(model->positions[p].wildcard, ns))
            return p;
    return NONE;
}

static inline void advance(const struct model *model, struct model_walk *walk, uint32_t p)
{
    const struct position *position = &model->positions[p];
    if (model->moves) {
        walk->state = model->moves[(size_t)walk->state * model->n_chains + position->chain];
    } else if (position->max == 1) {
        walk->state = position->next;
    } else {
        walk->count = walk->position == p ? walk->count + (walk->count < UNBOUNDED) : 1;
        walk->state = walk->count < position->min   ? position->low
                      : walk->count < position->max ? position->next
                                                    : position->full;
    }
    walk->position = p;
}

static inline bool may_end(const struct model *model, const struct model_walk *walk)
{
    return bit_of(row_of(model, walk->state), model->n_positions);
}

#endif
