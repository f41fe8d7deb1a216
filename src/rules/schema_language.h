/* SPDX-License-Identifier: MIT
 *
 * Which language a schema is in: its root's namespace says so.
 */
#ifndef THRESH_RULES_SCHEMA_LANGUAGE_H
#define THRESH_RULES_SCHEMA_LANGUAGE_H

#include "base/error.h"
#include "resolver/resolver.h"

/* 1: RELAX NG, 0: taken for XSD, -1: it cannot be read, with the error filled in. Reads as far
 * as the root's start tag, with the entities that are used there. */
int schema_is_relaxng(const char *file, struct resolver *resolver, struct thresh_error *error);

#endif
