/* SPDX-License-Identifier: MIT */
#include "xsd/validate/learned.h"

#include "xsd/model_walk.h"

void learned_note_state(struct element_frame *frame)
{
    const struct model *model = frame->model;
    frame->state =
        validator_fixes_content(frame) ? NULL : model_walk_state(model, &frame->walk);
    frame->may_end = frame->state && model_walk_may_end(model, &frame->walk);
}

void learned_add_opening(struct xsd_validator *v, const void *state,
                         const struct element_frame *parent, const struct element_frame *child)
{
    const struct attributes *expected = child->type->attributes;
    struct opening opening = {
        .frame = *child,
        .state = parent->state,
        .may_end = parent->may_end,
        .walk_state = parent->walk.state,
        .walk_position = parent->walk.position,
        .walk_count = parent->walk.count,
        .bare = !expected || (!expected->n_required && !expected->has_idref_default),
    };
    for (uint32_t i = 0; expected && i < expected->n; i++)
        opening.has_ids |= expected->uses[i].is_id;
    if (!state || !parent->state || !child->element || child->marks || v->has_xsi ||
        (child->model && child->model->all))
        return;
    struct transition *added = transitions_add(&v->learned, state, child->localname, child->uri,
                                               &opening, sizeof opening, v->guess);
    if (added)
        v->guess = &added->next;
}

/* -- Attributes ----------------------------------------------------------------------- */

static inline bool takes_value(struct xsd_validator *v, const struct attribute_use *use,
                               const xmlChar *value, size_t len)
{
    return use->takes_anything ||
           (learned_is_given(&use->value, use->datatype, value, len) &&
            learned_is_valid(v, use->datatype, (const char *)value, len));
}

/* `kept` is where the attributes go; NULL: nowhere. */
static inline bool take_attributes(struct xsd_validator *v, struct opening *opening,
                                   int n_attributes, const xmlChar **attributes,
                                   struct instance_attr *kept)
{
    const struct attributes *expected = opening->frame.type->attributes;
    struct transition **guess = &opening->attributes;
    uint32_t n_required = 0;
    if (!expected)
        return false;
    for (int i = 0; i < n_attributes; i++, attributes += 5) {
        struct transition *found =
            transitions_find(&v->learned, expected, attributes[0], attributes[2], guess);
        if (!found)
            return false;
        const struct learned_use *learned = (const struct learned_use *)found->to;
        const struct attribute_use *use = learned->use;
        size_t len = (size_t)(attributes[4] - attributes[3]);
        if ((!kept && use->is_id) || !takes_value(v, use, attributes[3], len))
            return false;
        if (kept) {
            kept[i] = validator_attr_of(attributes);
            kept[i].datatype = use->datatype;
            kept[i].use = use;
            kept[i].symbol = learned->symbol;
            kept[i].ns = learned->ns;
        }
        n_required += use->required;
        guess = &found->next;
    }
    return n_required == expected->n_required && !expected->has_idref_default;
}

bool learned_takes_attributes(struct xsd_validator *v, struct opening *opening,
                              int n_attributes, const xmlChar **attributes)
{
    return take_attributes(v, opening, n_attributes, attributes, NULL);
}

bool learned_reads_attributes(struct xsd_validator *v, struct opening *opening,
                              int n_attributes, const xmlChar **attributes)
{
    v->has_xsi = false;
    v->attrs_size.n = (size_t)n_attributes;
    return n_attributes ? take_attributes(v, opening, n_attributes, attributes, v->attrs)
                        : opening->bare;
}

void learned_find_attribute(struct xsd_validator *v, const struct attributes *expected,
                            const xmlChar *uri, struct instance_attr *attr,
                            struct transition ***guess)
{
    struct transition *known =
        expected ? transitions_find(&v->learned, expected, attr->localname, uri, *guess) : NULL;
    if (known) {
        const struct learned_use *found = (const struct learned_use *)known->to;
        attr->use = found->use;
        attr->symbol = found->symbol;
        attr->ns = found->ns;
        *guess = &known->next;
        return;
    }
    name_cache_find(v, attr->localname, uri, &attr->symbol, &attr->ns);
    attr->use = expected && attr->symbol ? attributes_find(expected, attr->symbol) : NULL;
    struct learned_use found = {attr->use, attr->symbol, attr->ns};
    if (attr->use && (known = transitions_add(&v->learned, expected, attr->localname, uri,
                                              &found, sizeof found, *guess)))
        *guess = &known->next;
}
