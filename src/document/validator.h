/* SPDX-License-Identifier: MIT
 *
 * One worker's validators: whichever engine serves a schema, it is driven by the same events
 * and reports the same faults. Each is made when the first document asks for it, then used
 * again.
 */
#ifndef THRESH_VALIDATOR_H
#define THRESH_VALIDATOR_H

#include "rules/rules.h"

struct validator;

struct validator *validator_new(const struct rules *rules); /* NULL: no memory */
void validator_free(struct validator *validator);

/* A document whose root is held against `schema`: events as xsd.h has them, then finish. A
 * fault with element 0 is at the innermost open element. 0, or -1 when memory ends. */
int validator_begin(struct validator *validator, const struct schema *schema,
                    const struct xsd_client *client, uint64_t dict_epoch);
int validator_start(struct validator *validator, const xmlChar *localname,
                    const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                    const xmlChar **namespaces, int n_attributes, int n_defaulted,
                    const xmlChar **attributes);
int validator_text(struct validator *validator, const xmlChar *text, int len);
int validator_end(struct validator *validator, const xmlChar *localname, const xmlChar *prefix,
                  const xmlChar *uri);
/* Also ends a document given up midway. `doc` is for RELAX NG, which works on the tree: NULL
 * where there is none to validate; its elements carry their numbers in _private. */
int validator_finish(struct validator *validator, xmlDoc *doc);

#endif
