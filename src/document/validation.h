/* SPDX-License-Identifier: MIT
 *
 * One worker's validators. Whichever engine serves a schema, it is driven by the same events
 * and its faults are reported in the same way. A schema's validator is made for its first
 * document and then used again.
 */
#ifndef THRESH_DOCUMENT_VALIDATION_H
#define THRESH_DOCUMENT_VALIDATION_H

#include "rules/rules.h"

struct validation;

struct validation *validation_new(const struct rules *rules); /* NULL: no memory */
void validation_free(struct validation *v);

/* A document: begin, events as xsd.h has them, finish. A fault with element 0 is at the
 * innermost open element. 0, or -1 when memory ends. */
int validation_begin(struct validation *v, const struct schema *schema,
                     const struct xsd_client *client, uint64_t dict_epoch);
int validation_start(struct validation *v, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, const xmlChar **attributes);
/* xsd_leaf */
int validation_leaf(struct validation *v, const struct scanner_leaf *leaf);
int validation_text(struct validation *v, const xmlChar *text, int len);
/* xsd_takes_blank */
bool validation_takes_blank(const struct validation *v);
int validation_end(struct validation *v);
/* Also ends a document given up midway, and does nothing where none was begun. `doc` is for
 * RELAX NG, which validates a tree_builder's tree; NULL: there is none to validate. */
int validation_finish(struct validation *v, xmlDoc *doc);

#endif
