/* SPDX-License-Identifier: MIT */
#include "document/validation.h"

#include "document/relaxng.h"
#include "libxml/libxml_errors.h"
#include <stdlib.h>
#include <string.h>

/* What one schema's documents are validated with. */
struct engine {
    struct xsd_validator *xsd;
    xmlSchemaValidCtxt *libxml;
    xmlRelaxNGValidCtxt *relaxng;
};

struct validation {
    const struct rules *rules;
    struct engine *engines; /* as rules->schemas */

    /* the document at hand */
    const struct schema *schema; /* NULL: none */
    struct engine *engine;
    struct xsd_client client;
    xmlSchemaSAXPlugStruct *plug; /* libxml2's validator, in front of the handler below */
    xmlSAXHandler *plug_sax;
    void *plug_data;
    xmlSAXHandler quiet;
};

struct validation *validation_new(const struct rules *rules)
{
    struct validation *v = calloc(1, sizeof *v);
    if (!v)
        return NULL;
    v->rules = rules;
    v->engines = calloc(rules->n_schemas + 1, sizeof *v->engines);
    if (!v->engines) {
        free(v);
        return NULL;
    }
    return v;
}

void validation_free(struct validation *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->rules->n_schemas; i++) {
        xsd_validator_free(v->engines[i].xsd);
        xmlSchemaFreeValidCtxt(v->engines[i].libxml);
        xmlRelaxNGFreeValidCtxt(v->engines[i].relaxng);
    }
    free(v->engines);
    free(v);
}

/* -- libxml2's engines ---------------------------------------------------------------- */

static void on_fault(void *context, libxml_error_argument from)
{
    const struct validation *v = context;
    char message[2048];
    if (from->level < XML_ERR_ERROR)
        return;
    size_t len = from->message ? strcspn(from->message, "\n") : 0;
    snprintf(message, sizeof message, "%.*s", (int)len, from->message ? from->message : "");
    const xmlNode *node = from->node;
    struct xsd_fault fault = {
        .code = libxml_error_code(from->domain, from->code),
        .message = message,
        .element = node ? (uint64_t)(uintptr_t)node->_private : 0,
        .line = v->client.line(v->client.context),
    };
    if (node) {
        long line = xmlGetLineNo(node);
        fault.line = line > 0 ? (uint64_t)line : 0;
    }
    v->client.fault(v->client.context, &fault);
}

static int line_now(void *context, const char **file, unsigned long *line)
{
    const struct validation *v = context;
    *file = NULL;
    *line = (unsigned long)v->client.line(v->client.context);
    return 0;
}

/* libxml2's streaming validator is made to stand between a parser and its handler. Here it
 * has a handler that does nothing, and we call it as we call our own: from a parser or from
 * a tree. */
static int begin_libxml(struct validation *v)
{
    struct engine *engine = v->engine;
    if (!engine->libxml && !(engine->libxml = xmlSchemaNewValidCtxt(v->schema->libxml)))
        return -1;
    xmlSchemaSetValidStructuredErrors(engine->libxml, (xmlStructuredErrorFunc)on_fault, v);
    xmlSchemaValidateSetLocator(engine->libxml, line_now, v);
    v->quiet = (xmlSAXHandler){.initialized = XML_SAX2_MAGIC};
    v->plug_sax = &v->quiet;
    v->plug_data = v;
    v->plug = xmlSchemaSAXPlug(engine->libxml, &v->plug_sax, &v->plug_data);
    return v->plug ? 0 : -1;
}

static int validate_relaxng(struct validation *v, xmlDoc *doc)
{
    struct engine *engine = v->engine;
    if (!engine->relaxng && !(engine->relaxng = xmlRelaxNGNewValidCtxt(v->schema->relaxng)))
        return -1;
    return relaxng_validate(engine->relaxng, doc, &v->client);
}

/* -- Events --------------------------------------------------------------------------- */

int validation_begin(struct validation *v, const struct schema *schema,
                     const struct xsd_client *client, uint64_t dict_epoch)
{
    v->schema = schema;
    v->engine = &v->engines[schema - v->rules->schemas];
    v->client = *client;
    if (schema->libxml)
        return begin_libxml(v);
    if (schema->relaxng)
        return 0;
    if (!v->engine->xsd && !(v->engine->xsd = xsd_validator_new(schema->xsd)))
        return -1;
    return xsd_begin(v->engine->xsd, &v->client, dict_epoch);
}

int validation_start(struct validation *v, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    if (v->engine->xsd)
        return xsd_start(v->engine->xsd, localname, prefix, uri, n_namespaces, namespaces,
                         n_attributes, attributes);
    if (v->plug)
        v->plug_sax->startElementNs(v->plug_data, localname, prefix, uri, n_namespaces,
                                    namespaces, n_attributes, n_defaulted, attributes);
    return 0;
}

int validation_text(struct validation *v, const xmlChar *text, int len)
{
    if (v->engine->xsd)
        return xsd_characters(v->engine->xsd, text, len);
    if (v->plug)
        v->plug_sax->characters(v->plug_data, text, len);
    return 0;
}

int validation_end(struct validation *v, const xmlChar *localname, const xmlChar *prefix,
                   const xmlChar *uri)
{
    if (v->engine->xsd)
        return xsd_end(v->engine->xsd);
    if (v->plug)
        v->plug_sax->endElementNs(v->plug_data, localname, prefix, uri);
    return 0;
}

int validation_finish(struct validation *v, xmlDoc *doc)
{
    int rc = 0;
    if (!v->schema)
        return 0;
    if (v->engine->xsd)
        rc = xsd_finish(v->engine->xsd);
    else if (v->plug)
        xmlSchemaSAXUnplug(v->plug);
    else if (doc && v->schema->relaxng)
        rc = validate_relaxng(v, doc);
    v->plug = NULL;
    v->schema = NULL;
    return rc;
}
