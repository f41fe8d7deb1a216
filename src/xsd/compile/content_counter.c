/* SPDX-License-Identifier: MIT
 *
 * Repetitions that are counted, for models that would take too many states if they were
 * written out. Each counted particle is a model of its own: its positions lead to its own end,
 * and it knows what it may start with and what may follow it (struct model_counter).
 *
 * Where a child may both go on with one repetition and begin another, the walk goes on, which
 * counts as few as possible. That is exact unless more than one is required; then the minimum
 * is not asked for, and there is a warning.
 */
#include "xsd/compile/content_builder.h"

#include <string.h>

bool content_is_counted(const struct content_builder *b, const struct particle *p)
{
    return b->style == CONTENT_COUNTERS && (p->max == XSD_UNBOUNDED ? p->min > 1 : p->max > 1);
}

static struct model_counter *add_counter(struct content_builder *b)
{
    if (b->n_counters == b->cap_counters) {
        uint32_t cap = b->cap_counters ? b->cap_counters * 2 : 16;
        struct model_counter *more = xsd_compile_alloc_scratch(b->c, cap * sizeof *more);
        if (b->n_counters)
            memcpy(more, b->counters, b->n_counters * sizeof *more);
        b->counters = more;
        b->cap_counters = cap;
    }
    return &b->counters[b->n_counters++];
}

const uint64_t *content_open_counter(struct content_builder *b, const struct particle *p,
                                     uint32_t base, const uint64_t *follow)
{
    uint32_t outer = b->counter, depth = 0;
    if (outer != XSD_NONE)
        depth = b->counters[outer].depth + 1;
    if (depth == MODEL_DEPTH)
        xsd_compile_decline(b->c, &p->location,
                            "occurrences counted within each other more than %d deep, in a "
                            "content model of more than %d elements with all written out",
                            MODEL_DEPTH, CONTENT_MAX_POSITIONS);
    uint32_t after = content_state_of(b, follow);
    b->counter = b->n_counters;
    *add_counter(b) = (struct model_counter){.from = base,
                                             .to = base + p->size,
                                             .min = p->min,
                                             .max = p->max,
                                             .outer = outer,
                                             .depth = depth,
                                             .after = after};
    uint64_t *end = content_new_set(b);
    content_set_bit(end, b->n);
    return end;
}

const uint64_t *content_close_counter(struct content_builder *b, const uint64_t *once)
{
    struct model_counter *counter = &b->counters[b->counter];
    uint64_t *first = content_new_set(b);
    memcpy(first, once, b->words * sizeof *first);
    b->counter = counter->outer;
    if (model_bit(first, b->n)) /* repetitions that are empty make up any number */
        counter->min = 0;
    first[b->n >> 6] &= ~(UINT64_C(1) << (b->n & 63));
    counter->first = content_state_of(b, first);
    if (counter->min > 0)
        return first;
    uint64_t *start = content_new_set(b);
    memcpy(start, first, b->words * sizeof *start);
    content_add_set(b, start, b->states[counter->after]);
    return start;
}

static bool sets_meet(const struct content_builder *b, uint32_t state, uint32_t other)
{
    for (uint32_t i = 0; i < b->words; i++) {
        uint64_t both = b->states[state][i] & b->states[other][i];
        if (i == b->n >> 6)
            both &= ~(UINT64_C(1) << (b->n & 63));
        if (both)
            return true;
    }
    return false;
}

static uint32_t unite(struct content_builder *b, uint32_t state, uint32_t other)
{
    uint64_t *set = content_new_set(b);
    memcpy(set, b->states[state], b->words * sizeof *set);
    content_add_set(b, set, b->states[other]);
    return content_state_of(b, set);
}

/* Whether a child may both go on within a repetition and begin the next one. Sets in which two
 * particles could meet become states, where determinism is looked for. */
static bool is_ambiguous(struct content_builder *b, uint32_t number)
{
    const struct model_counter counter = b->counters[number];
    bool meets = sets_meet(b, counter.first, counter.after);
    if (counter.min != counter.max)
        unite(b, counter.first, counter.after);
    for (uint32_t x = counter.from; x < counter.to; x++) {
        uint32_t state = b->positions[x].next;
        bool goes_on = false; /* within a counter in this one */
        for (uint32_t c = b->counter_of[x]; c != number && model_bit(b->states[state], b->n);
             c = b->counters[c].outer) {
            goes_on |= sets_meet(b, b->counters[c].first, counter.first);
            state = b->counters[c].after;
        }
        if (!model_bit(b->states[state], b->n))
            continue;
        meets |= goes_on || sets_meet(b, state, counter.first);
        unite(b, state, counter.first);
        if (counter.min != counter.max)
            unite(b, state, counter.after);
    }
    return meets;
}

void content_finish_counters(struct content_builder *b)
{
    for (uint32_t i = 0; i < b->n_counters; i++) {
        if (!is_ambiguous(b, i) || b->counters[i].min <= 1)
            continue;
        xsd_compile_warn(b->c, &b->leaves[b->counters[i].from]->location, "not covered",
                         "of so many occurrences, of which one cannot be told from the next, "
                         "less than %u; they are let pass",
                         b->counters[i].min);
        b->counters[i].min = 1;
    }
}
