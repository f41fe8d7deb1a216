/* SPDX-License-Identifier: MIT */
#include "scanner/scanner_state.h"

#include "base/xml_skip.h"
#include "scanner/dtd_read.h"

static void report_end(struct scanner *s, const uint8_t *now)
{
    const struct open_element *open = &s->open[--s->depth];
    s->next = &open->name->sibling;
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
    s->resolves = name->attlist;
    buf_clear(&s->values);
    if (!(c = scanner_read_attributes(s, c, &name->attribute)))
        return NULL;
    if (name->attlist && !dtd_complete_attributes(s, c, name->attlist))
        return NULL;
    if (!s->resolves) {
        *n_attributes = (int)s->n_attributes;
        return c;
    }
    if (!scanner_bind_prefixes(s, c, n_namespaces) ||
        !scanner_resolve_attributes(s, c, name, n_attributes))
        return NULL;
    return c;
}

/* Whether the end tag of that name stands at c, as it is written mostly. */
static inline bool is_end_tag(const struct scanner *s, const uint8_t *c,
                              const struct dictionary_entry *name)
{
    return c[0] == '<' && c[1] == '/' && scanner_name_stands(s, c + 2, name) &&
           c[name->len + 2] == '>';
}

/* Behind a start tag: the end of text that stands for itself, if the end tag is there. NULL:
 * something else comes, and nothing is said of it yet. */
static inline const uint8_t *find_end_tag(const struct scanner *s, const uint8_t *c,
                                          const struct dictionary_entry *name)
{
    for (;;) {
        c = xml_skip_text(c, s->end);
        if (*c == ']' && !(c[1] == ']' && c[2] == '>'))
            c++;
        else if (*c < 0x80)
            return is_end_tag(s, c, name) ? c : NULL;
        else if (!(c = xml_skip_non_ascii(c, s->end)))
            return NULL;
    }
}

/* All of the element is told at once, if it has no children. NULL: it is not, or text and end
 * are not taken; *begun: its start is. */
static inline const uint8_t *tell_leaf(struct scanner *s, const uint8_t *c,
                                       const struct dictionary_entry *name, bool *begun)
{
    const uint8_t *end = c + 1, *behind = c + 2;
    if (*c == '>') {
        if (!(end = find_end_tag(s, c + 1, name)))
            return NULL;
        behind = end + name->len + 3;
    }
    s->leaf.text = c + 1;
    s->leaf.len = (int)(end - c) - 1;
    *begun = true;
    return s->events->leaf(s->events->context, &s->leaf) ? behind : NULL;
}

const uint8_t *scanner_read_start_tag(struct scanner *s, const uint8_t *c)
{
    const uint8_t *from = s->tag = c;
    int n_namespaces = 0;
    bool begun = false;
    s->leaf.n_attributes = 0;
    if (!(c = scanner_read_repeated(s, c, s->next)))
        return NULL;
    struct dictionary_entry *name = s->next->last;
    if ((*c != '>' || name->attlist) &&
        !(c = read_tag(s, c, name, &n_namespaces, &s->leaf.n_attributes)))
        return NULL;
    const struct dictionary_entry *prefix = name->prefix;
    s->leaf.uri = (prefix ? prefix : s->no_prefix)->binding;
    if (prefix && !s->leaf.uri) {
        scanner_tell_unbound(s, from, name, name);
        prefix = prefix == s->misplaced_colon ? NULL : prefix;
    }
    if (*c == '/' && c[1] != '>')
        return scanner_fail(s, c, "gt-required", "a start tag does not end with '>'");
    s->now = c;
    s->leaf.localname = name->local->string;
    s->leaf.prefix = prefix ? prefix->string : NULL;
    s->leaf.attributes = s->event_attributes;
    if (s->events->leaf && !n_namespaces) {
        const uint8_t *behind = tell_leaf(s, c, name, &begun);
        if (behind) {
            s->next = &name->sibling;
            return behind;
        }
    }
    s->next = &name->child;
    struct open_element *open = scanner_push(s);
    if (!open)
        return NULL;
    *open = (struct open_element){name, s->n_shadowed - (size_t)n_namespaces, from};
    if (!begun)
        s->events->start(s->events->context, s->leaf.localname, s->leaf.prefix, s->leaf.uri,
                         n_namespaces, s->event_namespaces, s->leaf.n_attributes,
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
    if (!scanner_name_stands(s, c, name))
        return fail_at_end_tag(s, from);
    c = xml_skip(c + name->len, XML_SPACE);
    if (*c != '>')
        return fail_at_end_tag(s, from);
    report_end(s, c + 1);
    return c + 1;
}
