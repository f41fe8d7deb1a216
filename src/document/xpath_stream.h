/* SPDX-License-Identifier: MIT
 *
 * The answers to queries, found as a document's events go by. Every path of a query is in some
 * of its steps at each open element; a start tag takes it from those of the parent to those of
 * the child. What is told is what XPath 1.0 says, in document order.
 */
#ifndef THRESH_DOCUMENT_XPATH_STREAM_H
#define THRESH_DOCUMENT_XPATH_STREAM_H

#include "record/record.h"
#include "rules/rules.h"
#include <libxml/xmlstring.h>

struct xpath_stream; /* one worker's: never shared */

struct xpath_stream *xpath_stream_new(const struct rules *rules); /* NULL: no memory */
void xpath_stream_free(struct xpath_stream *answers);

/* A document: begin, its events, tell. Attributes as startElementNsSAX2Func has them. What
 * fails for want of memory fails in xpath_stream_tell. */
void xpath_stream_begin(struct xpath_stream *answers);
void xpath_stream_start(struct xpath_stream *answers, const xmlChar *localname,
                        const xmlChar *uri, int n_attributes, const xmlChar **attributes);
void xpath_stream_text(struct xpath_stream *answers, const xmlChar *text, int len);
void xpath_stream_end(struct xpath_stream *answers);

/* One field for each extraction. 0, or -1 when memory ended. */
int xpath_stream_tell(const struct xpath_stream *answers, struct record *record);

#endif
