/* SPDX-License-Identifier: MIT
 *
 * The quick way through a document: one that is well-formed by XML 1.0 (fifth edition) and
 * Namespaces in XML 1.0, in UTF-8, and has no DTD of its own, as nearly all have none. It
 * delivers the events that libxml2's SAX2 interface would.
 *
 * A scanner never judges. What it does not take for certain it declines, and whatever has been
 * delivered is to be forgotten: libxml2 then reads the document from its start, and says what
 * is wrong with it, if anything is. So a scanner may know less of XML than libxml2, but never
 * more.
 */
#ifndef THRESH_DOCUMENT_SCANNER_SCANNER_H
#define THRESH_DOCUMENT_SCANNER_SCANNER_H

#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scanner; /* one worker's: never shared */

/* Arguments as those of xmlSAXHandler's startElementNs, characters and endElementNs; text holds
 * no entity and no carriage return that a line feed follows. Arrays, values and text are valid
 * during the call. Names, prefixes and URIs are kept once: one string, one pointer, until
 * scanner_epoch changes. */
struct scanner_events {
    void (*start)(void *context, const xmlChar *localname, const xmlChar *prefix,
                  const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                  int n_attributes, int n_defaulted, const xmlChar **attributes);
    void (*text)(void *context, const xmlChar *text, int len);
    void (*end)(void *context, const xmlChar *localname, const xmlChar *prefix,
                const xmlChar *uri);
    void *context;
};

/* Longer names are declined. NULL: no memory. */
struct scanner *scanner_new(uint64_t max_name_bytes);
void scanner_free(struct scanner *scanner);

/* Reads a document of less than 2 GiB, whose bytes are followed by a NUL byte. False: declined,
 * or stopped. What encoding its XML declaration tells of is not looked at. */
bool scanner_run(struct scanner *scanner, const char *bytes, size_t len,
                 const struct scanner_events *events);

/* For an event: none comes after it. */
void scanner_stop(struct scanner *scanner);
bool scanner_is_stopped(const struct scanner *scanner);
/* For an event: the line that it ends on, from 1. */
uint64_t scanner_line(struct scanner *scanner);

/* Changes when the strings kept so far are forgotten, which is between two documents only. */
uint64_t scanner_epoch(const struct scanner *scanner);

#endif
