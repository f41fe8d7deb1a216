/* SPDX-License-Identifier: MIT */
#include "document/replay.h"

#include "base/array.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* An element's namespaces (two pointers each) and attributes (five each), in one array. */
struct pointers {
    const xmlChar **items;
    size_t cap;
};

/* 1: go on, 0: ended by the receiver, -1: no memory. */
static int start(struct pointers *pointers, const xmlNode *node,
                 const struct replay_events *events)
{
    size_t n_namespaces = 0, n_attributes = 0, at = 0;
    for (const xmlNs *ns = node->nsDef; ns; ns = ns->next)
        n_namespaces++;
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next)
        n_attributes++;
    const xmlChar **items = array_room(pointers->items, &pointers->cap,
                                       2 * n_namespaces + 5 * n_attributes + 1, sizeof *items);
    if (!items)
        return -1;
    pointers->items = items;
    for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
        items[at++] = ns->prefix;
        items[at++] = ns->href;
    }
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
        const xmlChar *value = (const xmlChar *)"";
        if (attr->children && attr->children->content)
            value = attr->children->content;
        items[at++] = attr->name;
        items[at++] = attr->ns ? attr->ns->prefix : NULL;
        items[at++] = attr->ns ? attr->ns->href : NULL;
        items[at++] = value;
        items[at++] = value + strlen((const char *)value);
    }
    return events->start(events->context, node, (int)n_namespaces, items, (int)n_attributes,
                         items + 2 * n_namespaces);
}

int replay_tree(xmlDoc *doc, const struct replay_events *events)
{
    xmlNode *root = xmlDocGetRootElement(doc), *node = root;
    struct pointers pointers = {NULL, 0};
    uint64_t elements = 0;
    int more = 1;
    while (node) {
        if (node->type == XML_ELEMENT_NODE) {
            node->_private = (void *)(uintptr_t)++elements;
            more = start(&pointers, node, events);
        } else if (node->type == XML_TEXT_NODE) {
            events->text(events->context, node);
        }
        if (more <= 0)
            break;
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
            continue;
        }
        if (node->type == XML_ELEMENT_NODE)
            events->end(events->context, node);
        while (node != root && !node->next) {
            node = node->parent;
            events->end(events->context, node);
        }
        node = node == root ? NULL : node->next;
    }
    free(pointers.items);
    return more < 0 ? -1 : 0;
}
