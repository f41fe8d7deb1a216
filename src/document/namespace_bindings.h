/* SPDX-License-Identifier: MIT
 *
 * Which namespace bindings a document has shown so far, so that each goes into its record once.
 */
#ifndef THRESH_DOCUMENT_NAMESPACE_BINDINGS_H
#define THRESH_DOCUMENT_NAMESPACE_BINDINGS_H

#include "record/record.h"
#include <libxml/xmlstring.h>

/* A set of (prefix, URI) pairs by the pointers of one parser's dictionary, where equal names
 * are one pointer. A zeroed struct is empty. */
struct namespace_bindings {
    struct seen *seen;
    size_t n, cap; /* cap: a power of two */
};

void namespace_bindings_clear(struct namespace_bindings *bindings);
void namespace_bindings_free(struct namespace_bindings *bindings);

/* Adds to the record what has not been seen. prefix NULL: the default namespace. 0, or -1 when
 * memory ends. */
int namespace_bindings_add(struct namespace_bindings *bindings, struct record *record,
                           const xmlChar *prefix, const xmlChar *uri);

#endif
