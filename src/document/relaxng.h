/* SPDX-License-Identifier: MIT
 *
 * A document's tree held against a RELAX NG schema, by libxml2.
 */
#ifndef THRESH_DOCUMENT_RELAXNG_H
#define THRESH_DOCUMENT_RELAXNG_H

#include "xsd/xsd.h"
#include <libxml/relaxng.h>

/* The tree is a tree_builder's. What is wrong is told to the client. 0, or -1
 * when memory ends. */
int relaxng_validate(xmlRelaxNGValidCtxt *ctxt, xmlDoc *doc, const struct xsd_client *client);

#endif
