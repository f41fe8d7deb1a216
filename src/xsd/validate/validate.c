/* SPDX-License-Identifier: MIT
 *
 * The events of a document. A start tag is matched against the content model of its parent and
 * opens a frame; an end tag completes a content model and a value and closes the frame.
 */
#include "xsd/validate/learned.h"

#include "base/xml_chars.h"

/* Sets what start_tag_settle_type does not set. Field by field, because compilers clear a
 * whole frame slowly. */
static void begin_frame(struct xsd_validator *v, struct element_frame *frame,
                        const xmlChar *localname, const xmlChar *uri)
{
    frame->element = NULL;
    frame->type = NULL;
    frame->localname = localname;
    frame->uri = uri;
    frame->recovery = frame->refused = 0;
    frame->marks = 0;
    frame->has_child = frame->text_fault = frame->invalid = false;
    name_cache_find(v, localname, uri, &frame->symbol, &frame->ns);
    frame->selectable =
        v->xsd->selects_any || (frame->symbol && v->xsd->names.by_id[frame->symbol]->selected);
}

/* Most elements are neither selected nor in the way to a field. */
static bool concerns_identity(const struct xsd_validator *v, const struct element_frame *frame)
{
    return (v->scopes_size.n && (frame->selectable || v->targets_size.n)) ||
           (frame->element && frame->element->constraints);
}

/* The start tag of an element that is assessed. What `opening` knows is not found out again. */
static int start_closely(struct xsd_validator *v, struct opening *opening,
                         const xmlChar *localname, const xmlChar *uri, int n_namespaces,
                         const xmlChar **namespaces, int n_attributes,
                         const xmlChar **attributes)
{
    struct element_frame *frame = &v->frames[v->frames_size.n];
    struct element_frame *parent = v->frames_size.n ? frame - 1 : NULL;
    const void *state = parent ? parent->state : NULL;
    if (v->client->closely && parent)
        v->client->closely(v->client->context);
    if (opening) {
        *frame = opening->frame;
        learned_go_on(parent, opening);
    } else {
        begin_frame(v, frame, localname, uri);
    }
    frame->ordinal = v->ordinal;
    frame->n_bindings = (uint32_t)n_namespaces;
    v->attrs_size.n = 0;
    v->has_xsi = false;
    if (n_namespaces && bindings_push(v, n_namespaces, namespaces) < 0)
        return -1;
    if (n_attributes && start_tag_read(v, opening, n_attributes, attributes) < 0)
        return -1;
    int rc = opening  ? 0
             : parent ? children_match(v, parent, frame)
                      : children_match_root(v, frame);
    if (rc != 0) {
        v->skip = 1;
        v->bindings_size.n -= frame->n_bindings;
        return rc < 0 ? rc : 0;
    }
    v->frames_size.n++;
    v->tag_disorder = v->disorder;
    if (!opening || v->has_xsi)
        rc = start_tag_settle_type(v, frame);
    if (!opening && parent && rc == 0)
        learned_add_opening(v, state, parent, frame);
    const struct attributes *declared = frame->type->attributes;
    if (rc == 0 && (v->attrs_size.n ||
                    (declared && (declared->n_required || declared->has_idref_default))))
        rc = start_tag_check_attributes(v, frame,
                                        opening ? opening->frame.type->attributes : NULL);
    if (rc == 0 && concerns_identity(v, frame))
        rc = identity_start(v, frame);
    if (rc == 0 && frame->collects)
        buf_clear(&v->text);
    return rc;
}

/* Whether nothing but what is known is to be said of the start tag. */
static inline bool is_known(struct xsd_validator *v, struct opening *opening, int n_attributes,
                            const xmlChar **attributes)
{
    return opening && !concerns_identity(v, &opening->frame) &&
           (n_attributes ? learned_takes_attributes(v, opening, n_attributes, attributes)
                         : opening->bare);
}

static inline struct element_frame *open_known(struct xsd_validator *v,
                                               const struct opening *opening)
{
    struct element_frame *frame = &v->frames[v->frames_size.n++];
    learned_go_on(frame - 1, opening);
    *frame = opening->frame;
    frame->ordinal = v->ordinal;
    frame->n_bindings = 0;
    return frame;
}

/* The start tag, where all of it is valid and known, and is told to the tables of IDs and of
 * identity constraints. 1: it is not so, and nothing has been done. */
static int start_entered(struct xsd_validator *v, struct opening *opening, int n_attributes,
                         const xmlChar **attributes)
{
    if (!VALIDATOR_ROOM(v, attrs, (size_t)n_attributes))
        return -1;
    if (!learned_reads_attributes(v, opening, n_attributes, attributes))
        return 1;
    struct element_frame *frame = open_known(v, opening);
    v->tag_disorder = v->disorder;
    if (opening->has_ids && value_enter_ids(v, frame) < 0)
        return -1;
    if (concerns_identity(v, frame) && identity_start(v, frame) < 0)
        return -1;
    if (frame->collects)
        buf_clear(&v->text);
    return 0;
}

/* The start tag of an element that is assessed, by the shortest way. */
static int start_shortly(struct xsd_validator *v, struct opening *opening,
                         const xmlChar *localname, const xmlChar *uri, int n_namespaces,
                         const xmlChar **namespaces, int n_attributes,
                         const xmlChar **attributes)
{
    int rc = 1;
    if (opening && !n_namespaces && (opening->has_ids || concerns_identity(v, &opening->frame)))
        rc = start_entered(v, opening, n_attributes, attributes);
    return rc <= 0 ? rc
                   : start_closely(v, opening, localname, uri, n_namespaces, namespaces,
                                   n_attributes, attributes);
}

int xsd_start(struct xsd_validator *v, const xmlChar *localname, const xmlChar *prefix,
              const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
              int n_attributes, const xmlChar **attributes)
{
    (void)prefix;
    v->ordinal++;
    if (v->skip) {
        v->skip++;
        return 0;
    }
    if (!VALIDATOR_ROOM(v, frames, 1) || v->frames_size.n >= UINT32_MAX)
        return -1;
    struct opening *opening = learned_find(v, localname, uri);
    if (n_namespaces || !is_known(v, opening, n_attributes, attributes))
        return start_shortly(v, opening, localname, uri, n_namespaces, namespaces, n_attributes,
                             attributes);
    if (open_known(v, opening)->collects)
        buf_clear(&v->text);
    return 0;
}

/* -- Leaves --------------------------------------------------------------------------- */

/* Whether there is nothing to say of the text of an element without children. */
static inline bool takes_text(struct xsd_validator *v, const struct element_frame *frame,
                              const xmlChar *text, size_t len)
{
    if (frame->leaf == LEAF_VALUE) /* as most are */
        return learned_is_valid(v, frame->type->datatype, (const char *)text, len);
    switch (frame->leaf) {
    case LEAF_GIVEN:
        return len &&
               learned_is_given(&frame->element->value, frame->type->datatype, text, len) &&
               learned_is_valid(v, frame->type->datatype, (const char *)text, len);
    case LEAF_ANY:
        return true;
    case LEAF_BLANK:
        return xml_is_all_space(text, len);
    default:
        return frame->leaf == LEAF_EMPTY && len == 0;
    }
}

/* Whether the end of the innermost element means something to identity constraints. */
static bool ends_for_identity(const struct xsd_validator *v)
{
    size_t depth = v->frames_size.n - 1;
    return (v->targets_size.n && v->targets[v->targets_size.n - 1].depth == depth) ||
           (v->watches_size.n && v->watches[v->watches_size.n - 1].depth == depth);
}

/* As xsd_leaf, with a frame of its own. Apart, for the sake of the short way. */
__attribute__((noinline)) static int
take_closely(struct xsd_validator *v, struct opening *opening, const struct scanner_leaf *leaf)
{
    if (!VALIDATOR_ROOM(v, frames, 1) || v->frames_size.n >= UINT32_MAX ||
        start_shortly(v, opening, leaf->localname, leaf->uri, 0, NULL, leaf->n_attributes,
                      leaf->attributes) < 0)
        return -1;
    const struct element_frame *frame = &v->frames[v->frames_size.n - 1];
    if (v->skip) {
        v->skip--;
        return 1;
    }
    if (frame->marks || !takes_text(v, frame, leaf->text, (size_t)leaf->len) ||
        ends_for_identity(v))
        return 0;
    v->frames_size.n--;
    return 1;
}

int xsd_leaf(struct xsd_validator *v, const struct scanner_leaf *leaf)
{
    v->ordinal++;
    if (v->skip)
        return 1;
    struct opening *opening = learned_find(v, leaf->localname, leaf->uri);
    if (!is_known(v, opening, leaf->n_attributes, leaf->attributes) ||
        !takes_text(v, &opening->frame, leaf->text, (size_t)leaf->len))
        return take_closely(v, opening, leaf);
    learned_go_on(&v->frames[v->frames_size.n - 1], opening);
    return 1;
}

/* -- Text and ends -------------------------------------------------------------------- */

/* Where the text begins, behind white space in front of it. */
static uint64_t place_of_text(const struct xsd_validator *v, const xmlChar *text, int len)
{
    int i = 0;
    while (i < len && text[i] <= ' ')
        i++;
    i = i < len ? i : 0;
    return validator_place(v, text + i, len - i);
}

bool xsd_takes_blank(const struct xsd_validator *v)
{
    return v->skip || !v->frames_size.n || v->frames[v->frames_size.n - 1].takes_blank;
}

static int refuse_text(struct xsd_validator *v, struct element_frame *frame, uint64_t place)
{
    frame->text_fault = true;
    if (frame->inside == INSIDE_NIL)
        return validator_fault_at(v, "cvc-elt.3.2.1", frame, place,
                                  "Text is not allowed here; the element is nil.");
    if (frame->inside == INSIDE_EMPTY)
        return validator_fault_at(v, "cvc-complex-type.2.1", frame, place,
                                  "Text is not allowed here; the content is empty.");
    return validator_fault_at(v, "cvc-complex-type.2.3", frame, place,
                              "Text is not allowed here; the content is elements only.");
}

int xsd_characters(struct xsd_validator *v, const xmlChar *text, int len)
{
    if (v->skip || !v->frames_size.n || len <= 0)
        return 0;
    struct element_frame *frame = &v->frames[v->frames_size.n - 1];
    if (frame->collects)
        return buf_append(&v->text, text, (size_t)len);
    if (frame->mixed || frame->inside == INSIDE_SIMPLE)
        return 0;
    if (frame->inside == INSIDE_MODEL && xml_is_all_space(text, (size_t)len))
        return 0;
    if (frame->text_fault || frame->marks & FRAME_LENIENT ||
        (frame->inside != INSIDE_MODEL && frame->marks & FRAME_REFUSES))
        return 0;
    return refuse_text(v, frame, place_of_text(v, text, len));
}

/* The text is no value of the element if its children have some of it, if it has none to be
 * nil, or if it has no declaration. */
static bool is_value(const struct xsd_validator *v, const struct element_frame *frame)
{
    return !(frame->marks & (FRAME_REFUSES | FRAME_ASTRAY)) &&
           !(frame->marks & FRAME_NO_NIL && !v->text.len);
}

static int lose_value(struct xsd_validator *v, struct element_frame *frame)
{
    frame->invalid = true;
    v->spoilt_ids += frame->has_child && frame->marks & FRAME_REFUSES && frame->type->is_id;
    return frame->has_child ? 0 : unassessed_add(v, v->text.data, v->text.len);
}

/* cvc-elt.5: the value or its default, and the comparison with a fixed value. */
static int end_value(struct xsd_validator *v, struct element_frame *frame, const char **text,
                     size_t *len)
{
    const struct type *type = frame->type;
    const struct value_constraint *constraint =
        frame->element && frame->element->value.text ? &frame->element->value : NULL;
    bool given = constraint && !frame->has_child && v->text.len == 0 && frame->collects;
    *text = given ? constraint->text : v->text.data ? v->text.data : "";
    *len = given ? constraint->len : frame->collects ? v->text.len : 0;
    int rc = 0;
    /* A default was checked against the declared type when the schema was compiled. */
    if (type->content == CONTENT_SIMPLE &&
        (!given || type != frame->element->type || type->is_id) && !type->takes_anything)
        rc = value_check(v, frame, NULL, type->datatype, *text, *len);
    frame->invalid = rc != 0;
    if (rc != 0 || !constraint || !constraint->fixed || given)
        return rc < 0 ? rc : 0;
    rc = value_is_fixed(v, type->datatype, *text, *len, constraint);
    if (rc <= 0)
        return rc;
    frame->invalid = true;
    return validator_fault(v, type->datatype ? "cvc-elt.5.2.2.2.2" : "cvc-elt.5.2.2.2.1", frame,
                           NULL, "The value '%.*s' is not the fixed value '%s'.", (int)*len,
                           *text, constraint->text);
}

int xsd_end(struct xsd_validator *v)
{
    if (v->skip) {
        v->skip--;
        return 0;
    }
    if (!v->frames_size.n)
        return 0;
    struct element_frame *frame = &v->frames[v->frames_size.n - 1];
    const char *text = "";
    size_t len = 0;
    int rc = 0;
    if (frame->inside == INSIDE_MODEL && !frame->may_end && !children_complete(v, frame))
        rc = validator_fault_incomplete(v, frame);
    if (rc == 0 && (frame->inside == INSIDE_SIMPLE || frame->collects))
        rc = frame->marks && !is_value(v, frame) ? lose_value(v, frame)
                                                 : end_value(v, frame, &text, &len);
    if (rc == 0 && v->scopes_size.n)
        rc = identity_end(v, frame, text, len);
    if (frame->marks && frame->recovery)
        v->recoveries_size.n = frame->recovery - 1;
    if (frame->model && frame->model->all)
        v->seen_size.n = frame->seen;
    v->bindings_size.n -= frame->n_bindings;
    v->frames_size.n--;
    return rc;
}

int xsd_finish(struct xsd_validator *v)
{
    bool whole = !v->frames_size.n && v->ordinal;
    int rc = whole ? value_check_idrefs(v) : 0;
    v->frames_size.n = 0;
    identity_reset(v);
    return rc;
}
