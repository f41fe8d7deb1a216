/* SPDX-License-Identifier: MIT
 *
 * Makes nodes of a schema document's tree. What can be said of an element whatever the schema
 * is said here, once for all that read the document: which element it is, which attributes it
 * has, and what the names in them are names of.
 */
#include "xsd/compile/compile.h"

#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>

#define SPACE " \t\r\n"

/* Both in the order of the alphabet, as their numbers are. */
static const char *const TAGS[] = {
    [TAG_ALL] = "all",
    [TAG_ANNOTATION] = "annotation",
    [TAG_ANY] = "any",
    [TAG_ANY_ATTRIBUTE] = "anyAttribute",
    [TAG_APPINFO] = "appinfo",
    [TAG_ATTRIBUTE] = "attribute",
    [TAG_ATTRIBUTE_GROUP] = "attributeGroup",
    [TAG_CHOICE] = "choice",
    [TAG_COMPLEX_CONTENT] = "complexContent",
    [TAG_COMPLEX_TYPE] = "complexType",
    [TAG_DOCUMENTATION] = "documentation",
    [TAG_ELEMENT] = "element",
    [TAG_ENUMERATION] = "enumeration",
    [TAG_EXTENSION] = "extension",
    [TAG_FIELD] = "field",
    [TAG_FRACTION_DIGITS] = "fractionDigits",
    [TAG_GROUP] = "group",
    [TAG_IMPORT] = "import",
    [TAG_INCLUDE] = "include",
    [TAG_KEY] = "key",
    [TAG_KEYREF] = "keyref",
    [TAG_LENGTH] = "length",
    [TAG_LIST] = "list",
    [TAG_MAX_EXCLUSIVE] = "maxExclusive",
    [TAG_MAX_INCLUSIVE] = "maxInclusive",
    [TAG_MAX_LENGTH] = "maxLength",
    [TAG_MIN_EXCLUSIVE] = "minExclusive",
    [TAG_MIN_INCLUSIVE] = "minInclusive",
    [TAG_MIN_LENGTH] = "minLength",
    [TAG_NOTATION] = "notation",
    [TAG_PATTERN] = "pattern",
    [TAG_REDEFINE] = "redefine",
    [TAG_RESTRICTION] = "restriction",
    [TAG_SCHEMA] = "schema",
    [TAG_SELECTOR] = "selector",
    [TAG_SEQUENCE] = "sequence",
    [TAG_SIMPLE_CONTENT] = "simpleContent",
    [TAG_SIMPLE_TYPE] = "simpleType",
    [TAG_TOTAL_DIGITS] = "totalDigits",
    [TAG_UNION] = "union",
    [TAG_UNIQUE] = "unique",
    [TAG_WHITE_SPACE] = "whiteSpace",
};

static const char *const ATTRIBUTES[] = {
    [A_ABSTRACT] = "abstract",
    [A_ATTRIBUTE_FORM] = "attributeFormDefault",
    [A_BASE] = "base",
    [A_BLOCK] = "block",
    [A_BLOCK_DEFAULT] = "blockDefault",
    [A_DEFAULT] = "default",
    [A_ELEMENT_FORM] = "elementFormDefault",
    [A_FINAL] = "final",
    [A_FINAL_DEFAULT] = "finalDefault",
    [A_FIXED] = "fixed",
    [A_FORM] = "form",
    [A_ID] = "id",
    [A_ITEM_TYPE] = "itemType",
    [A_MAX_OCCURS] = "maxOccurs",
    [A_MEMBER_TYPES] = "memberTypes",
    [A_MIN_OCCURS] = "minOccurs",
    [A_MIXED] = "mixed",
    [A_NAME] = "name",
    [A_NAMESPACE] = "namespace",
    [A_NILLABLE] = "nillable",
    [A_PROCESS_CONTENTS] = "processContents",
    [A_PUBLIC] = "public",
    [A_REF] = "ref",
    [A_REFER] = "refer",
    [A_SCHEMA_LOCATION] = "schemaLocation",
    [A_SOURCE] = "source",
    [A_SUBSTITUTION_GROUP] = "substitutionGroup",
    [A_SYSTEM] = "system",
    [A_TARGET_NAMESPACE] = "targetNamespace",
    [A_TYPE] = "type",
    [A_USE] = "use",
    [A_VALUE] = "value",
    [A_VERSION] = "version",
    [A_XPATH] = "xpath",
};

static int compare_names(const void *key, const void *name)
{
    return strcmp(key, *(const char *const *)name);
}

enum node_tag node_tag_of_name(const char *name)
{
    const char *const *tag = bsearch(name, TAGS + TAG_ALL, TAG_WHITE_SPACE - TAG_ALL + 1,
                                     sizeof *TAGS, compare_names);
    return tag ? (enum node_tag)(tag - TAGS) : TAG_UNKNOWN;
}

static int attribute_of_name(const char *name)
{
    const char *const *attribute =
        bsearch(name, ATTRIBUTES, A_UNKNOWN, sizeof *ATTRIBUTES, compare_names);
    return attribute ? (int)(attribute - ATTRIBUTES) : A_UNKNOWN;
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

/* A symbol of the documents, for what is called `local` in the namespace `uri`. */
static const struct symbol *keep_symbol(struct xsd_compiler *c, const char *local,
                                        const char *uri)
{
    struct xsd_documents *shared = c->shared;
    uint32_t ns = names_add_ns(&shared->names, &shared->arena, uri);
    const struct symbol *symbol =
        ns == NS_UNKNOWN ? NULL
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
    xmlChar *uri = xmlBuildURI((const xmlChar *)location, base);
    size_t len = (size_t)xmlStrlen(uri);
    char *copy = uri ? arena_alloc(&c->shared->arena, len + 1) : NULL;
    if (copy)
        memcpy(copy, uri, len);
    xmlFree(base);
    xmlFree(uri);
    if (uri && !copy)
        xsd_compile_fail_no_memory(c);
    return copy;
}

static void read_attr(struct xsd_compiler *c, const xmlAttr *attribute, const struct node *node,
                      struct node_attr *attr)
{
    const char *name = (const char *)attribute->name;
    bool qualified = attribute->ns && attribute->ns->href;
    attr->which = qualified ? A_QUALIFIED : attribute_of_name(name);
    attr->name =
        attr->which < A_UNKNOWN ? ATTRIBUTES[attr->which] : keep_string(c, name, strlen(name));
    attr->value = read_value(c, attribute,
                             attr->which == A_VALUE || attr->which == A_DEFAULT ||
                                 attr->which == A_FIXED);
    switch (attr->which) {
    case A_BASE:
    case A_ITEM_TYPE:
    case A_REF:
    case A_REFER:
    case A_SUBSTITUTION_GROUP:
    case A_TYPE:
        attr->symbol = read_symbol(c, node->scope, attr->value);
        break;
    case A_NAME:
        if (node_is_ncname(attr->value))
            attr->symbol = keep_symbol(c, attr->value, c->shared->target);
        break;
    case A_SCHEMA_LOCATION:
        attr->address = read_address(c, attribute, attr->value);
        break;
    default:
        break;
    }
}

/* Attributes of foreign namespaces mean nothing here. */
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
        if (is_foreign(a))
            continue;
        struct node_attr *attr = &attrs[node->n_attrs++];
        read_attr(c, a, node, attr);
        node->has |= ALLOW(attr->which);
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

static enum node_tag tag_of(const xmlNode *from)
{
    return from->type == XML_ELEMENT_NODE ? (enum node_tag)(uintptr_t)from->_private : TAG_TEXT;
}

/* The first element or text from there on. */
static const xmlNode *content(const xmlNode *from)
{
    while (from && from->type != XML_ELEMENT_NODE && from->type != XML_TEXT_NODE &&
           from->type != XML_CDATA_SECTION_NODE)
        from = from->next;
    return from;
}

static bool has_only(const xmlNode *element, const char *allowed)
{
    for (const xmlAttr *a = element->properties; a; a = a->next)
        if (!is_foreign(a) && (a->ns || strcmp((const char *)a->name, allowed) != 0))
            return false;
    return true;
}

/* An annotation without anything that a schema might complain of. */
static bool is_plain(const xmlNode *annotation)
{
    for (const xmlNode *child = content(annotation->children); child;
         child = content(child->next))
        if ((tag_of(child) != TAG_APPINFO && tag_of(child) != TAG_DOCUMENTATION) ||
            !has_only(child, "source"))
            return false;
    return has_only(annotation, "");
}

static const xmlNode *first_content(const xmlNode *element)
{
    const xmlNode *child = content(element->children);
    if (!child || tag_of(child) != TAG_ANNOTATION || tag_of(element) == TAG_ANNOTATION)
        return child;
    const xmlNode *next = content(child->next);
    bool last = !next || tag_of(next) != TAG_ANNOTATION;
    return last && is_plain(child) ? next : child;
}

static struct node *read_node(struct xsd_compiler *c, const xmlNode *from,
                              const struct node_scope *outer)
{
    struct node *node = keep(c, sizeof *node);
    const struct node **last = &node->first;
    node->line = xmlGetLineNo(from);
    node->tag = tag_of(from);
    if (node->tag == TAG_TEXT)
        return node;
    node->name = node->tag >= TAG_ALL
                     ? TAGS[node->tag]
                     : keep_string(c, from->name, strlen((const char *)from->name));
    node->scope = read_scope(c, from, outer);
    read_attrs(c, from, node);
    for (const xmlNode *child = first_content(from); child; child = content(child->next)) {
        struct node *read = read_node(c, child, node->scope);
        *last = read;
        last = &read->next;
    }
    return node;
}

/* As targetNamespace of the root has it, "" where it is missing. */
static const char *read_target(struct xsd_compiler *c, const xmlNode *root)
{
    for (const xmlAttr *a = root->properties; a; a = a->next)
        if (!a->ns && !strcmp((const char *)a->name, "targetNamespace"))
            return read_value(c, a, false);
    return "";
}

const struct node *node_tree_make(struct xsd_compiler *c, const xmlDoc *tree)
{
    const xmlNode *root = xmlDocGetRootElement(tree);
    c->shared->target = read_target(c, root);
    return read_node(c, root, NULL);
}
