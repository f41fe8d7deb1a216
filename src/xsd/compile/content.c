/* SPDX-License-Identifier: MIT
 *
 * The tables of a content model. Each element or wildcard as written (and each copy of it that
 * bounds call for) is a position; a state is the set of positions that may come next.
 *
 * An element or wildcard that may occur several times counts instead of being copied.
 * Sometimes a count cannot be exact, because the same position may also come next by an outer
 * repetition, and sometimes copies of one particle meet in a state. Then the model is built
 * again with copies alone and made deterministic: states are then the sets that can be
 * reached.
 */
#include "xsd/compile/content.h"

#include "xsd/compile/content_builder.h"

#include <string.h>

/* Sets of positions after sets of positions, where copies meet. Wildcards that are copies of
 * one another have chains of their own, so their moves are united here. */
static uint32_t move(struct content_builder *b, uint64_t *const *follow, uint32_t state,
                     uint32_t x, uint64_t **spare)
{
    const uint64_t *set = b->states[state];
    uint64_t *next = *spare ? *spare : content_new_set(b);
    xsd_compile_tick(b->c);
    memcpy(next, follow[b->positions[x].next], b->words * sizeof *next);
    for (uint32_t y = model_next_bit(set, x + 1, b->n); y < b->n;
         y = model_next_bit(set, y + 1, b->n)) {
        if (b->origins[x] == b->origins[y])
            content_add_set(b, next, follow[b->positions[y].next]);
        else if (b->positions[x].chain == b->positions[y].chain)
            content_fail_ambiguous(b, x, y);
    }
    uint32_t before = b->n_states;
    uint32_t after = content_state_of(b, next);
    *spare = b->n_states == before ? next : NULL;
    return after;
}

/* From the sets that follow positions to the sets that can be reached from `start`, which
 * becomes state 0. */
static uint32_t *make_moves(struct content_builder *b, uint32_t start)
{
    struct xsd_compiler *c = b->c;
    uint64_t *const *follow = b->states;
    b->states = NULL;
    b->index = NULL;
    b->n_states = b->cap_states = 0;
    content_state_of(b, follow[start]);
    uint32_t cap = 0;
    uint32_t *moves = NULL;
    uint64_t *spare = NULL;
    for (uint32_t state = 0; state < b->n_states; state++) {
        if (state >= cap) {
            uint32_t more = cap ? cap * 2 : 64;
            uint32_t *grown =
                xsd_compile_alloc_scratch(c, (size_t)more * b->n_chains * sizeof *grown);
            if (cap)
                memcpy(grown, moves, (size_t)cap * b->n_chains * sizeof *grown);
            moves = grown;
            cap = more;
        }
        uint32_t *row = &moves[(size_t)state * b->n_chains];
        memset(row, 0xff, b->n_chains * sizeof *row);
        CONTENT_FOR_EACH_BIT(x, b->states[state], b->n)
        {
            uint32_t *to = &row[b->positions[x].chain];
            if (*to == XSD_NONE)
                *to = move(b, follow, state, x, &spare);
        }
    }
    return moves;
}

/* Where sets move, what follows a position depends on the state before it: `next` is what
 * follows in the first state that has the position. */
static void set_next(const struct content_builder *b, struct position *positions,
                     const uint32_t *moves)
{
    for (uint32_t x = 0; x < b->n; x++)
        positions[x].next = XSD_NONE;
    for (uint32_t state = 0; state < b->n_states; state++)
        CONTENT_FOR_EACH_BIT(x, b->states[state], b->n)
        {
            xsd_compile_tick(b->c);
            if (positions[x].next == XSD_NONE)
                positions[x].next = moves[(size_t)state * b->n_chains + positions[x].chain];
        }
}

static struct model *copy_model(struct content_builder *b, uint32_t start,
                                const uint32_t *moves)
{
    struct xsd_compiler *c = b->c;
    struct model *model = xsd_compile_alloc(c, sizeof *model);
    struct position *positions = xsd_compile_alloc(c, b->n * sizeof *positions);
    struct model_slot *slots = xsd_compile_alloc(c, (b->mask + 1) * sizeof *slots);
    uint64_t *rows = xsd_compile_alloc(c, (size_t)b->n_states * b->words * sizeof *rows);
    if (b->n)
        memcpy(positions, b->positions, b->n * sizeof *positions);
    memcpy(slots, b->slots, (b->mask + 1) * sizeof *slots);
    for (uint32_t i = 0; i < b->n_states; i++)
        memcpy(rows + (size_t)i * b->words, b->states[i], b->words * sizeof *rows);
    if (moves) {
        size_t size = (size_t)b->n_states * b->n_chains * sizeof *moves;
        model->moves = memcpy(xsd_compile_alloc(c, size), moves, size);
        set_next(b, positions, moves);
    }
    model->positions = positions;
    model->slots = slots;
    model->rows = rows;
    model->mask = b->mask;
    model->wildcard = b->wildcards;
    model->n_positions = b->n;
    model->n_chains = b->n_chains;
    model->n_states = b->n_states;
    model->words = b->words;
    model->start = start;
    return model;
}

static void begin(struct content_builder *b, struct xsd_compiler *c, struct particle *particle,
                  bool copies)
{
    *b = (struct content_builder){.c = c, .root = particle, .copies = copies};
    arena_reset(&c->scratch);
    c->attempt++;
    b->n = particle->kind == PARTICLE_ALL ? particle->children.n : content_measure(b, particle);
    b->words = b->n / 64 + 1;
    b->positions = xsd_compile_alloc_scratch(c, b->n * sizeof *b->positions);
    b->leaves = xsd_compile_alloc_scratch(c, b->n * sizeof *b->leaves);
    b->origins = xsd_compile_alloc_scratch(c, b->n * sizeof *b->origins);
}

/* xs:all: one state that has all positions; its row has the required ones. */
static const struct model *make_all(struct xsd_compiler *c, struct particle *particle)
{
    struct content_builder b;
    begin(&b, c, particle, false);
    uint64_t *all = content_new_set(&b);
    uint64_t *required = content_new_set(&b);
    for (uint32_t i = 0; i < b.n; i++) {
        const struct particle *child = particle->children.items[i];
        b.leaves[i] = child;
        b.origins[i] = i;
        b.positions[i] = (struct position){.element = child->element, .min = 1, .max = 1};
        content_set_bit(all, i);
        if (child->min)
            content_set_bit(required, i);
    }
    uint32_t start = content_state_of(&b, all);
    content_chain_positions(&b);
    content_check_determinism(&b);
    memcpy(b.states[start], required, b.words * sizeof *required);
    struct model *model = copy_model(&b, start, NULL);
    model->all = true;
    model->optional = particle->min == 0;
    return model;
}

const struct model *content_make_model(struct xsd_compiler *c, struct particle *particle)
{
    struct content_builder b;
    if (particle->model)
        return particle->model;
    if (particle->kind == PARTICLE_ALL)
        return particle->model = make_all(c, particle);
    uint32_t start = 0;
    for (int copies = 0; copies < 2; copies++) {
        begin(&b, c, particle, copies);
        uint64_t *end = content_new_set(&b);
        content_set_bit(end, b.n);
        start = content_state_of(&b, content_make_positions(&b, particle, end));
        content_chain_positions(&b);
        content_check_determinism(&b);
        if (!b.ambiguous)
            break;
    }
    const uint32_t *moves = b.ambiguous ? make_moves(&b, start) : NULL;
    return particle->model = copy_model(&b, moves ? 0 : start, moves);
}
