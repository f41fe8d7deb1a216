/* SPDX-License-Identifier: MIT
 *
 * A tree of libxml2 as XPath 1.0 sees it (5): nodes, sets of them, document order, axes and
 * string-values. A document type and references to entities that were not read are no nodes.
 */
#ifndef THRESH_XPATH_XPATH_NODES_H
#define THRESH_XPATH_XPATH_NODES_H

#include "base/buf.h"
#include <libxml/tree.h>

/* Attributes and the document are cast to xmlNode, as libxml2 does. */
struct xpath_node {
    const xmlNode *node;
    const xmlNs *ns; /* set: that namespace node of the element `node` */
};

struct xpath_nodes {
    struct xpath_node *items;
    size_t n, cap;
};

/* Gives each node of the tree its place in document order, in _private. */
void xpath_nodes_number(xmlDoc *doc);

/* 0, or -1 without memory. */
int xpath_nodes_add(struct xpath_nodes *nodes, struct xpath_node node);
/* Puts them in document order, each once. */
void xpath_nodes_order(struct xpath_nodes *nodes);
void xpath_nodes_free(struct xpath_nodes *nodes);

/* The string-value: in the tree, or in the scratch, which is overwritten. NULL: no memory. */
const char *xpath_node_text(struct xpath_node node, struct buf *scratch);

/* Names, "" where there is none. */
const char *xpath_node_local_name(struct xpath_node node);
const char *xpath_node_namespace(struct xpath_node node);
const char *xpath_node_prefix(struct xpath_node node);

bool xpath_node_is_element(struct xpath_node node);

enum xpath_axis {
    XPATH_AXIS_ANCESTOR,
    XPATH_AXIS_ANCESTOR_OR_SELF,
    XPATH_AXIS_ATTRIBUTE,
    XPATH_AXIS_CHILD,
    XPATH_AXIS_DESCENDANT,
    XPATH_AXIS_DESCENDANT_OR_SELF,
    XPATH_AXIS_FOLLOWING,
    XPATH_AXIS_FOLLOWING_SIBLING,
    XPATH_AXIS_NAMESPACE,
    XPATH_AXIS_PARENT,
    XPATH_AXIS_PRECEDING,
    XPATH_AXIS_PRECEDING_SIBLING,
    XPATH_AXIS_SELF,
};

/* A walk along an axis; the nearest node comes first. */
struct xpath_walk {
    enum xpath_axis axis;
    struct xpath_node origin;
    struct xpath_node at;  /* node NULL: before the first */
    const xmlNode *branch; /* preceding: what holds `at`, a sibling of an ancestor or of self */
    const xmlNode *declarer; /* namespace: the element whose declaration `at` is */
};

/* Moves on. False: the end. */
bool xpath_walk_next(struct xpath_walk *walk);

#endif
