/* SPDX-License-Identifier: MIT
 *
 * minInclusive, minExclusive, maxInclusive and maxExclusive (Part 2, 4.3.7 to 4.3.10).
 */
#include "xsd/datatype/facet_step.h"

static bool is_lower(enum facet_kind kind)
{
    return kind == FACET_MIN_INCLUSIVE || kind == FACET_MIN_EXCLUSIVE;
}

static bool is_exclusive(enum facet_kind kind)
{
    return kind == FACET_MIN_EXCLUSIVE || kind == FACET_MAX_EXCLUSIVE;
}

/* Whether a bound may join an older one, of the same step or of the base, that it compares with
 * in this way. */
static bool fits_bound(enum facet_kind kind, enum value_order order, enum facet_kind old,
                       bool of_base)
{
    if (order == ORDER_NONE)
        return true;
    if (order != ORDER_EQUAL)
        return is_lower(old) == (order == ORDER_GREATER);
    if (is_lower(kind) == is_lower(old))
        return is_exclusive(kind) || !is_exclusive(old);
    /* Two equal exclusive bounds admit no value, but the Recommendation allows them in one
     * step. */
    return is_exclusive(kind) ? is_exclusive(old) && !of_base : !is_exclusive(old);
}

/* Those of the base come first. */
struct bound_list {
    struct bound *items;
    size_t n;
    size_t n_of_base;
};

static int add_bound(struct facet_step *step, const struct facet *facet,
                     struct bound_list *bounds)
{
    const struct datatype *type = step->type;
    size_t len = strlen(facet->value);
    const char *text = facet->value;
    xml_trim(&text, &len);
    text = facet_keep(step, text, len);
    if (!text)
        return -1;
    struct bound bound = {.kind = facet->kind, .text = text};
    int rc = primitive_parse(type->primitive, type->shape, text, len, &bound.value);
    if (rc < 0)
        return error_no_memory(step->error);
    if (rc > 0)
        return facet_refuse(step, facet, "*-valid-restriction", "is not a value of the base");
    struct bound_list kept = {bounds->items, 0, 0};
    bool all_fit = true;
    for (size_t i = 0; i < bounds->n; i++) {
        struct bound old = bounds->items[i];
        bool of_base = i < bounds->n_of_base;
        enum value_order order = primitive_compare(type->primitive, &bound.value, &old.value);
        bool fits = fits_bound(bound.kind, order, old.kind, of_base);
        all_fit &= fits;
        /* An older bound on the same side is implied by the new one, if they compare. */
        if (fits && is_lower(old.kind) == is_lower(bound.kind) && order != ORDER_NONE)
            continue;
        kept.items[kept.n++] = old;
        kept.n_of_base += of_base;
    }
    if (!all_fit)
        facet_warn(step, facet, "*-valid-restriction",
                   "leaves no value, or allows more than the base; both hold");
    kept.items[kept.n++] = bound;
    *bounds = kept;
    return 0;
}

int facet_add_bounds(struct facet_step *step)
{
    struct datatype *type = step->type;
    struct bound_list bounds = {NULL, type->n_bounds, type->n_bounds};
    for (size_t i = 0; i < step->n_facets; i++) {
        const struct facet *facet = &step->facets[i];
        if (facet->kind < FACET_MAX_INCLUSIVE || facet->kind > FACET_MIN_EXCLUSIVE ||
            step->left_out >> facet->kind & 1)
            continue;
        if (!bounds.items) {
            bounds.items =
                facet_allocate(step, bounds.n + step->n_facets, sizeof *bounds.items);
            if (!bounds.items)
                return -1;
            if (bounds.n)
                memcpy(bounds.items, type->bounds, bounds.n * sizeof *bounds.items);
        }
        if (add_bound(step, facet, &bounds) < 0)
            return -1;
    }
    if (bounds.items) {
        type->bounds = bounds.items;
        type->n_bounds = bounds.n;
    }
    return 0;
}
