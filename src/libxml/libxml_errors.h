/* SPDX-License-Identifier: MIT */
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

/* Whether it is a limit of libxml2's own, which it reports as if the document were malformed.
 */
bool libxml_error_is_limit(int number, const char *message);
/* Whether Namespaces in XML 1.0 makes it an error of the document; others that libxml2 files
 * there are advice (a URI it would rather see absolute). */
bool libxml_error_is_namespace(int domain, int number);

#endif
