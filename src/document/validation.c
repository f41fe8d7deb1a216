/* SPDX-License-Identifier: MIT */
#include "document/validation.h"

#include "document/relaxng.h"
#include <stdlib.h>
#include <string.h>

/* What one schema's documents are validated with. */
struct engine {
    struct xsd_validator *xsd;
    xmlRelaxNGValidCtxt *relaxng;
};

struct validation {
    const struct rules *rules;
    struct engine *engines; /* as rules->schemas */

    /* the document at hand */
    const struct schema *schema; /* NULL: none */
    struct engine *engine;
    struct xsd_client client;
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
        xmlRelaxNGFreeValidCtxt(v->engines[i].relaxng);
    }
    free(v->engines);
    free(v);
}

/* -- RELAX NG ------------------------------------------------------------------------- */

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
    if (schema->relaxng)
        return 0;
    if (!v->engine->xsd && !(v->engine->xsd = xsd_validator_new(schema->xsd)))
        return -1;
    return xsd_begin(v->engine->xsd, &v->client, dict_epoch);
}

int validation_start(struct validation *v, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, const xmlChar **attributes)
{
    return v->engine->xsd ? xsd_start(v->engine->xsd, localname, prefix, uri, n_namespaces,
                                      namespaces, n_attributes, attributes)
                          : 0;
}

int validation_leaf(struct validation *v, const struct scanner_leaf *leaf)
{
    return v->engine->xsd ? xsd_leaf(v->engine->xsd, leaf) : 1;
}

int validation_text(struct validation *v, const xmlChar *text, int len)
{
    return v->engine->xsd ? xsd_characters(v->engine->xsd, text, len) : 0;
}

bool validation_takes_blank(const struct validation *v)
{
    return !v->engine->xsd || xsd_takes_blank(v->engine->xsd);
}

int validation_end(struct validation *v)
{
    return v->engine->xsd ? xsd_end(v->engine->xsd) : 0;
}

int validation_finish(struct validation *v, xmlDoc *doc)
{
    int rc = 0;
    if (!v->schema)
        return 0;
    if (v->engine->xsd)
        rc = xsd_finish(v->engine->xsd);
    else if (doc)
        rc = validate_relaxng(v, doc);
    v->schema = NULL;
    return rc;
}
