/* SPDX-License-Identifier: MIT
 *
 * Documents repeat themselves. What a child's name means in a state of its parent's content is
 * found by children.c and start_tag.c, and kept in a lazy automaton if nothing was wrong; so is
 * which use of its type an attribute is. From then on it takes one look-up. Names that the
 * schema does not have are never kept.
 */
#include "xsd/validate/validator.h"

#include "xsd/model_walk.h"

void learned_note_state(struct element_frame *frame)
{
    const struct model *model = frame->model;
    frame->state =
        validator_fixes_content(frame) ? NULL : model_walk_state(model, &frame->walk);
    frame->may_end = frame->state && model_walk_may_end(model, &frame->walk);
}

bool learned_open(const struct xsd_validator *v, struct element_frame *parent,
                  struct element_frame *child, const xmlChar *localname, const xmlChar *uri)
{
    const struct opening *opening =
        parent->state ? transitions_find(&v->learned, parent->state, localname, uri) : NULL;
    if (!opening)
        return false;
    *child = opening->frame;
    parent->has_child = true;
    parent->state = opening->state;
    parent->may_end = opening->may_end;
    parent->walk.state = opening->walk_state;
    parent->walk.position = opening->walk_position;
    return true;
}

void learned_add_opening(struct xsd_validator *v, const uint64_t *state,
                         const struct element_frame *parent, const struct element_frame *child)
{
    struct opening opening = {
        .frame = *child,
        .state = parent->state,
        .may_end = parent->may_end,
        .walk_state = parent->walk.state,
        .walk_position = parent->walk.position,
    };
    if (state && parent->state && child->element && !child->marks && !v->has_xsi &&
        !(child->model && child->model->all))
        transitions_add(&v->learned, state, child->localname, child->uri, &opening,
                        sizeof opening);
}

/* A use as an attribute's name leads to it. */
struct learned_use {
    const struct attribute_use *use;
    uint32_t symbol;
    uint32_t ns;
};

void learned_find_attribute(struct xsd_validator *v, const struct attributes *expected,
                            const xmlChar *uri, struct instance_attr *attr)
{
    const struct learned_use *known =
        expected ? transitions_find(&v->learned, expected, attr->localname, uri) : NULL;
    if (known) {
        attr->use = known->use;
        attr->symbol = known->symbol;
        attr->ns = known->ns;
        return;
    }
    name_cache_find(v, attr->localname, uri, &attr->symbol, &attr->ns);
    attr->use = expected && attr->symbol ? attributes_find(expected, attr->symbol) : NULL;
    struct learned_use found = {attr->use, attr->symbol, attr->ns};
    if (attr->use)
        transitions_add(&v->learned, expected, attr->localname, uri, &found, sizeof found);
}
