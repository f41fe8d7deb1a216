/* SPDX-License-Identifier: MIT
 *
 * Makes nodes of a schema document's tree. What does not depend on the schema that reads the
 * document is done here, once for all of them: which element it is, which attributes it has,
 * and which names their values stand for.
 */
#include "xsd/compile/node.h"

#include "xsd/compile/schema_document.h"

#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>

#define SPACE " \t\r\n"

/* In alphabetical order, for bsearch, like ATTRIBUTES below. */
static const char *const TAGS[] = {
    [NODE_ALL] = "all",
    [NODE_ANNOTATION] = "annotation",
    [NODE_ANY] = "any",
    [NODE_ANY_ATTRIBUTE] = "anyAttribute",
    [NODE_APPINFO] = "appinfo",
    [NODE_ATTRIBUTE] = "attribute",
    [NODE_ATTRIBUTE_GROUP] = "attributeGroup",
    [NODE_CHOICE] = "choice",
    [NODE_COMPLEX_CONTENT] = "complexContent",
    [NODE_COMPLEX_TYPE] = "complexType",
    [NODE_DOCUMENTATION] = "documentation",
    [NODE_ELEMENT] = "element",
    [NODE_ENUMERATION] = "enumeration",
    [NODE_EXTENSION] = "extension",
    [NODE_FIELD] = "field",
    [NODE_FRACTION_DIGITS] = "fractionDigits",
    [NODE_GROUP] = "group",
    [NODE_IMPORT] = "import",
    [NODE_INCLUDE] = "include",
    [NODE_KEY] = "key",
    [NODE_KEYREF] = "keyref",
    [NODE_LENGTH] = "length",
    [NODE_LIST] = "list",
    [NODE_MAX_EXCLUSIVE] = "maxExclusive",
    [NODE_MAX_INCLUSIVE] = "maxInclusive",
    [NODE_MAX_LENGTH] = "maxLength",
    [NODE_MIN_EXCLUSIVE] = "minExclusive",
    [NODE_MIN_INCLUSIVE] = "minInclusive",
    [NODE_MIN_LENGTH] = "minLength",
    [NODE_NOTATION] = "notation",
    [NODE_PATTERN] = "pattern",
    [NODE_REDEFINE] = "redefine",
    [NODE_RESTRICTION] = "restriction",
    [NODE_SCHEMA] = "schema",
    [NODE_SELECTOR] = "selector",
    [NODE_SEQUENCE] = "sequence",
    [NODE_SIMPLE_CONTENT] = "simpleContent",
    [NODE_SIMPLE_TYPE] = "simpleType",
    [NODE_TOTAL_DIGITS] = "totalDigits",
    [NODE_UNION] = "union",
    [NODE_UNIQUE] = "unique",
    [NODE_WHITE_SPACE] = "whiteSpace",
};

static const char *const ATTRIBUTES[] = {
    [NODE_ATTR_ABSTRACT] = "abstract",
    [NODE_ATTR_ATTRIBUTE_FORM] = "attributeFormDefault",
    [NODE_ATTR_BASE] = "base",
    [NODE_ATTR_BLOCK] = "block",
    [NODE_ATTR_BLOCK_DEFAULT] = "blockDefault",
    [NODE_ATTR_DEFAULT] = "default",
    [NODE_ATTR_ELEMENT_FORM] = "elementFormDefault",
    [NODE_ATTR_FINAL] = "final",
    [NODE_ATTR_FINAL_DEFAULT] = "finalDefault",
    [NODE_ATTR_FIXED] = "fixed",
    [NODE_ATTR_FORM] = "form",
    [NODE_ATTR_ID] = "id",
    [NODE_ATTR_ITEM_TYPE] = "itemType",
    [NODE_ATTR_MAX_OCCURS] = "maxOccurs",
    [NODE_ATTR_MEMBER_TYPES] = "memberTypes",
    [NODE_ATTR_MIN_OCCURS] = "minOccurs",
    [NODE_ATTR_MIXED] = "mixed",
    [NODE_ATTR_NAME] = "name",
    [NODE_ATTR_NAMESPACE] = "namespace",
    [NODE_ATTR_NILLABLE] = "nillable",
    [NODE_ATTR_PROCESS_CONTENTS] = "processContents",
    [NODE_ATTR_PUBLIC] = "public",
    [NODE_ATTR_REF] = "ref",
    [NODE_ATTR_REFER] = "refer",
    [NODE_ATTR_SCHEMA_LOCATION] = "schemaLocation",
    [NODE_ATTR_SOURCE] = "source",
    [NODE_ATTR_SUBSTITUTION_GROUP] = "substitutionGroup",
    [NODE_ATTR_SYSTEM] = "system",
    [NODE_ATTR_TARGET_NAMESPACE] = "targetNamespace",
    [NODE_ATTR_TYPE] = "type",
    [NODE_ATTR_USE] = "use",
    [NODE_ATTR_VALUE] = "value",
    [NODE_ATTR_VERSION] = "version",
    [NODE_ATTR_XPATH] = "xpath",
};

static int compare_names(const void *key, const void *name)
{
    return strcmp(key, *(const char *const *)name);
}

enum node_tag node_tag_of(const xmlNode *from)
{
    if (from->type != XML_ELEMENT_NODE)
        return NODE_TEXT;
    if (!from->ns || !from->ns->href ||
        strcmp((const char *)from->ns->href, XSD_NAMESPACE) != 0)
        return NODE_NONE;
    const char *const *tag =
        bsearch((const char *)from->name, TAGS + NODE_ALL, NODE_WHITE_SPACE - NODE_ALL + 1,
                sizeof *TAGS, compare_names);
    return tag ? (enum node_tag)(tag - TAGS) : NODE_UNKNOWN;
}

static int attribute_of_name(const char *name)
{
    const char *const *attribute =
        bsearch(name, ATTRIBUTES, NODE_ATTR_UNKNOWN, sizeof *ATTRIBUTES, compare_names);
    return attribute ? (int)(attribute - ATTRIBUTES) : NODE_ATTR_UNKNOWN;
}

static void *keep(struct xsd_compiler *c, size_t size)
{
    void *memory = arena_alloc(&c->shared->arena, size);
    if (!memory)
        xsd_compile_fail_no_memory(c);
    return memory;
}

static const char *keep_string(struct xsd_compiler *c, const void *string, size_t len)
{
    return memcpy(keep(c, len + 1), string, len);
}

/* The symbol of the documents for `local` in the namespace `uri`. */
static const struct symbol *keep_symbol(struct xsd_compiler *c, const char *local,
                                        const char *uri)
{
    struct xsd_documents *shared = c->shared;
    uint32_t ns = names_add_ns(&shared->names, &shared->arena, uri);
    const struct symbol *symbol =
        ns == XSD_NS_UNKNOWN
            ? NULL
            : names_add(&shared->names, &shared->arena, local, strlen(local), ns);
    if (!symbol)
        xsd_compile_fail_no_memory(c);
    return symbol;
}

static const char *read_value(struct xsd_compiler *c, const xmlAttr *attribute, bool as_is)
{
    const xmlNode *child = attribute->children;
    const char *text = child && child->content ? (const char *)child->content : "";
    if (!as_is)
        text += strspn(text, SPACE);
    size_t len = strlen(text);
    while (!as_is && len && strchr(SPACE, text[len - 1]))
        len--;
    return keep_string(c, text, len);
}

static const struct symbol *read_symbol(struct xsd_compiler *c, const struct node_scope *scope,
                                        const char *qname)
{
    size_t prefix_len;
    if (!node_is_qname(qname, &prefix_len))
        return NULL;
    const char *uri = node_find_prefix(scope, qname, prefix_len);
    const char *local = prefix_len ? qname + prefix_len + 1 : qname;
    return uri ? keep_symbol(c, local, uri) : NULL;
}

static const char *read_address(struct xsd_compiler *c, const xmlAttr *attribute,
                                const char *location)
{
    xmlChar *base = xmlNodeGetBase(attribute->doc, attribute->parent);
    /* What URIs lack is escaped (Part 2, 3.2.17), as in names with letters beyond ASCII. */
    xmlChar *escaped =
        xmlURIEscapeStr((const xmlChar *)location, (const xmlChar *)"%#;/?:@&=+$,[]");
    xmlChar *uri = escaped ? xmlBuildURI(escaped, base) : NULL;
    size_t len = (size_t)xmlStrlen(uri);
    char *copy = uri ? arena_alloc(&c->shared->arena, len + 1) : NULL;
    if (copy)
        memcpy(copy, uri, len);
    xmlFree(base);
    xmlFree(escaped);
    xmlFree(uri);
    if (!escaped || (uri && !copy))
        xsd_compile_fail_no_memory(c);
    return copy;
}

static bool is_lang(const xmlAttr *attribute)
{
    return attribute->ns && attribute->ns->href &&
           strcmp((const char *)attribute->ns->href, (const char *)XML_XML_NAMESPACE) == 0 &&
           strcmp((const char *)attribute->name, "lang") == 0;
}

static void read_attr(struct xsd_compiler *c, const xmlAttr *attribute, const struct node *node,
                      struct node_attr *attr)
{
    const char *name = (const char *)attribute->name;
    bool qualified = attribute->ns && attribute->ns->href;
    attr->which = is_lang(attribute) ? NODE_ATTR_XML_LANG
                  : qualified        ? NODE_ATTR_QUALIFIED
                                     : attribute_of_name(name);
    attr->name = attr->which < NODE_ATTR_UNKNOWN ? ATTRIBUTES[attr->which]
                                                 : keep_string(c, name, strlen(name));
    attr->value =
        read_value(c, attribute,
                   attr->which == NODE_ATTR_VALUE || attr->which == NODE_ATTR_DEFAULT ||
                       attr->which == NODE_ATTR_FIXED || attr->which == NODE_ATTR_XML_LANG);
    if (node_attr_bit(attr->which) & NODE_ATTR_QNAMES)
        attr->symbol = read_symbol(c, node->scope, attr->value);
    else if (attr->which == NODE_ATTR_NAME && node_is_ncname(attr->value))
        attr->symbol = keep_symbol(c, attr->value, c->shared->target);
    else if (attr->which == NODE_ATTR_SCHEMA_LOCATION)
        attr->address = read_address(c, attribute, attr->value);
}

/* Attributes of foreign namespaces are allowed and mean nothing to a schema. */
static bool is_foreign(const xmlAttr *attribute)
{
    return attribute->ns && attribute->ns->href &&
           strcmp((const char *)attribute->ns->href, XSD_NAMESPACE) != 0;
}

static void read_attrs(struct xsd_compiler *c, const xmlNode *element, struct node *node)
{
    uint32_t n = 0;
    for (const xmlAttr *a = element->properties; a; a = a->next)
        n += !is_foreign(a);
    struct node_attr *attrs = keep(c, n * sizeof *attrs);
    node->attrs = attrs;
    for (const xmlAttr *a = element->properties; a; a = a->next) {
        if (is_foreign(a) && !(node->tag == NODE_DOCUMENTATION && is_lang(a)))
            continue;
        struct node_attr *attr = &attrs[node->n_attrs++];
        read_attr(c, a, node, attr);
        node->has |= node_attr_bit(attr->which);
    }
}

static const struct node_scope *read_scope(struct xsd_compiler *c, const xmlNode *element,
                                           const struct node_scope *outer)
{
    for (const xmlNs *ns = element->nsDef; ns; ns = ns->next) {
        const char *prefix = ns->prefix ? (const char *)ns->prefix : "";
        const char *uri = ns->href ? (const char *)ns->href : "";
        struct node_scope *scope = keep(c, sizeof *scope);
        scope->prefix = keep_string(c, prefix, strlen(prefix));
        scope->len = strlen(prefix);
        scope->uri = keep_string(c, uri, strlen(uri));
        scope->outer = outer;
        outer = scope;
    }
    return outer;
}

/* The first element or text among `from` and its next siblings. */
static const xmlNode *content(const xmlNode *from)
{
    while (from && from->type != XML_ELEMENT_NODE && from->type != XML_TEXT_NODE &&
           from->type != XML_CDATA_SECTION_NODE)
        from = from->next;
    return from;
}

static bool has_value_of(struct xsd_compiler *c, const xmlAttr *attribute, const char *type)
{
    return node_is_value(c, read_value(c, attribute, true), type);
}

/* Whether the element of an annotation has `allowed` at most, and its value and that of
 * xml:lang are in order. */
static bool has_only(struct xsd_compiler *c, const xmlNode *element, const char *allowed)
{
    for (const xmlAttr *a = element->properties; a; a = a->next) {
        bool fine = is_lang(a)      ? has_value_of(c, a, "language")
                    : is_foreign(a) ? true
                                    : !a->ns && strcmp((const char *)a->name, allowed) == 0 &&
                                          has_value_of(c, a, "anyURI");
        if (!fine)
            return false;
    }
    return true;
}

/* The annotation breaks no rule, so that no schema needs to see it. */
static bool is_plain(struct xsd_compiler *c, const xmlNode *annotation)
{
    for (const xmlNode *child = content(annotation->children); child;
         child = content(child->next))
        if ((node_tag_of(child) != NODE_APPINFO && node_tag_of(child) != NODE_DOCUMENTATION) ||
            !has_only(c, child, "source"))
            return false;
    return has_only(c, annotation, "");
}

static const xmlNode *first_content(struct xsd_compiler *c, const xmlNode *element)
{
    const xmlNode *child = content(element->children);
    if (!child || node_tag_of(child) != NODE_ANNOTATION ||
        node_tag_of(element) == NODE_ANNOTATION)
        return child;
    const xmlNode *next = content(child->next);
    bool last = !next || node_tag_of(next) != NODE_ANNOTATION;
    return last && is_plain(c, child) ? next : child;
}

static struct node *read_node(struct xsd_compiler *c, const xmlNode *from,
                              const struct node_scope *outer)
{
    struct node *node = keep(c, sizeof *node);
    const struct node **last = &node->first;
    node->line = xmlGetLineNo(from);
    node->tag = node_tag_of(from);
    if (node->tag == NODE_TEXT)
        return node;
    node->name = node->tag >= NODE_ALL
                     ? TAGS[node->tag]
                     : keep_string(c, from->name, strlen((const char *)from->name));
    node->scope = read_scope(c, from, outer);
    read_attrs(c, from, node);
    for (const xmlNode *child = first_content(c, from); child; child = content(child->next)) {
        struct node *read = read_node(c, child, node->scope);
        *last = read;
        last = &read->next;
    }
    return node;
}

/* targetNamespace, "" where it is missing. */
static const char *read_target(struct xsd_compiler *c, const xmlNode *root)
{
    for (const xmlAttr *a = root->properties; a; a = a->next)
        if (!a->ns && strcmp((const char *)a->name, "targetNamespace") == 0)
            return read_value(c, a, false);
    return "";
}

const struct node *node_tree_make(struct xsd_compiler *c, const xmlDoc *tree)
{
    const xmlNode *root = xmlDocGetRootElement(tree);
    c->shared->target = read_target(c, root);
    return read_node(c, root, NULL);
}
