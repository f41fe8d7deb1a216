/* SPDX-License-Identifier: MIT
 *
 * Whether a content model can be read from left to right: a child is never matched by two
 * particles (Unique Particle Attribution, cos-nonambig), and elements of one name have one
 * type (Element Declarations Consistent, cos-element-consistent).
 */
#include "xsd/compile/content_builder.h"

#include <string.h>

static uint32_t chain_of_symbol(const struct content_builder *b, uint32_t symbol)
{
    for (uint32_t at = names_slot(symbol);; at++) {
        const struct model_slot *slot = &b->slots[at & b->mask];
        if (!slot->symbol)
            return XSD_NONE;
        if (slot->symbol == symbol)
            return slot->position;
    }
}

/* Told once a model. All documents that may be right are to stay valid, so the model is made
 * deterministic as copies are; a child is that of the first element declaration, or else of the
 * first wildcard. */
static void warn_ambiguous(struct content_builder *b, uint32_t x, uint32_t y)
{
    const struct position *position = &b->positions[x];
    if (b->is_told || b->style == CONTENT_COPIES)
        return;
    if (!position->element)
        position = &b->positions[y];
    b->is_told = true;
    xsd_compile_warn(b->c, &b->leaves[x]->location, "cos-nonambig",
                     "the content model is not deterministic: '%s' can be matched by two "
                     "particles; %san element declaration counts before a wildcard, the first "
                     "one before others",
                     position->element ? position->element->name->local : "any",
                     b->style == CONTENT_COUNTERS ? ""
                                                  : "what may follow either may come, and ");
}

/* Two positions of one state match a common name: copies of one particle may. */
static void meet(struct content_builder *b, uint32_t x, uint32_t y)
{
    if (b->origins[x] != b->origins[y])
        warn_ambiguous(b, x, y);
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

/* -- Positions that match one child --------------------------------------------------- */

/* Adds what follows the positions of a chain, from y on, that are in the set and match. */
static void add_wildcards(const struct content_builder *b, const struct content_step *step,
                          const struct position *x)
{
    for (uint32_t y = b->wildcards; y != XSD_NONE; y = b->positions[y].same) {
        const struct position *other = &b->positions[y];
        if (model_bit(step->set, y) &&
            (x->element ? element_meets(x->element, other->wildcard)
                        : wildcard_meet(x->wildcard, other->wildcard)))
            content_add_set(b, step->next, step->follow[other->next]);
    }
}

/* `element` is what the positions have; NULL: any. */
static void add_elements(const struct content_builder *b, const struct content_step *step,
                         uint32_t y, const struct element *element)
{
    for (; y != XSD_NONE; y = b->positions[y].same)
        if (model_bit(step->set, y) && (!element || b->positions[y].element == element))
            content_add_set(b, step->next, step->follow[b->positions[y].next]);
}

void content_take_step(const struct content_builder *b, const struct content_step *step,
                       uint32_t x)
{
    const struct position *position = &b->positions[x];
    const struct element *element = position->element;
    add_wildcards(b, step, position);
    if (element)
        add_elements(b, step, x, NULL);
    for (uint32_t i = 0; element && i < element->n_heads; i++)
        add_elements(b, step, chain_of_symbol(b, element->heads[i]->name->id),
                     element->heads[i]);
}

/* -- Unique Particle Attribution ------------------------------------------------------ */

/* The position that a chain has in a state; another `state` is one seen earlier. */
struct holder {
    uint32_t state;
    uint32_t position;
};

static void check_heads(struct content_builder *b, const struct holder *holders, uint32_t state,
                        uint32_t x)
{
    const struct element *element = b->positions[x].element;
    for (uint32_t i = 0; i < element->n_heads; i++) {
        uint32_t y = chain_of_symbol(b, element->heads[i]->name->id);
        xsd_compile_tick(b->c);
        if (y == XSD_NONE)
            continue;
        const struct holder *holder = &holders[b->positions[y].chain];
        if (holder->state == state && b->positions[holder->position].element->global)
            meet(b, x, holder->position);
    }
}

static void check_wildcard(struct content_builder *b, const uint64_t *set, uint32_t x)
{
    const struct wildcard *wildcard = b->positions[x].wildcard;
    CONTENT_FOR_EACH_BIT(y, set, b->n)
    {
        xsd_compile_tick(b->c);
        const struct position *other = &b->positions[y];
        if (y != x && (other->element ? element_meets(other->element, wildcard)
                                      : wildcard_meet(other->wildcard, wildcard)))
            meet(b, x, y);
    }
}

static void check_state(struct content_builder *b, struct holder *holders, uint32_t state)
{
    const uint64_t *set = b->states[state];
    CONTENT_FOR_EACH_BIT(x, set, b->n)
    {
        xsd_compile_tick(b->c);
        struct holder *holder = &holders[b->positions[x].chain];
        if (holder->state == state)
            meet(b, x, holder->position);
        *holder = (struct holder){state, x};
    }
    CONTENT_FOR_EACH_BIT(x, set, b->n)
    {
        if (b->positions[x].element)
            check_heads(b, holders, state, x);
        else
            check_wildcard(b, set, x);
    }
}

void content_check_determinism(struct content_builder *b)
{
    bool alone = b->n_chains == b->n && b->wildcards == XSD_NONE;
    for (uint32_t x = 0; x < b->n; x++) {
        const struct element *element = b->positions[x].element;
        uint32_t y = b->positions[x].same;
        if (element && y != XSD_NONE && b->positions[y].element->type != element->type)
            xsd_compile_warn(b->c, &b->leaves[x]->location, "cos-element-consistent",
                             "two elements '%s' of different types; each has its own",
                             element->name->local);
        alone = alone && !element->n_heads;
    }
    if (alone) /* no name is matched by two positions */
        return;
    struct holder *holders = xsd_compile_alloc_scratch(b->c, b->n_chains * sizeof *holders);
    memset(holders, 0xff, b->n_chains * sizeof *holders);
    for (uint32_t state = 0; state < b->n_states; state++)
        check_state(b, holders, state);
}
