/* SPDX-License-Identifier: MIT
 *
 * OASIS XML Catalogs 1.1: from an address to another, mostly of a local file. libxml2's own
 * would fetch the catalogs that one names from a network, and belongs to the whole process.
 */
#ifndef THRESH_RESOLVER_CATALOG_H
#define THRESH_RESOLVER_CATALOG_H

#include "base/error.h"
#include "resolver/seen_files.h"

struct catalog;

/* Reads a catalog; those that it names are read when they are needed. All of them are told to
 * `seen`, which may be NULL. NULL with the error filled in. */
struct catalog *catalog_open(const char *file, struct seen_files *seen,
                             struct thresh_error *error);
void catalog_close(struct catalog *catalog);

/* What a catalog has for an address, or for a public identifier (NULL: none): to be freed;
 * NULL: nothing, or no memory. A catalog that another names and that cannot be read is passed
 * over, as the standard has it (section 7). */
char *catalog_find(struct catalog *catalog, const char *public_id, const char *address);

#endif
