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

/* -- Children that are not allowed ---------------------------------------------------- */

/* It is assessed by a declaration of its name in the content model, which may be that of a head
 * it substitutes, else by the global one, else as far as there are declarations inside it. */
static int assess_refused(struct xsd_validator *v, struct element_frame *parent,
                          struct element_frame *child, bool *skipped)
{
    const struct model *model = parent->model;
    child->element = child->symbol ? v->xsd->names.by_id[child->symbol]->element : NULL;
    uint32_t p = model && child->symbol ? model_walk_first(model, child->symbol) : XSD_NONE;
    if (p != XSD_NONE)
        child->element = model->positions[p].element;
    for (p = model ? model->wildcard : XSD_NONE; p != XSD_NONE && !child->element;
         p = model->positions[p].same)
        *skipped |= model->positions[p].wildcard->process_contents == PROCESS_SKIP &&
                    wildcard_allows(model->positions[p].wildcard, child->ns);
    child->astray = !child->element;
    parent->refused += parent->refused < UINT32_MAX;
    v->disorder++;
    return 0;
}

/* Where no children are allowed at all. That is reported once. */
static int refuse_any(struct xsd_validator *v, const struct element_frame *parent,
                      const struct element_frame *child)
{
    const char *code = "cvc-complex-type.2.1", *why = "the content is empty";
    if (parent->refused || parent->text_fault || parent->lenient)
        return 0;
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

static int refuse(struct xsd_validator *v, struct element_frame *parent,
                  struct element_frame *child, bool *skipped)
{
    if (!parent->lenient && validator_fault_unexpected(v, parent, child) < 0)
        return -1;
    if (!parent->lenient && !parent->model->all && recovery_refuse(v, parent, child) < 0)
        return -1;
    return assess_refused(v, parent, child, skipped);
}

/* -- A child -------------------------------------------------------------------------- */

/* cvc-wildcard, by processContents */
static int match_wildcard(struct xsd_validator *v, const struct element_frame *parent,
                          const struct wildcard *wildcard, struct element_frame *child,
                          bool *skipped)
{
    *skipped = wildcard->process_contents == PROCESS_SKIP;
    if (*skipped)
        return 0;
    child->element = child->symbol ? v->xsd->names.by_id[child->symbol]->element : NULL;
    child->astray = parent->astray && !child->element;
    if (child->element || wildcard->process_contents == PROCESS_LAX ||
        start_tag_has_xsi_type(v))
        return 0;
    child->astray = true;
    v->disorder++;
    return validator_fault(
        v, "cvc-complex-type.2.4.c", child, NULL,
        "The wildcard here asks for a global declaration of the element, and there is "
        "none.");
}

int children_match(struct xsd_validator *v, struct element_frame *parent,
                   struct element_frame *child, bool *skipped)
{
    const struct model *model = parent->model;
    const struct element *declared = parent->element;
    parent->has_child = true;
    bool fixed = parent->mixed && declared && declared->value.text && declared->value.fixed;
    if (parent->inside != INSIDE_MODEL || fixed)
        return refuse_any(v, parent, child) < 0 ? -1
                                                : assess_refused(v, parent, child, skipped);
    uint32_t p = XSD_NONE;
    if (model->all)
        p = match_all(v, parent, child->symbol);
    else if (parent->recovery)
        p = recovery_next(v, parent, child);
    else if ((p = model_walk_next(v->xsd, model, &parent->walk, child->symbol, child->ns)) !=
             XSD_NONE)
        model_walk_advance(model, &parent->walk, p);
    if (p == XSD_NONE)
        return refuse(v, parent, child, skipped);
    const struct position *position = &model->positions[p];
    if (!position->element)
        return match_wildcard(v, parent, position->wildcard, child, skipped);
    child->element = position->element;
    if (position->element->name->id != child->symbol)
        child->element = v->xsd->names.by_id[child->symbol]->element;
    return 0;
}

/* cvc-elt.1, cvc-assess-elt.1.2: a type that the root names stands in for a declaration. */
int children_match_root(struct xsd_validator *v, struct element_frame *root)
{
    root->element = root->symbol ? v->xsd->names.by_id[root->symbol]->element : NULL;
    if (root->element || start_tag_has_xsi_type(v))
        return 0;
    root->astray = true;
    v->disorder++;
    return validator_fault(v, "cvc-elt.1", root, NULL,
                           "No matching global declaration available for the validation root.");
}

bool children_complete(const struct xsd_validator *v, const struct element_frame *frame)
{
    const struct model *model = frame->model;
    if (frame->lenient || (frame->nil_refused && !frame->has_child))
        return true;
    if (frame->recovery)
        return recovery_may_end(v, frame);
    if (!model->all)
        return model_walk_may_end(model, &frame->walk);
    if (model->optional && !frame->has_child)
        return true;
    /* Each child that was refused may stand in place of one that is missing. */
    uint64_t missing = 0;
    for (uint32_t i = 0; i < model->words; i++)
        missing += (uint64_t)__builtin_popcountll(model->rows[i] & ~v->seen[frame->seen + i]);
    return missing <= frame->refused;
}
