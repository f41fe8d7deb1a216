/* SPDX-License-Identifier: MIT
 *
 * The children of an element against its content model: cvc-complex-type.2, cvc-model-group.
 */
#include "xsd/validate/validator.h"

#include "xsd/model_walk.h"

/* xs:all: each element matches once. */
static uint32_t match_all(struct xsd_validator *v, const struct element_frame *frame,
                          uint32_t symbol)
{
    const struct model *model = frame->model;
    uint64_t *seen = v->seen + frame->seen;
    const struct element *global = symbol ? v->xsd->names.by_id[symbol]->element : NULL;
    for (uint32_t p = 0; symbol && p < model->n_positions; p++) {
        const struct element *element = model->positions[p].element;
        bool fits = element->name->id == symbol;
        for (uint32_t i = 0; global && !fits && i < global->n_heads; i++)
            fits = global->heads[i] == element;
        if (!fits)
            continue;
        if (model_bit(seen, p))
            return XSD_NONE;
        seen[p >> 6] |= UINT64_C(1) << (p & 63);
        return p;
    }
    return XSD_NONE;
}

/* A child where no children are allowed. */
static int refuse_child(struct xsd_validator *v, const struct element_frame *parent,
                        const struct element_frame *child)
{
    const char *code = "cvc-complex-type.2.1", *why = "the content is empty";
    if (parent->inside == INSIDE_NIL) {
        code = "cvc-elt.3.2.1";
        why = "the element is nil";
    } else if (parent->type->simple) {
        code = "cvc-type.3.1.2";
        why = "the type is simple";
    } else if (parent->inside == INSIDE_SIMPLE) {
        code = "cvc-complex-type.2.2";
        why = "the content is simple";
    } else if (parent->inside == INSIDE_MODEL) {
        code = "cvc-elt.5.2.2.1";
        why = "the element has a fixed value";
    }
    return validator_fault(v, code, parent, NULL, "Element '%s' is not allowed here; %s.",
                           (const char *)child->localname, why);
}

/* cvc-wildcard, by processContents */
static enum child_match match_wildcard(struct xsd_validator *v, const struct wildcard *wildcard,
                                       struct element_frame *child, int *rc)
{
    if (wildcard->process_contents == PROCESS_SKIP)
        return CHILD_SKIPPED;
    child->element = child->symbol ? v->xsd->names.by_id[child->symbol]->element : NULL;
    if (child->element || wildcard->process_contents == PROCESS_LAX ||
        start_tag_has_xsi_type(v))
        return CHILD_DECLARED;
    *rc = validator_fault(
        v, "cvc-complex-type.2.4.c", child, NULL,
        "The wildcard here asks for a global declaration of the element, and there is "
        "none.");
    return CHILD_REFUSED;
}

enum child_match children_match(struct xsd_validator *v, struct element_frame *parent,
                                struct element_frame *child, int *rc)
{
    const struct model *model = parent->model;
    const struct element *declared = parent->element;
    parent->has_child = true;
    if (parent->inside == INSIDE_BROKEN)
        return CHILD_REFUSED;
    bool fixed = parent->mixed && declared && declared->value.text && declared->value.fixed;
    if (parent->inside != INSIDE_MODEL || fixed) {
        *rc = refuse_child(v, parent, child);
        parent->inside = INSIDE_BROKEN;
        return CHILD_REFUSED;
    }
    uint32_t p = model->all
                     ? match_all(v, parent, child->symbol)
                     : model_walk_next(v->xsd, model, &parent->walk, child->symbol, child->ns);
    if (p == XSD_NONE) {
        *rc = validator_fault_unexpected(v, parent, child);
        parent->inside = INSIDE_BROKEN;
        return CHILD_REFUSED;
    }
    if (!model->all)
        model_walk_advance(model, &parent->walk, p);
    const struct position *position = &model->positions[p];
    if (!position->element)
        return match_wildcard(v, position->wildcard, child, rc);
    child->element = position->element;
    if (position->element->name->id != child->symbol)
        child->element = v->xsd->names.by_id[child->symbol]->element;
    return CHILD_DECLARED;
}

/* cvc-elt.1, cvc-assess-elt.1.2: a type that the root names stands in for a declaration. */
enum child_match children_match_root(struct xsd_validator *v, struct element_frame *root,
                                     int *rc)
{
    root->element = root->symbol ? v->xsd->names.by_id[root->symbol]->element : NULL;
    if (root->element || start_tag_has_xsi_type(v))
        return CHILD_DECLARED;
    *rc = validator_fault(v, "cvc-elt.1", root, NULL,
                          "No matching global declaration available for the validation root.");
    return CHILD_REFUSED;
}

bool children_complete(const struct xsd_validator *v, const struct element_frame *frame)
{
    const struct model *model = frame->model;
    if (!model->all)
        return model_walk_may_end(model, &frame->walk);
    if (model->optional && !frame->has_child)
        return true;
    for (uint32_t i = 0; i < model->words; i++)
        if (model->rows[i] & ~v->seen[frame->seen + i])
            return false;
    return true;
}
