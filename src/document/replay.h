/* SPDX-License-Identifier: MIT
 *
 * A tree's events, as the parser would deliver them.
 */
#ifndef THRESH_DOCUMENT_REPLAY_H
#define THRESH_DOCUMENT_REPLAY_H

#include <libxml/tree.h>
#include <stdbool.h>

struct replay_events {
    /* Arrays as startElementNsSAX2Func has them, valid during the call. False ends the replay.
     */
    bool (*start)(void *context, const xmlNode *node, int n_namespaces,
                  const xmlChar **namespaces, int n_attributes, const xmlChar **attributes);
    void (*text)(void *context, const xmlNode *node);
    void (*end)(void *context, const xmlNode *node);
    void *context;
};

/* Numbers the elements in _private, from 1, as it goes. 0, or -1 when memory ends. */
int replay_tree(xmlDoc *doc, const struct replay_events *events);

#endif
