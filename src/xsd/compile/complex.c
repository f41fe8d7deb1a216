/* SPDX-License-Identifier: MIT
 *
 * Complex type definitions: content and attributes, by extension and restriction of a base
 * type.
 *
 * Whether the content of a restriction is a valid restriction of its base's content (rcase-* of
 * the Recommendation) is not asked; documents are held against the content as it is written.
 */
#include "xsd/compile/compile.h"

#include <string.h>

struct type *complex_new(struct xsd_compiler *c, const struct location *place,
                         struct global *global)
{
    struct type *type = xsd_compile_alloc(c, sizeof *type);
    type->name = global ? global->name : NULL;
    type->simple = place->node->tag == TAG_SIMPLE_TYPE;
    type->source = xsd_compile_alloc_draft(c, sizeof *type->source);
    type->source->place = *place;
    type->source->global = global;
    pointer_list_add(c, &c->types, type);
    return type;
}

struct type *complex_of_global(struct xsd_compiler *c, struct global *global)
{
    if (!global->component)
        global->component = complex_new(c, &global->place, global);
    return global->component;
}

struct type *complex_of_name(struct xsd_compiler *c, const struct location *place,
                             const struct symbol *symbol, const char *name,
                             const struct global *inside)
{
    if (symbol->ns != c->xsd_ns)
        return complex_of_global(c, global_find(c, place, KIND_TYPE, symbol, inside));
    if (!symbol->type)
        xsd_compile_fail(c, place, "src-resolve", "no type '%s'", name);
    return symbol->type;
}

void complex_make_any_type(struct xsd_compiler *c)
{
    struct type *type = xsd_compile_alloc(c, sizeof *type);
    struct symbol *name = symbol_of(c, "anyType", 7, c->xsd_ns);
    struct wildcard *any = xsd_compile_alloc(c, sizeof *any);
    any->kind = WILDCARD_ANY;
    any->process = PROCESS_LAX;
    struct particle *particle = particle_new(c, PARTICLE_WILDCARD, NULL);
    particle->wildcard = any;
    particle->min = 0;
    particle->max = UNBOUNDED;
    struct attributes *attributes = xsd_compile_alloc(c, sizeof *attributes);
    attributes->wildcard = any;
    type->name = name;
    type->base = type;
    type->derivation = BY_RESTRICTION;
    type->content = CONTENT_MIXED;
    type->attributes = attributes;
    type->source = xsd_compile_alloc_draft(c, sizeof *type->source);
    type->source->particle = particle;
    type->source->state = STATE_DONE;
    name->type = type;
    c->xsd->any_type = type;
    pointer_list_add(c, &c->types, type);
}

static bool is_group(const struct node *child)
{
    enum node_tag tag = child ? child->tag : TAG_NONE;
    return tag == TAG_GROUP || tag == TAG_ALL || tag == TAG_CHOICE || tag == TAG_SEQUENCE;
}

/* The particle written in a type, or NULL where that comes to nothing. */
static struct particle *read_content(struct xsd_compiler *c, const struct location *place,
                                     const struct node **child, const struct global *inside)
{
    if (!is_group(*child))
        return NULL;
    struct location at = {place->document, *child};
    struct particle *particle = particle_read(c, &at, inside);
    *child = node_next_child(c, place, *child);
    bool vain =
        particle->children.n == 0 && (particle->kind != PARTICLE_CHOICE || particle->min == 0);
    return vain || particle->max == 0 ? NULL : particle;
}

static void set_content(struct xsd_compiler *c, struct type *type, struct particle *particle,
                        bool mixed)
{
    if (!particle && mixed)
        particle = particle_new(c, PARTICLE_SEQUENCE, &type->source->place);
    type->source->particle = particle;
    type->content = !particle ? CONTENT_EMPTY : mixed ? CONTENT_MIXED : CONTENT_ELEMENTS;
}

/* cos-ct-extends: what the base has, then what is written here. */
static void extend_content(struct xsd_compiler *c, const struct location *place,
                           struct type *type, struct particle *own, bool mixed)
{
    const struct type *base = type->base;
    if (base->content == CONTENT_SIMPLE) {
        if (own || mixed)
            xsd_compile_fail(c, place, "cos-ct-extends.1.4",
                             "complexContent that extends simple content");
        simple_set_datatype(c, type, base->datatype, false);
    } else if (base->content == CONTENT_EMPTY) {
        set_content(c, type, own, mixed);
    } else if (!own && !mixed) {
        set_content(c, type, base->source->particle, base->content == CONTENT_MIXED);
    } else if ((base->content == CONTENT_MIXED) != mixed) {
        xsd_compile_fail(c, place, "cos-ct-extends.1.4.3.2.2.1",
                         "of type and base type one is mixed, the other not");
    } else if (!own) {
        set_content(c, type, base->source->particle, mixed);
    } else {
        struct particle *both = particle_new(c, PARTICLE_SEQUENCE, place);
        pointer_list_add(c, &both->children, base->source->particle);
        pointer_list_add(c, &both->children, own);
        set_content(c, type, both, mixed);
    }
}

/* derivation-ok-restriction, 5, as far as the kinds of content go */
static void restrict_content(struct xsd_compiler *c, const struct location *place,
                             struct type *type, struct particle *own, bool mixed)
{
    const struct type *base = type->base;
    set_content(c, type, own, mixed);
    if (base->content == CONTENT_SIMPLE)
        xsd_compile_fail(c, place, "derivation-ok-restriction.5",
                         "complexContent that restricts simple content");
    if (type->content == CONTENT_EMPTY) {
        if (base->content != CONTENT_EMPTY && !particle_may_be_empty(base->source->particle))
            xsd_compile_fail(c, place, "derivation-ok-restriction.5.3.2",
                             "empty content where the base type's may not be empty");
        return;
    }
    if (mixed && base->content != CONTENT_MIXED)
        xsd_compile_fail(c, place, "derivation-ok-restriction.5.4.1.2",
                         "mixed content where that of the base type is not mixed");
    if (base->content == CONTENT_EMPTY)
        xsd_compile_fail(c, place, "derivation-ok-restriction.5.4.2",
                         "the content is wider than that of the base type");
}

static void read_base(struct xsd_compiler *c, const struct location *place, struct type *type)
{
    const struct global *global = type->source->global;
    const char *name = node_value_of(place->node, A_BASE);
    if (!name)
        xsd_compile_fail(c, place, "s4s-att-must-appear", "no base type");
    type->base = complex_of_name(c, place, node_named_by(c, place, A_BASE), name, global);
    if (global && global->original && type->base != global->original->component)
        xsd_compile_fail(c, place, "src-redefine.5",
                         "a redefinition must derive from what it redefines");
    complex_finish(c, type->base);
    type->derivation = place->node->tag == TAG_EXTENSION ? BY_EXTENSION : BY_RESTRICTION;
    const char *rule = type->derivation == BY_RESTRICTION ? "derivation-ok-restriction.1"
                                                          : "cos-ct-extends.1.1";
    if (type->base->final & type->derivation)
        xsd_compile_fail(c, place, rule, "the base type '%s' is final", name);
}

static const struct node *derivation_child(struct xsd_compiler *c, const struct location *place)
{
    const struct node *child = node_first_child(c, place);
    if (!child || (child->tag != TAG_EXTENSION && child->tag != TAG_RESTRICTION))
        xsd_compile_fail(c, place, child ? "s4s-elt-must-match.1" : "s4s-elt-must-match.2",
                         "'%s' needs an extension or restriction", place->node->name);
    node_no_more_children(c, place, node_next_child(c, place, child));
    return child;
}

static void finish_with_attributes(struct xsd_compiler *c, const struct location *place,
                                   struct type *type, const struct node *child)
{
    struct attribute_set set = {0};
    attribute_read_all(c, place, child, &set, NULL);
    type->attributes = attribute_finish_all(c, place, type, &set);
}

static void finish_complex_content(struct xsd_compiler *c, const struct location *place,
                                   struct type *type, bool mixed)
{
    node_check_attrs(c, place, ALLOW(A_MIXED));
    mixed = node_read_boolean(c, place, node_value_of(place->node, A_MIXED), mixed);
    struct location at = {place->document, derivation_child(c, place)};
    node_check_attrs(c, &at, ALLOW(A_BASE));
    read_base(c, &at, type);
    if (type->base->simple)
        xsd_compile_fail(c, &at, "src-ct.1", "complexContent with a simple type as base");
    const struct node *child = node_first_child(c, &at);
    struct particle *own = read_content(c, &at, &child, NULL);
    if (type->derivation == BY_EXTENSION)
        extend_content(c, &at, type, own, mixed);
    else
        restrict_content(c, &at, type, own, mixed);
    finish_with_attributes(c, &at, type, child);
}

static const struct node *
restrict_simple_content(struct xsd_compiler *c, const struct location *place, struct type *type)
{
    const struct type *base = type->base;
    const struct node *child = node_first_child(c, place);
    const struct datatype *datatype = base->datatype;
    const struct type *narrowed = base;
    if (base->simple)
        xsd_compile_fail(c, place, "src-ct.2.1",
                         "a restriction of simpleContent needs a complex base type");
    if (base->content != CONTENT_SIMPLE &&
        (base->content != CONTENT_MIXED || !particle_may_be_empty(base->source->particle)))
        xsd_compile_fail(c, place, "src-ct.2.1",
                         "simpleContent needs a base type that allows text alone");
    if (child && child->tag == TAG_SIMPLE_TYPE) {
        struct type *inner = complex_new(c, &(struct location){place->document, child}, NULL);
        complex_finish(c, inner);
        if (datatype && !datatype_derives(inner->datatype, datatype))
            xsd_compile_fail(c, place, "derivation-ok-restriction.5.2.2.1",
                             "the simpleType is not derived from the base type's");
        child = node_next_child(c, place, child);
        datatype = inner->datatype;
        narrowed = inner;
    } else if (!datatype) {
        xsd_compile_fail(c, place, "src-ct.2.2",
                         "a restriction of mixed content to text needs a simpleType");
    }
    bool facets = child && child->tag != TAG_ATTRIBUTE && child->tag != TAG_ATTRIBUTE_GROUP &&
                  child->tag != TAG_ANY_ATTRIBUTE;
    if (facets)
        datatype = simple_restrict(c, place, type, narrowed, datatype, child, &child);
    simple_set_datatype(c, type, datatype, facets);
    return child;
}

static void finish_simple_content(struct xsd_compiler *c, const struct location *place,
                                  struct type *type)
{
    node_check_attrs(c, place, 0);
    struct location at = {place->document, derivation_child(c, place)};
    node_check_attrs(c, &at, ALLOW(A_BASE));
    read_base(c, &at, type);
    const struct node *child;
    if (type->derivation == BY_RESTRICTION) {
        child = restrict_simple_content(c, &at, type);
    } else {
        if (type->base->content != CONTENT_SIMPLE)
            xsd_compile_fail(c, &at, "src-ct.2.1",
                             "simpleContent that extends complex content");
        child = node_first_child(c, &at);
        simple_set_datatype(c, type, type->base->datatype, false);
    }
    finish_with_attributes(c, &at, type, child);
}

static void finish_shorthand(struct xsd_compiler *c, const struct location *place,
                             struct type *type, const struct node *child, bool mixed)
{
    struct particle *own = read_content(c, place, &child, NULL);
    if (type->source->global && type->source->global->original)
        xsd_compile_fail(c, place, "src-redefine.5",
                         "a redefinition must derive from what it redefines");
    type->base = (struct type *)c->xsd->any_type;
    type->derivation = BY_RESTRICTION;
    set_content(c, type, own, mixed);
    finish_with_attributes(c, place, type, child);
}

static void finish_complex_type(struct xsd_compiler *c, struct type *type)
{
    struct location place = type->source->place;
    const unsigned methods = BY_EXTENSION | BY_RESTRICTION;
    uint64_t global_only = ALLOW(A_NAME) | ALLOW(A_ABSTRACT) | ALLOW(A_FINAL) | ALLOW(A_BLOCK);
    node_check_attrs(c, &place, ALLOW(A_MIXED) | (type->source->global ? global_only : 0));
    const char *final = node_value_of(place.node, A_FINAL),
               *block = node_value_of(place.node, A_BLOCK);
    type->abstract = node_read_boolean(c, &place, node_value_of(place.node, A_ABSTRACT), false);
    bool mixed = node_read_boolean(c, &place, node_value_of(place.node, A_MIXED), false);
    type->final = final ? node_read_methods(c, &place, final, methods)
                        : place.document->final_default & methods;
    type->block = block ? node_read_methods(c, &place, block, methods)
                        : place.document->block_default & methods;
    const struct node *child = node_first_child(c, &place);
    enum node_tag tag = child ? child->tag : TAG_NONE;
    struct location inner = {place.document, child};
    if (tag == TAG_COMPLEX_CONTENT)
        finish_complex_content(c, &inner, type, mixed);
    else if (tag == TAG_SIMPLE_CONTENT)
        finish_simple_content(c, &inner, type);
    else
        finish_shorthand(c, &place, type, child, mixed);
    if (tag == TAG_COMPLEX_CONTENT || tag == TAG_SIMPLE_CONTENT)
        node_no_more_children(c, &place, node_next_child(c, &place, child));
}

void complex_finish(struct xsd_compiler *c, struct type *type)
{
    struct type_source *source = type->source;
    if (!source || source->state == STATE_DONE)
        return;
    if (source->state == STATE_BUSY)
        xsd_compile_fail(
            c, &source->place, type->simple ? "st-props-correct.2" : "ct-props-correct.3",
            "type '%s' is derived from itself", type->name ? type->name->local : "");
    xsd_compile_go_deeper(c, &source->place);
    source->state = STATE_BUSY;
    if (type->simple)
        simple_finish(c, type);
    else
        finish_complex_type(c, type);
    source->state = STATE_DONE;
    c->depth--;
}
