/* SPDX-License-Identifier: MIT
 *
 * The documents of a schema: follows includes, imports and redefinitions and enters the global
 * declarations.
 */
#ifndef THRESH_XSD_COMPILE_SCHEMA_H
#define THRESH_XSD_COMPILE_SCHEMA_H

#include "xsd/compile/compiler.h"

/* Loads the document at `uri` and all that hangs on it. */
void schema_load(struct xsd_compiler *c, const char *uri);

#endif
