/* SPDX-License-Identifier: MIT
 *
 * What is known of a simple type without looking at a text.
 */
#include "xsd/datatype/datatype.h"

#include "xsd/datatype/known_values.h"
#include <stdlib.h>

int datatype_scratch_remember(struct datatype_scratch *scratch, uint64_t seed)
{
    if (!(scratch->known = calloc(1, sizeof *scratch->known)))
        return -1;
    scratch->known->seed = seed;
    return 0;
}

void datatype_scratch_free(struct datatype_scratch *scratch)
{
    free(scratch->known);
    buf_free(&scratch->normal);
    buf_free(&scratch->fault);
    buf_free(&scratch->key);
}

enum datatype_id datatype_id(const struct datatype *type)
{
    return type->id;
}

bool datatype_derives(const struct datatype *type, const struct datatype *ancestor)
{
    if (!ancestor->base)
        return true;
    for (const struct datatype *t = type; t; t = t->base)
        if (t == ancestor)
            return true;
    for (size_t i = 0; i < ancestor->n_members; i++)
        if (datatype_derives(type, ancestor->members[i]))
            return true;
    return false;
}

bool datatype_is_any_notation(const struct datatype *type)
{
    return type->primitive == PRIMITIVE_NOTATION && !type->enumeration;
}

bool datatype_takes_anything(const struct datatype *type)
{
    return type->anything;
}

bool datatype_needs_prefixes(const struct datatype *type)
{
    return type->needs_prefixes;
}

const char *datatype_name(const struct datatype *type)
{
    const struct datatype *named = type;
    while (!named->name)
        named = named->base;
    if (named->base || named == type)
        return named->name;
    return type->variety == VARIETY_LIST ? "list" : "union";
}

void datatype_set_name(const struct datatype *type, const char *name)
{
    ((struct datatype *)type)->name = name;
}
