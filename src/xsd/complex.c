/* SPDX-License-Identifier: MIT
 *
 * Complex type definitions: content and attributes, by extension and restriction of a base
 * type.
 *
 * Whether the content of a restriction is a valid restriction of its base's content (rcase-* of
 * the Recommendation) is not asked; documents are held against the content as it is written.
 */
#include "compile.h"

#include <string.h>

struct type *new_type(struct compiler *c, const struct place *place, struct global *global)
{
    struct type *type = make(c, sizeof *type);
    type->name = global ? global->name : NULL;
    type->simple = place->node->tag == TAG_SIMPLE_TYPE;
    type->source = make_draft(c, sizeof *type->source);
    type->source->place = *place;
    type->source->global = global;
    list_add(c, &c->types, type);
    return type;
}

struct type *type_of_global(struct compiler *c, struct global *global)
{
    if (!global->component)
        global->component = new_type(c, &global->place, global);
    return global->component;
}

struct type *type_of_name(struct compiler *c, const struct place *place,
                          const struct symbol *symbol, const char *name,
                          const struct global *inside)
{
    if (symbol->ns != c->xsd_ns)
        return type_of_global(c, find_global(c, place, KIND_TYPE, symbol, inside));
    if (!symbol->type)
        fail(c, place, "no type '%s'", name);
    return symbol->type;
}

void make_any_type(struct compiler *c)
{
    struct type *type = make(c, sizeof *type);
    struct symbol *name = symbol_of(c, "anyType", 7, c->xsd_ns);
    struct wildcard *any = make(c, sizeof *any);
    any->kind = WILDCARD_ANY;
    any->process = PROCESS_LAX;
    struct particle *particle = new_particle(c, PARTICLE_WILDCARD, NULL);
    particle->wildcard = any;
    particle->min = 0;
    particle->max = UNBOUNDED;
    struct attributes *attributes = make(c, sizeof *attributes);
    attributes->wildcard = any;
    type->name = name;
    type->base = type;
    type->derivation = BY_RESTRICTION;
    type->content = CONTENT_MIXED;
    type->attributes = attributes;
    type->source = make_draft(c, sizeof *type->source);
    type->source->particle = particle;
    type->source->state = STATE_DONE;
    name->type = type;
    c->xsd->any_type = type;
    list_add(c, &c->types, type);
}

static bool is_group(const struct node *child)
{
    enum tag tag = child ? child->tag : TAG_NONE;
    return tag == TAG_GROUP || tag == TAG_ALL || tag == TAG_CHOICE || tag == TAG_SEQUENCE;
}

/* The particle written in a type, or NULL where that comes to nothing. */
static struct particle *read_content(struct compiler *c, const struct place *place,
                                     const struct node **child, const struct global *inside)
{
    if (!is_group(*child))
        return NULL;
    struct place at = {place->document, *child};
    struct particle *particle = read_particle(c, &at, inside);
    *child = next_child(c, place, *child);
    bool vain =
        particle->children.n == 0 && (particle->kind != PARTICLE_CHOICE || particle->min == 0);
    return vain || particle->max == 0 ? NULL : particle;
}

static void set_content(struct compiler *c, struct type *type, struct particle *particle,
                        bool mixed)
{
    if (!particle && mixed)
        particle = new_particle(c, PARTICLE_SEQUENCE, &type->source->place);
    type->source->particle = particle;
    type->content = !particle ? CONTENT_EMPTY : mixed ? CONTENT_MIXED : CONTENT_ELEMENTS;
}

/* cos-ct-extends: what the base has, then what is written here. */
static void extend_content(struct compiler *c, const struct place *place, struct type *type,
                           struct particle *own, bool mixed)
{
    const struct type *base = type->base;
    if (base->content == CONTENT_SIMPLE) {
        if (own || mixed)
            fail(c, place, "complexContent that extends simple content");
        set_datatype(c, type, base->datatype, false);
    } else if (base->content == CONTENT_EMPTY) {
        set_content(c, type, own, mixed);
    } else if (!own && !mixed) {
        set_content(c, type, base->source->particle, base->content == CONTENT_MIXED);
    } else if ((base->content == CONTENT_MIXED) != mixed) {
        fail(c, place, "of type and base type one is mixed, the other not");
    } else if (!own) {
        set_content(c, type, base->source->particle, mixed);
    } else {
        struct particle *both = new_particle(c, PARTICLE_SEQUENCE, place);
        list_add(c, &both->children, base->source->particle);
        list_add(c, &both->children, own);
        set_content(c, type, both, mixed);
    }
}

/* derivation-ok-restriction, 5, as far as the kinds of content go */
static void restrict_content(struct compiler *c, const struct place *place, struct type *type,
                             struct particle *own, bool mixed)
{
    const struct type *base = type->base;
    set_content(c, type, own, mixed);
    if (base->content == CONTENT_SIMPLE)
        fail(c, place, "complexContent that restricts simple content");
    if (type->content == CONTENT_EMPTY) {
        if (base->content != CONTENT_EMPTY && !particle_may_be_empty(base->source->particle))
            fail(c, place, "empty content where the base type's may not be empty");
        return;
    }
    if (base->content == CONTENT_EMPTY || (mixed && base->content != CONTENT_MIXED))
        fail(c, place, "the content is wider than that of the base type");
}

static void read_base(struct compiler *c, const struct place *place, struct type *type)
{
    const struct global *global = type->source->global;
    const char *name = value_of(place->node, A_BASE);
    if (!name)
        fail(c, place, "no base type");
    type->base = type_of_name(c, place, named_by(c, place, A_BASE), name, global);
    if (global && global->original && type->base != global->original->component)
        fail(c, place, "a redefinition must derive from what it redefines");
    finish_type(c, type->base);
    type->derivation = place->node->tag == TAG_EXTENSION ? BY_EXTENSION : BY_RESTRICTION;
    if (type->base->final & type->derivation)
        fail(c, place, "the base type '%s' is final", name);
}

static const struct node *derivation_child(struct compiler *c, const struct place *place)
{
    const struct node *child = first_child(c, place);
    if (!child || (child->tag != TAG_EXTENSION && child->tag != TAG_RESTRICTION))
        fail(c, place, "'%s' needs an extension or restriction", place->node->name);
    no_more_children(c, place, next_child(c, place, child));
    return child;
}

static void finish_with_attributes(struct compiler *c, const struct place *place,
                                   struct type *type, const struct node *child)
{
    struct attribute_set set = {0};
    read_attributes(c, place, child, &set, NULL);
    type->attributes = finish_attributes(c, place, type, &set);
}

static void finish_complex_content(struct compiler *c, const struct place *place,
                                   struct type *type, bool mixed)
{
    check_attrs(c, place, ALLOW(A_MIXED));
    mixed = read_boolean(c, place, value_of(place->node, A_MIXED), mixed);
    struct place at = {place->document, derivation_child(c, place)};
    check_attrs(c, &at, ALLOW(A_BASE));
    read_base(c, &at, type);
    if (type->base->simple)
        fail(c, &at, "complexContent with a simple type as base");
    const struct node *child = first_child(c, &at);
    struct particle *own = read_content(c, &at, &child, NULL);
    if (type->derivation == BY_EXTENSION)
        extend_content(c, &at, type, own, mixed);
    else
        restrict_content(c, &at, type, own, mixed);
    finish_with_attributes(c, &at, type, child);
}

static const struct node *restrict_simple_content(struct compiler *c, const struct place *place,
                                                  struct type *type)
{
    const struct type *base = type->base;
    const struct node *child = first_child(c, place);
    const struct datatype *datatype = base->datatype;
    const struct type *narrowed = base;
    if (base->simple)
        fail(c, place, "a restriction of simpleContent needs a complex base type");
    if (child && child->tag == TAG_SIMPLE_TYPE) {
        struct type *inner = new_type(c, &(struct place){place->document, child}, NULL);
        finish_type(c, inner);
        if (datatype && !datatype_derives(inner->datatype, datatype))
            fail(c, place, "the simpleType is not derived from the base type's");
        child = next_child(c, place, child);
        datatype = inner->datatype;
        narrowed = inner;
    } else if (base->content != CONTENT_SIMPLE) {
        fail(c, place, "simpleContent needs a base type with simple content");
    }
    if (base->content != CONTENT_SIMPLE &&
        (base->content != CONTENT_MIXED || !particle_may_be_empty(base->source->particle)))
        fail(c, place, "simpleContent needs a base type that allows text alone");
    bool facets = child && child->tag != TAG_ATTRIBUTE && child->tag != TAG_ATTRIBUTE_GROUP &&
                  child->tag != TAG_ANY_ATTRIBUTE;
    if (facets)
        datatype = restrict_datatype(c, place, type, narrowed, datatype, child, &child);
    set_datatype(c, type, datatype, facets);
    return child;
}

static void finish_simple_content(struct compiler *c, const struct place *place,
                                  struct type *type)
{
    check_attrs(c, place, 0);
    struct place at = {place->document, derivation_child(c, place)};
    check_attrs(c, &at, ALLOW(A_BASE));
    read_base(c, &at, type);
    const struct node *child;
    if (type->derivation == BY_RESTRICTION) {
        child = restrict_simple_content(c, &at, type);
    } else {
        if (type->base->content != CONTENT_SIMPLE)
            fail(c, &at, "simpleContent that extends complex content");
        child = first_child(c, &at);
        set_datatype(c, type, type->base->datatype, false);
    }
    finish_with_attributes(c, &at, type, child);
}

static void finish_shorthand(struct compiler *c, const struct place *place, struct type *type,
                             const struct node *child, bool mixed)
{
    struct particle *own = read_content(c, place, &child, NULL);
    if (type->source->global && type->source->global->original)
        fail(c, place, "a redefinition must derive from what it redefines");
    type->base = (struct type *)c->xsd->any_type;
    type->derivation = BY_RESTRICTION;
    set_content(c, type, own, mixed);
    finish_with_attributes(c, place, type, child);
}

static void finish_complex_type(struct compiler *c, struct type *type)
{
    struct place place = type->source->place;
    const unsigned methods = BY_EXTENSION | BY_RESTRICTION;
    uint64_t global_only = ALLOW(A_NAME) | ALLOW(A_ABSTRACT) | ALLOW(A_FINAL) | ALLOW(A_BLOCK);
    check_attrs(c, &place, ALLOW(A_MIXED) | (type->source->global ? global_only : 0));
    const char *final = value_of(place.node, A_FINAL), *block = value_of(place.node, A_BLOCK);
    type->abstract = read_boolean(c, &place, value_of(place.node, A_ABSTRACT), false);
    bool mixed = read_boolean(c, &place, value_of(place.node, A_MIXED), false);
    type->final = final ? read_methods(c, &place, final, methods)
                        : place.document->final_default & methods;
    type->block = block ? read_methods(c, &place, block, methods)
                        : place.document->block_default & methods;
    const struct node *child = first_child(c, &place);
    enum tag tag = child ? child->tag : TAG_NONE;
    struct place inner = {place.document, child};
    if (tag == TAG_COMPLEX_CONTENT)
        finish_complex_content(c, &inner, type, mixed);
    else if (tag == TAG_SIMPLE_CONTENT)
        finish_simple_content(c, &inner, type);
    else
        finish_shorthand(c, &place, type, child, mixed);
    if (tag == TAG_COMPLEX_CONTENT || tag == TAG_SIMPLE_CONTENT)
        no_more_children(c, &place, next_child(c, &place, child));
}

void finish_type(struct compiler *c, struct type *type)
{
    struct type_source *source = type->source;
    if (!source || source->state == STATE_DONE)
        return;
    if (source->state == STATE_BUSY)
        fail(c, &source->place, "type '%s' is derived from itself",
             type->name ? type->name->local : "");
    go_deeper(c, &source->place);
    source->state = STATE_BUSY;
    if (type->simple)
        finish_simple_type(c, type);
    else
        finish_complex_type(c, type);
    source->state = STATE_DONE;
    c->depth--;
}
