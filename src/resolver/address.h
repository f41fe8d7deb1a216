/* SPDX-License-Identifier: MIT
 *
 * The addresses that schemas and catalogs refer to others by.
 */
#ifndef THRESH_RESOLVER_ADDRESS_H
#define THRESH_RESOLVER_ADDRESS_H

/* What a reference means where addresses start from `base` (RFC 3986, 5). What URIs lack in it,
 * a space or a letter beyond ASCII, is escaped first, as XML 1.0, 4.2.2 and Part 2 of XML
 * Schema, 3.2.17 have it. 0 with the address, which xmlFree() takes. 1: it is no URI. -1: no
 * memory. */
int address_resolve(const char *base, const char *reference, char **address);

#endif
