/* SPDX-License-Identifier: MIT */
#include "scanner/scanner_state.h"

#include "scanner/dtd_read.h"

static void report_end(struct scanner *s, const uint8_t *now)
{
    const struct open_element *open = &s->open[--s->depth];
    s->now = now;
    s->events->end(s->events->context);
    if (s->n_shadowed > open->n_shadowed)
        scanner_unbind(s, open->n_shadowed);
}

/* What the tag and the declarations of its attributes say of the element. */
static const uint8_t *read_tag(struct scanner *s, const uint8_t *c,
                               struct dictionary_entry *name, int *n_namespaces,
                               int *n_attributes)
{
    s->tags++;
    s->n_attributes = 0;
    buf_clear(&s->values);
    if (!(c = scanner_read_attributes(s, c, &name->attribute)))
        return NULL;
    if (name->attlist && !dtd_complete_attributes(s, c, name->attlist))
        return NULL;
    if (!scanner_bind_prefixes(s, c, n_namespaces) ||
        !scanner_resolve_attributes(s, c, name, n_attributes))
        return NULL;
    return c;
}

const uint8_t *scanner_read_start_tag(struct scanner *s, const uint8_t *c)
{
    const uint8_t *from = c;
    struct dictionary_entry *name;
    int n_namespaces = 0, n_attributes = 0;
    struct open_element *open = scanner_push(s);
    if (!open || !(c = scanner_read_repeated(s, c, &s->last->next)))
        return NULL;
    s->last = name = s->last->next;
    *open = (struct open_element){name, NULL, s->n_shadowed, from};
    if (*c != '>' || name->attlist) {
        if (!(c = read_tag(s, c, name, &n_namespaces, &n_attributes)))
            return NULL;
        open = &s->open[s->depth - 1]; /* it may have moved for an entity */
    }
    const struct dictionary_entry *prefix = name->prefix;
    open->uri = (prefix ? prefix : s->no_prefix)->binding;
    if (prefix && !open->uri) {
        scanner_tell_unbound(s, from, name, name);
        prefix = prefix == s->misplaced_colon ? NULL : prefix;
    }
    if (*c == '/' && c[1] != '>')
        return scanner_fail(s, c, "gt-required", "a start tag does not end with '>'");
    s->now = c;
    s->events->start(s->events->context, name->local->string, prefix ? prefix->string : NULL,
                     open->uri, n_namespaces, s->event_namespaces, n_attributes,
                     s->event_attributes);
    if (*c == '>')
        return c + 1;
    if (!s->stopped)
        report_end(s, c + 2);
    return c + 2;
}

static const uint8_t *fail_at_end_tag(struct scanner *s, const uint8_t *c)
{
    const struct open_element *open = &s->open[s->depth - 1];
    struct dictionary_entry *name;
    if (open->name == &scanner_no_element)
        return scanner_fail(s, c, "tag-name-mismatch",
                            "an end tag in an entity, for an element that began outside");
    if (!(c = scanner_read_name(s, c, &name)))
        return NULL;
    c = xml_skip(c, XML_SPACE);
    if (name == open->name || c == s->end)
        return scanner_fail(s, c, "gt-required", "the end tag of %.200s does not end with '>'",
                            (const char *)name->string);
    scanner_tell(s, *c == '>' ? c + 1 : c, SCANNER_MALFORMED, "tag-name-mismatch",
                 "Opening and ending tag mismatch: %.200s line %ju and %.200s",
                 (const char *)open->name->string,
                 (uintmax_t)scanner_line(s, scanner_place(s, open->at)),
                 (const char *)name->string);
    return NULL;
}

const uint8_t *scanner_read_end_tag(struct scanner *s, const uint8_t *c)
{
    const uint8_t *from = c;
    const struct dictionary_entry *name = s->open[s->depth - 1].name;
    if ((size_t)(s->end - c) < name->len || !dictionary_entry_is(name, c, name->len))
        return fail_at_end_tag(s, from);
    c = xml_skip(c + name->len, XML_SPACE);
    if (*c != '>')
        return fail_at_end_tag(s, from);
    report_end(s, c + 1);
    return c + 1;
}
