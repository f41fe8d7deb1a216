/* SPDX-License-Identifier: MIT
 *
 * The core: one document's bytes, held against the rules, become one record. Knows nothing of
 * archives, workers or order.
 */
#ifndef THRESH_DOCUMENT_DOCUMENT_H
#define THRESH_DOCUMENT_DOCUMENT_H

#include "record/record.h"
#include "rules/rules.h"

/* One worker's parser, validators and scratch, used for one document after another. */
struct document_parser;

/* NULL with the error filled in. The rules outlive the parser. */
struct document_parser *document_open(const struct rules *rules, struct thresh_error *error);
void document_close(struct document_parser *parser);

/* Fills in all of *record but path and index, which the caller has set. `bytes` are followed by
 * a NUL byte. Never fails for what the document holds: 0, or -1 when memory ends. */
int document_process(struct document_parser *parser, const char *bytes, size_t len,
                     struct record *record, struct thresh_error *error);

#endif
