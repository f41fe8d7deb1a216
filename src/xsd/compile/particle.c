/* SPDX-License-Identifier: MIT
 *
 * Particles: elements, wildcards, model groups and references to groups of them, with their
 * bounds.
 */
#include "xsd/compile/compile.h"

#include <string.h>

#define OCCURS (ALLOW(A_MIN_OCCURS) | ALLOW(A_MAX_OCCURS))

static uint32_t read_count(struct xsd_compiler *c, const struct location *place,
                           const char *text, bool may_be_unbounded)
{
    if (may_be_unbounded && !strcmp(text, "unbounded"))
        return UNBOUNDED;
    const char *digit = *text == '+' ? text + 1 : text;
    uint32_t count = 0;
    if (!*digit)
        xsd_compile_fail(c, place, "s4s-att-invalid-value",
                         "'%s' is not a number of occurrences", text);
    for (; *digit; digit++) {
        if (*digit < '0' || *digit > '9')
            xsd_compile_fail(c, place, "s4s-att-invalid-value",
                             "'%s' is not a number of occurrences", text);
        uint32_t value = (uint32_t)(*digit - '0');
        /* More than any document can have is as good as the greatest number here. */
        count = count > (UNBOUNDED - 1 - value) / 10 ? UNBOUNDED - 1 : count * 10 + value;
    }
    return count;
}

static void read_occurs(struct xsd_compiler *c, const struct location *place,
                        struct particle *particle)
{
    const char *min = node_value_of(place->node, A_MIN_OCCURS);
    const char *max = node_value_of(place->node, A_MAX_OCCURS);
    particle->min = min ? read_count(c, place, min, false) : 1;
    particle->max = max ? read_count(c, place, max, true) : 1;
    if (particle->min > particle->max)
        xsd_compile_fail(c, place, "p-props-correct.2.1",
                         "minOccurs is greater than maxOccurs");
}

struct particle *particle_new(struct xsd_compiler *c, enum particle_kind kind,
                              const struct location *place)
{
    struct particle *particle = xsd_compile_alloc_draft(c, sizeof *particle);
    particle->kind = kind;
    particle->min = particle->max = 1;
    if (place)
        particle->place = *place;
    return particle;
}

static struct particle *read_element(struct xsd_compiler *c, const struct location *place)
{
    node_check_attrs(c, place,
                     OCCURS | ALLOW(A_NAME) | ALLOW(A_REF) | ALLOW(A_TYPE) | ALLOW(A_DEFAULT) |
                         ALLOW(A_FIXED) | ALLOW(A_NILLABLE) | ALLOW(A_BLOCK) | ALLOW(A_FORM));
    struct particle *particle = particle_new(c, PARTICLE_ELEMENT, place);
    read_occurs(c, place, particle);
    if (!node_value_of(place->node, A_REF)) {
        particle->element = element_make_local(c, place);
        return particle;
    }
    if (place->node->has & ~(OCCURS | ALLOW(A_REF) | ALLOW(A_ID)))
        xsd_compile_fail(c, place,
                         node_value_of(place->node, A_NAME) ? "src-element.2.1"
                                                            : "src-element.2.2",
                         "a reference with properties of its own");
    node_no_more_children(c, place, node_first_child(c, place));
    const struct symbol *name = node_named_by(c, place, A_REF);
    particle->element = element_make_global(c, global_find(c, place, KIND_ELEMENT, name, NULL));
    return particle;
}

static struct particle *read_any(struct xsd_compiler *c, const struct location *place)
{
    node_check_attrs(c, place, OCCURS | ALLOW(A_NAMESPACE) | ALLOW(A_PROCESS_CONTENTS));
    struct particle *particle = particle_new(c, PARTICLE_WILDCARD, place);
    read_occurs(c, place, particle);
    particle->wildcard = wildcard_read(c, place);
    return particle;
}

static struct particle *read_reference(struct xsd_compiler *c, const struct location *place,
                                       const struct global *inside)
{
    node_check_attrs(c, place, OCCURS | ALLOW(A_REF));
    node_no_more_children(c, place, node_first_child(c, place));
    if (!node_value_of(place->node, A_REF))
        xsd_compile_fail(c, place, "s4s-att-must-appear", "a group without ref");
    const struct symbol *name = node_named_by(c, place, A_REF);
    struct global *global = global_find(c, place, KIND_GROUP, name, inside);
    const struct particle *group = particle_make_group(c, global);
    struct particle *particle = particle_new(c, group->kind, place);
    read_occurs(c, place, particle);
    particle->children = group->children;
    if (inside && global == inside->original) {
        if (global->n_self++)
            xsd_compile_fail(c, place, "src-redefine.6.1.1",
                             "a redefined group may hold its original once");
        if (particle->min != 1 || particle->max != 1)
            xsd_compile_fail(c, place, "src-redefine.6.1.2",
                             "a redefined group must hold its original exactly once");
    }
    if (particle->kind == PARTICLE_ALL && particle->max > 1)
        xsd_compile_fail(c, place, "cos-all-limited.1.2",
                         "an all group can occur once at most");
    return particle;
}

static void check_all_member(struct xsd_compiler *c, const struct location *place,
                             const struct particle *particle)
{
    if (particle->kind != PARTICLE_ELEMENT)
        xsd_compile_fail(c, place, "s4s-elt-must-match.1", "an all group holds elements only");
    if (particle->max > 1)
        xsd_compile_fail(c, place, "cos-all-limited.2",
                         "an element of an all group can occur once at most");
}

static struct particle *read_compositor(struct xsd_compiler *c, const struct location *place,
                                        const struct global *inside)
{
    enum node_tag tag = place->node->tag;
    node_check_attrs(c, place, OCCURS);
    struct particle *particle = particle_new(c,
                                             tag == TAG_ALL      ? PARTICLE_ALL
                                             : tag == TAG_CHOICE ? PARTICLE_CHOICE
                                                                 : PARTICLE_SEQUENCE,
                                             place);
    read_occurs(c, place, particle);
    if (tag == TAG_ALL && particle->max != 1)
        xsd_compile_fail(c, place, "cos-all-limited.1.2", "an all group occurs once");
    for (const struct node *child = node_first_child(c, place); child;
         child = node_next_child(c, place, child)) {
        struct location at = {place->document, child};
        struct particle *member = particle_read(c, &at, inside);
        if (tag == TAG_ALL)
            check_all_member(c, &at, member);
        if (member->max > 0)
            pointer_list_add(c, &particle->children, member);
    }
    return particle;
}

struct particle *particle_read(struct xsd_compiler *c, const struct location *place,
                               const struct global *inside)
{
    switch (place->node->tag) {
    case TAG_ELEMENT:
        return read_element(c, place);
    case TAG_ANY:
        return read_any(c, place);
    case TAG_GROUP:
        return read_reference(c, place, inside);
    case TAG_ALL:
    case TAG_CHOICE:
    case TAG_SEQUENCE:
        return read_compositor(c, place, inside);
    default:
        xsd_compile_fail(c, place, "s4s-elt-must-match.1", "element '%s' is out of place",
                         place->node->name);
    }
}

struct particle *particle_make_group(struct xsd_compiler *c, struct global *global)
{
    const struct location *place = &global->place;
    if (global->state == STATE_BUSY)
        xsd_compile_fail(c, place, "mg-props-correct.2", "group '%s' contains itself",
                         global->name->local);
    if (global->state == STATE_DONE)
        return global->component;
    global->state = STATE_BUSY;
    xsd_compile_go_deeper(c, place);
    node_check_attrs(c, place, ALLOW(A_NAME));
    const struct node *child = node_first_child(c, place);
    enum node_tag tag = child ? child->tag : TAG_NONE;
    if (tag != TAG_ALL && tag != TAG_CHOICE && tag != TAG_SEQUENCE)
        xsd_compile_fail(c, place, child ? "s4s-elt-must-match.1" : "s4s-elt-must-match.2",
                         "a group needs an all, choice or sequence");
    struct location inner = {place->document, child};
    node_check_attrs(c, &inner, 0); /* no bounds here: they belong to the references */
    struct particle *particle = read_compositor(c, &inner, global);
    node_no_more_children(c, place, node_next_child(c, place, child));
    if (global->original && !global->original->n_self)
        xsd_compile_decline(c, place, "a redefinition of a group by restriction");
    c->depth--;
    global->component = particle;
    global->state = STATE_DONE;
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
