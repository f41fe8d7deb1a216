/* SPDX-License-Identifier: MIT
 *
 * Derivation by list and by union.
 */
#include "xsd/datatype/simple_type.h"

static struct datatype *new_type(struct datatypes *set, enum variety variety,
                                 struct thresh_error *error)
{
    struct datatype *type = arena_alloc(&set->arena, sizeof *type);
    if (!type) {
        error_no_memory(error);
        return NULL;
    }
    type->base = datatypes_builtin(set, "anySimpleType");
    type->variety = variety;
    type->white_space = WHITE_SPACE_COLLAPSE;
    type->max_length = type->total_digits = type->fraction_digits = DATATYPE_UNLIMITED;
    type->weight = 1;
    return type;
}

/* Adds to `type` what checking one of its parts takes. */
static int add_part(struct datatype *type, const struct datatype *part,
                    struct thresh_error *error)
{
    type->needs_prefixes |= part->needs_prefixes;
    type->weight += part->weight;
    if (type->depth <= part->depth)
        type->depth = part->depth + 1;
    if (type->depth <= DATATYPE_DEPTH_MAX && type->weight <= DATATYPE_WEIGHT_MAX)
        return 0;
    return error_set(error,
                     "not covered: lists and unions of more than %d simple types, or more than"
                     " %d deep",
                     DATATYPE_WEIGHT_MAX, DATATYPE_DEPTH_MAX);
}

static bool holds_list(const struct datatype *type)
{
    bool holds = type->variety == VARIETY_LIST;
    for (size_t i = 0; !holds && i < type->n_members; i++)
        holds = holds_list(type->members[i]);
    return holds;
}

const struct datatype *datatypes_list(struct datatypes *set, const struct datatype *item,
                                      struct thresh_error *error)
{
    if (holds_list(item) || !item->base) {
        error_set(error, "cos-st-restricts.2.1: a list of '%s': its items need be atomic",
                  datatype_name(item));
        return NULL;
    }
    struct datatype *type = new_type(set, VARIETY_LIST, error);
    if (!type || add_part(type, item, error) < 0)
        return NULL;
    type->item = item;
    type->id = simple_type_list_id(item);
    return type;
}

const struct datatype *datatypes_union(struct datatypes *set,
                                       const struct datatype *const *members, size_t n_members,
                                       struct thresh_error *error)
{
    struct datatype *type = new_type(set, VARIETY_UNION, error);
    if (!type)
        return NULL;
    const struct datatype **own = arena_alloc(&set->arena, (n_members + 1) * sizeof *own);
    if (!own) {
        error_no_memory(error);
        return NULL;
    }
    for (size_t i = 0; i < n_members; i++) {
        if (add_part(type, members[i], error) < 0)
            return NULL;
        if (members[i]->id == DATATYPE_ENTITY)
            type->id = DATATYPE_ENTITY;
        own[i] = members[i];
    }
    type->members = own;
    type->n_members = n_members;
    return type;
}
