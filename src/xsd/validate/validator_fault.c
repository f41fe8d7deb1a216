/* SPDX-License-Identifier: MIT
 *
 * What is wrong, in one sentence, and what is expected instead.
 */
#include "xsd/validate/validator.h"

#include "xsd/model_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 20 }; /* in a list of what is expected */

static void append_name(struct buf *buf, const char *local, const char *uri)
{
    if (uri && *uri)
        buf_append_format(buf, "{%s}%s", uri, local);
    else
        buf_append_string(buf, local);
}

static void begin_message(struct xsd_validator *v, const struct element_frame *frame)
{
    buf_clear(&v->message);
    buf_append_string(&v->message, "Element '");
    append_name(&v->message, (const char *)frame->localname, (const char *)frame->uri);
    buf_append_char(&v->message, '\'');
}

static int append_arguments(struct buf *buf, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int need = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (need < 0 || buf_reserve(buf, (size_t)need + 1) < 0)
        return -1;
    vsnprintf(buf->data + buf->len, (size_t)need + 1, format, arguments);
    buf->len += (size_t)need;
    return 0;
}

static int send(struct xsd_validator *v, const char *code, uint64_t ordinal,
                const char *attribute, uint64_t place)
{
    struct xsd_fault sent = {.code = code, .element = ordinal, .attribute = attribute};
    sent.message = buf_string(&v->message);
    if (!sent.message)
        return -1;
    sent.place = place;
    v->client->fault(v->client->context, &sent);
    return 0;
}

static const char *attribute_name(struct xsd_validator *v, const struct instance_attr *attr)
{
    buf_clear(&v->attribute_name);
    if (attr->prefix)
        buf_append_format(&v->attribute_name, "%s:", (const char *)attr->prefix);
    buf_append_string(&v->attribute_name, (const char *)attr->localname);
    return buf_string(&v->attribute_name);
}

int validator_fault(struct xsd_validator *v, const char *code,
                    const struct element_frame *frame, const struct instance_attr *attr,
                    const char *format, ...)
{
    const char *name = NULL;
    begin_message(v, frame);
    if (attr) {
        name = attribute_name(v, attr);
        if (!name)
            return -1;
        const char *prefix = (const char *)attr->prefix;
        const char *uri = prefix ? bindings_find(v, prefix, strlen(prefix)) : NULL;
        buf_append_string(&v->message, ", attribute '");
        append_name(&v->message, (const char *)attr->localname, uri);
        buf_append_char(&v->message, '\'');
    }
    buf_append_string(&v->message, ": ");
    va_list arguments;
    va_start(arguments, format);
    int rc = append_arguments(&v->message, format, arguments);
    va_end(arguments);
    return rc < 0 ? rc : send(v, code, frame->ordinal, name, validator_place(v, NULL, 0));
}

int validator_fault_at(struct xsd_validator *v, const char *code,
                       const struct element_frame *frame, uint64_t place, const char *format,
                       ...)
{
    begin_message(v, frame);
    buf_append_string(&v->message, ": ");
    va_list arguments;
    va_start(arguments, format);
    int rc = append_arguments(&v->message, format, arguments);
    va_end(arguments);
    return rc < 0 ? rc : send(v, code, frame->ordinal, NULL, place);
}

/* A list of names, cut at NAMES_MAX. */
struct name_list {
    struct buf *buf;
    uint32_t n;
    const void *listed[NAMES_MAX]; /* symbols and wildcards */
};

/* Begins an item of the list, unless it is there already. */
static bool add_comma(struct name_list *list, const void *item)
{
    if (list->n > NAMES_MAX)
        return false;
    for (uint32_t i = 0; i < list->n; i++)
        if (list->listed[i] == item)
            return false;
    if (list->n < NAMES_MAX)
        list->listed[list->n] = item;
    buf_append_string(list->buf, list->n ? ", " : "");
    if (list->n++ < NAMES_MAX)
        return true;
    buf_append_string(list->buf, "\u2026");
    return false;
}

static void add_element(struct name_list *list, const struct element *element)
{
    if (!element->abstract && add_comma(list, element->name))
        append_name(list->buf, element->name->local, element->name->uri);
    for (uint32_t i = 0; element->global && i < element->n_members; i++) {
        const struct element *member = element->members[i];
        if (!member->abstract && add_comma(list, member->name))
            append_name(list->buf, member->name->local, member->name->uri);
    }
}

/* That elements without a namespace are excluded, too, goes without saying. */
static void add_excluded(const struct xsd_validator *v, struct name_list *list,
                         const struct wildcard *wildcard)
{
    const char *space = "";
    buf_append_string(list->buf, "any not in {");
    for (uint32_t i = 0; i < wildcard->n; i++)
        if (wildcard->set[i]) {
            buf_append_format(list->buf, "%s%s", space, v->xsd->names.uris[wildcard->set[i]]);
            space = " ";
        }
    buf_append_string(list->buf, "}");
}

static void add_wildcard(const struct xsd_validator *v, struct name_list *list,
                         const struct wildcard *wildcard)
{
    if (wildcard->kind == WILDCARD_ANY && add_comma(list, wildcard))
        buf_append_string(list->buf, "##any");
    if (wildcard->kind == WILDCARD_NOT && add_comma(list, wildcard))
        add_excluded(v, list, wildcard);
    for (uint32_t i = 0; wildcard->kind == WILDCARD_SET && i < wildcard->n; i++)
        if (add_comma(list, v->xsd->names.uris[wildcard->set[i]]))
            buf_append_format(list->buf, "{%s}*", v->xsd->names.uris[wildcard->set[i]]);
}

/* The first position from `from` on that may come next, or n_positions. At its `end`, content
 * of xs:all asks only for what is required. */
static uint32_t next_expected(const struct xsd_validator *v, const struct element_frame *frame,
                              uint32_t from, bool end)
{
    const struct model *model = frame->model;
    if (!model->all)
        return model_walk_expected(model, &frame->walk, from);
    while (from < model->n_positions &&
           (model_bit(v->seen + frame->seen, from) || (end && !model_bit(model->rows, from))))
        from++;
    return from;
}

/* Appends what may come next in the content of `frame`, and returns how many names that is. */
static uint32_t append_expected(struct xsd_validator *v, const struct element_frame *frame,
                                bool end)
{
    const struct model *model = frame->model;
    size_t head = v->message.len;
    struct name_list list = {.buf = &v->message};
    buf_append_string(&v->message, " Expected is one of ( ");
    size_t names = v->message.len;
    for (uint32_t i = next_expected(v, frame, 0, end);
         i < model->n_positions && list.n <= NAMES_MAX;
         i = next_expected(v, frame, i + 1, end)) {
        const struct position *position = &model->positions[i];
        if (position->element)
            add_element(&list, position->element);
        else
            add_wildcard(v, &list, position->wildcard);
    }
    buf_append_string(&v->message, " ).");
    if (v->message.failed)
        return 0;
    if (list.n == 0)
        v->message.len = head;
    if (list.n == 1) { /* "is", not "is one of" */
        size_t cut = strlen("one of ");
        memmove(v->message.data + names - 2 - cut, v->message.data + names - 2,
                v->message.len - (names - 2));
        v->message.len -= cut;
    }
    return list.n;
}

int validator_fault_unexpected(struct xsd_validator *v, const struct element_frame *parent,
                               const struct element_frame *child)
{
    begin_message(v, child);
    buf_append_string(&v->message, ": This element is not expected.");
    uint32_t n = append_expected(v, parent, false);
    return send(v, n ? "cvc-complex-type.2.4.a" : "cvc-complex-type.2.4.d", child->ordinal,
                NULL, validator_place(v, NULL, 0));
}

int validator_fault_incomplete(struct xsd_validator *v, const struct element_frame *frame)
{
    v->disorder++;
    begin_message(v, frame);
    buf_append_string(&v->message, ": Missing child element(s).");
    append_expected(v, frame, true);
    return send(v, "cvc-complex-type.2.4.b", frame->ordinal, NULL, validator_place(v, NULL, 0));
}
