/* SPDX-License-Identifier: MIT
 *
 * A document is read once: its events drive the summary, the validation and the XPaths side by
 * side. They come from our scanner, or from libxml2 where an XPath or RELAX NG needs a tree.
 *
 * Three kinds of document are read again, and they are rare:
 *
 *   - one that the scanner declines on the way is read by libxml2 from its start;
 *   - one that declares entities is parsed into a tree, with entities replaced and their growth
 *     checked, and its events are replayed from the tree;
 *   - one that has faults is read a second time to find the paths of the nodes at fault.
 */
#include "document/document.h"

#include "document/attribute_limit.h"
#include "document/document_parser.h"
#include "document/replay.h"
#include "document/xpath_tree.h"
#include <stdlib.h>
#include <string.h>

/* -- By the scanner ------------------------------------------------------------------- */

/* False: the scanner declined the document, or an event stopped it. */
static bool scan(struct document_parser *p, const struct utf8_bytes *utf8)
{
    const struct scanner_events events = {events_on_start, events_on_text, events_on_end, p};
    events_begin(p);
    p->scanning = true;
    bool whole = scanner_run(p->scanner, utf8->bytes, utf8->len, &events);
    p->scanning = false;
    return whole;
}

/* -- From a tree ---------------------------------------------------------------------- */

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

/* Before a document, and where it is begun anew. */
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
    if (p->xpath_stream)
        xpath_stream_begin(p->xpath_stream);
}

/* Reads the document again for the paths of its faults, in the way it was read first. */
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
        xmlFreeDoc(sax_parse(p, bytes, len));
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

/* True: the scanner took all of the document, so it is well-formed. False: libxml2 is to
 * read it, unless memory ended. */
static bool scan_document(struct document_parser *p, const char *bytes, size_t len)
{
    struct utf8_bytes utf8;
    if (p->builds_tree || !encoding_utf8(bytes, len, &p->converted, &utf8))
        return false;
    if (scan(p, &utf8)) {
        p->scanned = utf8;
        return true;
    }
    if (p->no_memory)
        return false;
    validation_finish(p->validation, NULL);
    record_restart(p->record);
    reset(p, p->record, len);
    return false;
}

static void parse_document(struct document_parser *p, const char *bytes, size_t len,
                           xmlDoc **doc)
{
    uint64_t line;
    if (attribute_limit_exceeded(bytes, len, p->rules->max_attributes, &line)) {
        events_stop_at_attributes(p, line);
        return;
    }
    *doc = sax_parse(p, bytes, len);
    if (p->declares_entities && !p->no_memory) {
        xmlFreeDoc(*doc);
        p->events = EVENTS_WITHHOLD;
        p->builds_tree = true;
        p->malformed = p->fatal = false;
        events_drop_faults(p);
        *doc = sax_parse(p, bytes, len);
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
        events_stop_at_limit(p, "limit-bytes", "larger than the 2 GiB that the parser takes");
    else if (!scan_document(p, bytes, len) && !p->no_memory)
        parse_document(p, bytes, len, &doc);
    /* A well-formed document has a root. If no fault was found and no root seen, the parser
     * must have run out of memory without saying so. */
    if (!p->elements && !p->malformed && !p->over_limit)
        p->no_memory = true;
    record->has_summary = !p->malformed && !p->over_limit;
    if (validation_finish(p->validation, record->has_summary ? doc : NULL) < 0)
        p->no_memory = true;
    if (record->has_summary && !p->xpath_stream && p->rules->n_extractions && doc &&
        xpath_tree_run(p->rules, doc, record) < 0)
        p->no_memory = true;
    if (record->has_summary && p->xpath_stream &&
        xpath_stream_tell(p->xpath_stream, record) < 0)
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
    libxml_quiet_begin(&p->before);
    p->rules = rules;
    p->scanner = scanner_new(rules->max_name_bytes);
    p->validation = validation_new(rules);
    bool streams = rules->n_extractions && !rules_tree_extraction(rules);
    if (streams)
        p->xpath_stream = xpath_stream_new(rules);
    p->locator = locator_new();
    bool ready = p->scanner && p->validation && p->locator && sax_open(p) &&
                 (p->xpath_stream || !streams);
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
    libxml_quiet_end(&p->before);
    if (p->ctxt)
        xmlFreeParserCtxt(p->ctxt);
    scanner_free(p->scanner);
    validation_free(p->validation);
    xpath_stream_free(p->xpath_stream);
    locator_free(p->locator);
    namespace_bindings_free(&p->bindings);
    buf_free(&p->converted);
    free(p->open);
    free(p);
}
