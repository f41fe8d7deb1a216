/* SPDX-License-Identifier: MIT
 *
 * What is asked of an element of a schema document: its attributes, its children in the order
 * that the schema for schemas asks for, and the small languages in attribute values.
 */
#include "compile.h"

#include <libxml/tree.h>
#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const struct attr *attr_of(const struct node *node, int which)
{
    if (!(node->has & ALLOW(which)))
        return NULL;
    const struct attr *attr = node->attrs;
    while (attr->which != which)
        attr++;
    return attr;
}

const char *value_of(const struct node *node, int which)
{
    const struct attr *attr = attr_of(node, which);
    return attr ? attr->value : NULL;
}

/* An element's attributes may be read more than once. */
static void check_id(struct compiler *c, const struct place *place, const char *id)
{
    if (!is_whole_ncname(id))
        fail(c, place, "id '%s' is not an NCName", id);
    struct arena *arena = &c->drafts;
    if (names_add_ns(&c->ids, arena, "") == NS_UNKNOWN)
        fail_no_memory(c);
    buf_clear(&c->text);
    buf_append_format(&c->text, "%u %s", place->document->number, id);
    const char *key = buf_string(&c->text);
    const struct symbol *symbol = key ? names_add(&c->ids, arena, key, c->text.len, 0) : NULL;
    if (!symbol)
        fail_no_memory(c);
    if (symbol->id > c->id_nodes.n)
        list_add(c, &c->id_nodes, (void *)(uintptr_t)place->node);
    else if (c->id_nodes.items[symbol->id - 1] != place->node)
        fail(c, place, "a second element with the id '%s'", id);
}

static void check_attr(struct compiler *c, const struct place *place, uint64_t allowed,
                       const struct attr *attr)
{
    if (attr->which == A_QUALIFIED)
        fail(c, place, "attribute '%s' of the schema namespace", attr->name);
    if (!(allowed & ALLOW(attr->which)))
        fail(c, place, "element '%s' must not have the attribute '%s'", place->node->name,
             attr->name);
}

void check_attrs(struct compiler *c, const struct place *place, uint64_t allowed)
{
    const struct node *node = place->node;
    allowed |= ALLOW(A_ID);
    if (node->has & ~allowed)
        for (uint32_t i = 0; i < node->n_attrs; i++)
            check_attr(c, place, allowed, &node->attrs[i]);
    if (node->has & ALLOW(A_ID))
        check_id(c, place, value_of(node, A_ID));
}

/* A child that may be read: neither text nor an element that no schema has. */
static const struct node *readable(struct compiler *c, const struct place *place,
                                   const struct node *child)
{
    if (child && child->tag == TAG_TEXT)
        fail(c, place, "text in element '%s'", place->node->name);
    if (child && (child->tag == TAG_NONE || child->tag == TAG_UNKNOWN))
        fail(c, &(struct place){place->document, child}, "element '%s' is not one of a schema",
             child->name);
    return child;
}

static void check_annotation(struct compiler *c, const struct place *place,
                             const struct node *node)
{
    struct place at = {place->document, node};
    check_attrs(c, &at, 0);
    for (const struct node *child = readable(c, &at, node->first); child;
         child = readable(c, &at, child->next)) {
        struct place inner = {place->document, child};
        if (child->tag != TAG_APPINFO && child->tag != TAG_DOCUMENTATION)
            fail(c, &inner, "element '%s' in an annotation", child->name);
        check_attrs(c, &inner, ALLOW(A_SOURCE));
    }
}

static bool has_annotations(const struct node *node)
{
    return node->tag == TAG_SCHEMA || node->tag == TAG_REDEFINE;
}

const struct node *first_child(struct compiler *c, const struct place *place)
{
    const struct node *child = readable(c, place, place->node->first);
    if (child && child->tag == TAG_ANNOTATION) {
        check_annotation(c, place, child);
        child = readable(c, place, child->next);
    }
    if (child && child->tag == TAG_ANNOTATION && !has_annotations(place->node))
        no_more_children(c, place, child);
    return child;
}

const struct node *next_child(struct compiler *c, const struct place *place,
                              const struct node *child)
{
    const struct node *next = readable(c, place, child->next);
    if (next && next->tag == TAG_ANNOTATION) {
        if (!has_annotations(place->node))
            no_more_children(c, place, next);
        check_annotation(c, place, next);
    }
    return next;
}

void no_more_children(struct compiler *c, const struct place *place, const struct node *child)
{
    if (child)
        fail(c, &(struct place){place->document, child}, "element '%s' is out of place in '%s'",
             child->name, place->node->name);
}

bool read_boolean(struct compiler *c, const struct place *place, const char *text,
                  bool otherwise)
{
    if (!text)
        return otherwise;
    if (!strcmp(text, "true") || !strcmp(text, "1"))
        return true;
    if (strcmp(text, "false") && strcmp(text, "0"))
        fail(c, place, "'%s' is not a boolean", text);
    return false;
}

bool next_item(struct compiler *c, const char **list, char **item)
{
    const char *start = *list;
    while (is_space(*start))
        start++;
    const char *end = start;
    while (*end && !is_space(*end))
        end++;
    *list = end;
    if (end == start)
        return false;
    *item = draft_string(c, start, (size_t)(end - start));
    return true;
}

unsigned read_methods(struct compiler *c, const struct place *place, const char *text,
                      unsigned allowed)
{
    static const struct {
        const char *name;
        unsigned method;
    } METHODS[] = {{"extension", BY_EXTENSION},
                   {"restriction", BY_RESTRICTION},
                   {"substitution", BY_SUBSTITUTION},
                   {"list", BY_LIST},
                   {"union", BY_UNION}};
    if (!strcmp(text, "#all"))
        return allowed;
    unsigned methods = 0;
    for (char *item; next_item(c, &text, &item);) {
        unsigned method = 0;
        for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
            if (!strcmp(item, METHODS[i].name))
                method = METHODS[i].method & allowed;
        if (!method)
            fail(c, place, "'%s' is no method of derivation here", item);
        methods |= method;
    }
    return methods;
}

bool is_whole_ncname(const char *name)
{
    return *name && !strchr(name, ':') && xmlValidateNCName((const xmlChar *)name, 0) == 0;
}

bool is_whole_qname(const char *name, size_t *prefix_len)
{
    const char *colon = strchr(name, ':');
    *prefix_len = colon ? (size_t)(colon - name) : 0;
    return colon ? is_whole_ncname(colon + 1) && xmlValidateQName((const xmlChar *)name, 0) == 0
                 : is_whole_ncname(name);
}

struct symbol *name_of(struct compiler *c, const struct place *place, const char *name,
                       uint32_t ns)
{
    if (!name)
        fail(c, place, "element '%s' needs a name", place->node->name);
    if (!is_whole_ncname(name))
        fail(c, place, "'%s' is not an NCName", name);
    return symbol_of(c, name, strlen(name), ns);
}

struct symbol *read_name(struct compiler *c, const struct place *place, uint32_t ns)
{
    const struct attr *attr = attr_of(place->node, A_NAME);
    const struct document *document = place->document;
    if (attr && attr->symbol && ns == document->ns && !document->chameleon)
        return own_symbol(c, attr->symbol);
    return name_of(c, place, attr ? attr->value : NULL, ns);
}

const char *find_prefix(const struct scope *scope, const char *prefix, size_t len)
{
    if (len == 3 && !memcmp(prefix, "xml", 3))
        return (const char *)XML_XML_NAMESPACE;
    for (; scope; scope = scope->outer)
        if (scope->len == len && !memcmp(scope->prefix, prefix, len))
            return scope->uri;
    return len ? NULL : "";
}

static const char *prefix_in_scope(void *scope, const char *prefix, size_t len)
{
    return find_prefix(scope, prefix, len);
}

struct prefixes place_prefixes(const struct place *place)
{
    return (struct prefixes){prefix_in_scope, (void *)(uintptr_t)place->node->scope};
}

uint32_t prefix_ns(struct compiler *c, const struct place *place, const char *prefix,
                   size_t len)
{
    const char *uri = find_prefix(place->node->scope, prefix, len);
    if (!uri)
        fail(c, place, "prefix '%.*s' is not declared", (int)len, prefix);
    return ns_of(c, uri);
}

struct symbol *read_qname(struct compiler *c, const struct place *place, const char *name)
{
    size_t prefix_len;
    if (!is_whole_qname(name, &prefix_len))
        fail(c, place, "'%s' is not a QName", name);
    const char *local = name + prefix_len + (name[prefix_len] == ':');
    uint32_t ns = prefix_ns(c, place, name, prefix_len);
    if (ns == 0 && place->document->chameleon)
        ns = place->document->ns;
    return symbol_of(c, local, strlen(local), ns);
}

struct symbol *named_by(struct compiler *c, const struct place *place, int which)
{
    const struct attr *attr = attr_of(place->node, which);
    if (attr->symbol && (attr->symbol->ns || !place->document->chameleon))
        return own_symbol(c, attr->symbol);
    return read_qname(c, place, attr->value);
}
