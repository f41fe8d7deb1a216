/* SPDX-License-Identifier: MIT
 *
 * The positions of a content model, after Glushkov. Built from the back: a particle is given
 * the set of positions that follows it and returns the set that may start there, so a model of
 * n positions has about n sets.
 */
#include "xsd/compile/content_builder.h"

#include <string.h>

#define MAX_DEPTH 2000

static bool is_leaf(const struct particle *p)
{
    return p->kind == PARTICLE_ELEMENT || p->kind == PARTICLE_WILDCARD;
}

static bool counts(const struct content_builder *b, const struct particle *p)
{
    if (b->style != CONTENT_LEAVES_COUNT || !is_leaf(p))
        return false;
    return p->max == XSD_UNBOUNDED ? p->min > 1 : p->max > 1;
}

static uint32_t n_copies(const struct content_builder *b, const struct particle *p)
{
    if (p->max == 0 || counts(b, p) || b->style == CONTENT_COUNTERS)
        return p->max != 0;
    if (p->max == XSD_UNBOUNDED)
        return p->min ? p->min : 1;
    return p->max;
}

uint32_t content_measure(struct content_builder *b, struct particle *p)
{
    uint64_t once = 0;
    if (p->size_of_attempt == b->c->attempt)
        return p->size;
    if (b->depth++ > MAX_DEPTH)
        xsd_compile_decline(b->c, &p->location, "groups nested more than %d deep", MAX_DEPTH);
    p->leaves = is_leaf(p);
    if (is_leaf(p))
        once = 1;
    for (uint32_t i = 0; i < p->children.n; i++) {
        struct particle *child = p->children.items[i];
        once += content_measure(b, child);
        p->leaves += child->leaves;
        if (child->kind == PARTICLE_ALL)
            xsd_compile_fail(b->c, &child->location, "cos-all-limited.1.2",
                             "an all group within a group");
    }
    b->depth--;
    once *= n_copies(b, p);
    p->size = once > CONTENT_MAX_POSITIONS ? CONTENT_MAX_POSITIONS + 1 : (uint32_t)once;
    p->size_of_attempt = b->c->attempt;
    return p->size;
}

static const uint64_t *both_sets(struct content_builder *b, const uint64_t *x,
                                 const uint64_t *y)
{
    uint64_t *set = content_new_set(b);
    memcpy(set, x, b->words * sizeof *set);
    content_add_set(b, set, y);
    return set;
}

static bool add_first(const struct content_builder *b, const struct particle *p, uint32_t base,
                      uint64_t *set);

/* Adds the positions that one occurrence may start with; true where it may be empty. */
static bool add_first_once(const struct content_builder *b, const struct particle *p,
                           uint32_t base, uint64_t *set)
{
    bool any = false;
    if (is_leaf(p)) {
        content_set_bit(set, base);
        return false;
    }
    for (uint32_t i = 0; i < p->children.n; i++) {
        const struct particle *child = p->children.items[i];
        bool empty = add_first(b, child, base, set);
        base += child->size;
        if (p->kind == PARTICLE_CHOICE)
            any |= empty;
        else if (!empty)
            return false;
    }
    return p->kind == PARTICLE_CHOICE ? any : true;
}

static bool add_first(const struct content_builder *b, const struct particle *p, uint32_t base,
                      uint64_t *set)
{
    uint32_t n = n_copies(b, p);
    bool empty = p->max == 0 || p->min == 0;
    for (uint32_t i = 0; i < n; i++)
        if (!add_first_once(b, p, base + p->size / n * i, set))
            return empty;
    return true;
}

static const uint64_t *build_particle(struct content_builder *b, const struct particle *p,
                                      uint32_t base, uint32_t origin, const uint64_t *follow);

static const uint64_t *build_leaf(struct content_builder *b, const struct particle *p,
                                  uint32_t base, uint32_t origin, const uint64_t *follow)
{
    struct position *position = &b->positions[base];
    uint64_t *self = content_new_set(b);
    content_set_bit(self, base);
    b->leaves[base] = p;
    b->origins[base] = origin;
    b->counter_of[base] = b->counter;
    position->element = p->element;
    position->wildcard = p->wildcard;
    position->min = position->max = 1;
    position->next = content_state_of(b, follow);
    if (counts(b, p)) {
        position->min = p->min;
        position->max = p->max;
        position->full = position->next;
        position->low = content_state_of(b, self);
        if (p->min < p->max)
            position->next = content_state_of(b, both_sets(b, self, follow));
        /* Where an outer repetition leads back here, the count is not of this occurrence. */
        b->ambiguous |= p->max != XSD_UNBOUNDED && model_bit(follow, base);
    }
    return self;
}

static const uint64_t *build_once(struct content_builder *b, const struct particle *p,
                                  uint32_t base, uint32_t origin, const uint64_t *follow)
{
    if (is_leaf(p))
        return build_leaf(b, p, base, origin, follow);
    uint32_t end = base, origin_end = origin;
    for (uint32_t i = 0; i < p->children.n; i++) {
        const struct particle *child = p->children.items[i];
        end += child->size;
        origin_end += child->leaves;
    }
    uint64_t *choice = p->kind == PARTICLE_CHOICE ? content_new_set(b) : NULL;
    for (uint32_t i = p->children.n; i-- > 0;) {
        const struct particle *child = p->children.items[i];
        end -= child->size;
        origin_end -= child->leaves;
        const uint64_t *start = build_particle(b, child, end, origin_end, follow);
        if (choice)
            content_add_set(b, choice, start);
        else
            follow = start;
    }
    return choice ? choice : follow;
}

static const uint64_t *build_particle(struct content_builder *b, const struct particle *p,
                                      uint32_t base, uint32_t origin, const uint64_t *follow)
{
    uint32_t n = n_copies(b, p);
    if (!n)
        return follow;
    if (content_is_counted(b, p)) {
        const uint64_t *end = content_open_counter(b, p, base, follow);
        return content_close_counter(b, build_once(b, p, base, origin, end));
    }
    uint32_t each = p->size / n;
    const uint64_t *after = follow, *start = follow;
    if (p->max == XSD_UNBOUNDED && !counts(b, p)) {
        uint64_t *loop = content_new_set(b);
        add_first_once(b, p, base + (n - 1) * each, loop);
        content_add_set(b, loop, follow);
        after = loop;
    }
    for (uint32_t i = n; i-- > 0;) {
        start = build_once(b, p, base + i * each, origin, after);
        after = i >= p->min ? both_sets(b, start, follow) : start;
    }
    return p->min == 0 ? both_sets(b, start, follow) : start;
}

const uint64_t *content_make_positions(struct content_builder *b, const struct particle *p,
                                       const uint64_t *follow)
{
    return build_particle(b, p, 0, 0, follow);
}

void content_chain_positions(struct content_builder *b)
{
    uint32_t size = 2;
    while (size < b->n * 2)
        size *= 2;
    b->slots = xsd_compile_alloc_scratch(b->c, size * sizeof *b->slots);
    b->mask = size - 1;
    b->wildcards = XSD_NONE;
    for (uint32_t i = b->n; i-- > 0;) {
        struct position *position = &b->positions[i];
        position->same = XSD_NONE;
        if (!position->element) {
            position->same = b->wildcards;
            position->chain = b->n_chains++;
            b->wildcards = i;
            continue;
        }
        uint32_t symbol = position->element->name->id, at = names_slot(symbol);
        while (b->slots[at & b->mask].symbol && b->slots[at & b->mask].symbol != symbol)
            at++;
        struct model_slot *slot = &b->slots[at & b->mask];
        if (slot->symbol) {
            position->same = slot->position;
            position->chain = b->positions[slot->position].chain;
        } else {
            position->chain = b->n_chains++;
        }
        *slot = (struct model_slot){symbol, i};
    }
}
