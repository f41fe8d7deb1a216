/* SPDX-License-Identifier: MIT
 *
 * Names are looked up once and kept, with what they are made of. What a prefix stands for is
 * kept with the prefix, so that to resolve a name is to look at it.
 */
#include "document/scanner/scanner_state.h"

#include "base/array.h"
#include <string.h>

enum {
    STRINGS = 200000,     /* of one document */
    STRINGS_KEPT = 50000, /* between documents */
    BYTES_KEPT = 4 << 20,
};

/* -- Strings -------------------------------------------------------------------------- */

static struct dictionary_entry *keep(struct scanner *s, const void *string, size_t len)
{
    return s->strings.n < STRINGS ? dictionary_entry(&s->strings, string, len) : NULL;
}

static struct dictionary_entry *keep_string(struct scanner *s, const char *string)
{
    return keep(s, string, strlen(string));
}

/* The strings that every document needs. no_prefix tells that all are there. */
static bool keep_own(struct scanner *s)
{
    struct dictionary_entry *xml = keep_string(s, "xml");
    s->xmlns = keep_string(s, "xmlns");
    s->xml_uri = keep_string(s, "http://www.w3.org/XML/1998/namespace");
    s->xmlns_uri = keep_string(s, "http://www.w3.org/2000/xmlns/");
    s->no_prefix = NULL;
    if (!xml || !s->xmlns || !s->xml_uri || !s->xmlns_uri ||
        !(s->no_prefix = keep_string(s, " ")))
        return false;
    xml->binding = s->xml_uri->string;
    return true;
}

bool scanner_prepare_strings(struct scanner *s)
{
    if (s->no_prefix && s->strings.n < STRINGS_KEPT && s->strings.bytes < BYTES_KEPT)
        return true;
    dictionary_clear(&s->strings);
    s->epoch++;
    return keep_own(s);
}

/* -- Names ---------------------------------------------------------------------------- */

/* Namespaces in XML 1.0 [7]: at most one colon, a name on either side. */
static bool split(struct scanner *s, struct dictionary_entry *name)
{
    const uint8_t *string = name->string, *end = string + name->len;
    const uint8_t *colon = memchr(string, ':', name->len);
    if (!colon) {
        name->local = name;
        return true;
    }
    if (colon == string || xml_skip_name(colon + 1, end) != end || colon + 1 == end ||
        memchr(colon + 1, ':', (size_t)(end - colon - 1)))
        return false;
    struct dictionary_entry *prefix = keep(s, string, (size_t)(colon - string));
    struct dictionary_entry *local = keep(s, colon + 1, (size_t)(end - colon - 1));
    if (!prefix || !local)
        return false;
    prefix->local = prefix;
    local->local = local;
    name->prefix = prefix;
    name->local = local;
    return true;
}

const uint8_t *scanner_read_name(struct scanner *s, const uint8_t *c,
                                 struct dictionary_entry **name)
{
    const uint8_t *from = c;
    if (xml_char_is(c, XML_NAME_START))
        c = xml_skip(c + 1, XML_NAME);
    if (*c >= 0x80 && !(c = xml_skip_name(from, s->end)))
        return NULL;
    if (c == from || c - from > s->max_name_bytes ||
        !(*name = keep(s, from, (size_t)(c - from))))
        return NULL;
    return (*name)->local || split(s, *name) ? c : NULL;
}

/* -- Namespaces ----------------------------------------------------------------------- */

static bool rebind(struct scanner *s, struct dictionary_entry *prefix, const xmlChar *binding)
{
    struct shadowed_binding *shadowed =
        array_room(s->shadowed, &s->cap_shadowed, s->n_shadowed + 1, sizeof *shadowed);
    if (!shadowed)
        return false;
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

/* Namespaces in XML 1.0, section 3: "xmlns" must not be declared; "xml" may be, but hardly
 * ever is, and is declined here; no other prefix may be bound to their names; and only the
 * default namespace may be undeclared. */
static bool bind(struct scanner *s, const struct scanned_attribute *attribute,
                 const xmlChar **event_namespace)
{
    static const xmlChar none[] = "";
    bool is_default = attribute->name == s->xmlns;
    struct dictionary_entry *prefix = is_default ? s->no_prefix : attribute->name->local;
    event_namespace[0] = is_default ? NULL : prefix->string;
    event_namespace[1] = none;
    if (!attribute->len)
        return is_default && rebind(s, prefix, NULL);
    struct dictionary_entry *uri = keep(s, attribute->value, attribute->len);
    if (!uri || uri == s->xml_uri || uri == s->xmlns_uri || prefix == s->xmlns ||
        prefix->binding == s->xml_uri->string)
        return false;
    event_namespace[1] = uri->string;
    return rebind(s, prefix, uri->string);
}

static bool declares(const struct scanner *s, const struct dictionary_entry *name)
{
    return name == s->xmlns || name->prefix == s->xmlns;
}

bool scanner_bind_prefixes(struct scanner *s, int *n_namespaces)
{
    *n_namespaces = 0;
    for (size_t i = 0; i < s->n_attributes; i++) {
        struct scanned_attribute *attribute = &s->attributes[i];
        if (!attribute->value)
            attribute->value = (const xmlChar *)s->values.data + attribute->from;
        if (declares(s, attribute->name) &&
            !bind(s, attribute, s->event_namespaces + 2 * (*n_namespaces)++))
            return false;
    }
    return true;
}

/* Two names with different prefixes may still be one name. */
static bool is_twice(const xmlChar **attributes, int n, const xmlChar *local,
                     const xmlChar *uri)
{
    for (int i = 0; i < n; i++)
        if (attributes[5 * i] == local && attributes[5 * i + 2] == uri)
            return true;
    return false;
}

bool scanner_resolve_attributes(struct scanner *s, int *n_attributes)
{
    int n = 0;
    for (size_t i = 0; i < s->n_attributes; i++) {
        const struct scanned_attribute *attribute = &s->attributes[i];
        const struct dictionary_entry *prefix = attribute->name->prefix;
        const xmlChar *local = attribute->name->local->string;
        const xmlChar *uri = prefix ? prefix->binding : NULL;
        if (declares(s, attribute->name))
            continue;
        if (prefix && (!uri || is_twice(s->event_attributes, n, local, uri)))
            return false;
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
