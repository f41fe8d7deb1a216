/* SPDX-License-Identifier: MIT
 *
 * The state of a worker's parser, shared by its parts: document.c conducts, events.c follows
 * the events of a document into its record, sax.c has libxml2 deliver them.
 */
#ifndef THRESH_DOCUMENT_DOCUMENT_PARSER_H
#define THRESH_DOCUMENT_DOCUMENT_PARSER_H

#include "document/encoding.h"
#include "document/locate.h"
#include "document/namespace_bindings.h"
#include "document/scanner/scanner.h"
#include "document/validation.h"
#include "document/xpath_stream.h"
#include "libxml/libxml_quiet.h"
#include "rules/rules.h"
#include <libxml/parser.h>

/* What is done with the events of a document: */
enum events {
    EVENTS_DELIVER,  /* they go to the record, the validation and the XPaths */
    EVENTS_WITHHOLD, /* a tree is built, from which they will be delivered */
    EVENTS_LOCATE,   /* they go to the locator: the record is done but for paths */
};

struct document_parser {
    const struct rules *rules;
    struct libxml_quiet before; /* who heard of libxml2's errors in this thread */
    struct scanner *scanner;
    xmlParserCtxt *ctxt;
    uint64_t epoch; /* of the context's dictionary */
    struct validation *validation;
    struct xpath_stream *xpath_stream; /* NULL: there are no XPaths, or they need a tree */
    struct namespace_bindings bindings;
    struct locator *locator;
    struct buf converted; /* the document in UTF-8, where it is not as it lies */

    /* the document at hand */
    struct record *record;
    enum events events;
    bool scanning;             /* the scanner delivers */
    struct utf8_bytes scanned; /* the document, if the scanner took it; else bytes is NULL */
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
    const xmlNode *replaying; /* the node whose event is delivered; NULL: a parser delivers */
    const struct schema *schema; /* that the document is held against; NULL: none */
};

/* -- events.c ------------------------------------------------------------------------- */

/* Called before the first event, each time a document is read. */
void events_begin(struct document_parser *p);

/* The events, as xmlSAXHandler's startElementNs, characters and endElementNs have them. */
void events_on_start(void *parser, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes);
void events_on_text(void *parser, const xmlChar *text, int len);
void events_on_end(void *parser, const xmlChar *localname, const xmlChar *prefix,
                   const xmlChar *uri);

/* An event's arguments may lie in libxml2's input, which is gone once the parser is stopped:
 * after anything that may stop it, ask this before they are used. */
bool events_are_stopped(const struct document_parser *p);

/* The line of the event, 0 if it is not known. */
uint64_t events_line(void *parser);
/* The number of the innermost open element, 0 if there is none. */
uint64_t events_open_element(const struct document_parser *p);

/* Adds a fault to the record. NULL: it is counted, but not kept. */
struct fault *events_add_fault(struct document_parser *p, const char *kind, const char *code,
                               const char *message);
/* Drops the faults found by validation: the document has turned out to be malformed or over a
 * limit, and only that is reported. Does nothing the second time. */
void events_drop_faults(struct document_parser *p);

/* The document is over a limit: adds the fault, in place of others. */
void events_limit_fault(struct document_parser *p, const char *code, const char *message);
/* The same, and stops. */
void events_stop_at_limit(struct document_parser *p, const char *code, const char *message);
/* The same for an element's attributes. `line` 0: that of the event. */
void events_stop_at_attributes(struct document_parser *p, uint64_t line);
/* The same, if these bytes of entities are over the limit. */
void events_check_entity_bytes(struct document_parser *p, uint64_t bytes);
extern const char events_entity_limit_message[];

/* -- sax.c ---------------------------------------------------------------------------- */

/* Makes the context, or replaces it. False without memory. */
bool sax_open(struct document_parser *p);
/* Parses by libxml2. `bytes` are followed by a NUL byte; they and p->converted stay as they are
 * until events_line is asked no more. The tree, or NULL where none was to be built or the
 * document is not well-formed. */
xmlDoc *sax_parse(struct document_parser *p, const char *bytes, size_t len);

#endif
