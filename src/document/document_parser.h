/* SPDX-License-Identifier: MIT
 *
 * The state of a worker's parser, shared by its parts: document.c conducts, events.c follows
 * the events of a document into its record.
 */
#ifndef THRESH_DOCUMENT_DOCUMENT_PARSER_H
#define THRESH_DOCUMENT_DOCUMENT_PARSER_H

#include "document/locate.h"
#include "document/namespace_bindings.h"
#include "document/tree_builder.h"
#include "document/validation.h"
#include "document/xpath_stream.h"
#include "libxml/libxml_quiet.h"
#include "rules/rules.h"
#include "scanner/encoding.h"
#include "scanner/scanner.h"

struct document_parser {
    const struct rules *rules;
    struct libxml_quiet before; /* who heard of libxml2's errors in this thread */
    struct encoding *encoding;
    struct scanner *scanner;
    struct tree_builder *tree; /* NULL: the rules need none */
    struct validation *validation;
    struct xpath_stream *xpath_stream; /* NULL: there are no XPaths, or they need a tree */
    struct namespace_bindings bindings;
    struct locator *locator;

    /* the document at hand */
    struct record *record;
    bool locating; /* the record is done but for paths: events go to the locator */
    bool malformed;
    bool over_limit;
    bool no_memory;
    bool invalid;
    uint64_t elements; /* start tags so far */
    struct scanner_blanks blanks;
    uint64_t *open; /* the numbers of the open elements */
    size_t depth, deepest, cap_open;
    const struct schema *schema; /* that the document is held against; NULL: none */
};

/* -- events.c ------------------------------------------------------------------------- */

/* Called before the first event, each time a document is read. */
void events_begin(struct document_parser *p);

/* The events of the scanner. */
void events_on_start(void *parser, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, const xmlChar **attributes);
bool events_on_leaf(void *parser, const struct scanner_leaf *leaf);
void events_on_text(void *parser, const xmlChar *text, int len);
void events_on_end(void *parser);
void events_on_comment(void *parser, const xmlChar *text);
void events_on_instruction(void *parser, const xmlChar *target, const xmlChar *data);
void events_on_fault(void *parser, const struct scanner_fault *fault);

/* The document is not read at all: it is over a limit. */
void events_refuse(struct document_parser *p, const char *code, const char *message);

#endif
