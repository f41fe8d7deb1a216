/* SPDX-License-Identifier: MIT */
#include "resolver/resolver_parse.h"

#include "libxml/libxml_errors.h"
#include "libxml/libxml_memory.h"
#include "resolver/address.h"
#include "resolver/entity_text.h"
#include <libxml/SAX2.h>
#include <libxml/catalog.h>
#include <libxml/parserInternals.h>
#include <stdio.h>
#include <string.h>

static void keep_missing(struct parse_state *state, const char *address)
{
    if (!*state->missing)
        snprintf(state->missing, sizeof state->missing, "%s", address);
}

/* Declares it with its text. What a parameter entity declares lies beside it. */
static void declare_read(xmlParserCtxt *ctxt, const xmlChar *name, int type,
                         const xmlChar *address, xmlChar *text)
{
    bool is_parameter = type == XML_INTERNAL_PARAMETER_ENTITY;
    xmlEntity *entity = is_parameter ? xmlGetParameterEntity(ctxt->myDoc, name) : NULL;
    bool is_new = is_parameter && !entity;
    xmlSAX2EntityDecl(ctxt, name, type, NULL, NULL, text);
    if (is_new && (entity = xmlGetParameterEntity(ctxt->myDoc, name)) && !entity->URI)
        entity->URI = xmlStrdup(address);
}

/* What addresses in it start from. The text of an entity has no name from libxml2 2.13 on, and
 * what says which entity's it is has no successor yet. */
static const char *base_of(const xmlParserInput *input)
{
#if LIBXML_VERSION >= 21300
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    if (input && input->entity && input->entity->URI)
        return (const char *)input->entity->URI;
#pragma GCC diagnostic pop
#endif
    return input ? input->filename : NULL;
}

static void declare_external(xmlParserCtxt *ctxt, const xmlChar *name, int type,
                             const xmlChar *public_id, const xmlChar *system_id)
{
    struct parse_state *state = ctxt->_private;
    struct buf text = {0};
    char *address;
    int rc = address_resolve(base_of(ctxt->input), (const char *)system_id, &address);
    if (rc == 0)
        rc = entity_text_find(state->resolver, (const char *)public_id, address, &text);
    if (rc == 0 && !buf_string(&text))
        rc = -1;
    if (rc == 0)
        declare_read(ctxt, name, type, (xmlChar *)address, (xmlChar *)text.data);
    else if (rc > 0)
        keep_missing(state, address ? address : (const char *)system_id);
    else
        state->no_memory = true;
    xmlFree(address);
    buf_free(&text);
}

static void on_entity(void *context, const xmlChar *name, int type, const xmlChar *public_id,
                      const xmlChar *system_id, xmlChar *content)
{
    if (type == XML_EXTERNAL_GENERAL_PARSED_ENTITY)
        declare_external(context, name, XML_INTERNAL_GENERAL_ENTITY, public_id, system_id);
    else if (type == XML_EXTERNAL_PARAMETER_ENTITY)
        declare_external(context, name, XML_INTERNAL_PARAMETER_ENTITY, public_id, system_id);
    else
        xmlSAX2EntityDecl(context, name, type, public_id, system_id, content);
}

/* The external subset is not read: what it declares of entities is missed where it is used. */
static void on_external_subset(void *context, const xmlChar *name, const xmlChar *public_id,
                               const xmlChar *system_id)
{
    (void)context, (void)name, (void)public_id, (void)system_id;
}

/* libxml2 has only a warning for an entity whose declaration may stand in what was not read,
 * and leaves it out. */
static void on_error(void *context, libxml_error_argument from)
{
    xmlParserCtxt *ctxt = context;
    struct parse_state *state = ctxt->_private;
    bool undeclared =
        from->code == XML_WAR_UNDECLARED_ENTITY || from->code == XML_ERR_UNDECLARED_ENTITY;
    if (from->code == XML_ERR_NO_MEMORY)
        state->no_memory = true;
    /* A namespace is a name, whatever characters it has: libxml2 knows the URIs of RFC 3986,
     * and not those of XML (Part 2 of XML Schema, 3.2.17). */
    if (from->code == XML_WAR_NS_URI)
        return;
    if (*state->fault->message || (from->level < XML_ERR_ERROR && !undeclared))
        return;
    size_t len = from->message ? strcspn(from->message, "\n") : 0;
    state->fault->line = from->line;
    snprintf(state->fault->message, sizeof state->fault->message, "%.*s%s%s", (int)len,
             from->message ? from->message : "",
             undeclared && *state->missing ? "; there is nothing to be read at " : "",
             undeclared ? state->missing : "");
    if (undeclared)
        xmlStopParser(ctxt);
}

static xmlDoc *parse(xmlParserCtxt *ctxt, const struct buf *bytes, const char *base)
{
    const int options = XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_BIG_LINES;
    ctxt->sax->entityDecl = on_entity;
    ctxt->sax->externalSubset = on_external_subset;
    ctxt->sax->serror = (xmlStructuredErrorFunc)on_error;
    xmlDoc *tree = xmlCtxtReadMemory(ctxt, bytes->data, (int)bytes->len, base, NULL, options);
#if LIBXML_VERSION < 21400
    if (ctxt->catalogs) /* that the document names; libxml2 2.9 would not free them */
        xmlCatalogFreeLocal(ctxt->catalogs);
    ctxt->catalogs = NULL;
#endif
    return tree;
}

int resolver_parse(struct resolver *resolver, const struct resource *resource,
                   const struct parse_wish *wish, xmlDoc **tree, struct parse_fault *fault,
                   struct thresh_error *error)
{
    struct buf bytes = {0};
    struct parse_state state = {.resolver = resolver, .fault = fault, .context = wish->context};
    *tree = NULL;
    *fault = (struct parse_fault){.line = 1};
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    int rc = ctxt ? resolver_read(resolver, resource, &bytes, error) : error_no_memory(error);
    if (rc == 0) {
        ctxt->_private = &state;
        if (wish->prepare)
            wish->prepare(ctxt);
        *tree = parse(ctxt, &bytes, resource->base);
        if (!*fault->message && !*tree && !state.no_memory)
            snprintf(fault->message, sizeof fault->message, "the document is empty");
        rc = state.no_memory || libxml_memory_refused() ? error_no_memory(error)
             : *fault->message || !*tree                ? 1
                                                        : 0;
    }
    xmlFreeParserCtxt(ctxt);
    buf_free(&bytes);
    if (rc == 0)
        return 0;
    xmlFreeDoc(*tree);
    *tree = NULL;
    return rc;
}
