/* SPDX-License-Identifier: MIT
 *
 * XPath queries answered as a document's events go by. At each open element a set of steps is
 * active for each query: those that the element's children are tested against. A start tag
 * makes the child's set from its parent's. Answers are those of XPath 1.0, in document order.
 */
#ifndef THRESH_DOCUMENT_XPATH_STREAM_H
#define THRESH_DOCUMENT_XPATH_STREAM_H

#include "record/record.h"
#include "rules/rules.h"
#include <libxml/xmlstring.h>

struct xpath_stream; /* one worker's: never shared */

struct xpath_stream *xpath_stream_new(const struct rules *rules); /* NULL: no memory */
void xpath_stream_free(struct xpath_stream *stream);

/* A document: begin, its events, tell. Attributes are as startElementNsSAX2Func has them. Lost
 * memory is told by xpath_stream_tell. */
void xpath_stream_begin(struct xpath_stream *stream);
void xpath_stream_start(struct xpath_stream *stream, const xmlChar *localname,
                        const xmlChar *uri, int n_attributes, const xmlChar **attributes);
void xpath_stream_text(struct xpath_stream *stream, const xmlChar *text, int len);
void xpath_stream_end(struct xpath_stream *stream);

/* Adds one field for each extraction. 0, or -1 when memory ended. */
int xpath_stream_tell(const struct xpath_stream *stream, struct record *record);

#endif
