/* SPDX-License-Identifier: MIT
 *
 * A document is read once: its bytes are made text, and the events of the text drive the
 * summary, the validation and the XPaths side by side, and build a tree where an XPath or RELAX
 * NG needs one. Only a document that has faults is read a second time, to find the paths of the
 * nodes at fault.
 */
#include "document/document.h"

#include "document/document_parser.h"
#include "document/xpath_tree.h"
#include <stdlib.h>

static const char too_large[] = "longer than 2 GiB as UTF-8, which no option allows; split "
                                "it into several";

/* Before a document. */
static void reset(struct document_parser *p, struct record *record, size_t len)
{
    record->has_bytes = true;
    record->bytes = len;
    p->record = record;
    p->locating = false;
    p->malformed = p->over_limit = p->no_memory = p->invalid = false;
    p->schema = NULL;
    namespace_bindings_clear(&p->bindings);
    if (p->xpath_stream)
        xpath_stream_begin(p->xpath_stream);
    if (p->tree)
        tree_builder_begin(p->tree);
}

/* False: the document is over a limit before it is read, or memory ended. */
static bool decode(struct document_parser *p, const char *bytes, size_t len,
                   struct utf8_document *document)
{
    enum encoding_result result = len > INT32_MAX
                                      ? ENCODING_TOO_LARGE
                                      : encoding_to_utf8(p->encoding, bytes, len, document);
    if (result == ENCODING_TOO_LARGE)
        events_refuse(p, "limit-bytes", too_large);
    p->no_memory |= result == ENCODING_NO_MEMORY;
    return result == ENCODING_DONE;
}

static void scan(struct document_parser *p, const struct utf8_document *document)
{
    struct scanner_events events = {
        .start = events_on_start,
        .text = events_on_text,
        .end = events_on_end,
        .fault = events_on_fault,
        .context = p,
    };
    if (p->tree && !p->locating) {
        events.comment = events_on_comment;
        events.instruction = events_on_instruction;
    }
    if (!p->tree && !p->locating)
        events.leaf = events_on_leaf;
    p->blanks = (struct scanner_blanks){.counted = true};
    if (!p->tree && !p->locating && !p->xpath_stream)
        events.blanks = &p->blanks;
    events_begin(p);
    p->no_memory |= scanner_run(p->scanner, document, &events) < 0;
}

/* Reads the document again for the paths of its faults. */
static void locate(struct document_parser *p, const struct utf8_document *document)
{
    bool wanted = false;
    for (size_t i = 0; i < p->record->n_faults; i++)
        wanted |= p->record->faults[i].element && !p->record->faults[i].path.len;
    if (!wanted)
        return;
    p->locating = true;
    locator_begin(p->locator, p->record);
    scan(p, document);
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

/* What is told of a document that is well-formed and within its limits. */
static void tell_content(struct document_parser *p)
{
    struct record *record = p->record;
    record->elements = p->elements;
    record->text_bytes += p->blanks.bytes;
    record->depth = p->deepest;
    xmlDoc *doc = p->tree ? tree_builder_finish(p->tree) : NULL;
    p->no_memory |= p->tree && !doc;
    if (validation_finish(p->validation, doc) < 0)
        p->no_memory = true;
    if (!p->xpath_stream && doc && xpath_tree_run(p->rules, doc, record) < 0)
        p->no_memory = true;
    if (p->xpath_stream && xpath_stream_tell(p->xpath_stream, record) < 0)
        p->no_memory = true;
    record_null_fields(record);
    if (p->schema) {
        record->schema = p->schema->name;
        record->is_judged = p->schema->xsd;
    }
    xmlFreeDoc(doc);
}

int document_process(struct document_parser *p, const char *bytes, size_t len,
                     struct record *record, struct thresh_error *error)
{
    struct utf8_document document;
    reset(p, record, len);
    bool is_text = decode(p, bytes, len, &document);
    if (is_text)
        scan(p, &document);
    record->has_summary = !p->malformed && !p->over_limit && !p->no_memory;
    if (record->has_summary)
        tell_content(p);
    else if (validation_finish(p->validation, NULL) < 0)
        p->no_memory = true;
    record->verdict = verdict_of(p);
    if (record->faults_total && is_text && !p->no_memory)
        locate(p, &document);
    return p->no_memory || record->text.failed ? error_no_memory(error) : 0;
}

bool document_is_of_process(const struct document_parser *p)
{
    return encoding_is_of_process(p->encoding);
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
    const struct scanner_limits limits = {
        .name_bytes = rules->max_name_bytes,
        .attributes = rules->max_attributes,
        .entity_bytes = rules->max_entity_bytes,
        .entity_remedy = "--max-entity-bytes raises it",
    };
    p->encoding = encoding_new();
    p->scanner = scanner_new(&limits);
    if (rules->builds_tree)
        p->tree = tree_builder_new();
    p->validation = validation_new(rules);
    bool streams = rules->n_extractions && !rules_tree_extraction(rules);
    if (streams)
        p->xpath_stream = xpath_stream_new(rules);
    p->locator = locator_new();
    bool ready = p->encoding && p->scanner && p->validation && p->locator &&
                 (p->tree || !rules->builds_tree) && (p->xpath_stream || !streams);
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
    encoding_free(p->encoding);
    scanner_free(p->scanner);
    tree_builder_free(p->tree);
    validation_free(p->validation);
    xpath_stream_free(p->xpath_stream);
    locator_free(p->locator);
    namespace_bindings_free(&p->bindings);
    free(p->open);
    free(p);
}
