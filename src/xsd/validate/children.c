/* SPDX-License-Identifier: MIT
 *
 * The children of an element against its content model: cvc-complex-type.2, cvc-model-group.
 */
#include "xsd/validate/learned.h"

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
            continue;
        seen[p >> 6] |= UINT64_C(1) << (p & 63);
        return p;
    }
    return XSD_NONE;
}

/* -- Children that are not allowed ---------------------------------------------------- */

/* The child is assessed by a declaration of its name in the content model, else by the global
 * one, else as far as there are declarations inside it. 1: a wildcard says that it is not. */
static int assess_refused(struct xsd_validator *v, struct element_frame *parent,
                          struct element_frame *child)
{
    const struct model *model = parent->model;
    child->element = child->symbol ? v->xsd->names.by_id[child->symbol]->element : NULL;
    uint32_t p = model && child->symbol ? model_walk_first(model, child->symbol) : XSD_NONE;
    if (p != XSD_NONE)
        child->element = model->positions[p].element;
    child->marks = FRAME_MISPLACED | (child->element ? 0 : FRAME_ASTRAY);
    parent->marks |= FRAME_REFUSES;
    parent->refused += parent->refused < UINT32_MAX;
    v->disorder++;
    for (p = model ? model->wildcard : XSD_NONE; p != XSD_NONE && !child->element;
         p = model->positions[p].same)
        if (model->positions[p].wildcard->process_contents == PROCESS_SKIP &&
            wildcard_allows(model->positions[p].wildcard, child->ns))
            return 1;
    return 0;
}

/* Where no children are allowed at all. That is reported once. Cold functions stay out of the
 * way of children that fit, which is worth 1 % of all instructions. */
__attribute__((cold)) static int
refuse_any(struct xsd_validator *v, struct element_frame *parent, struct element_frame *child)
{
    const char *code = "cvc-complex-type.2.1", *why = "the content is empty";
    if (parent->marks & (FRAME_REFUSES | FRAME_LENIENT) || parent->text_fault)
        return assess_refused(v, parent, child);
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
    if (validator_fault(v, code, parent, NULL, "Element '%s' is not allowed here; %s.",
                        (const char *)child->localname, why) < 0)
        return -1;
    return assess_refused(v, parent, child);
}

__attribute__((cold)) static int refuse(struct xsd_validator *v, struct element_frame *parent,
                                        struct element_frame *child)
{
    if (parent->marks & FRAME_LENIENT)
        return assess_refused(v, parent, child);
    if (validator_fault_unexpected(v, parent, child) < 0)
        return -1;
    if (parent->marks & FRAME_MISPLACED)
        parent->marks |= FRAME_LENIENT; /* its name is wrong, not its place */
    else if (!parent->model->all && recovery_refuse(v, parent, child) < 0)
        return -1;
    return assess_refused(v, parent, child);
}

/* -- A child -------------------------------------------------------------------------- */

/* cvc-wildcard, by processContents */
static int match_wildcard(struct xsd_validator *v, const struct element_frame *parent,
                          const struct wildcard *wildcard, struct element_frame *child)
{
    if (wildcard->process_contents == PROCESS_SKIP)
        return 1;
    child->element = child->symbol ? v->xsd->names.by_id[child->symbol]->element : NULL;
    if (child->element)
        return 0;
    child->marks = parent->marks & FRAME_ASTRAY;
    if (wildcard->process_contents == PROCESS_LAX || start_tag_has_xsi_type(v))
        return 0;
    child->marks = FRAME_ASTRAY;
    v->disorder++;
    return validator_fault(
        v, "cvc-complex-type.2.4.c", child, NULL,
        "The wildcard here asks for a global declaration of the element, and there is "
        "none.");
}

/* The position that the child matches, or XSD_NONE. */
static inline uint32_t match(struct xsd_validator *v, struct element_frame *parent,
                             const struct element_frame *child)
{
    const struct model *model = parent->model;
    if (model->all)
        return match_all(v, parent, child->symbol);
    if (parent->recovery)
        return recovery_next(v, parent, child);
    uint32_t p = model_walk_next(v->xsd, model, &parent->walk, child->symbol, child->ns);
    if (p == XSD_NONE)
        return p;
    model_walk_advance(model, &parent->walk, p);
    learned_note_state(parent);
    return p;
}

int children_match(struct xsd_validator *v, struct element_frame *parent,
                   struct element_frame *child)
{
    parent->has_child = true;
    if (parent->inside != INSIDE_MODEL || validator_fixes_content(parent))
        return refuse_any(v, parent, child);
    uint32_t p = match(v, parent, child);
    if (p == XSD_NONE)
        return refuse(v, parent, child);
    const struct position *position = &parent->model->positions[p];
    if (!position->element)
        return match_wildcard(v, parent, position->wildcard, child);
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
    root->marks = FRAME_ASTRAY;
    v->disorder++;
    return validator_fault(v, "cvc-elt.1", root, NULL,
                           "No matching global declaration available for the validation root.");
}

static bool all_complete(const struct xsd_validator *v, const struct element_frame *frame)
{
    const struct model *model = frame->model;
    if (model->optional && !frame->has_child)
        return true;
    /* Each child that was refused may stand in place of one that is missing. */
    uint64_t missing = 0;
    for (uint32_t i = 0; i < model->words; i++)
        missing += (uint64_t)__builtin_popcountll(model->rows[i] & ~v->seen[frame->seen + i]);
    return missing <= frame->refused;
}

bool children_complete(const struct xsd_validator *v, const struct element_frame *frame)
{
    const struct model *model = frame->model;
    if (!model->all && model_walk_may_end(model, &frame->walk))
        return true;
    if (frame->marks & FRAME_LENIENT || (frame->marks & FRAME_NO_NIL && !frame->has_child))
        return true;
    if (model->all)
        return all_complete(v, frame);
    return frame->recovery && recovery_may_end(v, frame);
}
