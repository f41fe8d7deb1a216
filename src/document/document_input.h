/* SPDX-License-Identifier: MIT
 *
 * How a document's bytes reach a parser: where they lie, if they are UTF-8; else converted.
 */
#ifndef THRESH_DOCUMENT_DOCUMENT_INPUT_H
#define THRESH_DOCUMENT_DOCUMENT_INPUT_H

#include "base/buf.h"
#include <libxml/parser.h>

struct utf8_bytes {
    const char *bytes; /* followed by a NUL byte */
    size_t len;
};

/* A document in UTF-8: as it lies, or, if it is in Latin 1, in `converted`. False where it is
 * in another encoding, or may be. */
bool document_input_utf8(const char *bytes, size_t len, struct buf *converted,
                         struct utf8_bytes *utf8);

/* Parses by libxml2, with a context used again. `bytes` are followed by a NUL byte; they and
 * `converted`, which is scratch, stay as they are for as long as the context's input is looked
 * at. The tree, or NULL where none was built or the document is not well-formed. */
xmlDoc *document_input_parse(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options,
                             struct buf *converted);

#endif
