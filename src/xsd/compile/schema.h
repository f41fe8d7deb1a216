/* SPDX-License-Identifier: MIT
 *
 * The documents of a schema: schema.c follows includes, imports and redefinitions and enters
 * the global declarations; schema_import.c chooses among several places of one namespace.
 */
#ifndef THRESH_XSD_COMPILE_SCHEMA_H
#define THRESH_XSD_COMPILE_SCHEMA_H

#include "xsd/compile/compiler.h"

/* Loads the document at `uri` and all that hangs on it. */
void schema_load(struct xsd_compiler *c, const char *uri);

/* The document may refer to that namespace. */
void schema_import_allow(struct xsd_compiler *c, struct schema_document *document, uint32_t ns);
/* Whether this is the place to read the namespace from. */
bool schema_import_is_here(struct xsd_compiler *c, const struct location *location, uint32_t ns,
                           const char *uri);
/* Tells people which imports were left out. */
void schema_import_note(struct xsd_compiler *c);

#endif
