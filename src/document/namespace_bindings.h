/* SPDX-License-Identifier: MIT
 *
 * The namespace bindings that a document has shown so far: each goes into its record once.
 */
#ifndef THRESH_DOCUMENT_NAMESPACE_BINDINGS_H
#define THRESH_DOCUMENT_NAMESPACE_BINDINGS_H

#include "record/record.h"
#include <libxml/xmlstring.h>

/* A set of (prefix, URI) pairs by the pointers of one parser's dictionary, where equal names
 * are one pointer. A zeroed struct is empty. */
struct namespace_bindings {
    struct seen_binding *seen;
    size_t n, cap; /* cap: a power of two */
};

void namespace_bindings_clear(struct namespace_bindings *bindings);
void namespace_bindings_free(struct namespace_bindings *bindings);

/* Adds the binding to the record unless it was seen. prefix NULL: the default namespace; uri
 * NULL or "": it is undeclared. 0, or -1 when memory ends. */
int namespace_bindings_add(struct namespace_bindings *bindings, struct record *record,
                           const xmlChar *prefix, const xmlChar *uri);

#endif
