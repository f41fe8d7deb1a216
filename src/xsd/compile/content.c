/* SPDX-License-Identifier: MIT
 *
 * Content models from particles, after Glushkov: each element or wildcard as written (and each
 * copy of it that bounds call for) is a position; a state is the set of positions that may come
 * next. Built from the back: a particle is given the set that follows it and returns the set
 * that may start there, so a model of n positions has about n sets, and equal sets are one
 * state.
 *
 * An element or wildcard that may occur several times counts instead of being copied. Where a
 * count cannot be exact, because the same position may also come next by an outer repetition,
 * and where copies of one particle meet in a set, the model is built again with copies alone
 * and made deterministic by sets of positions. That two different particles meet is an error in
 * the schema
 * ("Unique Particle Attribution").
 */
#include "xsd/compile/compile.h"

#include <string.h>

#define MAX_POSITIONS 6000
#define MAX_STATES    6000
#define MAX_DEPTH     2000

struct model_builder {
    struct xsd_compiler *c;
    const struct particle *root;
    bool copies; /* nothing counts */
    uint32_t n;  /* positions */
    uint32_t words;
    uint32_t depth;
    struct position *positions;
    const struct particle **leaves; /* by position */
    uint32_t *origins;              /* by position: equal for copies */
    struct model_slot *slots;
    uint32_t mask;
    uint32_t wildcards; /* chain of wildcard positions */
    uint32_t n_chains;
    uint64_t **states;
    uint32_t n_states;
    uint32_t cap_states;
    uint32_t *index; /* of states by content */
    uint32_t index_mask;
    bool ambiguous; /* copies of one particle meet */
};

static bool is_leaf(const struct particle *p)
{
    return p->kind == PARTICLE_ELEMENT || p->kind == PARTICLE_WILDCARD;
}

static bool counts(const struct model_builder *b, const struct particle *p)
{
    if (b->copies || !is_leaf(p))
        return false;
    return p->max == XSD_UNBOUNDED ? p->min > 1 : p->max > 1;
}

static uint32_t n_copies(const struct model_builder *b, const struct particle *p)
{
    if (p->max == 0 || counts(b, p))
        return p->max != 0;
    if (p->max == XSD_UNBOUNDED)
        return p->min ? p->min : 1;
    return p->max;
}

/* Positions that one occurrence takes; p->size is for all its copies. */
static uint32_t measure(struct model_builder *b, struct particle *p)
{
    uint64_t once = 0;
    if (p->size_of_attempt == b->c->attempt)
        return p->size;
    if (b->depth++ > MAX_DEPTH)
        xsd_compile_decline(b->c, &p->location, "groups nested so deep");
    p->leaves = is_leaf(p);
    if (is_leaf(p))
        once = 1;
    for (uint32_t i = 0; i < p->children.n; i++) {
        struct particle *child = p->children.items[i];
        once += measure(b, child);
        p->leaves += child->leaves;
        if (child->kind == PARTICLE_ALL)
            xsd_compile_fail(b->c, &child->location, "cos-all-limited.1.2",
                             "an all group within a group");
    }
    b->depth--;
    once *= n_copies(b, p);
    if (once > MAX_POSITIONS)
        xsd_compile_decline(b->c, &p->location, "a content model with so many occurrences");
    p->size = (uint32_t)once;
    p->size_of_attempt = b->c->attempt;
    return p->size;
}

static uint64_t *new_set(struct model_builder *b)
{
    return xsd_compile_alloc_scratch(b->c, b->words * sizeof(uint64_t));
}

static void set_bit(uint64_t *set, uint32_t bit)
{
    set[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

static void add_set(const struct model_builder *b, uint64_t *set, const uint64_t *more)
{
    for (uint32_t i = 0; i < b->words; i++)
        set[i] |= more[i];
}

static const uint64_t *both_sets(struct model_builder *b, const uint64_t *x, const uint64_t *y)
{
    uint64_t *set = new_set(b);
    memcpy(set, x, b->words * sizeof *set);
    add_set(b, set, y);
    return set;
}

static uint32_t hash_set(const struct model_builder *b, const uint64_t *set)
{
    uint64_t hash = 0;
    for (uint32_t i = 0; i < b->words; i++) {
        hash = (hash ^ set[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return (uint32_t)(hash >> 20);
}

static void grow_index(struct model_builder *b)
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

static void grow_states(struct model_builder *b)
{
    uint32_t cap = b->cap_states ? b->cap_states * 2 : 16;
    uint64_t **states = xsd_compile_alloc_scratch(b->c, cap * sizeof *states);
    if (b->n_states)
        memcpy(states, b->states, b->n_states * sizeof *states);
    b->states = states;
    b->cap_states = cap;
}

/* The number of the state that is this set. */
static uint32_t state_of(struct model_builder *b, const uint64_t *set)
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
        xsd_compile_decline(b->c, &b->root->location, "a content model with so many states");
    b->index[at & b->index_mask] = b->n_states;
    b->states[b->n_states] = (uint64_t *)set;
    return b->n_states++;
}

static bool add_first(const struct model_builder *b, const struct particle *p, uint32_t base,
                      uint64_t *set);

/* Adds the positions that one occurrence may start with; whether it may be empty. */
static bool add_first_once(const struct model_builder *b, const struct particle *p,
                           uint32_t base, uint64_t *set)
{
    bool any = false;
    if (is_leaf(p)) {
        set_bit(set, base);
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

static bool add_first(const struct model_builder *b, const struct particle *p, uint32_t base,
                      uint64_t *set)
{
    uint32_t n = n_copies(b, p);
    bool empty = p->max == 0 || p->min == 0;
    for (uint32_t i = 0; i < n; i++)
        if (!add_first_once(b, p, base + p->size / n * i, set))
            return empty;
    return true;
}

static const uint64_t *build_particle(struct model_builder *b, const struct particle *p,
                                      uint32_t base, uint32_t origin, const uint64_t *follow);

static const uint64_t *build_leaf(struct model_builder *b, const struct particle *p,
                                  uint32_t base, uint32_t origin, const uint64_t *follow)
{
    struct position *position = &b->positions[base];
    uint64_t *self = new_set(b);
    set_bit(self, base);
    b->leaves[base] = p;
    b->origins[base] = origin;
    position->element = p->element;
    position->wildcard = p->wildcard;
    position->min = position->max = 1;
    position->next = state_of(b, follow);
    if (counts(b, p)) {
        position->min = p->min;
        position->max = p->max;
        position->full = position->next;
        position->low = state_of(b, self);
        if (p->min < p->max)
            position->next = state_of(b, both_sets(b, self, follow));
        /* By an outer loop, too: then the count does not say which occurrence it is. */
        b->ambiguous |= p->max != XSD_UNBOUNDED && model_bit(follow, base);
    }
    return self;
}

static const uint64_t *build_once(struct model_builder *b, const struct particle *p,
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
    uint64_t *choice = p->kind == PARTICLE_CHOICE ? new_set(b) : NULL;
    for (uint32_t i = p->children.n; i-- > 0;) {
        const struct particle *child = p->children.items[i];
        end -= child->size;
        origin_end -= child->leaves;
        const uint64_t *start = build_particle(b, child, end, origin_end, follow);
        if (choice)
            add_set(b, choice, start);
        else
            follow = start;
    }
    return choice ? choice : follow;
}

static const uint64_t *build_particle(struct model_builder *b, const struct particle *p,
                                      uint32_t base, uint32_t origin, const uint64_t *follow)
{
    uint32_t n = n_copies(b, p);
    if (!n)
        return follow;
    uint32_t each = p->size / n;
    const uint64_t *after = follow, *start = follow;
    if (p->max == XSD_UNBOUNDED && !counts(b, p)) {
        uint64_t *loop = new_set(b);
        add_first_once(b, p, base + (n - 1) * each, loop);
        add_set(b, loop, follow);
        after = loop;
    }
    for (uint32_t i = n; i-- > 0;) {
        start = build_once(b, p, base + i * each, origin, after);
        after = i >= p->min ? both_sets(b, start, follow) : start;
    }
    return p->min == 0 ? both_sets(b, start, follow) : start;
}

/* Chains the positions of one symbol, and the wildcards. */
static void chain_positions(struct model_builder *b)
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
        uint32_t symbol = position->element->name->id, at = symbol_slot(symbol);
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

static uint32_t chain_of_symbol(const struct model_builder *b, uint32_t symbol)
{
    for (uint32_t at = symbol_slot(symbol);; at++) {
        const struct model_slot *slot = &b->slots[at & b->mask];
        if (!slot->symbol)
            return XSD_NONE;
        if (slot->symbol == symbol)
            return slot->position;
    }
}

_Noreturn static void fail_ambiguous(struct model_builder *b, uint32_t x, uint32_t y)
{
    const struct position *position = &b->positions[x];
    if (!position->element)
        position = &b->positions[y];
    xsd_compile_fail(
        b->c, &b->leaves[x]->location, "cos-nonambig",
        "the content model is not deterministic: '%s' can be matched by two particles",
        position->element ? position->element->name->local : "any");
}

/* Two positions that match a common name must not be in one state, unless they are copies. */
static void meet(struct model_builder *b, uint32_t x, uint32_t y)
{
    if (b->origins[x] != b->origins[y])
        fail_ambiguous(b, x, y);
    b->ambiguous = true;
}

static bool element_meets(const struct element *element, const struct wildcard *wildcard)
{
    if (wildcard_allows(wildcard, element->name->ns))
        return true;
    for (uint32_t i = 0; i < element->n_members; i++)
        if (wildcard_allows(wildcard, element->members[i]->name->ns))
            return true;
    return false;
}

/* Calls for each bit of a set below `n`, in `bit`. */
#define FOR_EACH_BIT(bit, set, n)                                                              \
    for (uint32_t bit = next_bit(set, 0, n); bit < (n); bit = next_bit(set, bit + 1, n))

static uint32_t next_bit(const uint64_t *set, uint32_t from, uint32_t n)
{
    while (from < n) {
        uint64_t rest = set[from >> 6] >> (from & 63);
        if (rest)
            return from + (uint32_t)__builtin_ctzll(rest);
        from = (from | 63) + 1;
    }
    return n;
}

/* The position of each chain in the state at hand; `state` says whether it is of that state. */
struct holder {
    uint32_t state;
    uint32_t position;
};

static void check_heads(struct model_builder *b, const struct holder *holders, uint32_t state,
                        uint32_t x)
{
    const struct element *element = b->positions[x].element;
    for (uint32_t i = 0; i < element->n_heads; i++) {
        uint32_t y = chain_of_symbol(b, element->heads[i]->name->id);
        if (y == XSD_NONE)
            continue;
        const struct holder *holder = &holders[b->positions[y].chain];
        if (holder->state == state && b->positions[holder->position].element->global)
            meet(b, x, holder->position);
    }
}

static void check_wildcard(struct model_builder *b, const uint64_t *set, uint32_t x)
{
    const struct wildcard *wildcard = b->positions[x].wildcard;
    FOR_EACH_BIT(y, set, b->n)
    {
        const struct position *other = &b->positions[y];
        if (y != x && (other->element ? element_meets(other->element, wildcard)
                                      : wildcard_meet(other->wildcard, wildcard)))
            meet(b, x, y);
    }
}

static void check_state(struct model_builder *b, struct holder *holders, uint32_t state)
{
    const uint64_t *set = b->states[state];
    FOR_EACH_BIT(x, set, b->n)
    {
        struct holder *holder = &holders[b->positions[x].chain];
        if (holder->state == state)
            meet(b, x, holder->position);
        *holder = (struct holder){state, x};
    }
    FOR_EACH_BIT(x, set, b->n)
    {
        if (b->positions[x].element)
            check_heads(b, holders, state, x);
        else
            check_wildcard(b, set, x);
    }
}

static void check_determinism(struct model_builder *b)
{
    bool alone = b->n_chains == b->n && b->wildcards == XSD_NONE;
    for (uint32_t x = 0; x < b->n; x++) {
        const struct element *element = b->positions[x].element;
        uint32_t y = b->positions[x].same;
        if (element && y != XSD_NONE && b->positions[y].element->type != element->type)
            xsd_compile_fail(b->c, &b->leaves[x]->location, "cos-element-consistent",
                             "two elements '%s' of different types", element->name->local);
        alone = alone && !element->n_heads;
    }
    if (alone) /* no name is matched by two positions */
        return;
    struct holder *holders = xsd_compile_alloc_scratch(b->c, b->n_chains * sizeof *holders);
    memset(holders, 0xff, b->n_chains * sizeof *holders);
    for (uint32_t state = 0; state < b->n_states; state++)
        check_state(b, holders, state);
}

/* Sets of positions after sets of positions, where copies meet. Wildcards that are copies of
 * one another have chains of their own, so their moves are united here. */
static uint32_t move(struct model_builder *b, uint64_t *const *follow, uint32_t state,
                     uint32_t x, uint64_t **spare)
{
    const uint64_t *set = b->states[state];
    uint64_t *next = *spare ? *spare : new_set(b);
    memcpy(next, follow[b->positions[x].next], b->words * sizeof *next);
    for (uint32_t y = next_bit(set, x + 1, b->n); y < b->n; y = next_bit(set, y + 1, b->n)) {
        if (b->origins[x] == b->origins[y])
            add_set(b, next, follow[b->positions[y].next]);
        else if (b->positions[x].chain == b->positions[y].chain)
            fail_ambiguous(b, x, y);
    }
    uint32_t before = b->n_states;
    uint32_t after = state_of(b, next);
    *spare = b->n_states == before ? next : NULL;
    return after;
}

/* From the sets that follow positions to the sets that can be reached from `start`, which
 * becomes state 0. */
static uint32_t *make_moves(struct model_builder *b, uint32_t start)
{
    struct xsd_compiler *c = b->c;
    uint64_t *const *follow = b->states;
    b->states = NULL;
    b->index = NULL;
    b->n_states = b->cap_states = 0;
    state_of(b, follow[start]);
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
        FOR_EACH_BIT(x, b->states[state], b->n)
        {
            uint32_t *to = &row[b->positions[x].chain];
            if (*to == XSD_NONE)
                *to = move(b, follow, state, x, &spare);
        }
    }
    return moves;
}

static struct model *copy_model(struct model_builder *b, uint32_t start, const uint32_t *moves)
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

static void begin(struct model_builder *b, struct xsd_compiler *c, struct particle *particle,
                  bool copies)
{
    *b = (struct model_builder){.c = c, .root = particle, .copies = copies};
    arena_reset(&c->scratch);
    c->attempt++;
    b->n = particle->kind == PARTICLE_ALL ? particle->children.n : measure(b, particle);
    b->words = b->n / 64 + 1;
    b->positions = xsd_compile_alloc_scratch(c, b->n * sizeof *b->positions);
    b->leaves = xsd_compile_alloc_scratch(c, b->n * sizeof *b->leaves);
    b->origins = xsd_compile_alloc_scratch(c, b->n * sizeof *b->origins);
}

/* xs:all: one state, all positions in it; the required ones are its row. */
static const struct model *make_all(struct xsd_compiler *c, struct particle *particle)
{
    struct model_builder b;
    begin(&b, c, particle, false);
    uint64_t *all = new_set(&b);
    uint64_t *required = new_set(&b);
    for (uint32_t i = 0; i < b.n; i++) {
        const struct particle *child = particle->children.items[i];
        b.leaves[i] = child;
        b.origins[i] = i;
        b.positions[i] = (struct position){.element = child->element, .min = 1, .max = 1};
        set_bit(all, i);
        if (child->min)
            set_bit(required, i);
    }
    uint32_t start = state_of(&b, all);
    chain_positions(&b);
    check_determinism(&b);
    memcpy(b.states[start], required, b.words * sizeof *required);
    struct model *model = copy_model(&b, start, NULL);
    model->all = true;
    model->optional = particle->min == 0;
    return model;
}

const struct model *content_make_model(struct xsd_compiler *c, struct particle *particle)
{
    struct model_builder b;
    if (particle->model)
        return particle->model;
    if (particle->kind == PARTICLE_ALL)
        return particle->model = make_all(c, particle);
    uint32_t start = 0;
    for (int copies = 0; copies < 2; copies++) {
        begin(&b, c, particle, copies);
        uint64_t *end = new_set(&b);
        set_bit(end, b.n);
        start = state_of(&b, build_particle(&b, particle, 0, 0, end));
        chain_positions(&b);
        check_determinism(&b);
        if (!b.ambiguous)
            break;
    }
    const uint32_t *moves = b.ambiguous ? make_moves(&b, start) : NULL;
    return particle->model = copy_model(&b, moves ? 0 : start, moves);
}
