/* SPDX-License-Identifier: MIT
 *
 * libxml2's side: its SAX2 events and its errors. A document that declares entities is only
 * parsed into a tree here, entities replaced and amplification checked; its events come from
 * there.
 */
#include "document/document_parser.h"

#include "document/attribute_limit.h"
#include "document/entities.h"
#include "libxml/libxml_errors.h"
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <string.h>

/* A parser's dictionary keeps every name it ever met, and fails at 10 MB of them. */
enum { DICT_NAMES_MAX = 50000 };

static struct document_parser *parser_of(void *ctxt)
{
    return ((xmlParserCtxt *)ctxt)->_private;
}

/* -- Errors --------------------------------------------------------------------------- */

static struct fault *add_parser_fault(struct document_parser *p, const char *kind,
                                      libxml_error_argument from)
{
    const char *message = from->message ? from->message : "";
    struct fault *fault =
        events_add_fault(p, kind, libxml_error_code(from->domain, from->code), message);
    if (!fault)
        return NULL;
    fault->line = from->line > 0 ? (uint64_t)from->line : 0;
    fault->column = from->int2 > 0 ? (uint64_t)from->int2 : 0;
    /* While events are withheld, elements are numbered as they will not be in the replay. */
    fault->element = p->events == EVENTS_DELIVER || p->fatal ? events_innermost(p) : 0;
    return fault;
}

static void on_error(void *ctxt, libxml_error_argument from)
{
    struct document_parser *p = parser_of(ctxt);
    if (p->events == EVENTS_LOCATE || p->over_limit)
        return;
    if (from->code == XML_ERR_NO_MEMORY) {
        p->no_memory = true;
    } else if (from->code == XML_ERR_ENTITY_LOOP && !entities_loop(p->ctxt)) {
        /* libxml2 before 2.11 calls it that, too, where entities are many or large. */
        events_tell_limit(p, "limit-entity", events_entities_too_large);
    } else if (from->level == XML_ERR_FATAL &&
               libxml_error_is_limit(from->code, from->message)) {
        events_void_validation(p);
        if (!p->malformed)
            add_parser_fault(p, "limit", from);
        p->over_limit = !p->malformed;
    } else if (from->level == XML_ERR_FATAL) {
        /* The first is the one a conforming processor stops at; the rest follow from it. */
        if (p->fatal)
            return;
        p->fatal = true;
        events_void_validation(p);
        p->malformed = true;
        add_parser_fault(p, "xml", from);
    } else if (libxml_error_is_namespace(from->domain, from->code) && !p->fatal) {
        events_void_validation(p);
        p->malformed = true;
        struct fault *fault = add_parser_fault(p, "namespace", from);
        if (fault) /* it came up inside a start tag that has not been delivered yet */
            fault->element = p->elements + 1;
    } else if (from->code == XML_WAR_UNDECLARED_ENTITY && !p->malformed) {
        p->invalid = true;
        add_parser_fault(p, "entity", from);
    }
}

/* -- Events --------------------------------------------------------------------------- */

static bool is_long(const struct document_parser *p, const xmlChar *name)
{
    uint64_t most = p->rules->max_name_bytes;
    return name && most < SIZE_MAX && strnlen((const char *)name, most + 1) > most;
}

static void check_names(struct document_parser *p, const xmlChar *localname,
                        const xmlChar *prefix, int n_namespaces, const xmlChar **namespaces,
                        int n_attributes, const xmlChar **attributes)
{
    bool is_over = is_long(p, localname) || is_long(p, prefix);
    for (int i = 0; i < n_namespaces; i++)
        is_over |= is_long(p, namespaces[2 * i]);
    for (int i = 0; i < n_attributes; i++)
        is_over |= is_long(p, attributes[5 * i]) || is_long(p, attributes[5 * i + 1]);
    if (is_over)
        events_limit_hit(p, "limit-name",
                         "a name longer than the limit; --max-name-bytes raises it");
}

static void sax_start(void *ctxt, const xmlChar *localname, const xmlChar *prefix,
                      const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                      int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    struct document_parser *p = parser_of(ctxt);
    check_names(p, localname, prefix, n_namespaces, namespaces, n_attributes, attributes);
    if (events_are_stopped(p))
        return;
    events_on_start(p, localname, prefix, uri, n_namespaces, namespaces, n_attributes,
                    n_defaulted, attributes);
    if (!p->builds_tree || events_are_stopped(p))
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
    events_on_end(p, localname, prefix, uri);
    if (p->builds_tree)
        xmlSAX2EndElementNs(ctxt, localname, prefix, uri);
}

static void sax_text(void *ctxt, const xmlChar *bytes, int len)
{
    struct document_parser *p = parser_of(ctxt);
    events_on_text(p, bytes, len);
    if (p->builds_tree && !events_are_stopped(p))
        xmlSAX2Characters(ctxt, bytes, len);
}

static void sax_cdata(void *ctxt, const xmlChar *bytes, int len)
{
    struct document_parser *p = parser_of(ctxt);
    events_on_text(p, bytes, len);
    if (p->builds_tree && !events_are_stopped(p))
        xmlSAX2CDataBlock(ctxt, bytes, len);
}

/* Always there: libxml2 words some errors by whether anyone listens. */
static void sax_comment(void *ctxt, const xmlChar *content)
{
    if (parser_of(ctxt)->builds_tree)
        xmlSAX2Comment(ctxt, content);
}

static void sax_pi(void *ctxt, const xmlChar *target, const xmlChar *data)
{
    if (parser_of(ctxt)->builds_tree)
        xmlSAX2ProcessingInstruction(ctxt, target, data);
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
    events_check_entity_bytes(p, entities_declare(ctxt, name, type, content));
    uint64_t line;
    const char *text = (const char *)content;
    if (text && attribute_limit_exceeded(text, strlen(text), p->rules->max_attributes, &line) &&
        !p->over_limit)
        events_attributes_hit(p, 0);
}

/* Each reference asks for its entity here, in content, in attributes and in the DTD. */
static xmlEntity *sax_get_entity(void *ctxt, const xmlChar *name)
{
    struct document_parser *p = parser_of(ctxt);
    xmlEntity *entity = xmlSAX2GetEntity(ctxt, name);
    if (!entity || !p->declares_entities)
        return entity;
    p->entity_bytes += entities_size(entity) + 1;
    events_check_entity_bytes(p, p->entity_bytes);
    if (entity->etype == XML_EXTERNAL_GENERAL_PARSED_ENTITY && p->events != EVENTS_LOCATE &&
        !p->malformed && !p->over_limit) {
        char message[256];
        entities_say_external(entity, message, sizeof message);
        struct fault *fault = events_add_fault(p, "entity", "external-entity", message);
        p->invalid = true;
        if (fault)
            fault->line = events_current_line(p);
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
        events_check_entity_bytes(p, p->entity_bytes);
    }
    return entity;
}

bool document_libxml_open(struct document_parser *p)
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
    sax->comment = sax_comment;
    sax->processingInstruction = sax_pi;
    sax->entityDecl = sax_entity;
    sax->getEntity = sax_get_entity;
    sax->getParameterEntity = sax_get_parameter_entity;
    sax->serror = (xmlStructuredErrorFunc)on_error;
    return true;
}

xmlDoc *document_libxml_parse(struct document_parser *p, const char *bytes, size_t len)
{
    /* References are replaced, or `&amp;` would reach us as `&#38;` in attributes. */
    int options = XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_COMPACT | XML_PARSE_NOENT;
    if (!p->declares_entities)
        options |= XML_PARSE_HUGE;
    events_begin(p);
    if (xmlDictSize(p->ctxt->dict) > DICT_NAMES_MAX && !document_libxml_open(p)) {
        p->no_memory = true;
        return NULL;
    }
    xmlSAXHandler *sax = p->ctxt->sax;
    sax->reference = p->builds_tree ? xmlSAX2Reference : NULL;
    xmlDoc *doc = document_input_parse(p->ctxt, bytes, len, options, &p->converted);
    /* The parser takes a NUL for the end, whatever follows it. */
    const xmlParserInput *input = p->ctxt->input;
    if (p->ctxt->wellFormed && !p->ctxt->disableSAX && input && input->cur < input->end &&
        p->events != EVENTS_LOCATE) {
        events_void_validation(p);
        p->malformed = true;
        struct fault *fault = events_add_fault(p, "xml", "invalid-char", "a NUL character");
        if (fault) {
            fault->line = events_current_line(p);
            fault->column = input->col > 0 ? (uint64_t)input->col : 0;
        }
    }
    return doc;
}
