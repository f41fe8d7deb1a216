/* SPDX-License-Identifier: MIT */
#include "xsd/compile/node_build.h"

#include "base/xml_chars.h"
#include "resolver/address.h"
#include "xsd/compile/schema_document.h"

#include <libxml/tree.h>
#include <string.h>

/* The attributes of a tag as the scanner tells them, and one of them. */
struct told_attrs {
    int n;
    const xmlChar **items;
};
struct told_attr {
    const char *local, *uri, *value;
    size_t len;
};

static struct told_attr told_at(const struct told_attrs *told, int i)
{
    const xmlChar **item = told->items + 5 * i;
    return (struct told_attr){(const char *)item[0], (const char *)item[2],
                              (const char *)item[3], (size_t)(item[4] - item[3])};
}

/* -- Strings -------------------------------------------------------------------------- */

static const char *keep_string(struct xsd_compiler *c, const void *string, size_t len)
{
    return memcpy(xsd_compile_alloc_document(c, len + 1), string, len);
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

static const char *keep_value(struct xsd_compiler *c, const struct told_attr *told, bool as_is)
{
    const char *text = told->value;
    size_t len = told->len;
    if (!as_is)
        xml_trim(&text, &len);
    return keep_string(c, text, len);
}

const char *node_keep_uri(struct xsd_compiler *c, xmlChar *uri)
{
    size_t len = (size_t)xmlStrlen(uri);
    char *copy = uri ? arena_alloc(&c->shared->arena, len + 1) : NULL;
    if (copy)
        memcpy(copy, uri, len);
    xmlFree(uri);
    return copy;
}

/* An address in the document; NULL where it is no URI. */
static const char *keep_address(const struct node_builder *b, const char *location,
                                const char *base)
{
    char *address;
    int rc = address_resolve(base, location, &address);
    const char *kept = node_keep_uri(b->c, (xmlChar *)address);
    if (rc < 0 || (rc == 0 && !kept))
        xsd_compile_fail_no_memory(b->c);
    return kept;
}

/* -- Attributes ----------------------------------------------------------------------- */

static bool is_of_xml(const struct told_attr *told, const char *local)
{
    return told->uri && strcmp(told->local, local) == 0 &&
           strcmp(told->uri, (const char *)XML_XML_NAMESPACE) == 0;
}

/* Attributes of foreign namespaces are allowed and mean nothing to a schema. */
static bool is_foreign(const struct told_attr *told)
{
    return told->uri && strcmp(told->uri, XSD_NAMESPACE) != 0;
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

static void read_attr(const struct node_builder *b, const struct told_attr *told,
                      const struct open_node *open, struct node_attr *attr)
{
    struct xsd_compiler *c = b->c;
    attr->which = is_of_xml(told, "lang") ? NODE_ATTR_XML_LANG
                  : told->uri             ? NODE_ATTR_QUALIFIED
                                          : node_attr_of_name(told->local);
    attr->name = attr->which < NODE_ATTR_UNKNOWN
                     ? node_attr_name(attr->which)
                     : keep_string(c, told->local, strlen(told->local));
    attr->value =
        keep_value(c, told,
                   attr->which == NODE_ATTR_VALUE || attr->which == NODE_ATTR_DEFAULT ||
                       attr->which == NODE_ATTR_FIXED || attr->which == NODE_ATTR_XML_LANG);
    if (node_attr_bit(attr->which) & NODE_ATTR_QNAMES)
        attr->symbol = read_symbol(c, open->scope, attr->value);
    else if (attr->which == NODE_ATTR_NAME && node_is_ncname(attr->value))
        attr->symbol = keep_symbol(c, attr->value, b->target);
    else if (attr->which == NODE_ATTR_SCHEMA_LOCATION)
        attr->address = keep_address(b, attr->value, open->base);
}

static void read_attrs(const struct node_builder *b, struct open_node *open,
                       const struct told_attrs *told)
{
    struct node *node = open->node;
    struct node_attr *attrs = xsd_compile_alloc_document(b->c, (size_t)told->n * sizeof *attrs);
    node->attrs = attrs;
    for (int i = 0; i < told->n; i++) {
        struct told_attr one = told_at(told, i);
        if (is_foreign(&one) && !(node->tag == NODE_DOCUMENTATION && is_of_xml(&one, "lang")))
            continue;
        struct node_attr *attr = &attrs[node->n_attrs++];
        read_attr(b, &one, open, attr);
        node->has |= node_attr_bit(attr->which);
    }
}

/* targetNamespace, "" where it is missing. */
static const char *read_target(struct xsd_compiler *c, const struct told_attrs *told)
{
    for (int i = 0; i < told->n; i++) {
        struct told_attr one = told_at(told, i);
        if (!one.uri && strcmp(one.local, "targetNamespace") == 0)
            return keep_value(c, &one, false);
    }
    return "";
}

/* What the base of an element is without xml:base (https://www.w3.org/TR/xmlbase/, 4.2): an
 * external entity has its own, whatever is around it. */
static const char *base_around(const struct node_builder *b, const struct open_node *outer,
                               const char *entity)
{
    if (outer && outer->entity == entity)
        return outer->base;
    return entity ? entity : b->base;
}

/* xml:base, where the element has it. */
static const char *read_base(const struct node_builder *b, const char *outer,
                             const struct told_attrs *told)
{
    for (int i = 0; i < told->n; i++) {
        struct told_attr one = told_at(told, i);
        if (is_of_xml(&one, "base"))
            return keep_address(b, keep_value(b->c, &one, true), outer);
    }
    return outer;
}

static const struct node_scope *read_scope(struct xsd_compiler *c,
                                           const struct node_scope *outer, int n,
                                           const xmlChar **namespaces)
{
    for (int i = 0; i < n; i++) {
        const xmlChar *prefix = namespaces[2 * i], *uri = namespaces[2 * i + 1];
        struct node_scope *scope = xsd_compile_alloc_document(c, sizeof *scope);
        scope->len = (size_t)xmlStrlen(prefix);
        scope->prefix = scope->len ? keep_string(c, prefix, scope->len) : "";
        scope->uri = keep_string(c, uri, (size_t)xmlStrlen(uri));
        scope->outer = outer;
        outer = scope;
    }
    return outer;
}

/* -- Nodes ---------------------------------------------------------------------------- */

static struct open_node *innermost(struct node_builder *b)
{
    return b->depth ? &b->open[b->depth - 1] : NULL;
}

static struct node *add_node(struct node_builder *b, struct open_node *parent,
                             enum node_tag tag, const char *name, long line)
{
    struct node *node = xsd_compile_alloc_document(b->c, sizeof *node);
    node->tag = tag;
    node->name = name;
    node->line = line;
    if (!parent) {
        b->root = node;
        return node;
    }
    *parent->last = node;
    parent->last = &node->next;
    return node;
}

/* Makes the node that an annotation was spared so far. */
static void add_annotation(struct node_builder *b, struct open_node *parent,
                           struct open_node *annotation)
{
    annotation->node =
        add_node(b, parent, NODE_ANNOTATION, node_tag_name(NODE_ANNOTATION), annotation->line);
    annotation->node->scope = annotation->scope;
    annotation->last = &annotation->node->first;
}

static struct open_node *push(struct node_builder *b, const struct told_attrs *told)
{
    const struct open_node *outer = innermost(b);
    long line = (long)scanner_line(b->scanner, scanner_place(b->scanner, NULL));
    if (b->depth == NODE_DEPTH)
        xsd_compile_decline(b->c,
                            &(struct location){&(struct schema_document){.uri = b->uri},
                                               &(struct node){.line = line}},
                            "elements that are more than %d deep in others", NODE_DEPTH);
    const char *entity = scanner_base(b->scanner);
    struct open_node *open = &b->open[b->depth++];
    *open = (struct open_node){
        .line = line,
        .scope = outer ? outer->scope : NULL,
        .base = read_base(b, base_around(b, outer, entity), told),
        .entity = entity,
    };
    return open;
}

/* -- Annotations ---------------------------------------------------------------------- */

static bool has_value_of(struct xsd_compiler *c, const struct told_attr *told, const char *type)
{
    return node_is_value(c, told->value, told->len, type);
}

/* Whether the element of an annotation has `allowed` at most, and its value and that of
 * xml:lang are in order. */
static bool has_only(struct xsd_compiler *c, const char *allowed, const struct told_attrs *told)
{
    for (int i = 0; i < told->n; i++) {
        struct told_attr one = told_at(told, i);
        bool fine = is_of_xml(&one, "lang") ? has_value_of(c, &one, "language")
                    : is_foreign(&one)      ? true
                                            : !one.uri && strcmp(one.local, allowed) == 0 &&
                                             has_value_of(c, &one, "anyURI");
        if (!fine)
            return false;
    }
    return true;
}

static bool is_note(enum node_tag tag)
{
    return tag == NODE_APPINFO || tag == NODE_DOCUMENTATION;
}

/* An annotation that comes first and breaks no rule need not be seen by any schema. A second
 * one may be out of place, and then there have to be both. */
static bool may_be_left_out(const struct open_node *parent, enum node_tag tag)
{
    return tag == NODE_ANNOTATION && parent && parent->node && !parent->node->first &&
           parent->node->tag != NODE_ANNOTATION && !parent->is_annotated;
}

/* -- Events --------------------------------------------------------------------------- */

void node_build_begin(struct node_builder *b, struct xsd_compiler *c, struct scanner *scanner,
                      const char *uri, const char *base)
{
    b->c = c;
    b->scanner = scanner;
    b->uri = uri;
    b->base = base;
    b->target = "";
    b->root = NULL;
    b->depth = 0;
    b->skipped = 0;
}

static enum node_tag tag_of(const xmlChar *localname, const xmlChar *uri)
{
    return uri && strcmp((const char *)uri, XSD_NAMESPACE) == 0
               ? node_tag_of((const char *)localname)
               : NODE_NONE;
}

static void start_node(struct node_builder *b, struct open_node *parent, struct open_node *open,
                       enum node_tag tag, const char *name)
{
    if (parent && !parent->node)
        add_annotation(b, parent - 1, parent);
    if (parent && parent->is_annotated && tag == NODE_ANNOTATION) {
        add_annotation(b, parent, &(struct open_node){.line = parent->annotation_line});
        parent->is_annotated = false;
    }
    open->node =
        add_node(b, parent, tag,
                 tag >= NODE_ALL ? node_tag_name(tag) : keep_string(b->c, name, strlen(name)),
                 open->line);
    open->node->scope = open->scope;
    open->last = &open->node->first;
}

void node_build_start(void *builder, const xmlChar *localname, const xmlChar *prefix,
                      const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                      int n_attributes, const xmlChar **attributes)
{
    struct node_builder *b = builder;
    const struct told_attrs told = {n_attributes, attributes};
    (void)prefix;
    xsd_compile_tick(b->c);
    if (b->skipped) {
        b->skipped++;
        return;
    }
    enum node_tag tag = tag_of(localname, uri);
    struct open_node *parent = innermost(b);
    b->skipped = is_note(tag);
    if (parent && !parent->node && is_note(tag) && has_only(b->c, "source", &told))
        return;
    struct open_node *open = push(b, &told);
    open->scope = read_scope(b->c, open->scope, n_namespaces, namespaces);
    if (may_be_left_out(parent, tag) && has_only(b->c, "", &told))
        return;
    start_node(b, parent, open, tag, (const char *)localname);
    if (!parent)
        b->target = read_target(b->c, &told);
    read_attrs(b, open, &told);
}

void node_build_text(void *builder, const xmlChar *text, int len)
{
    struct node_builder *b = builder;
    struct open_node *parent = innermost(b);
    const char *rest = (const char *)text;
    size_t left = (size_t)len;
    xsd_compile_tick(b->c);
    if (b->skipped)
        return;
    xml_trim(&rest, &left);
    if (!left || parent->has_text)
        return;
    if (!parent->node)
        add_annotation(b, parent - 1, parent);
    add_node(b, parent, NODE_TEXT, NULL, parent->line);
    parent->has_text = true;
}

void node_build_end(void *builder)
{
    struct node_builder *b = builder;
    struct open_node *open = innermost(b);
    bool ends_note = b->skipped == 1;
    if (b->skipped && --b->skipped)
        return;
    if (ends_note && !open->node)
        return; /* in an annotation that is left out */
    if (!open->node) {
        open[-1].is_annotated = true;
        open[-1].annotation_line = open->line;
    }
    b->depth--;
}
