/* SPDX-License-Identifier: MIT
 *
 * Type definitions of both kinds: they are found by name, and finished once, when they are
 * first needed. simple.c and complex.c know what is in them.
 */
#include "xsd/compile/component.h"

struct type *type_new(struct xsd_compiler *c, const struct location *location,
                      struct global *global)
{
    struct type *type = xsd_compile_alloc(c, sizeof *type);
    type->name = global ? global->name : NULL;
    type->simple = location->node->tag == NODE_SIMPLE_TYPE;
    type->source = xsd_compile_alloc_draft(c, sizeof *type->source);
    type->source->location = *location;
    type->source->global = global;
    pointer_list_add(c, &c->types, type);
    return type;
}

struct type *type_of_global(struct xsd_compiler *c, struct global *global)
{
    if (!global->component)
        global->component = type_new(c, &global->location, global);
    return global->component;
}

struct type *type_of_name(struct xsd_compiler *c, const struct location *location,
                          const struct symbol *symbol, const struct global *inside)
{
    if (symbol->ns == c->xsd_ns && symbol->type)
        return symbol->type;
    return type_of_global(c, global_find(c, location, COMPONENT_TYPE, symbol, inside));
}

void type_make_any(struct xsd_compiler *c)
{
    struct type *type = xsd_compile_alloc(c, sizeof *type);
    struct symbol *name = symbol_of(c, "anyType", 7, c->xsd_ns);
    struct wildcard *any = xsd_compile_alloc(c, sizeof *any);
    any->kind = WILDCARD_ANY;
    any->process_contents = PROCESS_LAX;
    struct particle *particle = particle_new(c, PARTICLE_WILDCARD, NULL);
    particle->wildcard = any;
    particle->min = 0;
    particle->max = XSD_UNBOUNDED;
    struct attributes *attributes = xsd_compile_alloc(c, sizeof *attributes);
    attributes->wildcard = any;
    type->name = name;
    type->base = type;
    type->derivation = DERIVATION_RESTRICTION;
    type->content = CONTENT_MIXED;
    type->attributes = attributes;
    type->source = xsd_compile_alloc_draft(c, sizeof *type->source);
    type->source->particle = particle;
    type->source->state = COMPONENT_DONE;
    name->type = type;
    c->xsd->any_type = type;
    pointer_list_add(c, &c->types, type);
}

void type_finish(struct xsd_compiler *c, struct type *type)
{
    struct type_source *source = type->source;
    if (!source || source->state == COMPONENT_DONE)
        return;
    if (source->state == COMPONENT_BUSY)
        xsd_compile_fail(
            c, &source->location, type->simple ? "st-props-correct.2" : "ct-props-correct.3",
            "type '%s' is derived from itself", type->name ? type->name->local : "");
    xsd_compile_go_deeper(c, &source->location);
    source->state = COMPONENT_BUSY;
    if (type->simple)
        simple_finish(c, type);
    else
        complex_finish(c, type);
    source->state = COMPONENT_DONE;
    c->depth--;
}
