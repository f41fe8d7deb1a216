/* SPDX-License-Identifier: MIT
 *
 * The run along a document: each start tag is matched against the content model of its parent,
 * each end tag closes a content model and a value.
 */
#include "base/array.h"
#include "base/swar.h"
#include "xsd/model_walk.h"
#include "xsd/validate/validator.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define KEEP_ITEMS 65536 /* larger stacks and texts are given back between documents */

bool validator_grow_stack(void **stack, struct stack_size *size, size_t more, size_t item)
{
    void *grown = array_room(*stack, &size->cap, size->n + more, item);
    if (!grown)
        return false;
    *stack = grown;
    return true;
}

static void shrink_stack(void **stack, struct stack_size *size)
{
    size->n = 0;
    if (size->cap <= KEEP_ITEMS)
        return;
    free(*stack);
    *stack = NULL;
    size->cap = 0;
}

static void shrink_buf(struct buf *buf)
{
    if (buf->cap > KEEP_ITEMS * 16)
        buf_free(buf);
    buf_clear(buf);
}

static const char *uri_of_prefix(void *context, const char *prefix, size_t len)
{
    return validator_find_binding(context, prefix, len);
}

struct xsd_validator *xsd_validator_new(const struct xsd *xsd)
{
    struct xsd_validator *v = calloc(1, sizeof *v);
    if (!v)
        return NULL;
    v->xsd = xsd;
    v->prefixes = (struct prefixes){uri_of_prefix, v};
    if (getrandom(&v->seed, sizeof v->seed, 0) != sizeof v->seed)
        v->seed = (uint64_t)(uintptr_t)v * UINT64_C(0x9e3779b97f4a7c15);
    return v;
}

void xsd_validator_free(struct xsd_validator *v)
{
    if (!v)
        return;
    free(v->frames);
    free(v->bindings);
    free(v->attrs);
    free(v->seen);
    free(v->names);
    buf_free(&v->text);
    buf_free(&v->message);
    buf_free(&v->attribute_name);
    buf_free(&v->key);
    datatype_scratch_free(&v->scratch);
    key_table_free(&v->ids);
    identity_free(v);
    free(v);
}

static void forget_names(struct xsd_validator *v)
{
    if (v->names)
        memset(v->names, 0, ((size_t)v->names_mask + 1) * sizeof *v->names);
    v->n_names = 0;
}

int xsd_begin(struct xsd_validator *v, const struct xsd_client *client, uint64_t dict_epoch)
{
    if (v->dict_epoch != dict_epoch)
        forget_names(v);
    v->dict_epoch = dict_epoch;
    v->client = client;
    v->ordinal = v->skip = 0;
    v->gave_up = false;
    shrink_stack((void **)&v->frames, &v->frames_size);
    shrink_stack((void **)&v->bindings, &v->bindings_size);
    shrink_stack((void **)&v->attrs, &v->attrs_size);
    shrink_stack((void **)&v->seen, &v->seen_size);
    shrink_buf(&v->text);
    shrink_buf(&v->message);
    shrink_buf(&v->key);
    shrink_buf(&v->scratch.normal);
    shrink_buf(&v->scratch.fault);
    key_table_clear(&v->ids);
    identity_reset(v);
    return 0;
}

/* xs:all: what was there already does not match again. */
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
        if (bit_of(seen, p))
            return NONE;
        seen[p >> 6] |= UINT64_C(1) << (p & 63);
        return p;
    }
    return NONE;
}

/* A child where there must be none. */
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

enum found { FOUND_ELEMENT, FOUND_NOTHING, FOUND_FAULT };

static enum found found_by_wildcard(struct xsd_validator *v, const struct wildcard *wildcard,
                                    struct element_frame *child, int *rc)
{
    if (wildcard->process == PROCESS_SKIP)
        return FOUND_NOTHING;
    child->element = child->symbol ? v->xsd->names.by_id[child->symbol]->element : NULL;
    if (child->element || wildcard->process == PROCESS_LAX || start_tag_has_xsi_type(v))
        return FOUND_ELEMENT;
    *rc = validator_fault(
        v, "cvc-complex-type.2.4.c", child, NULL,
        "The wildcard here asks for a global declaration of the element, and there is "
        "none.");
    return FOUND_FAULT;
}

/* Finds the declaration of a child in the content of its parent. */
static enum found find_child(struct xsd_validator *v, struct element_frame *parent,
                             struct element_frame *child, int *rc)
{
    const struct model *model = parent->model;
    const struct element *declared = parent->element;
    parent->has_child = true;
    if (parent->inside == INSIDE_BROKEN)
        return FOUND_FAULT;
    bool fixed =
        parent->mixed && declared && declared->constant.text && declared->constant.fixed;
    if (parent->inside != INSIDE_MODEL || fixed) {
        *rc = refuse_child(v, parent, child);
        parent->inside = INSIDE_BROKEN;
        return FOUND_FAULT;
    }
    uint32_t p = model->all
                     ? match_all(v, parent, child->symbol)
                     : model_walk_next(v->xsd, model, &parent->walk, child->symbol, child->ns);
    if (p == NONE) {
        *rc = validator_fault_unexpected(v, parent, child);
        parent->inside = INSIDE_BROKEN;
        return FOUND_FAULT;
    }
    if (!model->all)
        model_walk_advance(model, &parent->walk, p);
    const struct position *position = &model->positions[p];
    if (!position->element)
        return found_by_wildcard(v, position->wildcard, child, rc);
    child->element = position->element;
    if (position->element->name->id != child->symbol)
        child->element = v->xsd->names.by_id[child->symbol]->element;
    return FOUND_ELEMENT;
}

static enum found find_root(struct xsd_validator *v, struct element_frame *child, int *rc)
{
    child->element = child->symbol ? v->xsd->names.by_id[child->symbol]->element : NULL;
    if (child->element)
        return FOUND_ELEMENT;
    *rc = validator_fault(v, "cvc-elt.1", child, NULL,
                          "No matching global declaration available for the validation root.");
    return FOUND_FAULT;
}

static int push_bindings(struct xsd_validator *v, int n, const xmlChar **namespaces)
{
    if (!PUSH_ROOM(v, bindings, (size_t)n))
        return -1;
    for (int i = 0; i < n; i++)
        v->bindings[v->bindings_size.n++] =
            (struct prefix_binding){namespaces[2 * i], namespaces[2 * i + 1]};
    return 0;
}

/* All that begin_content does not set. Field by field: compilers clear a whole frame slowly. */
static void begin_frame(struct element_frame *frame, const xmlChar *localname,
                        const xmlChar *uri, uint64_t ordinal, uint32_t n_bindings)
{
    frame->element = NULL;
    frame->type = NULL;
    frame->model = NULL;
    frame->localname = localname;
    frame->uri = uri;
    frame->ordinal = ordinal;
    frame->n_bindings = n_bindings;
    frame->mixed = frame->collects = false;
    frame->has_child = frame->text_fault = frame->invalid = false;
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
    if (!PUSH_ROOM(v, frames, 1) || v->frames_size.n >= UINT32_MAX)
        return -1;
    struct element_frame *frame = &v->frames[v->frames_size.n];
    begin_frame(frame, localname, uri, v->ordinal, (uint32_t)n_namespaces);
    start_tag_find_name(v, localname, uri, &frame->symbol, &frame->ns);
    v->attrs_size.n = 0;
    v->has_xsi = false;
    if (n_namespaces && push_bindings(v, n_namespaces, namespaces) < 0)
        return -1;
    if (n_attributes && start_tag_resolve_names(v, n_attributes, attributes) < 0)
        return -1;
    int rc = 0;
    enum found found =
        v->frames_size.n ? find_child(v, frame - 1, frame, &rc) : find_root(v, frame, &rc);
    if (found != FOUND_ELEMENT) {
        v->skip = 1;
        v->gave_up |= found == FOUND_FAULT;
        v->bindings_size.n -= frame->n_bindings;
        return rc;
    }
    v->frames_size.n++;
    rc = start_tag_settle_type(v, frame);
    const struct attributes *expected = frame->type->attributes;
    if (rc == 0 && (v->attrs_size.n ||
                    (expected && (expected->n_required || expected->has_idref_default))))
        rc = start_tag_check_attributes(v, frame);
    if (rc == 0 && (v->scopes_size.n || (frame->element && frame->element->constraints)))
        rc = identity_start(v, frame);
    if (rc == 0 && frame->collects)
        buf_clear(&v->text);
    return rc;
}

/* Of what lies below the space, text holds only tab, line feed and carriage return. Eight at a
 * time: adding 0x5f sets the high bit of whatever is above a space. */
static bool all_space(const xmlChar *text, int len)
{
    for (; len >= 8; text += 8, len -= 8) {
        uint64_t eight = swar_load_8(text);
        if (((eight + SWAR_EACH(0x5f)) | eight) & SWAR_EACH(0x80))
            return false;
    }
    for (; len > 0; text++, len--)
        if (*text > ' ')
            return false;
    return true;
}

/* The line on which the text begins, but for white space in front of it: parsers tell of a text
 * when they are through with it, and cut it where they like. */
static uint64_t line_of_text(struct xsd_validator *v, const xmlChar *text, int len)
{
    uint64_t line = line_now(v), feeds = 0;
    int i = 0;
    while (i < len && text[i] <= ' ')
        i++;
    for (i = i < len ? i : 0; i < len; i++)
        feeds += text[i] == '\n';
    return line > feeds ? line - feeds : line;
}

static int refuse_text(struct xsd_validator *v, struct element_frame *frame, uint64_t line)
{
    frame->text_fault = true;
    if (frame->inside == INSIDE_NIL)
        return validator_fault_at(v, "cvc-elt.3.2.1", frame, line,
                                  "Text is not allowed here; the element is nil.");
    if (frame->inside == INSIDE_EMPTY)
        return validator_fault_at(v, "cvc-complex-type.2.1", frame, line,
                                  "Text is not allowed here; the content is empty.");
    return validator_fault_at(v, "cvc-complex-type.2.3", frame, line,
                              "Text is not allowed here; the content is elements only.");
}

int xsd_characters(struct xsd_validator *v, const xmlChar *text, int len)
{
    if (v->skip || !v->frames_size.n || len <= 0)
        return 0;
    struct element_frame *frame = &v->frames[v->frames_size.n - 1];
    if (frame->collects)
        return buf_append(&v->text, text, (size_t)len);
    if (frame->mixed || frame->inside == INSIDE_SIMPLE || frame->text_fault)
        return 0;
    if (frame->inside == INSIDE_MODEL && all_space(text, len))
        return 0;
    if (frame->inside == INSIDE_BROKEN &&
        (frame->type->content != CONTENT_ELEMENTS || all_space(text, len)))
        return 0;
    return refuse_text(v, frame, line_of_text(v, text, len));
}

/* cvc-elt.5: the value, its default, or a comparison with what is fixed. */
static int end_value(struct xsd_validator *v, struct element_frame *frame, const char **text,
                     size_t *len)
{
    const struct type *type = frame->type;
    const struct value_constraint *constant =
        frame->element && frame->element->constant.text ? &frame->element->constant : NULL;
    bool given = constant && !frame->has_child && v->text.len == 0 && frame->collects;
    *text = given ? constant->text : v->text.data ? v->text.data : "";
    *len = given ? constant->len : frame->collects ? v->text.len : 0;
    int rc = 0;
    /* A default was checked against the declared type when the schema was compiled. */
    if (type->content == CONTENT_SIMPLE &&
        (!given || type != frame->element->type || type->is_id) && !type->takes_anything)
        rc = value_check(v, frame, NULL, type->datatype, *text, *len);
    frame->invalid = rc != 0;
    if (rc != 0 || !constant || !constant->fixed || given)
        return rc < 0 ? rc : 0;
    rc = value_is_fixed(v, type->datatype, *text, *len, constant);
    if (rc <= 0)
        return rc;
    frame->invalid = true;
    return validator_fault(v, type->datatype ? "cvc-elt.5.2.2.2.2" : "cvc-elt.5.2.2.2.1", frame,
                           NULL, "The value '%.*s' is not the fixed value '%s'.", (int)*len,
                           *text, constant->text);
}

static bool is_complete(const struct xsd_validator *v, const struct element_frame *frame)
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
    if (frame->inside == INSIDE_MODEL && !is_complete(v, frame))
        rc = validator_fault_incomplete(v, frame);
    if (rc == 0 &&
        (frame->inside == INSIDE_SIMPLE || (frame->inside == INSIDE_MODEL && frame->collects)))
        rc = end_value(v, frame, &text, &len);
    if (rc == 0 && v->scopes_size.n)
        rc = identity_end(v, frame, text, len);
    if (frame->model && frame->model->all)
        v->seen_size.n = frame->seen;
    v->bindings_size.n -= frame->n_bindings;
    v->frames_size.n--;
    return rc;
}

int xsd_finish(struct xsd_validator *v)
{
    /* An ID may lie in what was not looked at. */
    bool whole = !v->frames_size.n && v->ordinal && !v->gave_up;
    int rc = whole ? value_check_idrefs(v) : 0;
    v->frames_size.n = 0;
    identity_reset(v);
    return rc;
}
