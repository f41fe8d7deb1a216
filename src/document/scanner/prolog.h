/* SPDX-License-Identifier: MIT
 *
 * The XML declaration and a document type declaration without declarations of its own. Both
 * functions return the place behind what they read, or NULL to decline what is not ordinary.
 */
#ifndef THRESH_DOCUMENT_SCANNER_PROLOG_H
#define THRESH_DOCUMENT_SCANNER_PROLOG_H

#include "base/xml_chars.h"

/* [23], behind its `<?xml`. */
const uint8_t *prolog_read_declaration(const uint8_t *c);
/* [28], without an internal subset, behind its `<!DOCTYPE`. */
const uint8_t *prolog_read_doctype(const uint8_t *c);

#endif
