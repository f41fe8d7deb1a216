/* SPDX-License-Identifier: MIT
 *
 * The state of a worker's parser, shared by its parts: document.c conducts, events.c follows
 * the events of a document into its record, libxml.c has libxml2 deliver them.
 */
#ifndef THRESH_PARSER_H
#define THRESH_PARSER_H

#include "answers.h"
#include "bindings.h"
#include "extract.h"
#include "input.h"
#include "locate.h"
#include "rules/rules.h"
#include "scanner.h"
#include "validator.h"
#include <libxml/parser.h>

enum events { EVENTS_DELIVER, EVENTS_WITHHOLD, EVENTS_LOCATE };

struct document_parser {
    const struct rules *rules;
    struct scanner *scanner;
    xmlParserCtxt *ctxt;
    uint64_t epoch; /* of the parser's dictionary */
    struct validator *validator;
    struct extractor *extractor; /* of XPaths, from a tree: NULL, or */
    struct answers *answers;     /* as the events go by: NULL, or neither */
    struct bindings bindings;
    struct locator *locator;
    struct buf converted; /* the document in UTF-8, where it is not */

    /* the document at hand */
    struct record *record;
    enum events events;
    bool scanning;       /* the scanner delivers */
    struct utf8 scanned; /* the document, where it took it; else bytes is NULL */
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

/* -- events.c --------------------------------------------------------------------------- */

/* Before the first event, however often a document is read. */
void events_begin(struct document_parser *p);
void on_start(void *parser, const xmlChar *localname, const xmlChar *prefix, const xmlChar *uri,
              int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
              const xmlChar **attributes);
void on_text(void *parser, const xmlChar *text, int len);
void on_end(void *parser, const xmlChar *localname, const xmlChar *prefix, const xmlChar *uri);

/* What a handler is given may lie in libxml2's input, which is gone once it is stopped: whoever
 * may have stopped it asks before going on. */
void stop(struct document_parser *p);
bool is_stopped(const struct document_parser *p);

uint64_t current_line(void *parser);
/* The number of the element that is open, 0: none. */
uint64_t innermost(const struct document_parser *p);

/* NULL: counted, not kept. */
struct fault *add_fault(struct document_parser *p, const char *kind, const char *code,
                        const char *message);
/* The document is not what it claims to be: what a validator found so far counts no more. */
void void_validation(struct document_parser *p);
void tell_limit(struct document_parser *p, const char *code, const char *message);
/* Tells of it and stops. */
void limit_hit(struct document_parser *p, const char *code, const char *message);
void attributes_hit(struct document_parser *p, uint64_t line); /* 0: the line now */
void check_entity_bytes(struct document_parser *p, uint64_t bytes);
extern const char entities_too_large[];

/* -- libxml.c --------------------------------------------------------------------------- */

bool libxml_open(struct document_parser *p); /* false: no memory */
/* Parses the document. The tree, or NULL where none was built or the document is not
 * well-formed. */
xmlDoc *libxml_parse(struct document_parser *p, const char *bytes, size_t len);

#endif
