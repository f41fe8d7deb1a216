/* SPDX-License-Identifier: MIT
 *
 * The addresses that schemas and catalogs refer to others by.
 */
#ifndef THRESH_RESOLVER_ADDRESS_H
#define THRESH_RESOLVER_ADDRESS_H

#include "base/buf.h"
#include <stdbool.h>

/* What a reference means where addresses start from `base` (RFC 3986, 5). What URIs lack in it,
 * a space or a letter beyond ASCII, is escaped first, as XML 1.0, 4.2.2 and Part 2 of XML
 * Schema, 3.2.17 have it. From within an archive ("a.zip!/b.xsd") none leads out to a file: the
 * archive is the root that paths, `..` and file: start from. 0 with the address, which
 * xmlFree() takes. 1: it is no URI. -1: no memory. */
int address_resolve(const char *base, const char *reference, char **address);

/* Whether an address has a scheme other than file: only a catalog leads from it to a file. */
bool address_is_remote(const char *address);

/* The line of a catalog that maps an address, to be pasted once the file has its name. */
void address_append_catalog_line(struct buf *out, const char *address);

#endif
