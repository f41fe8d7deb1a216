/* SPDX-License-Identifier: MIT */
#include "document/scanner/scanner_state.h"

#include "base/array.h"
#include "base/utf8.h"

/* -- Attributes ----------------------------------------------------------------------- */

/* [10], with white space and references replaced (3.3.3). */
static const uint8_t *copy_value(struct scanner *s, const uint8_t *c, uint8_t quote)
{
    uint8_t utf8[4];
    uint32_t code_point;
    while (*c != quote) {
        const uint8_t *from = c;
        if (*c == '&') {
            if (!(c = xml_read_reference(c, &code_point)))
                return NULL;
            buf_append(&s->values, utf8, utf8_write(code_point, utf8));
        } else if (xml_char_is(c, XML_SPACE)) {
            c += c[0] == '\r' && c[1] == '\n' ? 2 : 1;
            buf_append_char(&s->values, ' ');
        } else {
            c = *c == '"' || *c == '\'' ? c + 1
                                        : xml_skip_non_ascii(xml_skip(c, XML_VALUE), s->end);
            if (!c || c == from)
                return NULL;
            buf_append(&s->values, from, (size_t)(c - from));
        }
    }
    return s->values.failed ? NULL : c + 1;
}

/* A value that stands for itself is told where it lies; others are copied. */
static const uint8_t *read_value(struct scanner *s, const uint8_t *c,
                                 struct scanned_attribute *attribute)
{
    uint8_t quote = *c++;
    const uint8_t *from = c;
    if (quote != '"' && quote != '\'')
        return NULL;
    while (c && *c != quote &&
           (xml_char_is(c, XML_VALUE) || *c == '"' || *c == '\'' || *c >= 0x80))
        c = *c >= 0x80 ? xml_skip_non_ascii(c, s->end) : xml_skip(c + 1, XML_VALUE);
    if (!c)
        return NULL;
    attribute->value = from;
    attribute->len = (size_t)(c - from);
    if (*c == quote)
        return c + 1;
    attribute->value = NULL;
    attribute->from = s->values.len;
    c = copy_value(s, from, quote);
    attribute->len = s->values.len - attribute->from;
    return c;
}

/* [41], as many as there are, to the end of the tag. */
static const uint8_t *read_attributes(struct scanner *s, const uint8_t *c)
{
    for (;;) {
        const uint8_t *behind = c;
        c = xml_skip(c, XML_SPACE);
        if (*c == '>' || *c == '/')
            return c;
        if (c == behind || s->n_attributes == SCANNER_ATTRIBUTES)
            return NULL;
        struct scanned_attribute *attribute = &s->attributes[s->n_attributes++];
        if (!(c = scanner_read_name(s, c, &attribute->name)) || attribute->name->tag == s->tags)
            return NULL;
        attribute->name->tag = s->tags;
        c = xml_skip(c, XML_SPACE);
        if (*c != '=' || !(c = read_value(s, xml_skip(c + 1, XML_SPACE), attribute)))
            return NULL;
    }
}

/* -- Elements ------------------------------------------------------------------------- */

static struct open_element *push(struct scanner *s)
{
    struct open_element *open = array_room(s->open, &s->cap_open, s->depth + 1, sizeof *open);
    if (!open)
        return NULL;
    s->open = open;
    return &s->open[s->depth++];
}

static void report_end(struct scanner *s, const uint8_t *now)
{
    const struct open_element *open = &s->open[--s->depth];
    const struct dictionary_entry *prefix = open->name->prefix;
    s->now = now;
    s->events->end(s->events->context, open->name->local->string,
                   prefix ? prefix->string : NULL, open->uri);
    if (s->n_shadowed > open->n_shadowed)
        scanner_unbind(s, open->n_shadowed);
}

/* Documents repeat themselves: most often an element is followed by the one that followed it
 * the last time, so that one is tried first. */
static const uint8_t *read_element_name(struct scanner *s, const uint8_t *c,
                                        struct dictionary_entry **name)
{
    struct dictionary_entry *last = s->last, *guess = last->next;
    if (guess && (size_t)(s->end - c) > guess->len &&
        dictionary_entry_is(guess, c, guess->len) && c[guess->len] < 0x80 &&
        !xml_char_is(c + guess->len, XML_NAME)) {
        *name = guess;
        c += guess->len;
    } else if (!(c = scanner_read_name(s, c, name))) {
        return NULL;
    }
    last->next = *name;
    s->last = *name;
    return c;
}

const uint8_t *scanner_read_start_tag(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *name;
    int n_namespaces = 0, n_attributes = 0;
    struct open_element *open = push(s);
    if (!open || !(c = read_element_name(s, c, &name)))
        return NULL;
    *open = (struct open_element){name, NULL, s->n_shadowed};
    if (*c != '>') {
        s->tags++;
        s->n_attributes = 0;
        buf_clear(&s->values);
        if (!(c = read_attributes(s, c)) || !scanner_bind_prefixes(s, &n_namespaces) ||
            !scanner_resolve_attributes(s, &n_attributes))
            return NULL;
    }
    const struct dictionary_entry *prefix = name->prefix;
    open->uri = (prefix ? prefix : s->no_prefix)->binding;
    if ((prefix && !open->uri) || (*c == '/' && c[1] != '>'))
        return NULL;
    s->now = c;
    s->events->start(s->events->context, name->local->string, prefix ? prefix->string : NULL,
                     open->uri, n_namespaces, s->event_namespaces, n_attributes, 0,
                     s->event_attributes);
    if (*c == '>')
        return c + 1;
    if (!s->stopped)
        report_end(s, c + 2);
    return c + 2;
}

const uint8_t *scanner_read_end_tag(struct scanner *s, const uint8_t *c)
{
    const struct dictionary_entry *name = s->open[s->depth - 1].name;
    if ((size_t)(s->end - c) < name->len || !dictionary_entry_is(name, c, name->len))
        return NULL;
    c = xml_skip(c + name->len, XML_SPACE);
    if (*c != '>')
        return NULL;
    report_end(s, c + 1);
    return c + 1;
}
