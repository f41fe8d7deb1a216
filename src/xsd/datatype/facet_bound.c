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

/* Whether a bound may join an older one that it compares with in this way. */
static bool fits_bound(enum facet_kind kind, enum value_order order, enum facet_kind old)
{
    if (order == ORDER_NONE)
        return true;
    if (order != ORDER_EQUAL)
        return is_lower(old) == (order == ORDER_GREATER);
    if (is_lower(kind) == is_lower(old))
        return is_exclusive(kind) || !is_exclusive(old);
    /* Two equal exclusive bounds admit no value, but the Recommendation allows them. */
    return is_exclusive(kind) == is_exclusive(old);
}

static int add_bound(struct facet_step *step, const struct facet *facet, struct bound *bounds)
{
    struct datatype *type = step->type;
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
    size_t kept = 0;
    for (size_t i = 0; i < type->n_bounds; i++) {
        struct bound old = bounds[i];
        enum value_order order = primitive_compare(type->primitive, &bound.value, &old.value);
        if (!fits_bound(bound.kind, order, old.kind))
            return facet_refuse(step, facet, "*-valid-restriction",
                                "leaves no value, or allows more than the base");
        /* An older bound on the same side is implied by the new one, if they compare. */
        if (is_lower(old.kind) != is_lower(bound.kind) || order == ORDER_NONE)
            bounds[kept++] = old;
    }
    bounds[kept++] = bound;
    type->n_bounds = kept;
    return 0;
}

int facet_add_bounds(struct facet_step *step)
{
    struct datatype *type = step->type;
    struct bound *bounds = NULL;
    for (size_t i = 0; i < step->n_facets; i++) {
        if (step->facets[i].kind < FACET_MAX_INCLUSIVE ||
            step->facets[i].kind > FACET_MIN_EXCLUSIVE)
            continue;
        if (!bounds) {
            bounds = facet_allocate(step, type->n_bounds + 4, sizeof *bounds);
            if (!bounds)
                return -1;
            if (type->n_bounds)
                memcpy(bounds, type->bounds, type->n_bounds * sizeof *bounds);
            type->bounds = bounds;
        }
        if (add_bound(step, &step->facets[i], bounds) < 0)
            return -1;
    }
    return 0;
}
