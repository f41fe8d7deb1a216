/* SPDX-License-Identifier: MIT
 *
 * Which namespace bindings a document has shown so far, so that each goes into its record once.
 */
#ifndef THRESH_BINDINGS_H
#define THRESH_BINDINGS_H

#include "record.h"
#include <libxml/xmlstring.h>

/* A set of (prefix, URI) pairs by the pointers of one parser's dictionary, where equal names
 * are one pointer. A zeroed struct is empty. */
struct bindings {
    struct seen *seen;
    size_t n, cap; /* cap: a power of two */
};

void bindings_clear(struct bindings *bindings);
void bindings_free(struct bindings *bindings);

/* Adds to the record what has not been seen. prefix NULL: the default namespace. 0, or -1 when
 * memory ends. */
int bindings_add(struct bindings *bindings, struct record *record, const xmlChar *prefix,
                 const xmlChar *uri);

#endif
