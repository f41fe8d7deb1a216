/* SPDX-License-Identifier: MIT */
#include "xsd/datatype/glance.h"

/* The whole part of a decimal, which is not negative; UINT64_MAX for what a glance does not
 * reach. */
static uint64_t whole_of(const struct decimal *decimal)
{
    uint64_t number = 0;
    if (decimal->n_whole > GLANCE_DIGITS)
        return UINT64_MAX;
    for (size_t i = 0; i < decimal->n_whole; i++)
        number = 10 * number + (uint64_t)(decimal->whole[i] - '0');
    return number;
}

/* Whether numbers from 0 on are left within the bound. */
static bool narrow(struct datatype *type, const struct bound *bound)
{
    const struct decimal *decimal = &bound->value.decimal;
    uint64_t whole = whole_of(decimal), most = whole;
    bool is_whole = decimal->n_fraction == 0;
    switch (bound->kind) {
    case FACET_MIN_INCLUSIVE:
    case FACET_MIN_EXCLUSIVE:
        if (decimal->negative)
            return true;
        whole += whole < UINT64_MAX && (bound->kind == FACET_MIN_EXCLUSIVE || !is_whole);
        type->glance_least = whole > type->glance_least ? whole : type->glance_least;
        break;
    default:
        if (decimal->negative || (bound->kind == FACET_MAX_EXCLUSIVE && is_whole && !most--))
            return false;
        type->glance_most = most < type->glance_most ? most : type->glance_most;
    }
    return type->glance_least <= type->glance_most;
}

void glance_settle(struct datatype *type)
{
    type->glance = GLANCE_NONE;
    if (type->variety != VARIETY_ATOMIC || type->n_patterns || type->enumeration)
        return;
    if (type->primitive == PRIMITIVE_STRING && type->shape == SHAPE_ANY &&
        type->min_length <= 1)
        type->glance = GLANCE_TEXT;
    if (type->primitive != PRIMITIVE_DECIMAL)
        return;
    type->glance_least = 0;
    type->glance_most = UINT64_MAX;
    for (size_t i = 0; i < type->n_bounds; i++)
        if (!narrow(type, &type->bounds[i]))
            return;
    type->glance = GLANCE_DECIMAL;
}
