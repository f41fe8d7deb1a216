/* SPDX-License-Identifier: MIT
 *
 * What libxml2 reports, in words that do not change with its version.
 */
#ifndef THRESH_LIBXML_LIBXML_ERRORS_H
#define THRESH_LIBXML_LIBXML_ERRORS_H

#include <libxml/xmlerror.h>
#include <libxml/xmlversion.h>
#include <stdbool.h>

/* What a handler of xmlStructuredErrorFunc is given. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *libxml_error_argument;
#else
typedef xmlError *libxml_error_argument;
#endif

/* A word for an error of libxml2, by its domain and number. Static, never NULL. */
const char *libxml_error_code(int domain, int number);

/* Whether it is one of libxml2's own limits, which it reports as if the document were
 * malformed. */
bool libxml_error_is_limit(int number, const char *message);
/* Whether it breaks a constraint of Namespaces in XML 1.0. Other errors of that domain are
 * advice, such as that a URI should be absolute. */
bool libxml_error_is_namespace(int domain, int number);

#endif
