/* SPDX-License-Identifier: MIT
 *
 * Particles: elements, wildcards, model groups and references to groups of them, with their
 * bounds.
 */
#include "xsd/compile/component.h"

#include <string.h>

#define OCCURS (NODE_ATTR(MIN_OCCURS) | NODE_ATTR(MAX_OCCURS))

static uint32_t read_count(struct xsd_compiler *c, const struct location *location,
                           const char *text, bool may_be_unbounded)
{
    if (may_be_unbounded && strcmp(text, "unbounded") == 0)
        return XSD_UNBOUNDED;
    const char *digit = *text == '+' ? text + 1 : text;
    uint32_t count = 0;
    if (!*digit)
        xsd_compile_fail(c, location, "s4s-att-invalid-value",
                         "'%s' is not a number of occurrences", text);
    for (; *digit; digit++) {
        if (*digit < '0' || *digit > '9')
            xsd_compile_fail(c, location, "s4s-att-invalid-value",
                             "'%s' is not a number of occurrences", text);
        uint32_t value = (uint32_t)(*digit - '0');
        /* No document has that many: the greatest number stands for all above it. */
        count =
            count > (XSD_UNBOUNDED - 1 - value) / 10 ? XSD_UNBOUNDED - 1 : count * 10 + value;
    }
    return count;
}

static void read_occurs(struct xsd_compiler *c, const struct location *location,
                        struct particle *particle)
{
    const char *min = node_value_of(location->node, NODE_ATTR_MIN_OCCURS);
    const char *max = node_value_of(location->node, NODE_ATTR_MAX_OCCURS);
    particle->min = min ? read_count(c, location, min, false) : 1;
    particle->max = max ? read_count(c, location, max, true) : 1;
    if (particle->min > particle->max) {
        xsd_compile_warn(c, location, "p-props-correct.2.1",
                         "minOccurs is greater than maxOccurs; it stands for both");
        particle->max = particle->min;
    }
}

struct particle *particle_new(struct xsd_compiler *c, enum particle_kind kind,
                              const struct location *location)
{
    struct particle *particle = xsd_compile_alloc_draft(c, sizeof *particle);
    particle->kind = kind;
    particle->min = particle->max = 1;
    if (location)
        particle->location = *location;
    return particle;
}

static struct particle *read_element(struct xsd_compiler *c, const struct location *location)
{
    node_check_attrs(c, location,
                     OCCURS | NODE_ATTR(NAME) | NODE_ATTR(REF) | NODE_ATTR(TYPE) |
                         NODE_ATTR(DEFAULT) | NODE_ATTR(FIXED) | NODE_ATTR(NILLABLE) |
                         NODE_ATTR(BLOCK) | NODE_ATTR(FORM));
    struct particle *particle = particle_new(c, PARTICLE_ELEMENT, location);
    read_occurs(c, location, particle);
    if (!node_value_of(location->node, NODE_ATTR_REF)) {
        particle->element = element_make_local(c, location);
        return particle;
    }
    if (location->node->has & NODE_ATTR(NAME))
        xsd_compile_fail(c, location, "src-element.2.1", "both name and ref");
    const struct node *child = node_first_child(c, location);
    if (child || location->node->has & ~(OCCURS | NODE_ATTR(REF) | NODE_ATTR(ID)))
        xsd_compile_warn(c, location, "src-element.2.2",
                         "a reference with properties of its own; those of the element that "
                         "it refers to hold");
    for (; child; child = node_next_child(c, location, child))
        if (child->tag != NODE_SIMPLE_TYPE && child->tag != NODE_COMPLEX_TYPE &&
            child->tag != NODE_UNIQUE && child->tag != NODE_KEY && child->tag != NODE_KEYREF)
            node_no_more_children(c, location, child);
    const struct symbol *name = node_read_reference(c, location, NODE_ATTR_REF);
    particle->element =
        element_make_global(c, global_find(c, location, COMPONENT_ELEMENT, name, NULL));
    return particle;
}

static struct particle *read_any(struct xsd_compiler *c, const struct location *location)
{
    node_check_attrs(c, location, OCCURS | NODE_ATTR(NAMESPACE) | NODE_ATTR(PROCESS_CONTENTS));
    struct particle *particle = particle_new(c, PARTICLE_WILDCARD, location);
    read_occurs(c, location, particle);
    particle->wildcard = wildcard_read(c, location);
    return particle;
}

static struct particle *read_reference(struct xsd_compiler *c, const struct location *location,
                                       const struct global *inside)
{
    node_check_attrs(c, location, OCCURS | NODE_ATTR(REF));
    node_no_more_children(c, location, node_first_child(c, location));
    if (!node_value_of(location->node, NODE_ATTR_REF))
        xsd_compile_fail(c, location, "s4s-att-must-appear", "a group without ref");
    const struct symbol *name = node_read_reference(c, location, NODE_ATTR_REF);
    struct global *global = global_find(c, location, COMPONENT_GROUP, name, inside);
    const struct particle *group = particle_make_group(c, global);
    struct particle *particle = particle_new(c, group->kind, location);
    read_occurs(c, location, particle);
    particle->children = group->children;
    if (inside && global == inside->original) {
        if (global->n_self++)
            xsd_compile_warn(c, location, "src-redefine.6.1.1",
                             "a redefined group may hold its original once; it stands where it "
                             "is written");
        if (particle->min != 1 || particle->max != 1)
            xsd_compile_warn(c, location, "src-redefine.6.1.2",
                             "a redefined group holds its original with bounds of 1; those "
                             "written hold");
    }
    if (particle->kind == PARTICLE_ALL && particle->max > 1)
        xsd_compile_fail(c, location, "cos-all-limited.1.2",
                         "an all group can occur once at most");
    return particle;
}

static void check_all_member(struct xsd_compiler *c, const struct location *location,
                             const struct particle *particle)
{
    if (particle->kind != PARTICLE_ELEMENT)
        xsd_compile_fail(c, location, "s4s-elt-must-match.1",
                         "an all group holds elements only");
    if (particle->max > 1)
        xsd_compile_fail(c, location, "cos-all-limited.2",
                         "an element of an all group can occur once at most");
}

static struct particle *read_compositor(struct xsd_compiler *c, const struct location *location,
                                        const struct global *inside)
{
    enum node_tag tag = location->node->tag;
    node_check_attrs(c, location, OCCURS);
    struct particle *particle = particle_new(c,
                                             tag == NODE_ALL      ? PARTICLE_ALL
                                             : tag == NODE_CHOICE ? PARTICLE_CHOICE
                                                                  : PARTICLE_SEQUENCE,
                                             location);
    read_occurs(c, location, particle);
    if (tag == NODE_ALL && particle->max != 1)
        xsd_compile_fail(c, location, "cos-all-limited.1.2", "an all group occurs once");
    for (const struct node *child = node_first_child(c, location); child;
         child = node_next_child(c, location, child)) {
        struct location at = {location->document, child};
        struct particle *member = particle_read(c, &at, inside);
        if (tag == NODE_ALL)
            check_all_member(c, &at, member);
        if (member->max > 0)
            pointer_list_add(c, &particle->children, member);
    }
    return particle;
}

struct particle *particle_read(struct xsd_compiler *c, const struct location *location,
                               const struct global *inside)
{
    switch (location->node->tag) {
    case NODE_ELEMENT:
        return read_element(c, location);
    case NODE_ANY:
        return read_any(c, location);
    case NODE_GROUP:
        return read_reference(c, location, inside);
    case NODE_ALL:
    case NODE_CHOICE:
    case NODE_SEQUENCE:
        return read_compositor(c, location, inside);
    default:
        xsd_compile_fail(c, location, "s4s-elt-must-match.1", "element '%s' is out of place",
                         location->node->name);
    }
}

struct particle *particle_make_group(struct xsd_compiler *c, struct global *global)
{
    const struct location *location = &global->location;
    if (global->state == COMPONENT_BUSY)
        xsd_compile_fail(c, location, "mg-props-correct.2", "group '%s' contains itself",
                         global->name->local);
    if (global->state == COMPONENT_DONE)
        return global->component;
    global->state = COMPONENT_BUSY;
    xsd_compile_go_deeper(c, location);
    if (global->original) /* which is compared with later, if it is not held */
        particle_make_group(c, global->original);
    node_check_attrs(c, location, NODE_ATTR(NAME));
    const struct node *child = node_first_child(c, location);
    enum node_tag tag = child ? child->tag : NODE_NONE;
    if (tag != NODE_ALL && tag != NODE_CHOICE && tag != NODE_SEQUENCE)
        xsd_compile_fail(c, location, child ? "s4s-elt-must-match.1" : "s4s-elt-must-match.2",
                         "a group needs an all, choice or sequence");
    struct location inner = {location->document, child};
    node_check_attrs(c, &inner, 0); /* no bounds: references have them */
    struct particle *particle = read_compositor(c, &inner, global);
    node_no_more_children(c, location, node_next_child(c, location, child));
    c->depth--;
    global->component = particle;
    global->state = COMPONENT_DONE;
    return particle;
}

bool particle_may_be_empty(const struct particle *particle)
{
    if (!particle || particle->min == 0 || particle->max == 0)
        return true;
    if (particle->kind == PARTICLE_ELEMENT || particle->kind == PARTICLE_WILDCARD)
        return false;
    bool choice = particle->kind == PARTICLE_CHOICE;
    for (uint32_t i = 0; i < particle->children.n; i++)
        if (particle_may_be_empty(particle->children.items[i]) == choice)
            return choice;
    return !choice;
}
