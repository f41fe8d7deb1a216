/* SPDX-License-Identifier: MIT
 *
 * How a document's bytes reach libxml2's parser: where they lie, if they are UTF-8; else
 * converted.
 */
#ifndef THRESH_INPUT_H
#define THRESH_INPUT_H

#include "buf.h"
#include <libxml/parser.h>

/* Parses with a context used again. `bytes` are followed by a NUL byte; they and `converted`,
 * which is scratch, stay as they are for as long as the context's input is looked at. The tree,
 * or NULL where none was built or the document is not well-formed. */
xmlDoc *input_parse(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options,
                    struct buf *converted);

#endif
