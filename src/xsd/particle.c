/* SPDX-License-Identifier: MIT
 *
 * Particles: elements, wildcards, model groups and references to groups of them, with their
 * bounds.
 */
#include "compile.h"

#include <string.h>

#define OCCURS (ALLOW(A_MIN_OCCURS) | ALLOW(A_MAX_OCCURS))

static uint32_t read_count(struct compiler *c, const struct place *place, const char *text,
                           bool may_be_unbounded)
{
    if (may_be_unbounded && !strcmp(text, "unbounded"))
        return UNBOUNDED;
    const char *digit = *text == '+' ? text + 1 : text;
    uint32_t count = 0;
    if (!*digit)
        fail(c, place, "'%s' is not a number of occurrences", text);
    for (; *digit; digit++) {
        if (*digit < '0' || *digit > '9')
            fail(c, place, "'%s' is not a number of occurrences", text);
        uint32_t value = (uint32_t)(*digit - '0');
        /* More than any document can have is as good as the greatest number here. */
        count = count > (UNBOUNDED - 1 - value) / 10 ? UNBOUNDED - 1 : count * 10 + value;
    }
    return count;
}

static void read_occurs(struct compiler *c, const struct place *place,
                        struct particle *particle)
{
    const char *min = value_of(place->node, A_MIN_OCCURS);
    const char *max = value_of(place->node, A_MAX_OCCURS);
    particle->min = min ? read_count(c, place, min, false) : 1;
    particle->max = max ? read_count(c, place, max, true) : 1;
    if (particle->min > particle->max)
        fail(c, place, "minOccurs is greater than maxOccurs");
}

struct particle *new_particle(struct compiler *c, enum particle_kind kind,
                              const struct place *place)
{
    struct particle *particle = make_draft(c, sizeof *particle);
    particle->kind = kind;
    particle->min = particle->max = 1;
    if (place)
        particle->place = *place;
    return particle;
}

static struct particle *read_element(struct compiler *c, const struct place *place)
{
    check_attrs(c, place,
                OCCURS | ALLOW(A_NAME) | ALLOW(A_REF) | ALLOW(A_TYPE) | ALLOW(A_DEFAULT) |
                    ALLOW(A_FIXED) | ALLOW(A_NILLABLE) | ALLOW(A_BLOCK) | ALLOW(A_FORM));
    struct particle *particle = new_particle(c, PARTICLE_ELEMENT, place);
    read_occurs(c, place, particle);
    if (!value_of(place->node, A_REF)) {
        particle->element = make_local_element(c, place);
        return particle;
    }
    if (place->node->has & ~(OCCURS | ALLOW(A_REF) | ALLOW(A_ID)))
        fail(c, place, "a reference with properties of its own");
    no_more_children(c, place, first_child(c, place));
    const struct symbol *name = named_by(c, place, A_REF);
    particle->element = make_global_element(c, find_global(c, place, KIND_ELEMENT, name, NULL));
    return particle;
}

static struct particle *read_any(struct compiler *c, const struct place *place)
{
    check_attrs(c, place, OCCURS | ALLOW(A_NAMESPACE) | ALLOW(A_PROCESS_CONTENTS));
    struct particle *particle = new_particle(c, PARTICLE_WILDCARD, place);
    read_occurs(c, place, particle);
    particle->wildcard = read_wildcard(c, place);
    return particle;
}

static struct particle *read_reference(struct compiler *c, const struct place *place,
                                       const struct global *inside)
{
    check_attrs(c, place, OCCURS | ALLOW(A_REF));
    no_more_children(c, place, first_child(c, place));
    if (!value_of(place->node, A_REF))
        fail(c, place, "a group without ref");
    const struct symbol *name = named_by(c, place, A_REF);
    struct global *global = find_global(c, place, KIND_GROUP, name, inside);
    const struct particle *group = make_group(c, global);
    struct particle *particle = new_particle(c, group->kind, place);
    read_occurs(c, place, particle);
    particle->children = group->children;
    if (inside && global == inside->original &&
        (global->n_self++ || particle->min != 1 || particle->max != 1))
        fail(c, place, "a redefined group may hold its original once");
    if (particle->kind == PARTICLE_ALL && particle->max > 1)
        fail(c, place, "an all group can occur once at most");
    return particle;
}

static void check_all_member(struct compiler *c, const struct place *place,
                             const struct particle *particle)
{
    if (particle->kind != PARTICLE_ELEMENT)
        fail(c, place, "an all group holds elements only");
    if (particle->max > 1)
        fail(c, place, "an element of an all group can occur once at most");
}

static struct particle *read_compositor(struct compiler *c, const struct place *place,
                                        const struct global *inside)
{
    enum tag tag = place->node->tag;
    check_attrs(c, place, OCCURS);
    struct particle *particle = new_particle(c,
                                             tag == TAG_ALL      ? PARTICLE_ALL
                                             : tag == TAG_CHOICE ? PARTICLE_CHOICE
                                                                 : PARTICLE_SEQUENCE,
                                             place);
    read_occurs(c, place, particle);
    if (tag == TAG_ALL && particle->max != 1)
        fail(c, place, "an all group occurs once");
    for (const struct node *child = first_child(c, place); child;
         child = next_child(c, place, child)) {
        struct place at = {place->document, child};
        struct particle *member = read_particle(c, &at, inside);
        if (tag == TAG_ALL)
            check_all_member(c, &at, member);
        if (member->max > 0)
            list_add(c, &particle->children, member);
    }
    return particle;
}

struct particle *read_particle(struct compiler *c, const struct place *place,
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
        fail(c, place, "element '%s' is out of place", place->node->name);
    }
}

struct particle *make_group(struct compiler *c, struct global *global)
{
    const struct place *place = &global->place;
    if (global->state == STATE_BUSY)
        fail(c, place, "group '%s' contains itself", global->name->local);
    if (global->state == STATE_DONE)
        return global->component;
    global->state = STATE_BUSY;
    go_deeper(c, place);
    check_attrs(c, place, ALLOW(A_NAME));
    const struct node *child = first_child(c, place);
    enum tag tag = child ? child->tag : TAG_NONE;
    if (tag != TAG_ALL && tag != TAG_CHOICE && tag != TAG_SEQUENCE)
        fail(c, place, "a group needs an all, choice or sequence");
    struct place inner = {place->document, child};
    check_attrs(c, &inner, 0); /* no bounds here: they belong to the references */
    struct particle *particle = read_compositor(c, &inner, global);
    no_more_children(c, place, next_child(c, place, child));
    if (global->original && !global->original->n_self)
        fail(c, place, "redefinition by restriction of a group is not covered");
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
