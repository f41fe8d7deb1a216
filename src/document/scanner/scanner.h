/* SPDX-License-Identifier: MIT
 *
 * The quick way through a document: one that is well-formed by XML 1.0 (fifth edition) and
 * Namespaces in XML 1.0, in UTF-8, and has no DTD of its own, as nearly all have none. It
 * delivers the events that libxml2's SAX2 interface would.
 *
 * A scanner never judges. It declines whatever it is not certain of, and what it has delivered
 * by then is to be forgotten: libxml2 reads the document again from its start, and says what is
 * wrong with it, if anything is. So a scanner may take less than libxml2, but never more.
 */
#ifndef THRESH_DOCUMENT_SCANNER_SCANNER_H
#define THRESH_DOCUMENT_SCANNER_SCANNER_H

#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scanner; /* one worker's: never shared */

/* Arguments are those of startElementNs, characters and endElementNs in libxml2's
 * xmlSAXHandler. References and line ends are replaced in text and values. Arrays, values
 * and text are valid during the call. Names, prefixes and URIs are kept once: one string,
 * one pointer, until scanner_epoch changes. */
struct scanner_events {
    void (*start)(void *context, const xmlChar *localname, const xmlChar *prefix,
                  const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                  int n_attributes, int n_defaulted, const xmlChar **attributes);
    void (*text)(void *context, const xmlChar *text, int len);
    void (*end)(void *context, const xmlChar *localname, const xmlChar *prefix,
                const xmlChar *uri);
    void *context;
};

/* Names longer than the limit are declined. NULL: no memory. */
struct scanner *scanner_new(uint64_t max_name_bytes);
void scanner_free(struct scanner *scanner);

/* Reads a document of less than 2 GiB in UTF-8, whatever encoding its XML declaration names. A
 * NUL byte follows its bytes. False: declined, or stopped. */
bool scanner_run(struct scanner *scanner, const char *bytes, size_t len,
                 const struct scanner_events *events);

/* Called within an event: no other comes after it. */
void scanner_stop(struct scanner *scanner);
bool scanner_is_stopped(const struct scanner *scanner);
/* Called within an event: the line that it ends on, from 1. */
uint64_t scanner_line(struct scanner *scanner);

/* Changes when the strings kept so far are forgotten, which only happens between documents. */
uint64_t scanner_epoch(const struct scanner *scanner);

#endif
