/* SPDX-License-Identifier: MIT
 *
 * XPaths for the nodes at fault. A fault names its element by number (the n-th start tag). Most
 * documents have no fault, so nothing is kept for paths while a document is read; one that has
 * faults is read a second time, and a locator follows it.
 *
 * A path is XPath 1.0 that selects the node, /r/cac:Party[1]/cbc:Name[2]/@id, with the prefixes
 * of the document. An element in a default namespace has no name in XPath 1.0 and is written
 * *[name()='x'].
 */
#ifndef THRESH_DOCUMENT_LOCATE_H
#define THRESH_DOCUMENT_LOCATE_H

#include "record/record.h"
#include <libxml/xmlstring.h>

struct locator;

struct locator *locator_new(void); /* NULL: no memory */
void locator_free(struct locator *locator);

/* A document, by its start and end tags. The faults of its record that have an element and no
 * path get one; a path of more than 64 KiB is left out. Lost memory is told in
 * record->text.failed. */
void locator_begin(struct locator *locator, struct record *record);
/* `in_namespace`: the element has a namespace. Equal names are one pointer throughout a
 * document. True: there is no fault further on. */
bool locator_start(struct locator *locator, const xmlChar *localname, const xmlChar *prefix,
                   bool in_namespace);
void locator_end(struct locator *locator);

#endif
