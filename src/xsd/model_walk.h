/* SPDX-License-Identifier: MIT
 *
 * Steps through a content model other than xs:all: inline, because they are the inner loop of
 * validation.
 */
#ifndef THRESH_XSD_MODEL_WALK_H
#define THRESH_XSD_MODEL_WALK_H

#include "xsd/model.h"

/* The first position of this symbol, or XSD_NONE; `same` leads to the others. */
static inline uint32_t model_walk_first(const struct model *model, uint32_t symbol)
{
    for (uint32_t at = names_slot(symbol);; at++) {
        const struct model_slot *slot = &model->slots[at & model->mask];
        if (slot->symbol == symbol)
            return slot->position;
        if (!slot->symbol)
            return XSD_NONE;
    }
}

/* Whether position p may come now. */
static inline bool model_walk_expects(const struct model *model, const struct model_walk *walk,
                                      uint32_t p)
{
    struct model_walk next;
    return model->counters ? model_count_step(model, walk, p, &next)
                           : model_bit(model_row(model, walk->state), p);
}

/* The position of this symbol that may come now, or XSD_NONE. */
static inline uint32_t model_walk_find(const struct model *model, const struct model_walk *walk,
                                       uint32_t symbol)
{
    uint32_t p = model_walk_first(model, symbol);
    while (p != XSD_NONE && !model_walk_expects(model, walk, p))
        p = model->positions[p].same;
    return p;
}

/* The position that a child matches in the present state, or XSD_NONE: by its name, by the
 * head of a substitution group it is a member of, or by a wildcard. */
static inline uint32_t model_walk_next(const struct xsd *xsd, const struct model *model,
                                       const struct model_walk *walk, uint32_t symbol,
                                       uint32_t ns)
{
    if (symbol) {
        uint32_t p = model_walk_find(model, walk, symbol);
        if (p != XSD_NONE)
            return p;
        const struct element *global = xsd->names.by_id[symbol]->element;
        for (uint32_t i = 0; global && i < global->n_heads; i++) {
            p = model_walk_find(model, walk, global->heads[i]->name->id);
            if (p != XSD_NONE && model->positions[p].element == global->heads[i])
                return p;
        }
    }
    for (uint32_t p = model->wildcard; p != XSD_NONE; p = model->positions[p].same)
        if (model_walk_expects(model, walk, p) &&
            wildcard_allows(model->positions[p].wildcard, ns))
            return p;
    return XSD_NONE;
}

/* Goes on behind position p, which is one that may come now. */
static inline void model_walk_advance(const struct model *model, struct model_walk *walk,
                                      uint32_t p)
{
    const struct position *position = &model->positions[p];
    if (model->counters) {
        model_count_step(model, walk, p, walk);
    } else if (model->moves) {
        walk->state = model->moves[(size_t)walk->state * model->n_chains + position->chain];
    } else if (position->max == 1) {
        walk->state = position->next;
    } else {
        walk->count = walk->position == p ? walk->count + (walk->count < XSD_UNBOUNDED) : 1;
        walk->state = walk->count < position->min   ? position->low
                      : walk->count < position->max ? position->next
                                                    : position->full;
    }
    walk->position = p;
}

/* How far the content has come as one pointer, where that can be said so: the same pointer, and
 * the same may come, and the same after it. It is the row of the state, or where the last
 * position counts, a byte of that position for each count. NULL where it is a longer story:
 * counters, xs:all, great counts. */
static inline const void *model_walk_state(const struct model *model,
                                           const struct model_walk *walk)
{
    const struct position *last =
        walk->position == XSD_NONE ? NULL : &model->positions[walk->position];
    if (model->all || model->counters)
        return NULL;
    if (model->moves || !last || last->max == 1)
        return model_row(model, walk->state);
    bool is_enough = last->max == XSD_UNBOUNDED && walk->count > last->min;
    uint32_t count = is_enough ? last->min : walk->count;
    return count < sizeof *last ? (const char *)last + count : NULL;
}

/* The first position from `from` on that may come now, or n_positions. */
static inline uint32_t model_walk_expected(const struct model *model,
                                           const struct model_walk *walk, uint32_t from)
{
    if (!model->counters)
        return model_next_bit(model_row(model, walk->state), from, model->n_positions);
    while (from < model->n_positions && !model_walk_expects(model, walk, from))
        from++;
    return from;
}

/* Whether the content may end here. */
static inline bool model_walk_may_end(const struct model *model, const struct model_walk *walk)
{
    return model->counters ? model_count_may_end(model, walk)
                           : model_bit(model_row(model, walk->state), model->n_positions);
}

#endif
