/* SPDX-License-Identifier: MIT
 *
 * Reads the documents that a run goes by, schemas and catalogs, as XML: in any encoding, with
 * entities within a limit that is fixed.
 */
#ifndef THRESH_RESOLVER_XML_READER_H
#define THRESH_RESOLVER_XML_READER_H

#include "base/buf.h"
#include "scanner/scanner.h"

/* One document after another. */
struct xml_reader {
    struct scanner *scanner;
    struct encoding *encoding;
};

/* 0, or -1 without memory; to be closed then, too. */
int xml_reader_open(struct xml_reader *reader);
void xml_reader_close(struct xml_reader *reader);

/* Returns what scanner_run does; a document that comes to more than 2 GiB is a fault, too.
 * Events may leave by a longjmp. */
int xml_reader_run(struct xml_reader *reader, struct buf *bytes,
                   const struct scanner_events *events);

#endif
