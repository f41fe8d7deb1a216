/* SPDX-License-Identifier: MIT
 *
 * XPaths for the nodes at fault. A fault names its element by number (the n-th start tag); most
 * documents have none, so nothing is kept for paths while a document is read, and one that has
 * faults is read a second time, with a locator following it.
 *
 * A path is XPath 1.0 that selects the node: /cac:Party[1]/cbc:Name[2]/@id with the prefixes of
 * the document, and *[name()='x'] for an element in a default namespace, which XPath 1.0 has no
 * other short name for.
 */
#ifndef THRESH_DOCUMENT_LOCATE_H
#define THRESH_DOCUMENT_LOCATE_H

#include "record/record.h"
#include <libxml/xmlstring.h>

struct locator;

struct locator *locator_new(void);
void locator_free(struct locator *locator);

/* Begins with the record whose faults want paths. */
void locator_begin(struct locator *locator, struct record *record);
/* `in_namespace`: the element has a namespace. Names are interned: one name, one pointer. True
 * once every fault has its path. */
bool locator_start(struct locator *locator, const xmlChar *localname, const xmlChar *prefix,
                   bool in_namespace);
void locator_end(struct locator *locator);

#endif
