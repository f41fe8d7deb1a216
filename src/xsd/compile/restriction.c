/* SPDX-License-Identifier: MIT
 *
 * The content of a type derived by restriction must not take what its base does not take. Both
 * content models are walked side by side, from state to state; where the restriction has a step
 * that the base has not, the schema is wrong.
 *
 * The Recommendation's own rules (rcase-*) compare the particles as they are written and refuse
 * more: also some restrictions that take a subset. They are asked first, for that is quick and
 * what they let pass takes one, and decide alone where the models have too many states.
 */
#include "xsd/compile/content.h"
#include "xsd/model_walk.h"

#include <string.h>

#define MAX_PAIRS 20000
#define MAX_STEPS 4000000
#define MAX_ALL   32 /* elements of an xs:all, whose state here is the set of those seen */

enum restriction_outcome { IS_WITHIN, IS_WIDER, IS_UNKNOWN };

struct particle_pair {
    struct model_walk sub;
    struct model_walk base;
};

struct comparison {
    struct xsd_compiler *c;
    const struct location *location;
    const char *rule; /* what is broken where no other rule says more */
    const struct model *sub;
    const struct model *base;
    struct particle_pair
        *pairs;      /* all found so far, in the order in which they are looked at */
    uint32_t *slots; /* number of a pair + 1, by its hash; 0: free. Twice `cap`. */
    uint32_t n;
    uint32_t cap;
    uint32_t steps;
    bool is_full; /* there are more pairs or steps than are looked at */
};

/* Returns false: the comparison ends here. */
static bool is_wider(const struct comparison *x, const char *rule, const char *what,
                     const char *name)
{
    xsd_compile_warn(
        x->c, x->location, rule,
        "the restriction is wider than its base type: %s%s%s%s; " XSD_RESTRICTION_STANDS, what,
        name ? " '" : "", name ? name : "", name ? "'" : "");
    return false;
}

static struct model_walk start_of(const struct model *model)
{
    return (struct model_walk){.state = model->all ? 0 : model->start, .position = XSD_NONE};
}

static bool is_next(const struct model *model, const struct model_walk *walk, uint32_t p)
{
    return model->all ? !(walk->state >> p & 1) : model_walk_expects(model, walk, p);
}

static void go(const struct model *model, struct model_walk *walk, uint32_t p)
{
    if (model->all)
        walk->state |= UINT32_C(1) << p;
    else
        model_walk_advance(model, walk, p);
}

static bool ends(const struct model *model, const struct model_walk *walk)
{
    if (!model->all)
        return model_walk_may_end(model, walk);
    return (model->optional && !walk->state) || !((uint32_t)model->rows[0] & ~walk->state);
}

static uint32_t match(const struct xsd *xsd, const struct model *model,
                      const struct model_walk *walk, const struct element *element)
{
    if (!model->all)
        return model_walk_next(xsd, model, walk, element->name->id, element->name->ns);
    for (uint32_t p = 0; p < model->n_positions; p++) {
        const struct element *head = model->positions[p].element;
        bool fits = head->name == element->name;
        for (uint32_t i = 0; element->global && !fits && i < element->n_heads; i++)
            fits = element->heads[i] == head;
        if (fits && is_next(model, walk, p))
            return p;
    }
    return XSD_NONE;
}

/* With the counts of the counters that go on, and no others. */
static struct model_walk canonical_counts(const struct model *model, struct model_walk walk)
{
    uint32_t c = walk.position == XSD_NONE ? XSD_NONE : model->counter_of[walk.position];
    for (uint32_t i = c == XSD_NONE ? 0 : model->counters[c].depth + 1; i < MODEL_DEPTH; i++)
        walk.counts[i] = 0;
    return walk;
}

/* Without what has no influence on later steps, so that equal pairs are found equal. */
static struct model_walk canonical(const struct model *model, struct model_walk walk)
{
    if (model->counters)
        return canonical_counts(model, walk);
    if (model->all || model->moves || walk.position == XSD_NONE ||
        model->positions[walk.position].max == 1)
        return (struct model_walk){.state = walk.state, .position = XSD_NONE};
    const struct position *position = &model->positions[walk.position];
    uint32_t most = position->max == XSD_UNBOUNDED ? position->min : position->max;
    if (walk.count > most)
        walk.count = most;
    return walk;
}

static uint64_t hash_walk(const struct model *model, const struct model_walk *walk,
                          uint64_t hash)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ ((uint64_t)walk->state << 32 | walk->count)) * odd;
    hash = (hash ^ hash >> 32 ^ walk->position) * odd;
    for (uint32_t i = 0; model->counters && i < MODEL_DEPTH; i++)
        hash = (hash ^ hash >> 32 ^ walk->counts[i]) * odd;
    return hash ^ hash >> 32;
}

/* The slot that has the pair, or is free for it. */
static uint32_t *find_slot(const struct comparison *x, const struct particle_pair *pair)
{
    uint64_t hash = hash_walk(x->base, &pair->base, hash_walk(x->sub, &pair->sub, 0));
    for (uint64_t at = hash;; at++) {
        uint32_t *slot = &x->slots[at & (2 * x->cap - 1)];
        if (!*slot || memcmp(&x->pairs[*slot - 1], pair, sizeof *pair) == 0)
            return slot;
    }
}

static void grow_pairs(struct comparison *x)
{
    struct particle_pair *before = x->pairs;
    x->cap = x->cap ? x->cap * 2 : 32;
    x->pairs = xsd_compile_alloc_scratch(x->c, x->cap * sizeof *x->pairs);
    x->slots = xsd_compile_alloc_scratch(x->c, 2 * x->cap * sizeof *x->slots);
    for (uint32_t i = 0; i < x->n; i++) {
        x->pairs[i] = before[i];
        *find_slot(x, &before[i]) = i + 1;
    }
}

static bool add_pair(struct comparison *x, struct model_walk sub, struct model_walk base)
{
    struct particle_pair pair = {canonical(x->sub, sub), canonical(x->base, base)};
    if (x->n == MAX_PAIRS) {
        x->is_full = true;
        return false;
    }
    if (x->n == x->cap)
        grow_pairs(x);
    uint32_t *slot = find_slot(x, &pair);
    if (!*slot) {
        x->pairs[x->n++] = pair;
        *slot = x->n;
    }
    return true;
}

/* Both models take the element `sub`, which the restriction allows at its position p. */
static bool step(struct comparison *x, const struct particle_pair *pair, uint32_t p,
                 const struct element *sub)
{
    struct model_walk next = pair->sub, base_next = pair->base;
    uint32_t q = match(x->c->xsd, x->base, &pair->base, sub);
    if (q == XSD_NONE)
        return is_wider(x, x->rule, "element", sub->name->local);
    const struct element *base = x->base->positions[q].element;
    if (base && base->name != sub->name) /* the head of a group that one of this name is in */
        base = x->c->xsd->names.by_id[sub->name->id]->element;
    const char *what;
    const char *broken = base ? restriction_of_element(sub, base, &what) : NULL;
    if (broken)
        return is_wider(x, broken, what, sub->name->local);
    go(x->sub, &next, p);
    go(x->base, &base_next, q);
    return add_pair(x, next, base_next);
}

static bool step_element(struct comparison *x, const struct particle_pair *pair, uint32_t p)
{
    const struct element *sub = x->sub->positions[p].element;
    if (!sub->abstract && !step(x, pair, p, sub))
        return false;
    for (uint32_t i = 0; sub->global && i < sub->n_members; i++)
        if (!sub->members[i]->abstract && !step(x, pair, p, sub->members[i]))
            return false;
    return true;
}

static bool step_wildcard(struct comparison *x, const struct particle_pair *pair, uint32_t p)
{
    const struct wildcard *sub = x->sub->positions[p].wildcard;
    struct model_walk next = pair->sub, base_next = pair->base;
    for (uint32_t q = x->base->wildcard; q != XSD_NONE; q = x->base->positions[q].same) {
        const struct wildcard *base = x->base->positions[q].wildcard;
        if (!is_next(x->base, &pair->base, q) || !wildcard_within(sub, base) ||
            sub->process_contents > base->process_contents)
            continue;
        go(x->sub, &next, p);
        go(x->base, &base_next, q);
        return add_pair(x, next, base_next);
    }
    return is_wider(x, x->rule, "a wildcard", NULL);
}

static bool walk_pairs(struct comparison *x)
{
    for (uint32_t done = 0; done < x->n; done++) {
        struct particle_pair pair = x->pairs[done];
        if (ends(x->sub, &pair.sub) && !ends(x->base, &pair.base))
            return is_wider(x, x->rule, "it may end where the base may not", NULL);
        for (uint32_t p = 0; p < x->sub->n_positions; p++) {
            xsd_compile_tick(x->c);
            bool comes = is_next(x->sub, &pair.sub, p);
            x->steps += comes || x->sub->counters; /* which take a while to be asked */
            x->is_full |= x->steps > MAX_STEPS;
            if (x->is_full ||
                (comes && !(x->sub->positions[p].element ? step_element(x, &pair, p)
                                                         : step_wildcard(x, &pair, p))))
                return false;
        }
    }
    return true;
}

static bool is_comparable(const struct model *model)
{
    return !model->all || model->n_positions <= MAX_ALL;
}

static enum restriction_outcome compare_models(struct comparison *x)
{
    if (!is_comparable(x->sub) || !is_comparable(x->base))
        return IS_UNKNOWN;
    arena_reset(&x->c->scratch);
    if (add_pair(x, start_of(x->sub), start_of(x->base)) && walk_pairs(x))
        return IS_WITHIN;
    return x->is_full ? IS_UNKNOWN : IS_WIDER;
}

/* Whether a choice of nothing has to come in it: no content has that, though by its effective
 * total range (3.8.6), by which particles are compared, it may be left out. */
static bool has_void(const struct particle *particle)
{
    bool found = particle->kind == PARTICLE_CHOICE && !particle->children.n && particle->min;
    for (uint32_t i = 0; !found && i < particle->children.n; i++)
        found = has_void(particle->children.items[i]);
    return found;
}

static void compare(struct xsd_compiler *c, const struct location *location, const char *rule,
                    struct particle *sub, struct particle *base)
{
    struct comparison x = {.c = c,
                           .location = location,
                           .rule = rule,
                           .sub = content_make_model(c, sub),
                           .base = content_make_model(c, base)};
    const char *broken = x.sub == x.base ? NULL : restriction_of_particle(c, sub, base);
    enum restriction_outcome outcome =
        broken || (x.sub != x.base && has_void(base)) ? compare_models(&x) : IS_WITHIN;
    if (broken && outcome != IS_WIDER)
        xsd_compile_warn(c, location, broken,
                         "particle by particle it is no restriction of its base type, "
                         "%s; " XSD_RESTRICTION_STANDS,
                         outcome == IS_WITHIN ? "though it takes nothing that this does not"
                                              : "and it has too many states to be compared "
                                                "otherwise");
}

void restriction_check(struct xsd_compiler *c, const struct type *type)
{
    if (!type->simple && type->derivation == DERIVATION_RESTRICTION &&
        type->base != c->xsd->any_type && type->model && type->base->model)
        compare(c, &type->source->location, "derivation-ok-restriction.5.4.2",
                type->source->particle, type->base->source->particle);
}

void restriction_check_group(struct xsd_compiler *c, struct global *global)
{
    for (; global->kind == COMPONENT_GROUP && global->original; global = global->original)
        if (!global->original->n_self)
            compare(c, &global->location, "src-redefine.6.2.2", particle_make_group(c, global),
                    particle_make_group(c, global->original));
}
