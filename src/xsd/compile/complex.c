/* SPDX-License-Identifier: MIT
 *
 * Complex type definitions: content and attributes, by extension and restriction of a base
 * type. Whether the content of a restriction takes a subset of the base's is asked later, of
 * the automata (restriction.c).
 */
#include "xsd/compile/component.h"

static bool is_group(const struct node *child)
{
    enum node_tag tag = child ? child->tag : NODE_NONE;
    return tag == NODE_GROUP || tag == NODE_ALL || tag == NODE_CHOICE || tag == NODE_SEQUENCE;
}

/* Whether the particle is no content at all, by what is written (Part 1, 3.4.2, effective
 * content 2.1): a group that is referred to, or members that occur zero times, still make a
 * content of elements, in which white space may stand. */
static bool is_no_content(struct xsd_compiler *c, const struct particle *particle)
{
    enum node_tag tag = particle->location.node->tag;
    if (particle->max == 0)
        return true;
    if (tag == NODE_GROUP || node_first_child(c, &particle->location))
        return false;
    return tag != NODE_CHOICE || particle->min == 0;
}

/* The particle written in a type; NULL where there is none. */
static struct particle *read_content(struct xsd_compiler *c, const struct location *location,
                                     const struct node **child, const struct global *inside)
{
    if (!is_group(*child))
        return NULL;
    struct location at = {location->document, *child};
    struct particle *particle = particle_read(c, &at, inside);
    *child = node_next_child(c, location, *child);
    return is_no_content(c, particle) ? NULL : particle;
}

static void set_content(struct xsd_compiler *c, struct type *type, struct particle *particle,
                        bool mixed)
{
    if (!particle && mixed)
        particle = particle_new(c, PARTICLE_SEQUENCE, &type->source->location);
    type->source->particle = particle;
    type->content = !particle ? CONTENT_EMPTY : mixed ? CONTENT_MIXED : CONTENT_ELEMENTS;
}

/* The content of the base, which is elements or mixed, then that which is written here. */
static void append_content(struct xsd_compiler *c, const struct location *location,
                           struct type *type, struct particle *own, bool mixed)
{
    const struct type *base = type->base;
    struct particle *all = base->source->particle;
    bool base_mixed = base->content == CONTENT_MIXED;
    if (!own && !mixed) {
        set_content(c, type, all, base_mixed);
        return;
    }
    if (base_mixed != mixed)
        xsd_compile_warn(c, location, "cos-ct-extends.1.4.3.2.2.1",
                         "of type and base type one is mixed, the other not; the type is taken "
                         "as mixed");
    if (own) {
        all = particle_new(c, PARTICLE_SEQUENCE, location);
        pointer_list_add(c, &all->children, base->source->particle);
        pointer_list_add(c, &all->children, own);
    }
    set_content(c, type, all, true);
    type->content = base_mixed || mixed ? CONTENT_MIXED : CONTENT_ELEMENTS;
}

static void extend_content(struct xsd_compiler *c, const struct location *location,
                           struct type *type, struct particle *own, bool mixed)
{
    const struct type *base = type->base;
    if (base->content == CONTENT_EMPTY) {
        set_content(c, type, own, mixed);
        return;
    }
    if (base->content != CONTENT_SIMPLE) {
        append_content(c, location, type, own, mixed);
        return;
    }
    if (own)
        xsd_compile_fail(c, location, "cos-ct-extends.1.4",
                         "elements in a type that extends simple content");
    if (mixed)
        xsd_compile_warn(
            c, location, "cos-ct-extends.1.4",
            "mixed content in a type that extends simple content; it stays simple");
    simple_set_datatype(c, type, base->datatype, false);
}

/* Of derivation-ok-restriction.5, what can be said without comparing particles. */
static void restrict_content(struct xsd_compiler *c, const struct location *location,
                             struct type *type, struct particle *own, bool mixed)
{
    const struct type *base = type->base;
    set_content(c, type, own, mixed);
    if (base->content == CONTENT_SIMPLE)
        xsd_compile_warn(
            c, location, "derivation-ok-restriction.5",
            "complexContent that restricts simple content; " XSD_RESTRICTION_STANDS);
    else if (type->content == CONTENT_EMPTY && base->content != CONTENT_EMPTY &&
             !particle_may_be_empty(base->source->particle))
        xsd_compile_warn(
            c, location, "derivation-ok-restriction.5.3.2",
            "empty content where the base type's may not be empty; " XSD_RESTRICTION_STANDS);
    else if (type->content != CONTENT_EMPTY && base->content == CONTENT_EMPTY)
        xsd_compile_warn(
            c, location, "derivation-ok-restriction.5.4.2",
            "the content is wider than that of the base type; " XSD_RESTRICTION_STANDS);
    else if (type->content == CONTENT_MIXED && base->content != CONTENT_MIXED)
        xsd_compile_warn(
            c, location, "derivation-ok-restriction.5.4.1.2",
            "mixed content where the base type's is not mixed; " XSD_RESTRICTION_STANDS);
}

static void read_base(struct xsd_compiler *c, const struct location *location,
                      struct type *type)
{
    const struct global *global = type->source->global;
    const char *name = node_value_of(location->node, NODE_ATTR_BASE);
    if (!name)
        xsd_compile_fail(c, location, "s4s-att-must-appear", "no base type");
    type->base =
        type_of_name(c, location, node_read_reference(c, location, NODE_ATTR_BASE), global);
    if (global && global->original && type->base != global->original->component)
        xsd_compile_warn(c, location, "src-redefine.5", XSD_REDEFINITION_STANDS);
    type_finish(c, type->base);
    type->derivation =
        location->node->tag == NODE_EXTENSION ? DERIVATION_EXTENSION : DERIVATION_RESTRICTION;
    const char *rule = type->derivation == DERIVATION_RESTRICTION
                           ? "derivation-ok-restriction.1"
                       : type->base->simple ? "cos-ct-extends.2.2"
                                            : "cos-ct-extends.1.1";
    if (type->base->final & type->derivation)
        xsd_compile_warn(c, location, rule,
                         "the base type '%s' is final; it is derived from all the same", name);
}

static const struct node *derivation_child(struct xsd_compiler *c,
                                           const struct location *location)
{
    const struct node *child = node_first_child(c, location);
    if (!child || (child->tag != NODE_EXTENSION && child->tag != NODE_RESTRICTION))
        xsd_compile_fail(c, location, child ? "s4s-elt-must-match.1" : "s4s-elt-must-match.2",
                         "'%s' needs an extension or restriction", location->node->name);
    node_no_more_children(c, location, node_next_child(c, location, child));
    return child;
}

static void finish_with_attributes(struct xsd_compiler *c, const struct location *location,
                                   struct type *type, const struct node *child)
{
    struct attribute_set set = {0};
    attribute_read_all(c, location, child, &set, NULL);
    type->attributes = attribute_derive_all(c, location, type, &set);
}

static void finish_complex_content(struct xsd_compiler *c, const struct location *location,
                                   struct type *type, bool mixed)
{
    node_check_attrs(c, location, NODE_ATTR(MIXED));
    mixed =
        node_read_boolean(c, location, node_value_of(location->node, NODE_ATTR_MIXED), mixed);
    struct location at = {location->document, derivation_child(c, location)};
    node_check_attrs(c, &at, NODE_ATTR(BASE));
    read_base(c, &at, type);
    if (type->base->simple)
        xsd_compile_fail(c, &at, "src-ct.1", "complexContent with a simple type as base");
    const struct node *child = node_first_child(c, &at);
    struct particle *own = read_content(c, &at, &child, NULL);
    if (type->derivation == DERIVATION_EXTENSION)
        extend_content(c, &at, type, own, mixed);
    else
        restrict_content(c, &at, type, own, mixed);
    finish_with_attributes(c, &at, type, child);
}

static const struct node *restrict_simple_content(struct xsd_compiler *c,
                                                  const struct location *location,
                                                  struct type *type)
{
    const struct type *base = type->base;
    const struct node *child = node_first_child(c, location);
    const struct datatype *datatype = base->datatype;
    if (base->simple)
        xsd_compile_fail(c, location, "src-ct.2.1",
                         "a restriction of simpleContent needs a complex base type");
    if (base->content != CONTENT_SIMPLE &&
        (base->content != CONTENT_MIXED || !particle_may_be_empty(base->source->particle)))
        xsd_compile_fail(c, location, "src-ct.2.1",
                         "simpleContent needs a base type that allows text alone");
    if (child && child->tag == NODE_SIMPLE_TYPE) {
        struct type *inner = type_new(c, &(struct location){location->document, child}, NULL);
        type_finish(c, inner);
        if (datatype && !datatype_derives(inner->datatype, datatype))
            xsd_compile_warn(
                c, location, "derivation-ok-restriction.5.2.2.1",
                "the simpleType is not derived from the base type's; " XSD_RESTRICTION_STANDS);
        child = node_next_child(c, location, child);
        datatype = inner->datatype;
    } else if (!datatype) {
        xsd_compile_fail(c, location, "src-ct.2.2",
                         "a restriction of mixed content to text needs a simpleType");
    }
    bool facets = child && child->tag != NODE_ATTRIBUTE && child->tag != NODE_ATTRIBUTE_GROUP &&
                  child->tag != NODE_ANY_ATTRIBUTE;
    if (facets)
        datatype = simple_restrict(c, location, datatype, child, &child);
    simple_set_datatype(c, type, datatype, facets);
    return child;
}

static void finish_simple_content(struct xsd_compiler *c, const struct location *location,
                                  struct type *type)
{
    node_check_attrs(c, location, 0);
    struct location at = {location->document, derivation_child(c, location)};
    node_check_attrs(c, &at, NODE_ATTR(BASE));
    read_base(c, &at, type);
    const struct node *child;
    if (type->derivation == DERIVATION_RESTRICTION) {
        child = restrict_simple_content(c, &at, type);
    } else {
        if (type->base->content != CONTENT_SIMPLE)
            xsd_compile_fail(c, &at, "src-ct.2.1",
                             "simpleContent that extends complex content");
        child = node_first_child(c, &at);
        simple_set_datatype(c, type, type->base->datatype, false);
    }
    simple_check_notation(c, &at, type->datatype);
    finish_with_attributes(c, &at, type, child);
}

static void finish_shorthand(struct xsd_compiler *c, const struct location *location,
                             struct type *type, const struct node *child, bool mixed)
{
    struct particle *own = read_content(c, location, &child, NULL);
    if (type->source->global && type->source->global->original)
        xsd_compile_warn(c, location, "src-redefine.5", XSD_REDEFINITION_STANDS);
    type->base = (struct type *)c->xsd->any_type;
    type->derivation = DERIVATION_RESTRICTION;
    set_content(c, type, own, mixed);
    finish_with_attributes(c, location, type, child);
}

void complex_finish(struct xsd_compiler *c, struct type *type)
{
    struct location location = type->source->location;
    const unsigned methods = DERIVATION_EXTENSION | DERIVATION_RESTRICTION;
    uint64_t global_only =
        NODE_ATTR(NAME) | NODE_ATTR(ABSTRACT) | NODE_ATTR(FINAL) | NODE_ATTR(BLOCK);
    node_check_attrs(c, &location, NODE_ATTR(MIXED) | (type->source->global ? global_only : 0));
    const char *final = node_value_of(location.node, NODE_ATTR_FINAL),
               *block = node_value_of(location.node, NODE_ATTR_BLOCK);
    type->abstract = node_read_boolean(c, &location,
                                       node_value_of(location.node, NODE_ATTR_ABSTRACT), false);
    bool mixed =
        node_read_boolean(c, &location, node_value_of(location.node, NODE_ATTR_MIXED), false);
    type->final = final ? node_read_methods(c, &location, final, methods)
                        : location.document->final_default & methods;
    type->block = block ? node_read_methods(c, &location, block, methods)
                        : location.document->block_default & methods;
    const struct node *child = node_first_child(c, &location);
    enum node_tag tag = child ? child->tag : NODE_NONE;
    struct location inner = {location.document, child};
    if (tag == NODE_COMPLEX_CONTENT)
        finish_complex_content(c, &inner, type, mixed);
    else if (tag == NODE_SIMPLE_CONTENT)
        finish_simple_content(c, &inner, type);
    else
        finish_shorthand(c, &location, type, child, mixed);
    if (tag == NODE_COMPLEX_CONTENT || tag == NODE_SIMPLE_CONTENT)
        node_no_more_children(c, &location, node_next_child(c, &location, child));
}
