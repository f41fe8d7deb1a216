/* SPDX-License-Identifier: MIT
 *
 * What stands in front of a document's root, where it is nothing out of the ordinary. Both
 * return where they came to, or NULL to decline.
 */
#ifndef THRESH_DOCUMENT_SCANNER_PROLOG_H
#define THRESH_DOCUMENT_SCANNER_PROLOG_H

#include "base/xml_chars.h"

/* [23], behind its `<?xml`. */
const uint8_t *prolog_read_declaration(const uint8_t *c);
/* [28], without declarations of its own, behind its `<!DOCTYPE`. */
const uint8_t *prolog_read_doctype(const uint8_t *c);

#endif
