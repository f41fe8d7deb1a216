/* SPDX-License-Identifier: MIT
 *
 * The documents of a schema: follows includes, imports and redefinitions and enters the global
 * declarations.
 */
#ifndef THRESH_XSD_COMPILE_SCHEMA_H
#define THRESH_XSD_COMPILE_SCHEMA_H

#include "xsd/compile/compiler.h"

/* Loads the documents at the compiler's addresses and all that hangs on them. */
void schema_load(struct xsd_compiler *c);

#endif
