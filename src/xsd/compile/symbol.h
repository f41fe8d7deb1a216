/* SPDX-License-Identifier: MIT
 *
 * The names of the schema being compiled, and its numbers for namespaces; the documents, which
 * several schemas share, have their own.
 */
#ifndef THRESH_XSD_COMPILE_SYMBOL_H
#define THRESH_XSD_COMPILE_SYMBOL_H

#include "xsd/compile/compiler.h"

/* The schema's symbol, and its number for a namespace. */
struct symbol *symbol_of(struct xsd_compiler *c, const char *local, size_t len, uint32_t ns);
uint32_t symbol_ns(struct xsd_compiler *c, const char *uri);
/* The schema's symbol for one of the documents. */
struct symbol *symbol_adopt(struct xsd_compiler *c, const struct symbol *symbol);

#endif
