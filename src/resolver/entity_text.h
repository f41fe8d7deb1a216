/* SPDX-License-Identifier: MIT
 *
 * The text of an external parsed entity, in UTF-8 and without its text declaration (XML 1.0,
 * 4.3).
 */
#ifndef THRESH_RESOLVER_ENTITY_TEXT_H
#define THRESH_RESOLVER_ENTITY_TEXT_H

#include "base/buf.h"

/* Appends the text. 0, 1: the bytes are none of the encoding that they say, or that is not
 * known, -1: no memory. */
int entity_text(const struct buf *bytes, struct buf *text);

#endif
