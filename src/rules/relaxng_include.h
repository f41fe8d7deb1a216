/* SPDX-License-Identifier: MIT
 *
 * The documents of a RELAX NG schema as one: `include` and `externalRef` are replaced by what
 * they refer to (RELAX NG, 4.5 to 4.7). libxml2 would read them itself, through the entity
 * loader of the whole process.
 */
#ifndef THRESH_RULES_RELAXNG_INCLUDE_H
#define THRESH_RULES_RELAXNG_INCLUDE_H

#include "base/error.h"
#include "resolver/resolver.h"

#include <libxml/tree.h>

/* The schema in `file`. NULL with the error filled in. */
xmlDoc *relaxng_include_all(const char *file, struct resolver *resolver,
                            struct thresh_error *error);

/* The file that an element of it comes from. */
const char *relaxng_file_of(const xmlNode *node);

#endif
