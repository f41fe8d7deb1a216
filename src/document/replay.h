/* SPDX-License-Identifier: MIT
 *
 * The events of a tree, in the order in which a parser would deliver them.
 */
#ifndef THRESH_DOCUMENT_REPLAY_H
#define THRESH_DOCUMENT_REPLAY_H

#include <libxml/tree.h>
#include <stdbool.h>

struct replay_events {
    /* Arrays are as startElementNsSAX2Func has them, valid during the call. False ends the
     * replay. */
    bool (*start)(void *context, const xmlNode *node, int n_namespaces,
                  const xmlChar **namespaces, int n_attributes, const xmlChar **attributes);
    void (*text)(void *context, const xmlNode *node);
    void (*end)(void *context, const xmlNode *node);
    void *context;
};

/* Writes the number of each element, from 1, into its _private. 0, or -1 when memory ends. */
int replay_tree(xmlDoc *doc, const struct replay_events *events);

#endif
