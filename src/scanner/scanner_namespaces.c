/* SPDX-License-Identifier: MIT
 *
 * Namespaces in XML 1.0 (https://www.w3.org/TR/xml-names/). What a prefix stands for is kept
 * with the prefix, so that to resolve a name is to look at it.
 */
#include "scanner/scanner_state.h"

#include <stdlib.h>

/* -- Bindings ------------------------------------------------------------------------- */

static bool rebind(struct scanner *s, struct dictionary_entry *prefix, const xmlChar *binding)
{
    struct shadowed_binding *shadowed =
        array_room(s->shadowed, &s->cap_shadowed, s->n_shadowed + 1, sizeof *shadowed);
    if (!shadowed) {
        scanner_fail_without_memory(s);
        return false;
    }
    s->shadowed = shadowed;
    s->shadowed[s->n_shadowed++] = (struct shadowed_binding){prefix, prefix->binding};
    prefix->binding = binding;
    return true;
}

void scanner_unbind(struct scanner *s, size_t n)
{
    while (s->n_shadowed > n) {
        const struct shadowed_binding *last = &s->shadowed[--s->n_shadowed];
        last->prefix->binding = last->binding;
    }
}

/* Section 3, the constraints on declarations. NULL: all hold. */
static const char *broken_by(const struct scanner *s, const struct dictionary_entry *prefix,
                             const struct dictionary_entry *uri)
{
    if (prefix == s->xmlns)
        return "the prefix xmlns must not be declared";
    if (!uri)
        return prefix == s->no_prefix ? NULL : "a prefix is bound to no namespace";
    if (uri == s->xmlns_uri)
        return "the namespace of xmlns must not be declared";
    if (uri == s->xml_uri)
        return "only the prefix xml is for the namespace of xml";
    return prefix->binding == s->xml_uri->string
               ? "the prefix xml is only for its own namespace"
               : NULL;
}

/* False without memory. One that breaks a constraint, and one of the prefix xml, which is
 * always bound, is not counted. */
static bool bind(struct scanner *s, const uint8_t *c, const struct scanned_attribute *attribute,
                 int *n_namespaces)
{
    static const xmlChar none[] = "";
    bool is_default = attribute->name == s->xmlns;
    struct dictionary_entry *prefix = is_default ? s->no_prefix : attribute->name->local;
    struct dictionary_entry *uri = NULL;
    if (attribute->len && !(uri = scanner_keep(s, attribute->value, attribute->len)))
        return false;
    if (uri == s->xml_uri && prefix->binding == s->xml_uri->string)
        return true;
    const char *broken = broken_by(s, prefix, uri);
    if (broken) {
        scanner_tell_in_tag(s, c, uri ? "xml-namespace" : "empty", "%s=\"%.200s\": %s",
                            (const char *)attribute->name->string,
                            uri ? (const char *)uri->string : "", broken);
        return true;
    }
    const xmlChar **event_namespace = s->event_namespaces + 2 * (*n_namespaces)++;
    event_namespace[0] = is_default ? NULL : prefix->string;
    event_namespace[1] = uri ? uri->string : none;
    return rebind(s, prefix, uri ? uri->string : NULL);
}

static bool declares(const struct scanner *s, const struct dictionary_entry *name)
{
    return name == s->xmlns || name->prefix == s->xmlns;
}

bool scanner_bind_prefixes(struct scanner *s, const uint8_t *c, int *n_namespaces)
{
    for (size_t i = 0; i < s->n_attributes; i++) {
        struct scanned_attribute *attribute = &s->attributes[i];
        if (!attribute->value)
            attribute->value = (const xmlChar *)s->values.data + attribute->from;
        if (declares(s, attribute->name) && !bind(s, c, attribute, n_namespaces))
            return false;
    }
    return true;
}

/* -- Attributes ----------------------------------------------------------------------- */

enum { FEW = 16 }; /* attributes that are compared each with each */

static bool is_among(const xmlChar **attributes, int n, const xmlChar *local,
                     const xmlChar *uri)
{
    for (int i = 0; i < n; i++)
        if (attributes[5 * i] == local && attributes[5 * i + 2] == uri)
            return true;
    return false;
}

/* Room for twice as many names as the tag has attributes. */
static bool expect_many(struct scanner *s)
{
    size_t cap = s->cap_expanded ? s->cap_expanded : 4 * FEW;
    while (cap < 2 * s->n_attributes)
        cap *= 2;
    if (cap == s->cap_expanded)
        return true;
    free(s->expanded);
    s->cap_expanded = 0;
    if (!(s->expanded = calloc(cap, sizeof *s->expanded))) {
        scanner_fail_without_memory(s);
        return false;
    }
    s->cap_expanded = cap;
    return true;
}

static bool is_among_many(struct scanner *s, const xmlChar *local, const xmlChar *uri)
{
    uint64_t hash = ((uint64_t)(uintptr_t)local >> 3) * UINT64_C(0x9e3779b97f4a7c15) ^
                    ((uint64_t)(uintptr_t)uri >> 3) * UINT64_C(0xc2b2ae3d27d4eb4f);
    size_t at = (size_t)(hash >> 24);
    for (;; at++) {
        struct expanded_name *slot = &s->expanded[at & (s->cap_expanded - 1)];
        if (slot->tag != s->tags) {
            *slot = (struct expanded_name){local, uri, s->tags};
            return false;
        }
        if (slot->local == local && slot->uri == uri)
            return true;
    }
}

/* Two names with different prefixes may still be one name. */
static bool is_twice(struct scanner *s, int n, const xmlChar *local, const xmlChar *uri)
{
    return s->n_attributes > FEW ? is_among_many(s, local, uri)
                                 : is_among(s->event_attributes, n, local, uri);
}

void scanner_tell_unbound(struct scanner *s, const uint8_t *c,
                          const struct dictionary_entry *element,
                          const struct dictionary_entry *name)
{
    const char *string = (const char *)name->string;
    if (name->prefix == s->misplaced_colon)
        scanner_tell_in_tag(s, c, "qname",
                            "%.200s is no name with a prefix: a colon is out of place", string);
    else
        scanner_tell_in_tag(
            s, c, "undefined-namespace",
            "the namespace prefix of %.200s, in the tag of %.200s, is not declared", string,
            (const char *)element->string);
}

bool scanner_resolve_attributes(struct scanner *s, const uint8_t *c,
                                const struct dictionary_entry *element, int *n_attributes)
{
    int n = 0;
    if (s->n_attributes > FEW && !expect_many(s))
        return false;
    for (size_t i = 0; i < s->n_attributes; i++) {
        const struct scanned_attribute *attribute = &s->attributes[i];
        const struct dictionary_entry *prefix = attribute->name->prefix;
        const xmlChar *local = attribute->name->local->string;
        const xmlChar *uri = prefix ? prefix->binding : NULL;
        if (declares(s, attribute->name))
            continue;
        if (prefix && !uri) {
            scanner_tell_unbound(s, c, element, attribute->name);
            prefix = prefix == s->misplaced_colon ? NULL : prefix;
        } else if (prefix && is_twice(s, n, local, uri)) {
            scanner_tell_in_tag(s, c, "attribute-redefined",
                                "the attribute %.200s of namespace %.200s is there twice",
                                (const char *)local, (const char *)uri);
        }
        const xmlChar **event_attribute = s->event_attributes + 5 * n++;
        event_attribute[0] = local;
        event_attribute[1] = prefix ? prefix->string : NULL;
        event_attribute[2] = uri;
        event_attribute[3] = attribute->value;
        event_attribute[4] = attribute->value + attribute->len;
    }
    *n_attributes = n;
    return true;
}

int scanner_id_attribute(const struct scanner *s)
{
    const struct dtd_attlist *attlist = s->open[s->depth - 1].name->attlist;
    int n = 0;
    for (size_t i = 0; attlist && attlist->id && i < s->n_attributes; i++) {
        if (s->attributes[i].name == attlist->id)
            return n;
        n += !declares(s, s->attributes[i].name);
    }
    return -1;
}
