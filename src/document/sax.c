/* SPDX-License-Identifier: MIT
 *
 * libxml2's side: its SAX2 events and its errors. A document that declares entities is
 * parsed into a tree here, with entities replaced and their growth checked; its events are
 * replayed from the tree.
 */
#include "document/document_parser.h"

#include "document/attribute_limit.h"
#include "document/entities.h"
#include "libxml/libxml_errors.h"
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <string.h>

/* A parser's dictionary keeps every name it ever met, and fails at 10 MB of them. With more
 * names than this the parser is replaced before the next document. */
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
    /* While events are withheld, elements are numbered differently from the replay. */
    fault->element = p->events == EVENTS_DELIVER || p->fatal ? events_open_element(p) : 0;
    return fault;
}

static void on_error(void *ctxt, libxml_error_argument from)
{
    struct document_parser *p = parser_of(ctxt);
    if (p->events == EVENTS_LOCATE || p->over_limit)
        return;
    if (from->code == XML_ERR_NO_MEMORY) {
        p->no_memory = true;
    } else if (from->code == XML_ERR_ENTITY_LOOP && !entities_have_loop(p->ctxt)) {
        /* libxml2 before 2.11 also reports a loop where entities are many or large. */
        events_limit_fault(p, "limit-entity", events_entity_limit_message);
    } else if (from->level == XML_ERR_FATAL &&
               libxml_error_is_limit(from->code, from->message)) {
        events_drop_faults(p);
        if (!p->malformed)
            add_parser_fault(p, "limit", from);
        p->over_limit = !p->malformed;
    } else if (from->level == XML_ERR_FATAL) {
        /* A conforming processor stops at the first; the others follow from it. */
        if (p->fatal)
            return;
        p->fatal = true;
        events_drop_faults(p);
        p->malformed = true;
        add_parser_fault(p, "xml", from);
    } else if (libxml_error_is_namespace(from->domain, from->code) && !p->fatal) {
        events_drop_faults(p);
        p->malformed = true;
        struct fault *fault = add_parser_fault(p, "namespace", from);
        if (fault) /* found in a start tag that has not been delivered yet */
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
        events_stop_at_limit(p, "limit-name",
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

/* Set even where no tree is built: the wording of some errors depends on it. */
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

/* The first declaration ends the parse, and the document is parsed again into a tree, where its
 * entities are replaced. That parse has libxml2's limits on, without which libxml2 before 2.11
 * does not check how entities grow. */
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
    events_check_entity_bytes(p, entities_measure(ctxt, name, type, content));
    uint64_t line;
    const char *text = (const char *)content;
    if (text && attribute_limit_exceeded(text, strlen(text), p->rules->max_attributes, &line) &&
        !p->over_limit)
        events_stop_at_attributes(p, 0);
}

/* Called for each reference to a general entity: in content, in attributes and in the DTD. */
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
        entities_external_message(entity, message, sizeof message);
        struct fault *fault = events_add_fault(p, "entity", "external-entity", message);
        p->invalid = true;
        if (fault)
            fault->line = events_line(p);
    }
    return entity;
}

static xmlEntity *sax_get_parameter_entity(void *ctxt, const xmlChar *name)
{
    struct document_parser *p = parser_of(ctxt);
    xmlEntity *entity = xmlSAX2GetParameterEntity(ctxt, name);
    /* It is not read, so an entity that it might declare may be missing without fault. */
    if (entity && entity->etype == XML_EXTERNAL_PARAMETER_ENTITY)
        p->ctxt->hasPErefs = 1;
    if (entity && p->declares_entities) {
        p->entity_bytes += entities_size(entity) + 1;
        events_check_entity_bytes(p, p->entity_bytes);
    }
    return entity;
}

/* -- Opening -------------------------------------------------------------------------- */

static xmlParserInput *load_nothing(const char *address, const char *public_id,
                                    xmlParserCtxt *ctxt)
{
    (void)address, (void)public_id, (void)ctxt;
    return NULL;
}

bool sax_open(struct document_parser *p)
{
    xmlSetExternalEntityLoader(load_nothing);
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
    sax->cdataBlock = sax_text; /* XPath 1.0, 5.7: one text node with the text beside it */
    sax->comment = sax_comment;
    sax->processingInstruction = sax_pi;
    sax->entityDecl = sax_entity;
    sax->getEntity = sax_get_entity;
    sax->getParameterEntity = sax_get_parameter_entity;
    sax->serror = (xmlStructuredErrorFunc)on_error;
    return true;
}

/* -- Parsing -------------------------------------------------------------------------- */

/* "UTF-32" or "UTF-32LE", else NULL. libxml2 before 2.14 takes UTF-32 for big-endian, and its
 * byte order mark for that of UTF-16. */
static const char *utf32_name(const char *bytes, size_t len)
{
    if (len >= 4 && memcmp(bytes, "<\0\0", 4) == 0)
        return "UTF-32LE";
    if (len >= 4 &&
        (memcmp(bytes, "\xff\xfe\0", 4) == 0 || memcmp(bytes, "\0\0\xfe\xff", 4) == 0))
        return "UTF-32";
    return NULL;
}

static xmlDoc *parse_copy(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options)
{
    const char *encoding = utf32_name(bytes, len);
    if (encoding)
        options |= XML_PARSE_IGNORE_ENC;
    return xmlCtxtReadMemory(ctxt, bytes, (int)len, NULL, encoding, options);
}

#if LIBXML_VERSION < 21400

/* libxml2 copies what it is given, and then asks again and again whether there is more. An
 * input without a buffer behind it costs neither. libxml2 cannot convert it, so it must be
 * UTF-8. */
static xmlDoc *parse_in_place(xmlParserCtxt *ctxt, const struct utf8_bytes *utf8, int options)
{
    xmlCtxtReset(ctxt);
    xmlParserInput *input = xmlNewInputStream(ctxt);
    if (!input)
        return NULL;
    input->base = input->cur = (const xmlChar *)utf8->bytes;
    input->end = input->base + utf8->len;
    if (inputPush(ctxt, input) < 0) {
        xmlFreeInputStream(input);
        return NULL;
    }
    xmlCtxtUseOptions(ctxt, options);
    xmlParseDocument(ctxt);
    xmlDoc *doc = ctxt->myDoc;
    ctxt->myDoc = NULL;
    if (doc && !ctxt->wellFormed) {
        xmlFreeDoc(doc);
        doc = NULL;
    }
    return doc;
}

static xmlDoc *parse_bytes(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options,
                           struct buf *converted)
{
    struct utf8_bytes utf8;
    ctxt->options = 0; /* or some would still be on from the last document */
    if (!encoding_utf8(bytes, len, converted, &utf8))
        return parse_copy(ctxt, bytes, len, options);
    return parse_in_place(ctxt, &utf8,
                          utf8.bytes == bytes ? options : options | XML_PARSE_IGNORE_ENC);
}

#else /* libxml2 has its own way to read in place */

static xmlDoc *parse_bytes(xmlParserCtxt *ctxt, const char *bytes, size_t len, int options,
                           struct buf *converted)
{
    (void)converted;
    ctxt->options = 0;
    return parse_copy(ctxt, bytes, len, options);
}

#endif

/* libxml2 takes a NUL for the end of the document, whatever follows it. */
static void check_for_nul(struct document_parser *p)
{
    const xmlParserInput *input = p->ctxt->input;
    if (!p->ctxt->wellFormed || p->ctxt->disableSAX || !input || input->cur >= input->end ||
        p->events == EVENTS_LOCATE)
        return;
    events_drop_faults(p);
    p->malformed = true;
    struct fault *fault = events_add_fault(p, "xml", "invalid-char", "a NUL character");
    if (fault) {
        fault->line = events_line(p);
        fault->column = input->col > 0 ? (uint64_t)input->col : 0;
    }
}

xmlDoc *sax_parse(struct document_parser *p, const char *bytes, size_t len)
{
    /* NOENT: without it, `&amp;` in an attribute would reach us as `&#38;`. */
    int options = XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_COMPACT | XML_PARSE_NOENT;
    if (!p->declares_entities)
        options |= XML_PARSE_HUGE;
    events_begin(p);
    if (xmlDictSize(p->ctxt->dict) > DICT_NAMES_MAX && !sax_open(p)) {
        p->no_memory = true;
        return NULL;
    }
    xmlSAXHandler *sax = p->ctxt->sax;
    sax->reference = p->builds_tree ? xmlSAX2Reference : NULL;
    xmlDoc *doc = parse_bytes(p->ctxt, bytes, len, options, &p->converted);
    check_for_nul(p);
    return doc;
}
