/* SPDX-License-Identifier: MIT
 *
 * One worker's validators: whichever engine serves a schema, it is driven by the same events
 * and reports the same faults. Each is made when the first document asks for it, then used
 * again.
 */
#ifndef THRESH_DOCUMENT_VALIDATION_H
#define THRESH_DOCUMENT_VALIDATION_H

#include "rules/rules.h"

struct validation;

struct validation *validation_new(const struct rules *rules); /* NULL: no memory */
void validation_free(struct validation *validator);

/* A document whose root is held against `schema`: events as xsd.h has them, then finish. A
 * fault with element 0 is at the events_innermost open element. 0, or -1 when memory ends. */
int validation_begin(struct validation *validator, const struct schema *schema,
                     const struct xsd_client *client, uint64_t dict_epoch);
int validation_start(struct validation *validator, const xmlChar *localname,
                     const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                     const xmlChar **namespaces, int n_attributes, int n_defaulted,
                     const xmlChar **attributes);
int validation_text(struct validation *validator, const xmlChar *text, int len);
int validation_end(struct validation *validator, const xmlChar *localname,
                   const xmlChar *prefix, const xmlChar *uri);
/* Also ends a document given up midway. `doc` is for RELAX NG, which works on the tree: NULL
 * where there is none to validate; its elements carry their numbers in _private. */
int validation_finish(struct validation *validator, xmlDoc *doc);

#endif
