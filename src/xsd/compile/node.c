/* SPDX-License-Identifier: MIT
 *
 * What an element of a schema document says: its attributes, its children in the order of the
 * schema for schemas, and the values of attributes: booleans, names, lists.
 */
#include "xsd/compile/node.h"

#include "xsd/compile/global.h"
#include "xsd/compile/schema_document.h"

#include "base/xml_chars.h"
#include <libxml/tree.h>
#include <string.h>

/* The same element may come here several times. */
static void check_id(struct xsd_compiler *c, const struct location *location, const char *id)
{
    if (!node_is_ncname(id))
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "id '%s' is not an NCName", id);
    struct arena *arena = &c->drafts;
    if (names_add_ns(&c->ids, arena, "") == XSD_NS_UNKNOWN)
        xsd_compile_fail_no_memory(c);
    buf_clear(&c->text);
    buf_append_format(&c->text, "%u %s", location->document->number, id);
    const char *key = buf_string(&c->text);
    const struct symbol *symbol = key ? names_add(&c->ids, arena, key, c->text.len, 0) : NULL;
    if (!symbol)
        xsd_compile_fail_no_memory(c);
    if (symbol->id > c->id_nodes.n)
        pointer_list_add(c, &c->id_nodes, (void *)(uintptr_t)location->node);
    else if (c->id_nodes.items[symbol->id - 1] != location->node)
        xsd_compile_warn(c, location, "s4s-att-invalid-value",
                         "a second element with the id '%s'; no more comes of it", id);
}

static void check_attr(struct xsd_compiler *c, const struct location *location,
                       uint64_t allowed, const struct node_attr *attr)
{
    if (attr->which == NODE_ATTR_QUALIFIED)
        xsd_compile_fail(c, location, "s4s-att-not-allowed",
                         "attribute '%s' of the schema namespace", attr->name);
    if (!(allowed & node_attr_bit(attr->which)))
        xsd_compile_fail(c, location, "s4s-att-not-allowed",
                         "element '%s' must not have the attribute '%s'", location->node->name,
                         attr->name);
}

bool node_is_value(struct xsd_compiler *c, const char *text, size_t len, const char *type)
{
    const char *code;
    int rc = datatype_check(datatypes_builtin(c->xsd->datatypes, type), text, len, NULL,
                            &c->values, &code);
    if (rc < 0)
        xsd_compile_fail_no_memory(c);
    return rc == 0;
}

/* Names and notes: they are compared, or read by people, and nothing is fetched from there. */
static void check_uri(struct xsd_compiler *c, const struct location *location, int which)
{
    const struct node_attr *attr = node_attr_of(location->node, which);
    if (attr && !node_is_value(c, attr->value, strlen(attr->value), "anyURI"))
        xsd_compile_warn(c, location, "s4s-att-invalid-value",
                         "%s '%s' is not a URI; it is taken as it is", attr->name, attr->value);
}

void node_check_attrs(struct xsd_compiler *c, const struct location *location, uint64_t allowed)
{
    const struct node *node = location->node;
    allowed |= NODE_ATTR(ID);
    if (node->has & (NODE_ATTR(SOURCE) | NODE_ATTR(SYSTEM) | NODE_ATTR(TARGET_NAMESPACE))) {
        check_uri(c, location, NODE_ATTR_SOURCE);
        check_uri(c, location, NODE_ATTR_SYSTEM);
        check_uri(c, location, NODE_ATTR_TARGET_NAMESPACE);
    }
    if (node->tag == NODE_IMPORT)
        check_uri(c, location, NODE_ATTR_NAMESPACE);
    if (node->has & ~allowed)
        for (uint32_t i = 0; i < node->n_attrs; i++)
            check_attr(c, location, allowed, &node->attrs[i]);
    if (node->has & NODE_ATTR(ID))
        check_id(c, location, node_value_of(node, NODE_ATTR_ID));
}

/* Fails on text and on elements that are none of XSD's. */
static const struct node *readable(struct xsd_compiler *c, const struct location *location,
                                   const struct node *child)
{
    if (child && child->tag == NODE_TEXT)
        xsd_compile_fail(c, location, "s4s-elt-character", "text in element '%s'",
                         location->node->name);
    if (child && (child->tag == NODE_NONE || child->tag == NODE_UNKNOWN))
        xsd_compile_fail(c, &(struct location){location->document, child}, "s4s-elt-invalid",
                         "element '%s' is not one of a schema", child->name);
    return child;
}

static void check_annotation(struct xsd_compiler *c, const struct location *location,
                             const struct node *node)
{
    struct location at = {location->document, node};
    node_check_attrs(c, &at, 0);
    for (const struct node *child = readable(c, &at, node->first); child;
         child = readable(c, &at, child->next)) {
        struct location inner = {location->document, child};
        if (child->tag != NODE_APPINFO && child->tag != NODE_DOCUMENTATION)
            xsd_compile_fail(c, &inner, "src-annotation", "element '%s' in an annotation",
                             child->name);
        node_check_attrs(c, &inner, NODE_ATTR(SOURCE) | NODE_ATTR(XML_LANG));
        const char *lang = node_value_of(child, NODE_ATTR_XML_LANG);
        if (lang && *lang && !node_is_value(c, lang, strlen(lang), "language"))
            xsd_compile_warn(c, &inner, "s4s-att-invalid-value",
                             "xml:lang '%s' is not a language; no more comes of it", lang);
    }
}

static bool has_annotations(const struct node *node)
{
    return node->tag == NODE_SCHEMA || node->tag == NODE_REDEFINE;
}

const struct node *node_first_child(struct xsd_compiler *c, const struct location *location)
{
    const struct node *child = readable(c, location, location->node->first);
    if (child && child->tag == NODE_ANNOTATION) {
        check_annotation(c, location, child);
        child = readable(c, location, child->next);
    }
    if (child && child->tag == NODE_ANNOTATION && !has_annotations(location->node))
        node_no_more_children(c, location, child);
    return child;
}

const struct node *node_next_child(struct xsd_compiler *c, const struct location *location,
                                   const struct node *child)
{
    const struct node *next = readable(c, location, child->next);
    if (next && next->tag == NODE_ANNOTATION) {
        if (!has_annotations(location->node))
            node_no_more_children(c, location, next);
        check_annotation(c, location, next);
    }
    return next;
}

void node_no_more_children(struct xsd_compiler *c, const struct location *location,
                           const struct node *child)
{
    if (child)
        xsd_compile_fail(c, &(struct location){location->document, child},
                         "s4s-elt-must-match.1", "element '%s' is out of place in '%s'",
                         child->name, location->node->name);
}

bool node_read_boolean(struct xsd_compiler *c, const struct location *location,
                       const char *text, bool otherwise)
{
    if (!text)
        return otherwise;
    if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
        return true;
    if (strcmp(text, "false") != 0 && strcmp(text, "0") != 0)
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "'%s' is not a boolean", text);
    return false;
}

bool node_next_item(struct xsd_compiler *c, const char **list, char **item)
{
    const char *start = *list;
    while (xml_is_space(*start))
        start++;
    const char *end = start;
    while (*end && !xml_is_space(*end))
        end++;
    *list = end;
    if (end == start)
        return false;
    *item = xsd_compile_draft_string(c, start, (size_t)(end - start));
    return true;
}

unsigned node_read_methods(struct xsd_compiler *c, const struct location *location,
                           const char *text, unsigned allowed)
{
    static const struct {
        const char *name;
        unsigned method;
    } METHODS[] = {{"extension", DERIVATION_EXTENSION},
                   {"restriction", DERIVATION_RESTRICTION},
                   {"substitution", DERIVATION_SUBSTITUTION},
                   {"list", DERIVATION_LIST},
                   {"union", DERIVATION_UNION}};
    if (strcmp(text, "#all") == 0)
        return allowed;
    unsigned methods = 0;
    for (char *item; node_next_item(c, &text, &item);) {
        unsigned method = 0;
        for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
            if (strcmp(item, METHODS[i].name) == 0)
                method = METHODS[i].method & allowed;
        if (!method)
            xsd_compile_fail(c, location, "s4s-att-invalid-value",
                             "'%s' is no method of derivation here", item);
        methods |= method;
    }
    return methods;
}

bool node_is_ncname(const char *name)
{
    return xml_is_ncname(name, strlen(name));
}

bool node_is_qname(const char *name, size_t *prefix_len)
{
    const char *colon = strchr(name, ':');
    *prefix_len = colon ? (size_t)(colon - name) : 0;
    return colon ? node_is_ncname(colon + 1) && xml_is_ncname(name, *prefix_len)
                 : node_is_ncname(name);
}

static struct symbol *name_of(struct xsd_compiler *c, const struct location *location,
                              const char *name, uint32_t ns)
{
    if (!name)
        xsd_compile_fail(c, location, "s4s-att-must-appear", "element '%s' needs a name",
                         location->node->name);
    if (!node_is_ncname(name))
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "'%s' is not an NCName", name);
    return symbol_of(c, name, strlen(name), ns);
}

struct symbol *node_read_name(struct xsd_compiler *c, const struct location *location,
                              uint32_t ns)
{
    const struct node_attr *attr = node_attr_of(location->node, NODE_ATTR_NAME);
    const struct schema_document *document = location->document;
    if (attr && attr->symbol && ns == document->ns && !document->chameleon)
        return symbol_adopt(c, attr->symbol);
    return name_of(c, location, attr ? attr->value : NULL, ns);
}

const char *node_find_prefix(const struct node_scope *scope, const char *prefix, size_t len)
{
    if (len == 3 && memcmp(prefix, "xml", 3) == 0)
        return (const char *)XML_XML_NAMESPACE;
    for (; scope; scope = scope->outer)
        if (scope->len == len && memcmp(scope->prefix, prefix, len) == 0)
            return scope->uri;
    return len ? NULL : "";
}

static const char *prefix_in_scope(void *scope, const char *prefix, size_t len)
{
    return node_find_prefix(scope, prefix, len);
}

struct prefixes node_prefixes(const struct location *location)
{
    return (struct prefixes){prefix_in_scope, (void *)(uintptr_t)location->node->scope, NULL};
}

static uint32_t prefix_ns(struct xsd_compiler *c, const struct location *location,
                          const char *prefix, size_t len)
{
    const char *uri = node_find_prefix(location->node->scope, prefix, len);
    if (!uri)
        xsd_compile_fail(c, location, "src-qname.1.1", "prefix '%.*s' is not declared",
                         (int)len, prefix);
    return symbol_ns(c, uri);
}

struct symbol *node_read_qname(struct xsd_compiler *c, const struct location *location,
                               const char *name)
{
    size_t prefix_len;
    if (!node_is_qname(name, &prefix_len))
        xsd_compile_fail(c, location, "s4s-att-invalid-value", "'%s' is not a QName", name);
    const char *local = name + prefix_len + (name[prefix_len] == ':');
    uint32_t ns = prefix_ns(c, location, name, prefix_len);
    if (ns == 0 && location->document->chameleon)
        ns = location->document->ns;
    return symbol_of(c, local, strlen(local), ns);
}

struct symbol *node_read_reference(struct xsd_compiler *c, const struct location *location,
                                   int which)
{
    const struct node_attr *attr = node_attr_of(location->node, which);
    if (attr->symbol && (attr->symbol->ns || !location->document->chameleon))
        return symbol_adopt(c, attr->symbol);
    return node_read_qname(c, location, attr->value);
}
