/* SPDX-License-Identifier: MIT
 *
 * One parse a document: libxml2's SAX2 events drive the summary and the validator side by side,
 * and build a tree only where an XPath or RELAX NG needs one.
 *
 * Two kinds of document are read again, and they are rare. One that declares entities is parsed
 * into a tree, entities replaced and amplification checked, and its events are replayed from
 * there. One that has faults is followed a second time to tell where they are.
 */
#include "document.h"

#include "attributes.h"
#include "bindings.h"
#include "codes.h"
#include "entities.h"
#include "extract.h"
#include "input.h"
#include "locate.h"
#include "replay.h"
#include "rules/loader.h"
#include "validator.h"
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

/* A parser's dictionary keeps every name it ever met, and fails at 10 MB of them. */
enum { DICT_NAMES_MAX = 50000 };

enum events { EVENTS_DELIVER, EVENTS_WITHHOLD, EVENTS_LOCATE };

struct document_parser {
    const struct rules *rules;
    xmlParserCtxt *ctxt;
    uint64_t epoch; /* of the parser's dictionary */
    struct validator *validator;
    struct extractor *extractor;
    struct bindings bindings;
    struct locator *locator;
    struct buf converted; /* the document in UTF-8, where it is not */

    /* the document at hand */
    struct record *record;
    enum events events;
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

static struct document_parser *parser_of(void *ctxt)
{
    return ((xmlParserCtxt *)ctxt)->_private;
}

static uint64_t innermost(const struct document_parser *p)
{
    return p->depth ? p->open[p->depth - 1] : 0;
}

/* What a handler is given may lie in the parser's input, which is gone once it is stopped:
 * whoever may have stopped it asks before going on. */
static bool is_stopped(const struct document_parser *p)
{
    return p->ctxt->disableSAX != 0;
}

static void give_up(struct document_parser *p)
{
    p->no_memory = true;
    xmlStopParser(p->ctxt);
}

/* -- Faults ----------------------------------------------------------------------------- */

static uint64_t current_line(void *context)
{
    const struct document_parser *p = context;
    if (p->replaying) {
        long line = xmlGetLineNo((xmlNode *)(uintptr_t)p->replaying);
        return line > 0 ? (uint64_t)line : 0;
    }
    return p->ctxt->input && p->ctxt->input->line > 0 ? (uint64_t)p->ctxt->input->line : 0;
}

static struct fault *add_fault(struct document_parser *p, const char *kind, const char *code,
                               const char *message)
{
    size_t len = strlen(message);
    while (len && (message[len - 1] == '\n' || message[len - 1] == ' '))
        len--;
    return record_fault(p->record, p->rules->max_errors, kind, code, message, len);
}

/* The document is not what it claims to be: what a validator found so far counts no more. */
static void void_validation(struct document_parser *p)
{
    if (p->malformed || p->over_limit)
        return;
    p->record->n_faults = 0;
    p->record->faults_total = 0;
}

static void tell_limit(struct document_parser *p, const char *code, const char *message)
{
    if (p->events == EVENTS_LOCATE)
        return;
    void_validation(p);
    p->over_limit = true;
    struct fault *fault = add_fault(p, "limit", code, message);
    if (fault) {
        fault->line = current_line(p);
        fault->element = innermost(p);
    }
}

static void limit_hit(struct document_parser *p, const char *code, const char *message)
{
    xmlStopParser(p->ctxt);
    tell_limit(p, code, message);
}

static void attributes_hit(struct document_parser *p, uint64_t line)
{
    limit_hit(p, "limit-attributes",
              "an element with more attributes than the limit; --max-attributes raises it");
    if (line && p->record->n_faults)
        p->record->faults[p->record->n_faults - 1].line = line;
}

static const char entities_too_large[] =
    "entities expand to more than the limit; --max-entity-bytes raises it";

static void check_entity_bytes(struct document_parser *p, uint64_t bytes)
{
    if (bytes > p->rules->max_entity_bytes && !is_stopped(p))
        limit_hit(p, "limit-entity", entities_too_large);
}

static void add_parser_fault(struct document_parser *p, const char *kind, error_argument from)
{
    const char *message = from->message ? from->message : "";
    struct fault *fault = add_fault(p, kind, error_code(from->domain, from->code), message);
    if (!fault)
        return;
    fault->line = from->line > 0 ? (uint64_t)from->line : 0;
    fault->column = from->int2 > 0 ? (uint64_t)from->int2 : 0;
    /* While events are withheld, elements are numbered as they will not be in the replay. */
    fault->element = p->events == EVENTS_DELIVER || p->fatal ? innermost(p) : 0;
}

static void on_error(void *ctxt, error_argument from)
{
    struct document_parser *p = parser_of(ctxt);
    if (p->events == EVENTS_LOCATE || p->over_limit)
        return;
    if (from->code == XML_ERR_NO_MEMORY) {
        p->no_memory = true;
    } else if (from->code == XML_ERR_ENTITY_LOOP && !entities_loop(p->ctxt)) {
        /* libxml2 before 2.11 calls it that, too, where entities are many or large. */
        tell_limit(p, "limit-entity", entities_too_large);
    } else if (from->level == XML_ERR_FATAL && error_is_limit(from->code, from->message)) {
        void_validation(p);
        if (!p->malformed)
            add_parser_fault(p, "limit", from);
        p->over_limit = !p->malformed;
    } else if (from->level == XML_ERR_FATAL) {
        /* The first is the one a conforming processor stops at; the rest follow from it. */
        if (p->fatal)
            return;
        p->fatal = true;
        void_validation(p);
        p->malformed = true;
        add_parser_fault(p, "xml", from);
    } else if (error_is_namespace(from->domain, from->code)) {
        void_validation(p);
        p->malformed = true;
        add_parser_fault(p, "namespace", from);
        /* It came up inside a start tag that has not been delivered yet. */
        if (p->record->n_faults)
            p->record->faults[p->record->n_faults - 1].element = p->elements + 1;
    } else if (from->code == XML_WAR_UNDECLARED_ENTITY && !p->malformed) {
        p->invalid = true;
        add_parser_fault(p, "entity", from);
    }
}

static void on_schema_fault(void *context, const struct xsd_fault *from)
{
    struct document_parser *p = context;
    p->invalid = true;
    if (p->malformed)
        return;
    struct fault *fault = add_fault(p, "schema", from->code, from->message);
    if (!fault)
        return;
    fault->line = from->line;
    fault->element = from->element ? from->element : innermost(p);
    if (from->attribute)
        fault->attribute = record_text(p->record, from->attribute, strlen(from->attribute));
}

/* -- Events, from the parser or from a tree --------------------------------------------- */

static void root_seen(struct document_parser *p, const xmlChar *localname, const xmlChar *uri)
{
    struct record *record = p->record;
    record->root_name = record_text(record, localname, strlen((const char *)localname));
    if (uri)
        record->root_namespace = record_text(record, uri, strlen((const char *)uri));
    struct xsd_client client = {on_schema_fault, current_line, p};
    if (p->rules->n_schemas)
        p->schema = rules_schema(p->rules, uri ? (const char *)uri : "");
    if (p->schema && validator_begin(p->validator, p->schema, &client, p->epoch) < 0)
        give_up(p);
}

static void deliver_start(struct document_parser *p, const xmlChar *localname,
                          const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                          const xmlChar **namespaces, int n_attributes, int n_defaulted,
                          const xmlChar **attributes)
{
    struct record *record = p->record;
    record->elements++;
    record->attributes += (uint64_t)n_attributes;
    if (p->depth > record->depth)
        record->depth = p->depth;
    if (n_namespaces && p->rules->wants_namespaces)
        for (int i = 0; i < n_namespaces && !is_stopped(p); i++)
            if (bindings_add(&p->bindings, record, namespaces[2 * i], namespaces[2 * i + 1]) <
                0)
                give_up(p);
    if (p->elements == 1 && !is_stopped(p))
        root_seen(p, localname, uri);
    if (p->schema && !is_stopped(p) &&
        validator_start(p->validator, localname, prefix, uri, n_namespaces, namespaces,
                        n_attributes, n_defaulted, attributes) < 0)
        give_up(p);
}

static void deliver_text(struct document_parser *p, const xmlChar *text, int len)
{
    p->record->text_bytes += (uint64_t)len;
    if (p->schema && validator_text(p->validator, text, len) < 0)
        give_up(p);
}

static bool push(struct document_parser *p)
{
    if (p->depth == p->cap_open) {
        size_t cap = p->cap_open ? 2 * p->cap_open : 64;
        uint64_t *open = realloc(p->open, cap * sizeof *open);
        if (!open) {
            give_up(p);
            return false;
        }
        p->open = open;
        p->cap_open = cap;
    }
    p->open[p->depth++] = ++p->elements;
    if (p->depth <= p->rules->max_depth)
        return true;
    p->depth--; /* told of its parent: the element itself is not taken in */
    limit_hit(p, "limit-depth", "elements nested deeper than the limit; --max-depth raises it");
    return false;
}

static void start(struct document_parser *p, const xmlChar *localname, const xmlChar *prefix,
                  const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                  int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    if (!push(p))
        return;
    if (p->rules->max_attributes &&
        (unsigned)(n_attributes - n_defaulted + n_namespaces) > p->rules->max_attributes)
        attributes_hit(p, 0);
    if (n_defaulted && !is_stopped(p))
        p->default_bytes += entities_defaults(n_attributes, n_defaulted, attributes);
    if (p->default_bytes / 10 > p->record->bytes)
        check_entity_bytes(p, p->default_bytes);
    if (p->elements == 1 && p->events == EVENTS_WITHHOLD)
        check_entity_bytes(p, entities_settle(p->ctxt));
    if (is_stopped(p))
        return;
    if (p->events == EVENTS_DELIVER)
        deliver_start(p, localname, prefix, uri, n_namespaces, namespaces, n_attributes,
                      n_defaulted, attributes);
    else if (p->events == EVENTS_LOCATE &&
             locator_start(p->locator, localname, prefix, uri != NULL))
        xmlStopParser(p->ctxt);
}

static void text(struct document_parser *p, const xmlChar *bytes, int len)
{
    if (p->events == EVENTS_DELIVER)
        deliver_text(p, bytes, len);
}

static void end(struct document_parser *p, const xmlChar *localname, const xmlChar *prefix,
                const xmlChar *uri)
{
    if (p->events == EVENTS_DELIVER && p->schema &&
        validator_end(p->validator, localname, prefix, uri) < 0)
        give_up(p);
    if (p->events == EVENTS_LOCATE)
        locator_end(p->locator);
    if (p->depth)
        p->depth--;
}

/* -- The parser's side ------------------------------------------------------------------ */

static void sax_start(void *ctxt, const xmlChar *localname, const xmlChar *prefix,
                      const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                      int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct document_parser *p = parser_of(ctxt);
    start(p, localname, prefix, uri, n_namespaces, namespaces, n_attributes, n_defaulted,
          attributes);
    if (!p->builds_tree || is_stopped(p))
        return;
    xmlSAX2StartElementNs(ctxt, localname, prefix, uri, n_namespaces, namespaces, n_attributes,
                          n_defaulted, attributes);
    xmlNode *node = p->ctxt->node;
    if (node)
        node->_private = (void *)(uintptr_t)p->elements; /* for faults found on the tree */
}

static void sax_end(void *ctxt, const xmlChar *localname, const xmlChar *prefix,
                    const xmlChar *uri)
{
    struct document_parser *p = parser_of(ctxt);
    end(p, localname, prefix, uri);
    if (p->builds_tree)
        xmlSAX2EndElementNs(ctxt, localname, prefix, uri);
}

static void sax_text(void *ctxt, const xmlChar *bytes, int len)
{
    struct document_parser *p = parser_of(ctxt);
    text(p, bytes, len);
    if (p->builds_tree && !is_stopped(p))
        xmlSAX2Characters(ctxt, bytes, len);
}

static void sax_cdata(void *ctxt, const xmlChar *bytes, int len)
{
    struct document_parser *p = parser_of(ctxt);
    text(p, bytes, len);
    if (p->builds_tree && !is_stopped(p))
        xmlSAX2CDataBlock(ctxt, bytes, len);
}

/* Events of a document with entities come from its tree, where they have been replaced. libxml2
 * before 2.11 checks for amplification only while its other limits are on, so the first
 * declaration ends a parse without limits. */
static void sax_entity(void *ctxt, const xmlChar *name, int type, const xmlChar *public_id,
                       const xmlChar *system_id, xmlChar *content)
{
    struct document_parser *p = parser_of(ctxt);
    if (!p->declares_entities) {
        p->declares_entities = true;
        xmlStopParser(ctxt);
        return;
    }
    xmlSAX2EntityDecl(ctxt, name, type, public_id, system_id, content);
    check_entity_bytes(p, entities_declare(ctxt, name, type, content));
    uint64_t line;
    const char *text = (const char *)content;
    if (text && attributes_exceed(text, strlen(text), p->rules->max_attributes, &line) &&
        !p->over_limit)
        attributes_hit(p, 0);
}

/* Each reference asks for its entity here, in content, in attributes and in the DTD. */
static xmlEntity *sax_get_entity(void *ctxt, const xmlChar *name)
{
    struct document_parser *p = parser_of(ctxt);
    xmlEntity *entity = xmlSAX2GetEntity(ctxt, name);
    if (!entity || !p->declares_entities)
        return entity;
    p->entity_bytes += entities_size(entity) + 1;
    check_entity_bytes(p, p->entity_bytes);
    if (entity->etype == XML_EXTERNAL_GENERAL_PARSED_ENTITY && p->events != EVENTS_LOCATE &&
        !p->malformed && !p->over_limit) {
        char message[256];
        entities_say_external(entity, message, sizeof message);
        struct fault *fault = add_fault(p, "entity", "external-entity", message);
        p->invalid = true;
        if (fault)
            fault->line = current_line(p);
    }
    return entity;
}

static xmlEntity *sax_get_parameter_entity(void *ctxt, const xmlChar *name)
{
    struct document_parser *p = parser_of(ctxt);
    xmlEntity *entity = xmlSAX2GetParameterEntity(ctxt, name);
    /* It is not read, and so what it might declare may be missing without fault. */
    if (entity && entity->etype == XML_EXTERNAL_PARAMETER_ENTITY)
        p->ctxt->hasPErefs = 1;
    if (entity && p->declares_entities) {
        p->entity_bytes += entities_size(entity) + 1;
        check_entity_bytes(p, p->entity_bytes);
    }
    return entity;
}

static bool new_ctxt(struct document_parser *p)
{
    if (p->ctxt)
        xmlFreeParserCtxt(p->ctxt);
    p->ctxt = xmlNewParserCtxt();
    if (!p->ctxt)
        return false;
    p->epoch++;
    p->ctxt->_private = p;
    xmlSAXHandler *sax = p->ctxt->sax;
    sax->startElementNs = sax_start;
    sax->endElementNs = sax_end;
    sax->characters = sax_text;
    sax->ignorableWhitespace = sax_text;
    sax->cdataBlock = sax_cdata;
    sax->entityDecl = sax_entity;
    sax->getEntity = sax_get_entity;
    sax->getParameterEntity = sax_get_parameter_entity;
    sax->serror = (xmlStructuredErrorFunc)on_error;
    return true;
}

/* The tree, or NULL where none was built or the document is not well-formed. */
static xmlDoc *parse(struct document_parser *p, const char *bytes, size_t len)
{
    int options = XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_COMPACT;
    options |= p->declares_entities ? XML_PARSE_NOENT : XML_PARSE_HUGE;
    p->elements = 0;
    p->depth = 0;
    p->entity_bytes = p->default_bytes = 0;
    if (xmlDictSize(p->ctxt->dict) > DICT_NAMES_MAX && !new_ctxt(p)) {
        p->no_memory = true;
        return NULL;
    }
    xmlSAXHandler *sax = p->ctxt->sax;
    sax->reference = p->builds_tree ? xmlSAX2Reference : NULL;
    sax->comment = p->builds_tree ? xmlSAX2Comment : NULL;
    sax->processingInstruction = p->builds_tree ? xmlSAX2ProcessingInstruction : NULL;
    xmlDoc *doc = input_parse(p->ctxt, bytes, len, options, &p->converted);
    /* The parser takes a NUL for the end, whatever follows it. */
    const xmlParserInput *input = p->ctxt->input;
    if (p->ctxt->wellFormed && !p->ctxt->disableSAX && input && input->cur < input->end &&
        p->events != EVENTS_LOCATE) {
        void_validation(p);
        p->malformed = true;
        struct fault *fault = add_fault(p, "xml", "invalid-char", "a NUL character");
        if (fault) {
            fault->line = current_line(p);
            fault->column = input->col > 0 ? (uint64_t)input->col : 0;
        }
    }
    return doc;
}

/* -- The tree's side -------------------------------------------------------------------- */

static bool replay_start(void *context, const xmlNode *node, int n_namespaces,
                         const xmlChar **namespaces, int n_attributes,
                         const xmlChar **attributes)
{
    struct document_parser *p = context;
    p->replaying = node;
    start(p, node->name, node->ns ? node->ns->prefix : NULL, node->ns ? node->ns->href : NULL,
          n_namespaces, namespaces, n_attributes, 0, attributes);
    return !p->over_limit && !p->no_memory;
}

static void replay_text(void *context, const xmlNode *node)
{
    struct document_parser *p = context;
    p->replaying = node;
    text(p, node->content, (int)strlen((const char *)node->content));
}

static void replay_end(void *context, const xmlNode *node)
{
    struct document_parser *p = context;
    p->replaying = node;
    end(p, node->name, node->ns ? node->ns->prefix : NULL, node->ns ? node->ns->href : NULL);
}

static void replay_tree(struct document_parser *p, xmlDoc *doc)
{
    const struct replay_events events = {replay_start, replay_text, replay_end, p};
    p->elements = 0;
    p->depth = 0;
    if (replay(doc, &events) < 0)
        p->no_memory = true;
    p->replaying = NULL;
}

/* -- A document ------------------------------------------------------------------------- */

static void reset(struct document_parser *p, struct record *record)
{
    p->record = record;
    p->events = EVENTS_DELIVER;
    p->builds_tree = p->rules->builds_tree;
    p->declares_entities = false;
    p->malformed = p->fatal = p->over_limit = p->no_memory = p->invalid = false;
    p->schema = NULL;
    p->elements = 0;
    p->depth = 0;
    bindings_clear(&p->bindings);
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
    if (p->declares_entities && doc) {
        replay_tree(p, doc);
    } else {
        p->builds_tree = p->declares_entities;
        xmlFreeDoc(parse(p, bytes, len));
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

static void read_document(struct document_parser *p, const char *bytes, size_t len,
                          xmlDoc **doc)
{
    *doc = parse(p, bytes, len);
    if (p->declares_entities && !p->no_memory) {
        xmlFreeDoc(*doc);
        p->events = EVENTS_WITHHOLD;
        p->builds_tree = true;
        p->malformed = p->fatal = false;
        void_validation(p);
        *doc = parse(p, bytes, len);
        p->events = EVENTS_DELIVER;
        if (*doc && !p->malformed && !p->over_limit)
            replay_tree(p, *doc);
    }
}

int document_process(struct document_parser *p, const char *bytes, size_t len,
                     struct record *record, struct error *error)
{
    xmlDoc *doc = NULL;
    uint64_t line;
    reset(p, record);
    record->has_bytes = true;
    record->bytes = len;
    if (len > INT32_MAX)
        limit_hit(p, "limit-bytes", "larger than the 2 GiB that the parser takes");
    else if (attributes_exceed(bytes, len, p->rules->max_attributes, &line))
        attributes_hit(p, line);
    else
        read_document(p, bytes, len, &doc);
    record->has_summary = !p->malformed && !p->over_limit;
    if (validator_finish(p->validator, record->has_summary ? doc : NULL) < 0)
        p->no_memory = true;
    if (record->has_summary && doc && p->rules->n_extractions &&
        extractor_run(p->extractor, doc, record) < 0)
        p->no_memory = true;
    if (record->has_summary && p->schema)
        record->schema = p->schema->name;
    record->verdict = verdict_of(p);
    if (record->faults_total && !p->no_memory)
        locate(p, bytes, len, doc);
    xmlFreeDoc(doc);
    return p->no_memory || record->text.failed ? error_no_memory(error) : 0;
}

/* -- A worker's life -------------------------------------------------------------------- */

struct document_parser *document_open(const struct rules *rules, struct error *error)
{
    struct document_parser *p = calloc(1, sizeof *p);
    if (!p) {
        error_no_memory(error);
        return NULL;
    }
    loader_quiet();
    p->rules = rules;
    p->validator = validator_new(rules);
    p->extractor = extractor_new(rules);
    p->locator = locator_new();
    bool ready = p->validator && p->extractor && p->locator && new_ctxt(p);
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
    validator_free(p->validator);
    extractor_free(p->extractor);
    locator_free(p->locator);
    bindings_free(&p->bindings);
    buf_free(&p->converted);
    free(p->open);
    free(p);
}
