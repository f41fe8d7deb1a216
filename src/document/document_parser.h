/* SPDX-License-Identifier: MIT
 *
 * The state of a worker's parser, shared by its parts: document.c conducts, events.c follows
 * the events of a document into its record, libxml.c has libxml2 deliver them.
 */
#ifndef THRESH_DOCUMENT_DOCUMENT_PARSER_H
#define THRESH_DOCUMENT_DOCUMENT_PARSER_H

#include "document/document_input.h"
#include "document/locate.h"
#include "document/namespace_bindings.h"
#include "document/scanner/scanner.h"
#include "document/validation.h"
#include "document/xpath_stream.h"
#include "document/xpath_tree.h"
#include "rules/rules.h"
#include <libxml/parser.h>

enum events { EVENTS_DELIVER, EVENTS_WITHHOLD, EVENTS_LOCATE };

struct document_parser {
    const struct rules *rules;
    struct scanner *scanner;
    xmlParserCtxt *ctxt;
    uint64_t epoch; /* of the parser's dictionary */
    struct validation *validator;
    struct xpath_tree *extractor; /* of XPaths, from a tree: NULL, or */
    struct xpath_stream *answers; /* as the events go by: NULL, or neither */
    struct namespace_bindings bindings;
    struct locator *locator;
    struct buf converted; /* the document in UTF-8, where it is not */

    /* the document at hand */
    struct record *record;
    enum events events;
    bool scanning;             /* the scanner delivers */
    struct utf8_bytes scanned; /* the document, where it took it; else bytes is NULL */
    bool builds_tree;
    bool declares_entities;
    uint64_t entity_bytes;  /* that its references stand for, so far */
    uint64_t default_bytes; /* of attributes that are there by default, so far */
    bool malformed;
    bool fatal; /* malformed, and the parser went no further */
    bool over_limit;
    bool no_memory;
    bool invalid;
    uint64_t elements; /* start tags so far */
    uint64_t *open;    /* the numbers of the open elements */
    size_t depth, cap_open;
    const xmlNode
        *replaying; /* the node whose events are delivered, NULL: the parser delivers */
    const struct schema *schema; /* the one that the document is held against */
};

/* -- events.c ------------------------------------------------------------------------- */

/* Before the first event, however often a document is read. */
void events_begin(struct document_parser *p);
void events_on_start(void *parser, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes);
void events_on_text(void *parser, const xmlChar *text, int len);
void events_on_end(void *parser, const xmlChar *localname, const xmlChar *prefix,
                   const xmlChar *uri);

/* What a handler is given may lie in libxml2's input, which is gone once it is stopped: whoever
 * may have stopped it asks before going on. */
void events_stop(struct document_parser *p);
bool events_are_stopped(const struct document_parser *p);

uint64_t events_current_line(void *parser);
/* The number of the element that is open, 0: none. */
uint64_t events_innermost(const struct document_parser *p);

/* NULL: counted, not kept. */
struct fault *events_add_fault(struct document_parser *p, const char *kind, const char *code,
                               const char *message);
/* The document is not what it claims to be: what a validator found so far counts no more. */
void events_void_validation(struct document_parser *p);
void events_tell_limit(struct document_parser *p, const char *code, const char *message);
/* Tells of it and stops. */
void events_limit_hit(struct document_parser *p, const char *code, const char *message);
void events_attributes_hit(struct document_parser *p, uint64_t line); /* 0: the line now */
void events_check_entity_bytes(struct document_parser *p, uint64_t bytes);
extern const char events_entities_too_large[];

/* -- libxml.c ------------------------------------------------------------------------- */

bool document_libxml_open(struct document_parser *p); /* false: no memory */
/* Parses the document. The tree, or NULL where none was built or the document is not
 * well-formed. */
xmlDoc *document_libxml_parse(struct document_parser *p, const char *bytes, size_t len);

#endif
