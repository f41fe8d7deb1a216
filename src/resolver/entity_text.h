/* SPDX-License-Identifier: MIT
 *
 * The text of an external parsed entity, in UTF-8, without its text declaration and with the
 * line ends of XML (XML 1.0, 4.3 and 2.11).
 */
#ifndef THRESH_RESOLVER_ENTITY_TEXT_H
#define THRESH_RESOLVER_ENTITY_TEXT_H

#include "base/buf.h"

struct resolver;

/* Appends the text of the bytes, behind which a NUL may be put. 0, 1: the bytes are none of the
 * encoding that they say, or that is not known, -1: no memory. */
int entity_text(struct buf *bytes, struct buf *text);
/* Appends that of the entity at an address; public_id as catalogs have it, or NULL. 1: there is
 * none, either. */
int entity_text_find(struct resolver *resolver, const char *public_id, const char *address,
                     struct buf *text);

#endif
