/* SPDX-License-Identifier: MIT
 *
 * Steps through a content model with counters, where writing its repetitions out would take too
 * many states. A position that may come next is looked for in the repetition that goes on, then
 * in the next one of the same counter, then behind it, and so on outwards.
 */
#include "xsd/model.h"

/* One more repetition. A count without maximum is of no interest beyond the minimum. */
static void count_up(uint32_t *count, const struct model_counter *counter)
{
    if (counter->max != XSD_UNBOUNDED || *count < counter->min)
        ++*count;
}

bool model_count_step(const struct model *model, const struct model_walk *walk, uint32_t p,
                      struct model_walk *next)
{
    struct model_walk to = *walk;
    uint32_t state = walk->state;
    uint32_t c = walk->position == XSD_NONE ? XSD_NONE : model->counter_of[walk->position];
    while (!model_bit(model_row(model, state), p)) {
        if (c == XSD_NONE || !model_bit(model_row(model, state), model->n_positions))
            return false;
        const struct model_counter *counter = &model->counters[c];
        uint32_t *count = &to.counts[counter->depth];
        if (*count < counter->max && model_bit(model_row(model, counter->first), p)) {
            count_up(count, counter);
            break;
        }
        if (*count < counter->min)
            return false;
        state = counter->after;
        c = counter->outer;
    }
    for (uint32_t in = model->counter_of[p]; in != c; in = model->counters[in].outer)
        to.counts[model->counters[in].depth] = 1;
    to.position = p;
    to.state = model->positions[p].next;
    *next = to;
    return true;
}

bool model_count_may_end(const struct model *model, const struct model_walk *walk)
{
    uint32_t state = walk->state;
    uint32_t c = walk->position == XSD_NONE ? XSD_NONE : model->counter_of[walk->position];
    while (model_bit(model_row(model, state), model->n_positions)) {
        if (c == XSD_NONE)
            return true;
        const struct model_counter *counter = &model->counters[c];
        if (walk->counts[counter->depth] < counter->min)
            return false;
        state = counter->after;
        c = counter->outer;
    }
    return false;
}
