/* SPDX-License-Identifier: MIT
 *
 * The answers to queries, found as a document's events go by. Every path of a query is in some
 * of its steps at each open element; a start tag takes it from those of the parent to those of
 * the child. What is told is what XPath 1.0 says, in document order.
 */
#ifndef THRESH_ANSWERS_H
#define THRESH_ANSWERS_H

#include "record.h"
#include "rules/rules.h"
#include <libxml/xmlstring.h>

struct answers; /* one worker's: never shared */

struct answers *answers_new(const struct rules *rules); /* NULL: no memory */
void answers_free(struct answers *answers);

/* A document: begin, its events, tell. Attributes as startElementNsSAX2Func has them. What
 * fails for want of memory fails in answers_tell. */
void answers_begin(struct answers *answers);
void answers_start(struct answers *answers, const xmlChar *localname, const xmlChar *uri,
                   int n_attributes, const xmlChar **attributes);
void answers_text(struct answers *answers, const xmlChar *text, int len);
void answers_end(struct answers *answers);

/* One field for each extraction. 0, or -1 when memory ended. */
int answers_tell(const struct answers *answers, struct record *record);

#endif
