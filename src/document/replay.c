/* SPDX-License-Identifier: MIT */
#include "document/replay.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Room for an element's namespaces (two pointers each) and attributes (five each), in one
 * array. */
struct room {
    const xmlChar **pointers;
    size_t cap;
};

static bool reserve(struct room *room, size_t n)
{
    if (n <= room->cap)
        return true;
    const xmlChar **grown = realloc(room->pointers, 2 * n * sizeof *grown);
    if (!grown)
        return false;
    room->pointers = grown;
    room->cap = 2 * n;
    return true;
}

/* 1: go on, 0: ended by the receiver, -1: no memory. */
static int start(struct room *room, const xmlNode *node, const struct replay_events *events)
{
    size_t n_namespaces = 0, n_attributes = 0, at = 0;
    for (const xmlNs *ns = node->nsDef; ns; ns = ns->next)
        n_namespaces++;
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next)
        n_attributes++;
    if (!reserve(room, 2 * n_namespaces + 5 * n_attributes + 1))
        return -1;
    for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) {
        room->pointers[at++] = ns->prefix;
        room->pointers[at++] = ns->href;
    }
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
        const xmlChar *value = (const xmlChar *)"";
        if (attr->children && attr->children->content)
            value = attr->children->content;
        room->pointers[at++] = attr->name;
        room->pointers[at++] = attr->ns ? attr->ns->prefix : NULL;
        room->pointers[at++] = attr->ns ? attr->ns->href : NULL;
        room->pointers[at++] = value;
        room->pointers[at++] = value + strlen((const char *)value);
    }
    return events->start(events->context, node, (int)n_namespaces, room->pointers,
                         (int)n_attributes, room->pointers + 2 * n_namespaces);
}

int replay_tree(xmlDoc *doc, const struct replay_events *events)
{
    xmlNode *root = xmlDocGetRootElement(doc), *node = root;
    struct room room = {NULL, 0};
    uint64_t elements = 0;
    int more = 1;
    while (node) {
        if (node->type == XML_ELEMENT_NODE) {
            node->_private = (void *)(uintptr_t)++elements;
            more = start(&room, node, events);
        } else if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
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
    free(room.pointers);
    return more < 0 ? -1 : 0;
}
