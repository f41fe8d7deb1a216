/* SPDX-License-Identifier: MIT
 *
 * Type derivation, which the compiler and validators ask for.
 */
#include "xsd/model.h"

static bool simple_derives(const struct type *type, const struct type *ancestor, unsigned block)
{
    if (type == ancestor || type->datatype == ancestor->datatype)
        return true;
    if (block & DERIVATION_RESTRICTION)
        return false;
    return datatype_derives(type->datatype, ancestor->datatype);
}

bool type_derives(const struct type *type, const struct type *ancestor, unsigned block)
{
    while (!type->simple) {
        if (type == ancestor)
            return true;
        if (!type->base || type->base == type || type->derivation & block)
            return false;
        type = type->base;
    }
    if (ancestor->simple)
        return simple_derives(type, ancestor, block);
    /* Only anyType lies above the simple types, which are restrictions of it. */
    return ancestor->base == ancestor && !(block & DERIVATION_RESTRICTION);
}
