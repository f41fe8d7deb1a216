/* SPDX-License-Identifier: MIT
 *
 * The tables of a content model. Each element or wildcard as written (and each copy of it that
 * bounds call for) is a position; a state is the set of positions that may come next.
 *
 * An element or wildcard that may occur several times counts instead of being copied.
 * Sometimes a count cannot be exact, because the same position may also come next by an outer
 * repetition, and sometimes positions that match one child meet in a state: copies of one
 * particle, or particles against the rule that they must not. Then the model is built again
 * with copies alone and made deterministic: states are then the sets that can be reached.
 *
 * Where all that takes too many positions, nothing is copied and all repetitions are counted as
 * a document is read (content_counter.c).
 */
#include "xsd/compile/content.h"

#include "xsd/compile/content_builder.h"

#include <string.h>

/* From a state by a child that is attributed to x. */
static uint32_t move(struct content_builder *b, uint64_t *const *follow, uint32_t state,
                     uint32_t x, uint64_t **spare)
{
    uint64_t *next = *spare ? *spare : content_new_set(b);
    xsd_compile_tick(b->c);
    struct content_step step = {b->states[state], next, follow};
    memset(next, 0, b->words * sizeof *next);
    content_take_step(b, &step, x);
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
    if (b->style == CONTENT_COUNTERS) {
        size_t size = b->n_counters * sizeof *b->counters;
        struct model_counter *counters = xsd_compile_alloc(c, size + 1);
        uint32_t *counter_of = xsd_compile_alloc(c, b->n * sizeof *counter_of);
        if (b->n_counters)
            memcpy(counters, b->counters, size);
        memcpy(counter_of, b->counter_of, b->n * sizeof *counter_of);
        model->counters = counters;
        model->counter_of = counter_of;
        model->n_counters = b->n_counters;
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

/* False where it has too many positions. */
static bool begin(struct content_builder *b, struct xsd_compiler *c, struct particle *particle,
                  enum content_style style)
{
    *b =
        (struct content_builder){.c = c, .root = particle, .style = style, .counter = XSD_NONE};
    arena_reset(&c->scratch);
    c->attempt++;
    b->n = particle->kind == PARTICLE_ALL ? particle->children.n : content_measure(b, particle);
    if (b->n > CONTENT_MAX_POSITIONS)
        return false;
    b->words = b->n / 64 + 1;
    b->positions = xsd_compile_alloc_scratch(c, b->n * sizeof *b->positions);
    b->leaves = xsd_compile_alloc_scratch(c, b->n * sizeof *b->leaves);
    b->origins = xsd_compile_alloc_scratch(c, b->n * sizeof *b->origins);
    b->counter_of = xsd_compile_alloc_scratch(c, b->n * sizeof *b->counter_of);
    return true;
}

/* xs:all: one state that has all positions; its row has the required ones. */
static const struct model *make_all(struct xsd_compiler *c, struct particle *particle)
{
    struct content_builder b;
    if (!begin(&b, c, particle, CONTENT_LEAVES_COUNT))
        xsd_compile_decline(c, &particle->location, "an all group of more than %d elements",
                            CONTENT_MAX_POSITIONS);
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

/* The state that the content starts with. */
static uint32_t build(struct content_builder *b, const struct particle *particle)
{
    uint64_t *end = content_new_set(b);
    content_set_bit(end, b->n);
    uint32_t start = content_state_of(b, content_make_positions(b, particle, end));
    if (b->style == CONTENT_COUNTERS)
        content_finish_counters(b);
    content_chain_positions(b);
    content_check_determinism(b);
    return start;
}

const struct model *content_make_model(struct xsd_compiler *c, struct particle *particle)
{
    struct content_builder b;
    if (particle->model)
        return particle->model;
    if (particle->kind == PARTICLE_ALL)
        return particle->model = make_all(c, particle);
    bool fits = begin(&b, c, particle, CONTENT_LEAVES_COUNT);
    uint32_t start = fits ? build(&b, particle) : 0;
    if (fits && !b.ambiguous)
        return particle->model = copy_model(&b, start, NULL);
    if (fits && begin(&b, c, particle, CONTENT_COPIES)) {
        start = build(&b, particle);
        const uint32_t *moves = make_moves(&b, start);
        return particle->model = copy_model(&b, 0, moves);
    }
    if (!begin(&b, c, particle, CONTENT_COUNTERS))
        xsd_compile_decline(c, &particle->location,
                            "a content model of more than %d elements and wildcards",
                            CONTENT_MAX_POSITIONS);
    start = build(&b, particle);
    return particle->model = copy_model(&b, start, NULL);
}
