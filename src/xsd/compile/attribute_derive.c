/* SPDX-License-Identifier: MIT
 *
 * The attributes that a complex type ends up with: its own, and those of the base that it
 * extends or restricts.
 */
#include "xsd/compile/component.h"

#include <string.h>

/* `old` is the use of that name in the base, or NULL, and `any` the base's wildcard. */
static void check_restricted_use(struct xsd_compiler *c, const struct location *location,
                                 const struct attribute_use *use,
                                 const struct attribute_use *old, const struct wildcard *any)
{
    const char *name = use->attribute->name->local;
    if (!old) {
        if (!(any && wildcard_allows(any, use->attribute->name->ns)))
            xsd_compile_warn(
                c, location, "derivation-ok-restriction.2.2",
                "attribute '%s' is not one of the base type; " XSD_RESTRICTION_STANDS, name);
        return;
    }
    if (old->required && !use->required)
        xsd_compile_warn(c, location, "derivation-ok-restriction.2.1.1",
                         "attribute '%s' is required in the base; " XSD_RESTRICTION_STANDS,
                         name);
    if (!type_derives(use->attribute->type, old->attribute->type, 0))
        xsd_compile_warn(c, location, "derivation-ok-restriction.2.1.2",
                         "the type of attribute '%s' is not derived from that in the base "
                         "type; " XSD_RESTRICTION_STANDS,
                         name);
    if (old->value.text && old->value.fixed &&
        (!use->value.text || !use->value.fixed || use->value.key_len != old->value.key_len ||
         memcmp(use->value.key, old->value.key, old->value.key_len) != 0))
        xsd_compile_warn(
            c, location, "derivation-ok-restriction.2.1.3",
            "attribute '%s' has another fixed value in the base type; " XSD_RESTRICTION_STANDS,
            name);
}

/* The uses of the base that the restriction says nothing of, behind its own. */
static void keep_uses(struct xsd_compiler *c, const struct location *location,
                      const struct type *base, struct attribute_set *set)
{
    const struct attribute_uses *of_base = &base->source->uses;
    for (uint32_t i = 0; i < of_base->n; i++) {
        const struct attribute_use *use = of_base->items[i];
        if (attribute_find_use(&set->uses, use->symbol))
            continue;
        if (!attribute_find_use(&set->prohibited, use->symbol))
            attribute_keep_use(c, &set->uses, use);
        else if (use->required)
            xsd_compile_warn(c, location, "derivation-ok-restriction.3",
                             "attribute '%s' is required in the base; " XSD_RESTRICTION_STANDS,
                             use->attribute->name->local);
    }
}

static void check_restricted_wildcard(struct xsd_compiler *c, const struct location *location,
                                      const struct wildcard *own, const struct wildcard *any)
{
    if (own && !any)
        xsd_compile_warn(
            c, location, "derivation-ok-restriction.4.1",
            "an attribute wildcard, which the base has not; " XSD_RESTRICTION_STANDS);
    else if (own && !wildcard_within(own, any))
        xsd_compile_warn(
            c, location, "derivation-ok-restriction.4.2",
            "its attribute wildcard is wider than the base's; " XSD_RESTRICTION_STANDS);
    else if (own && own->process_contents > any->process_contents)
        xsd_compile_warn(
            c, location, "derivation-ok-restriction.4.3",
            "processContents is weaker than that of the base; " XSD_RESTRICTION_STANDS);
}

static void restrict_attributes(struct xsd_compiler *c, const struct location *location,
                                const struct type *base, struct attribute_set *set)
{
    const struct attributes *of_base = base->attributes;
    const struct wildcard *any = of_base ? of_base->wildcard : NULL;
    for (uint32_t i = 0; i < set->uses.n; i++) {
        const struct attribute_use *use = set->uses.items[i];
        check_restricted_use(c, location, use,
                             of_base ? attributes_find(of_base, use->symbol) : NULL, any);
    }
    if (base->source)
        keep_uses(c, location, base, set);
    if (base != c->xsd->any_type)
        check_restricted_wildcard(c, location, set->wildcard, any);
}

void attribute_check_restriction(struct xsd_compiler *c, const struct location *location,
                                 const struct attribute_set *set,
                                 const struct attribute_set *original)
{
    for (uint32_t i = 0; i < set->uses.n; i++) {
        const struct attribute_use *use = set->uses.items[i];
        check_restricted_use(c, location, use, attribute_find_use(&original->uses, use->symbol),
                             original->wildcard);
    }
    for (uint32_t i = 0; i < original->uses.n; i++) {
        const struct attribute_use *use = original->uses.items[i];
        if (use->required && !attribute_find_use(&set->uses, use->symbol))
            xsd_compile_warn(c, location, "derivation-ok-restriction.3",
                             "attribute '%s' is required in the base; " XSD_RESTRICTION_STANDS,
                             use->attribute->name->local);
    }
    check_restricted_wildcard(c, location, set->wildcard, original->wildcard);
}

static void extend_attributes(struct xsd_compiler *c, const struct location *location,
                              const struct type *base, struct attribute_set *set)
{
    struct attribute_uses all = {0};
    if (base->source)
        all = attribute_copy_uses(c, &base->source->uses);
    for (uint32_t i = 0; i < set->uses.n; i++)
        attribute_add_use(c, location, "ct-props-correct.4", &all, set->uses.items[i]);
    const struct wildcard *any = base->attributes ? base->attributes->wildcard : NULL;
    if (any)
        set->wildcard = set->wildcard ? wildcard_unite(c, location, set->wildcard, any)
                                      : (struct wildcard *)any;
    set->uses = all;
}

static const struct attributes *make_table(struct xsd_compiler *c,
                                           const struct location *location,
                                           const struct attribute_set *set)
{
    struct attributes *table = xsd_compile_alloc(c, sizeof *table);
    uint32_t n = set->uses.n, size = 2, n_ids = 0;
    while (size < n * 2)
        size *= 2;
    struct attribute_use *uses = xsd_compile_alloc(c, n * sizeof *uses);
    uint32_t *slots = xsd_compile_alloc(c, size * sizeof *slots);
    memset(slots, 0xff, size * sizeof *slots);
    for (uint32_t i = 0; i < n; i++) {
        uses[i] = *set->uses.items[i];
        table->n_required += uses[i].required;
        n_ids += datatype_id(uses[i].datatype) == DATATYPE_ID;
        table->has_idref_default |= uses[i].is_id && uses[i].value.text;
        uint32_t at = names_slot(uses[i].symbol);
        while (slots[at & (size - 1)] != XSD_NONE)
            at++;
        slots[at & (size - 1)] = i;
    }
    if (n_ids > 1)
        xsd_compile_warn(c, location, "ct-props-correct.5",
                         "two attributes of type ID; an element may have both");
    table->has_id = n_ids > 0;
    table->uses = uses;
    table->slots = slots;
    table->mask = size - 1;
    table->n = n;
    table->wildcard = set->wildcard;
    return table;
}

const struct attributes *attribute_derive_all(struct xsd_compiler *c,
                                              const struct location *location,
                                              struct type *type, struct attribute_set *set)
{
    const struct type *base = type->base;
    bool extends = type->derivation == DERIVATION_EXTENSION;
    if (!set->uses.n && !set->wildcard && base->attributes &&
        (extends || (!set->prohibited.n && !base->attributes->wildcard))) {
        type->source->uses = base->source->uses;
        return base->attributes;
    }
    if (extends)
        extend_attributes(c, location, base, set);
    else
        restrict_attributes(c, location, base, set);
    type->source->uses = set->uses;
    return make_table(c, location, set);
}
