/* SPDX-License-Identifier: MIT
 *
 * Keeps libxml2 from telling anybody else what it also tells us: from printing it, and from a
 * handler that the host of the library has set for its own use. Both belong to the thread, and
 * are put back.
 */
#ifndef THRESH_LIBXML_LIBXML_QUIET_H
#define THRESH_LIBXML_LIBXML_QUIET_H

#include <libxml/xmlerror.h>

/* The handlers that a thread had. */
struct libxml_quiet {
    xmlGenericErrorFunc generic;
    void *generic_context;
    xmlStructuredErrorFunc structured;
    void *structured_context;
};

/* A pair, of one thread. */
void libxml_quiet_begin(struct libxml_quiet *before);
void libxml_quiet_end(const struct libxml_quiet *before);

#endif
