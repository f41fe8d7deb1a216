/* SPDX-License-Identifier: MIT
 *
 * The core: one document's bytes, held against the rules, become one record. It knows
 * nothing of archives, workers or order.
 */
#ifndef THRESH_DOCUMENT_DOCUMENT_H
#define THRESH_DOCUMENT_DOCUMENT_H

#include "record/record.h"
#include "rules/rules.h"

/* One worker's parser, validators and scratch, used for one document after another. */
struct document_parser;

/* In the thread that will use it. NULL with an error where memory ends. The rules outlive the
 * parser. */
struct document_parser *document_open(const struct rules *rules, struct thresh_error *error);
void document_close(struct document_parser *parser);

/* Fills in all of *record but path and index, which the caller has set. `bytes` are followed by
 * a NUL byte. 0, whatever is wrong with the document; -1 with an error where memory ends. */
int document_process(struct document_parser *parser, const char *bytes, size_t len,
                     struct record *record, struct thresh_error *error);
/* Whether another process may say otherwise of the last document, which is in an encoding that
 * it may not know. */
bool document_is_of_process(const struct document_parser *parser);

#endif
