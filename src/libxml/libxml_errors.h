/* SPDX-License-Identifier: MIT
 *
 * What libxml2 reports, whatever its version.
 */
#ifndef THRESH_LIBXML_LIBXML_ERRORS_H
#define THRESH_LIBXML_LIBXML_ERRORS_H

#include <libxml/xmlerror.h>
#include <libxml/xmlversion.h>

/* What a handler of xmlStructuredErrorFunc is given. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *libxml_error_argument;
#else
typedef xmlError *libxml_error_argument;
#endif

#endif
