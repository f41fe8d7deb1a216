/* SPDX-License-Identifier: MIT
 *
 * One parse a document: SAX2 events drive the summary and the validator side by side. They come
 * from our scanner; from libxml2 where an XPath or RELAX NG needs a tree, and for what the
 * scanner declines.
 *
 * Three kinds of document are read again, and they are rare. One that the scanner declines on
 * the way. One that declares entities: it is parsed into a tree, entities replaced and
 * amplification checked, and its events are replayed from there. And one that has faults is
 * followed a second time to tell where they are.
 */
#include "document/document.h"

#include "document/attribute_limit.h"
#include "document/document_parser.h"
#include "document/replay.h"
#include "libxml/libxml_loader.h"
#include <stdlib.h>
#include <string.h>

/* -- The scanner's side --------------------------------------------------------------- */

/* False: declined, or stopped. */
static bool scan(struct document_parser *p, const struct utf8_bytes *utf8)
{
    const struct scanner_events events = {events_on_start, events_on_text, events_on_end, p};
    events_begin(p);
    p->scanning = true;
    bool whole = scanner_run(p->scanner, utf8->bytes, utf8->len, &events);
    p->scanning = false;
    return whole;
}

/* -- The tree's side ------------------------------------------------------------------ */

static bool replay_start(void *context, const xmlNode *node, int n_namespaces,
                         const xmlChar **namespaces, int n_attributes,
                         const xmlChar **attributes)
{
    struct document_parser *p = context;
    p->replaying = node;
    events_on_start(p, node->name, node->ns ? node->ns->prefix : NULL,
                    node->ns ? node->ns->href : NULL, n_namespaces, namespaces, n_attributes, 0,
                    attributes);
    return !p->over_limit && !p->no_memory;
}

static void replay_text(void *context, const xmlNode *node)
{
    struct document_parser *p = context;
    p->replaying = node;
    events_on_text(p, node->content, (int)strlen((const char *)node->content));
}

static void replay_end(void *context, const xmlNode *node)
{
    struct document_parser *p = context;
    p->replaying = node;
    events_on_end(p, node->name, node->ns ? node->ns->prefix : NULL,
                  node->ns ? node->ns->href : NULL);
}

static void replay_document(struct document_parser *p, xmlDoc *doc)
{
    const struct replay_events events = {replay_start, replay_text, replay_end, p};
    p->elements = 0;
    p->depth = 0;
    if (replay_tree(doc, &events) < 0)
        p->no_memory = true;
    p->replaying = NULL;
}

/* -- A document ----------------------------------------------------------------------- */

static void reset(struct document_parser *p, struct record *record, size_t len)
{
    record->has_bytes = true;
    record->bytes = len;
    p->record = record;
    p->events = EVENTS_DELIVER;
    p->scanned = (struct utf8_bytes){NULL, 0};
    p->builds_tree = p->rules->builds_tree;
    p->declares_entities = false;
    p->malformed = p->fatal = p->over_limit = p->no_memory = p->invalid = false;
    p->schema = NULL;
    events_begin(p);
    namespace_bindings_clear(&p->bindings);
    if (p->answers)
        xpath_stream_begin(p->answers);
}

/* Where the faults are. A document that is not well-formed is followed as it is parsed, for it
 * has no tree. */
static void locate(struct document_parser *p, const char *bytes, size_t len, xmlDoc *doc)
{
    bool wanted = false;
    for (size_t i = 0; i < p->record->n_faults; i++)
        wanted |= p->record->faults[i].element && !p->record->faults[i].path.len;
    if (!wanted)
        return;
    p->events = EVENTS_LOCATE;
    locator_begin(p->locator, p->record);
    if (p->scanned.bytes) {
        scan(p, &p->scanned);
    } else if (p->declares_entities && doc) {
        replay_document(p, doc);
    } else {
        p->builds_tree = p->declares_entities;
        xmlFreeDoc(document_libxml_parse(p, bytes, len));
    }
}

static enum verdict verdict_of(const struct document_parser *p)
{
    if (p->over_limit)
        return VERDICT_UNREADABLE;
    if (p->malformed)
        return VERDICT_MALFORMED;
    if (!p->rules->n_schemas)
        return VERDICT_WELLFORMED;
    if (!p->schema)
        return VERDICT_UNMAPPED;
    return p->invalid ? VERDICT_INVALID : VERDICT_VALID;
}

/* True: whole, and so it is well-formed. */
static bool scan_document(struct document_parser *p, const char *bytes, size_t len)
{
    struct utf8_bytes utf8;
    if (p->builds_tree || !document_input_utf8(bytes, len, &p->converted, &utf8))
        return false;
    if (scan(p, &utf8)) {
        p->scanned = utf8;
        return true;
    }
    if (p->no_memory)
        return false;
    validation_finish(p->validator, NULL);
    record_restart(p->record);
    reset(p, p->record, len);
    return false;
}

static void parse_document(struct document_parser *p, const char *bytes, size_t len,
                           xmlDoc **doc)
{
    uint64_t line;
    if (attribute_limit_exceeded(bytes, len, p->rules->max_attributes, &line)) {
        events_attributes_hit(p, line);
        return;
    }
    *doc = document_libxml_parse(p, bytes, len);
    if (p->declares_entities && !p->no_memory) {
        xmlFreeDoc(*doc);
        p->events = EVENTS_WITHHOLD;
        p->builds_tree = true;
        p->malformed = p->fatal = false;
        events_void_validation(p);
        *doc = document_libxml_parse(p, bytes, len);
        p->events = EVENTS_DELIVER;
        if (*doc && !p->malformed && !p->over_limit)
            replay_document(p, *doc);
    }
}

int document_process(struct document_parser *p, const char *bytes, size_t len,
                     struct record *record, struct thresh_error *error)
{
    xmlDoc *doc = NULL;
    reset(p, record, len);
    if (len > INT32_MAX)
        events_limit_hit(p, "limit-bytes", "larger than the 2 GiB that the parser takes");
    else if (!scan_document(p, bytes, len) && !p->no_memory)
        parse_document(p, bytes, len, &doc);
    /* Whatever is well-formed has a root: who did not see it must not say so. */
    if (!p->elements && !p->malformed && !p->over_limit)
        p->no_memory = true;
    record->has_summary = !p->malformed && !p->over_limit;
    if (validation_finish(p->validator, record->has_summary ? doc : NULL) < 0)
        p->no_memory = true;
    if (record->has_summary && p->extractor && doc &&
        xpath_tree_run(p->extractor, doc, record) < 0)
        p->no_memory = true;
    if (record->has_summary && p->answers && xpath_stream_tell(p->answers, record) < 0)
        p->no_memory = true;
    if (record->has_summary && p->schema)
        record->schema = p->schema->name;
    record->verdict = verdict_of(p);
    if (record->faults_total && !p->no_memory)
        locate(p, bytes, len, doc);
    xmlFreeDoc(doc);
    return p->no_memory || record->text.failed ? error_no_memory(error) : 0;
}

/* -- A worker's life ------------------------------------------------------------------ */

struct document_parser *document_open(const struct rules *rules, struct thresh_error *error)
{
    struct document_parser *p = calloc(1, sizeof *p);
    if (!p) {
        error_no_memory(error);
        return NULL;
    }
    libxml_loader_quiet();
    p->rules = rules;
    p->scanner = scanner_new(rules->max_name_bytes);
    p->validator = validation_new(rules);
    if (rules_tree_extraction(rules))
        p->extractor = xpath_tree_new(rules);
    else if (rules->n_extractions)
        p->answers = xpath_stream_new(rules);
    p->locator = locator_new();
    bool ready = p->scanner && p->validator && p->locator && document_libxml_open(p) &&
                 (p->extractor || p->answers || !rules->n_extractions);
    if (!ready) {
        document_close(p);
        error_no_memory(error);
        return NULL;
    }
    return p;
}

void document_close(struct document_parser *p)
{
    if (!p)
        return;
    if (p->ctxt)
        xmlFreeParserCtxt(p->ctxt);
    scanner_free(p->scanner);
    validation_free(p->validator);
    xpath_tree_free(p->extractor);
    xpath_stream_free(p->answers);
    locator_free(p->locator);
    namespace_bindings_free(&p->bindings);
    buf_free(&p->converted);
    free(p->open);
    free(p);
}
