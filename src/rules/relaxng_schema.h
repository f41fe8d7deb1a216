/* SPDX-License-Identifier: MIT
 *
 * A schema in RELAX NG, compiled by libxml2.
 */
#ifndef THRESH_RULES_RELAXNG_SCHEMA_H
#define THRESH_RULES_RELAXNG_SCHEMA_H

#include "base/error.h"
#include "resolver/resolver.h"

#include <libxml/relaxng.h>

#define RELAXNG_NAMESPACE "http://relaxng.org/ns/structure/1.0"

/* Reads the schema and all that it includes by the resolver. 0, or -1 with the error filled
 * in. */
int relaxng_schema_compile(xmlRelaxNG **relaxng, const char *file, struct resolver *resolver,
                           struct thresh_error *error);

#endif
