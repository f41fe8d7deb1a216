/* SPDX-License-Identifier: MIT */
#include "xpath/xpath_nodes.h"

#include "base/array.h"
#include <stdlib.h>
#include <string.h>

static const xmlNode *visible(const xmlNode *node, bool forward)
{
    while (node && node->type != XML_ELEMENT_NODE && node->type != XML_TEXT_NODE &&
           node->type != XML_COMMENT_NODE && node->type != XML_PI_NODE)
        node = forward ? node->next : node->prev;
    return node;
}

static const xmlNode *next_sibling(const xmlNode *node)
{
    return node->type == XML_DOCUMENT_NODE ? NULL : visible(node->next, true);
}

static const xmlNode *previous_sibling(const xmlNode *node)
{
    return node->type == XML_DOCUMENT_NODE ? NULL : visible(node->prev, false);
}

static const xmlNode *first_child(const xmlNode *node)
{
    bool is_parent = node->type == XML_ELEMENT_NODE || node->type == XML_DOCUMENT_NODE;
    return is_parent ? visible(node->children, true) : NULL;
}

static const xmlNode *last_child(const xmlNode *node)
{
    bool is_parent = node->type == XML_ELEMENT_NODE || node->type == XML_DOCUMENT_NODE;
    return is_parent ? visible(node->last, false) : NULL;
}

static const xmlNode *parent_of(const xmlNode *node)
{
    return node->type == XML_DOCUMENT_NODE ? NULL : node->parent;
}

/* The first node behind all that is in this one. `top`: what the walk does not leave. */
static const xmlNode *behind(const xmlNode *node, const xmlNode *top)
{
    for (; node && node != top; node = parent_of(node)) {
        const xmlNode *next = next_sibling(node);
        if (next)
            return next;
    }
    return NULL;
}

static const xmlNode *next_below(const xmlNode *node, const xmlNode *top)
{
    const xmlNode *child = first_child(node);
    return child ? child : behind(node, top);
}

/* -- Document order ------------------------------------------------------------------- */

void xpath_nodes_number(xmlDoc *doc)
{
    uintptr_t place = 0;
    const xmlNode *root = (const xmlNode *)doc;
    for (const xmlNode *node = root; node; node = next_below(node, root)) {
        ((xmlNode *)(uintptr_t)node)->_private = (void *)place++;
        if (node->type == XML_ELEMENT_NODE)
            for (xmlAttr *attr = node->properties; attr; attr = attr->next)
                attr->_private = (void *)place++;
    }
}

/* Namespace nodes stand between their element and its attributes, by their prefixes. */
static int compare(const void *a, const void *b)
{
    const struct xpath_node *one = a, *other = b;
    uintptr_t place = (uintptr_t)one->node->_private,
              against = (uintptr_t)other->node->_private;
    if (place != against)
        return place < against ? -1 : 1;
    if (!one->ns || !other->ns)
        return (one->ns != NULL) - (other->ns != NULL);
    return strcmp(xpath_node_local_name(*one), xpath_node_local_name(*other));
}

int xpath_nodes_add(struct xpath_nodes *nodes, struct xpath_node node)
{
    struct xpath_node *items =
        array_room(nodes->items, &nodes->cap, nodes->n + 1, sizeof *items);
    if (!items)
        return -1;
    nodes->items = items;
    items[nodes->n++] = node;
    return 0;
}

void xpath_nodes_order(struct xpath_nodes *nodes)
{
    struct xpath_node *items = nodes->items;
    bool in_order = true;
    for (size_t i = 1; i < nodes->n && in_order; i++)
        in_order = compare(&items[i - 1], &items[i]) < 0;
    if (in_order)
        return;
    qsort(items, nodes->n, sizeof *items, compare);
    size_t n = 1;
    for (size_t i = 1; i < nodes->n; i++)
        if (compare(&items[n - 1], &items[i]) != 0)
            items[n++] = items[i];
    nodes->n = n;
}

void xpath_nodes_free(struct xpath_nodes *nodes)
{
    free(nodes->items);
    *nodes = (struct xpath_nodes){0};
}

/* -- What is in a node ---------------------------------------------------------------- */

static const char *all_text(const xmlNode *top, struct buf *scratch)
{
    buf_clear(scratch);
    for (const xmlNode *node = first_child(top); node; node = next_below(node, top))
        if (node->type == XML_TEXT_NODE)
            buf_append_string(scratch, (const char *)node->content);
    return buf_string(scratch);
}

static const char *attribute_text(const xmlNode *attr, struct buf *scratch)
{
    const xmlNode *text = attr->children;
    if (!text)
        return "";
    if (text->type == XML_TEXT_NODE && !text->next)
        return (const char *)text->content;
    xmlChar *value = xmlNodeListGetString(attr->doc, text, 1);
    buf_clear(scratch);
    buf_append_string(scratch, value ? (const char *)value : "");
    xmlFree(value);
    return buf_string(scratch);
}

const char *xpath_node_text(struct xpath_node node, struct buf *scratch)
{
    const char *text = NULL;
    if (node.ns)
        return node.ns->href ? (const char *)node.ns->href : "";
    const xmlNode *child = first_child(node.node);
    switch (node.node->type) {
    case XML_ELEMENT_NODE:
    case XML_DOCUMENT_NODE:
        if (child && child->type == XML_TEXT_NODE && !next_sibling(child))
            text = (const char *)child->content;
        else
            return child ? all_text(node.node, scratch) : "";
        break;
    case XML_ATTRIBUTE_NODE:
        return attribute_text(node.node, scratch);
    default:
        text = (const char *)node.node->content;
    }
    return text ? text : "";
}

const char *xpath_node_local_name(struct xpath_node node)
{
    const xmlChar *name = node.ns ? node.ns->prefix : NULL;
    if (!node.ns && (node.node->type == XML_ELEMENT_NODE ||
                     node.node->type == XML_ATTRIBUTE_NODE || node.node->type == XML_PI_NODE))
        name = node.node->name;
    return name ? (const char *)name : "";
}

/* Elements and attributes have one at the same place. */
static const xmlNs *namespace_of(struct xpath_node node)
{
    bool has = !node.ns &&
               (node.node->type == XML_ELEMENT_NODE || node.node->type == XML_ATTRIBUTE_NODE);
    return has ? node.node->ns : NULL;
}

const char *xpath_node_namespace(struct xpath_node node)
{
    const xmlNs *ns = namespace_of(node);
    return ns && ns->href ? (const char *)ns->href : "";
}

const char *xpath_node_prefix(struct xpath_node node)
{
    const xmlNs *ns = namespace_of(node);
    return ns && ns->prefix ? (const char *)ns->prefix : "";
}

bool xpath_node_is_element(struct xpath_node node)
{
    return !node.ns && node.node->type == XML_ELEMENT_NODE;
}

/* -- Axes (2.2) ----------------------------------------------------------------------- */

static bool is_leaf(struct xpath_node node)
{
    return node.ns || node.node->type == XML_ATTRIBUTE_NODE;
}

static const xmlNode *parent_in(struct xpath_node node)
{
    return node.ns ? node.node : parent_of(node.node);
}

/* Attributes and namespaces come before the children of their element. */
static const xmlNode *following(const struct xpath_walk *walk)
{
    const xmlNode *at = walk->at.node, *origin = walk->origin.node;
    if (at)
        return next_below(at, NULL);
    return is_leaf(walk->origin) ? next_below(parent_in(walk->origin), NULL)
                                 : behind(origin, NULL);
}

static const xmlNode *deepest(const xmlNode *node)
{
    for (const xmlNode *last = last_child(node); last; last = last_child(node))
        node = last;
    return node;
}

/* Backwards through what is in the branch, then through the branch before it, or before an
 * ancestor: ancestors themselves are not met. */
static const xmlNode *preceding(struct xpath_walk *walk)
{
    const xmlNode *at = walk->at.node;
    if (at && at != walk->branch) {
        const xmlNode *previous = previous_sibling(at);
        return previous ? deepest(previous) : parent_of(at);
    }
    const xmlNode *branch = walk->branch, *previous = NULL;
    if (!branch)
        branch = is_leaf(walk->origin) ? parent_in(walk->origin) : walk->origin.node;
    for (; branch && !previous; branch = parent_of(branch))
        previous = previous_sibling(branch);
    walk->branch = previous;
    return previous ? deepest(previous) : NULL;
}

static const xmlNode *attribute(const struct xpath_walk *walk)
{
    if (walk->at.node)
        return walk->at.node->next;
    return xpath_node_is_element(walk->origin) ? (const xmlNode *)walk->origin.node->properties
                                               : NULL;
}

static const xmlNode *next_on(struct xpath_walk *walk)
{
    const xmlNode *at = walk->at.node, *origin = walk->origin.node;
    bool leaf = is_leaf(walk->origin);
    switch (walk->axis) {
    case XPATH_AXIS_ANCESTOR:
    case XPATH_AXIS_ANCESTOR_OR_SELF:
        return at ? parent_of(at) : parent_in(walk->origin);
    case XPATH_AXIS_ATTRIBUTE:
        return attribute(walk);
    case XPATH_AXIS_CHILD:
        return at ? next_sibling(at) : leaf ? NULL : first_child(origin);
    case XPATH_AXIS_DESCENDANT:
    case XPATH_AXIS_DESCENDANT_OR_SELF:
        return leaf ? NULL : next_below(at ? at : origin, origin);
    case XPATH_AXIS_FOLLOWING:
        return following(walk);
    case XPATH_AXIS_FOLLOWING_SIBLING:
        return leaf ? NULL : next_sibling(at ? at : origin);
    case XPATH_AXIS_PARENT:
        return at ? NULL : parent_in(walk->origin);
    case XPATH_AXIS_PRECEDING:
        return preceding(walk);
    case XPATH_AXIS_PRECEDING_SIBLING:
        return leaf ? NULL : previous_sibling(at ? at : origin);
    case XPATH_AXIS_NAMESPACE:
    case XPATH_AXIS_SELF:
        break;
    }
    return NULL;
}

/* Whether a declaration nearer to the element is for the same prefix. */
static bool is_hidden(const xmlNode *element, const xmlNs *ns)
{
    for (const xmlNode *node = element; node; node = node->parent)
        for (const xmlNs *near = node->nsDef; near; near = near->next)
            if (near == ns || xmlStrEqual(near->prefix, ns->prefix))
                return near != ns;
    return false;
}

static bool next_namespace(struct xpath_walk *walk)
{
    static const xmlNs xml = {.type = XML_NAMESPACE_DECL,
                              .href = XML_XML_NAMESPACE,
                              .prefix = (const xmlChar *)"xml"};
    const xmlNode *element = walk->origin.node;
    const xmlNs *ns = walk->at.ns;
    if (!ns) {
        walk->declarer = element;
        walk->at = (struct xpath_node){element, &xml};
        return xpath_node_is_element(walk->origin);
    }
    ns = ns == &xml ? element->nsDef : ns->next;
    for (;;) {
        while (!ns) {
            walk->declarer = parent_of(walk->declarer);
            if (!walk->declarer || walk->declarer->type != XML_ELEMENT_NODE)
                return false;
            ns = walk->declarer->nsDef;
        }
        /* xmlns="" takes a namespace away */
        if (ns->href && *ns->href && !xmlStrEqual(ns->prefix, xml.prefix) &&
            !is_hidden(element, ns))
            break;
        ns = ns->next;
    }
    walk->at.ns = ns;
    return true;
}

bool xpath_walk_next(struct xpath_walk *walk)
{
    if (walk->axis == XPATH_AXIS_NAMESPACE)
        return next_namespace(walk);
    if (!walk->at.node &&
        (walk->axis == XPATH_AXIS_SELF || walk->axis == XPATH_AXIS_ANCESTOR_OR_SELF ||
         walk->axis == XPATH_AXIS_DESCENDANT_OR_SELF)) {
        walk->at = walk->origin;
        return true;
    }
    if (walk->at.ns) { /* the origin itself, perhaps on the way to its ancestors */
        walk->at.ns = NULL;
        return walk->axis == XPATH_AXIS_ANCESTOR_OR_SELF;
    }
    walk->at.node = next_on(walk);
    return walk->at.node;
}
