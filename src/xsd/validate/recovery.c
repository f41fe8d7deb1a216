/* SPDX-License-Identifier: MIT
 *
 * A child that the content model does not allow was reported, and there is more than one way to
 * understand what it stands for: others are missing before it, it stands in place of another,
 * or it should not be there. Each is a reading of the content, and all are followed: children
 * that one of them allows leave the others behind. Only where none goes on is the next fault
 * told, so that none is told that only follows from the first.
 *
 * A child that was moved is at fault once: where it is now, or where it is missing.
 */
#include "xsd/validate/validator.h"

#include "xsd/model_walk.h"
#include <string.h>

/* The kinds of readings that come first leave room for the others. */
enum { ANCHORS_MAX = 3, EXTRAS_MAX = 2, PLACES_TRIED = 64 };

/* -- Steps ---------------------------------------------------------------------------- */

/* Goes on by the child of that name: its position, or XSD_NONE. */
static uint32_t step(const struct xsd_validator *v, const struct model *model,
                     struct model_walk *walk, uint32_t symbol, uint32_t ns)
{
    uint32_t p = model_walk_next(v->xsd, model, walk, symbol, ns);
    if (p != XSD_NONE)
        model_walk_advance(model, walk, p);
    return p;
}

static bool counts(const struct model *model, const struct model_walk *walk)
{
    return walk->position != XSD_NONE && model->positions[walk->position].max != 1;
}

static uint32_t counter_at(const struct model *model, const struct model_walk *walk)
{
    return walk->position == XSD_NONE ? XSD_NONE : model->counter_of[walk->position];
}

/* Whether both are in the same repetitions, where those are counted. Counts of repetitions that
 * neither is in mean nothing. */
static bool repeats_alike(const struct model *model, const struct model_walk *a,
                          const struct model_walk *b)
{
    if (!model->counters)
        return true;
    uint32_t c = counter_at(model, a);
    uint32_t n = c == XSD_NONE ? 0 : model->counters[c].depth + 1;
    return c == counter_at(model, b) &&
           memcmp(a->counts, b->counts, n * sizeof *a->counts) == 0;
}

static bool is_same(const struct model *model, const struct model_walk *a,
                    const struct model_walk *b)
{
    if (a->state != b->state || !repeats_alike(model, a, b))
        return false;
    bool counted = counts(model, a) || counts(model, b);
    return !counted || (a->position == b->position && a->count == b->count);
}

/* Adds a reading behind n others, unless it is one of them or there are `max`. */
static uint32_t add_reading(const struct model *model, struct reading *readings, uint32_t n,
                            uint32_t max, const struct reading *reading)
{
    if (n >= max)
        return n;
    for (uint32_t i = 0; i < n; i++)
        if (is_same(model, &readings[i].walk, &reading->walk)) {
            if (!readings[i].leapt)
                readings[i] = *reading;
            return n;
        }
    readings[n] = *reading;
    return n + 1;
}

/* -- A child is refused --------------------------------------------------------------- */

/* Whether a child of that position is one too many of what came last. */
static bool is_one_more(const struct model *model, const struct reading *from, uint32_t p)
{
    uint32_t last = from->walk.position;
    return p != XSD_NONE && last != XSD_NONE &&
           model->positions[p].chain == model->positions[last].chain;
}

/* Stands behind p, whatever came before: in the repetition that goes on, or in a first one. */
static void stand_behind(const struct model *model, struct model_walk *walk, uint32_t p)
{
    const struct position *position = &model->positions[p];
    uint32_t last = walk->position;
    uint32_t c = model->counters ? model->counter_of[p] : XSD_NONE;
    for (; c != XSD_NONE; c = model->counters[c].outer) {
        const struct model_counter *counter = &model->counters[c];
        if (last == XSD_NONE || last < counter->from || last >= counter->to)
            walk->counts[counter->depth] = 1;
    }
    walk->state = position->min > 1 ? position->low : position->next;
    walk->position = p;
    walk->count = 1;
}

/* Others are missing before the child: the reading goes on behind each position that the model
 * has for it. */
static uint32_t add_anchors(const struct model *model, struct reading *readings, uint32_t n,
                            const struct reading *from, uint32_t first)
{
    uint32_t last = from->walk.position;
    for (uint32_t p = first; p != XSD_NONE && n < ANCHORS_MAX; p = model->positions[p].same) {
        if (model->positions[p].next == XSD_NONE || is_one_more(model, from, p))
            continue;
        struct reading reading = *from;
        stand_behind(model, &reading.walk, p);
        if (!from->leapt && (last == XSD_NONE || p > last)) {
            reading.leapt = true;
            reading.left = from->walk;
        }
        n = add_reading(model, readings, n, ANCHORS_MAX, &reading);
    }
    return n;
}

/* Whether all that may come after a walk may come after another, too. */
static bool is_within(const struct model *model, const struct model_walk *walk,
                      const struct model_walk *other)
{
    const uint64_t *inner = model_row(model, walk->state);
    const uint64_t *outer = model_row(model, other->state);
    if (!repeats_alike(model, walk, other))
        return false;
    for (uint32_t i = 0; i < model->words; i++)
        if (inner[i] & ~outer[i])
            return false;
    return true;
}

/* The child stands in place of one that has to come; where one may be left out, it is as well
 * to say that the child should not be there. */
static uint32_t add_places(const struct model *model, struct reading *readings, uint32_t n,
                           const struct reading *from)
{
    uint32_t p = model_walk_expected(model, &from->walk, 0);
    for (uint32_t i = 0; p < model->n_positions && i < PLACES_TRIED; i++) {
        struct reading reading = *from;
        model_walk_advance(model, &reading.walk, p);
        if (!is_within(model, &reading.walk, &from->walk))
            n = add_reading(model, readings, n, VALIDATOR_READINGS - EXTRAS_MAX, &reading);
        p = model_walk_expected(model, &from->walk, p + 1);
    }
    return n;
}

static struct recovery *begin(struct xsd_validator *v, struct element_frame *parent)
{
    if (!VALIDATOR_ROOM(v, recoveries, 1) || v->recoveries_size.n >= UINT32_MAX)
        return NULL;
    struct recovery *r = &v->recoveries[v->recoveries_size.n++];
    parent->recovery = (uint32_t)v->recoveries_size.n;
    parent->state = NULL;
    parent->may_end = false;
    r->readings[0] = (struct reading){.walk = parent->walk};
    r->n = 1;
    r->localname = r->uri = NULL;
    r->n_strays = 0;
    return r;
}

/* The first position that the model has for the child in whatever state. */
static uint32_t find_anywhere(const struct xsd_validator *v, const struct model *model,
                              const struct element_frame *child)
{
    const struct element *global =
        child->symbol ? v->xsd->names.by_id[child->symbol]->element : NULL;
    uint32_t p = child->symbol ? model_walk_first(model, child->symbol) : XSD_NONE;
    for (uint32_t i = 0; global && p == XSD_NONE && i < global->n_heads; i++) {
        p = model_walk_first(model, global->heads[i]->name->id);
        if (p != XSD_NONE && model->positions[p].element != global->heads[i])
            p = XSD_NONE;
    }
    return p;
}

int recovery_refuse(struct xsd_validator *v, struct element_frame *parent,
                    const struct element_frame *child)
{
    const struct model *model = parent->model;
    struct recovery *r =
        parent->recovery ? &v->recoveries[parent->recovery - 1] : begin(v, parent);
    if (!r)
        return -1;
    if (r->localname == child->localname && r->uri == child->uri)
        return 0; /* one more that is too many */
    struct reading readings[VALIDATOR_READINGS];
    uint32_t n = 0, first = find_anywhere(v, model, child);
    if (is_one_more(model, &r->readings[0], first))
        n = add_reading(model, readings, n, VALIDATOR_READINGS, &r->readings[0]);
    for (uint32_t i = 0; i < r->n; i++)
        n = add_anchors(model, readings, n, &r->readings[i], first);
    for (uint32_t i = 0; i < r->n; i++)
        n = add_places(model, readings, n, &r->readings[i]);
    for (uint32_t i = 0; i < r->n; i++)
        n = add_reading(model, readings, n, VALIDATOR_READINGS, &r->readings[i]);
    for (uint32_t i = 0; i < n; i++)
        r->readings[i] = readings[i];
    r->n = n;
    r->localname = child->localname;
    r->uri = child->uri;
    parent->walk = r->readings[0].walk;
    if (first != XSD_NONE && r->n_strays < VALIDATOR_STRAYS)
        r->strays[r->n_strays++] = child->symbol;
    return 0;
}

/* -- And further children ------------------------------------------------------------- */

/* Goes on through children that were refused earlier, as if each stood where it belongs, until
 * the child may come, or, with NULL, the content may end. */
static bool through_strays(const struct xsd_validator *v, const struct model *model,
                           struct model_walk *walk, struct recovery *r,
                           const struct element_frame *child, uint32_t *p)
{
    for (uint32_t i = 0; i < r->n_strays;) {
        const struct symbol *stray = v->xsd->names.by_id[r->strays[i]];
        if (step(v, model, walk, stray->id, stray->ns) == XSD_NONE) {
            i++;
            continue;
        }
        r->strays[i] = r->strays[--r->n_strays];
        if (child)
            *p = step(v, model, walk, child->symbol, child->ns);
        if (child ? *p != XSD_NONE : model_walk_may_end(model, walk))
            return true;
        i = 0;
    }
    return false;
}

static uint32_t next_behind_strays(const struct xsd_validator *v, const struct model *model,
                                   struct recovery *r, const struct element_frame *child)
{
    for (uint32_t i = 0; r->n_strays && i < r->n; i++) {
        struct recovery tried = *r;
        uint32_t p;
        tried.readings[0] = r->readings[i];
        tried.n = 1;
        if (!through_strays(v, model, &tried.readings[0].walk, &tried, child, &p))
            continue;
        *r = tried;
        return p;
    }
    return XSD_NONE;
}

/* The child had to come earlier, where a reading has gone over it. */
static uint32_t next_left(const struct xsd_validator *v, const struct model *model,
                          struct recovery *r, const struct element_frame *child)
{
    for (uint32_t i = 0; i < r->n; i++) {
        struct reading *reading = &r->readings[i];
        uint32_t p = reading->leapt ? step(v, model, &reading->left, child->symbol, child->ns)
                                    : XSD_NONE;
        if (p == XSD_NONE)
            continue;
        r->readings[0] = *reading;
        r->n = 1;
        return p;
    }
    return XSD_NONE;
}

uint32_t recovery_next(struct xsd_validator *v, struct element_frame *parent,
                       const struct element_frame *child)
{
    const struct model *model = parent->model;
    struct recovery *r = &v->recoveries[parent->recovery - 1];
    uint32_t found = XSD_NONE, n = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        struct reading reading = r->readings[i];
        uint32_t p = step(v, model, &reading.walk, child->symbol, child->ns);
        if (p == XSD_NONE)
            continue;
        if (found == XSD_NONE || model->positions[p].element)
            found = p;
        n = add_reading(model, r->readings, n, VALIDATOR_READINGS, &reading);
    }
    if (n)
        r->n = n;
    else
        found = next_behind_strays(v, model, r, child);
    if (found == XSD_NONE)
        found = next_left(v, model, r, child);
    if (found != XSD_NONE)
        r->localname = NULL;
    parent->walk = r->readings[0].walk;
    return found;
}

bool recovery_may_end(const struct xsd_validator *v, const struct element_frame *frame)
{
    const struct model *model = frame->model;
    const struct recovery *r = &v->recoveries[frame->recovery - 1];
    for (uint32_t i = 0; i < r->n; i++) {
        struct recovery tried = *r;
        struct model_walk walk = r->readings[i].walk;
        if (model_walk_may_end(model, &walk) ||
            through_strays(v, model, &walk, &tried, NULL, NULL))
            return true;
    }
    return false;
}
