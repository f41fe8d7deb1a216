/* SPDX-License-Identifier: MIT
 *
 * What stands in front of a document's root, where it is nothing out of the ordinary. Both
 * return where they came to, or NULL to decline.
 */
#ifndef THRESH_DOCUMENT_SCANNER_PROLOG_H
#define THRESH_DOCUMENT_SCANNER_PROLOG_H

#include "base/xml_chars.h"

/* [23], behind its `<?xml`. */
const byte *prolog_read_declaration(const byte *c);
/* [28], without declarations of its own, behind its `<!DOCTYPE`. */
const byte *prolog_read_doctype(const byte *c);

#endif
