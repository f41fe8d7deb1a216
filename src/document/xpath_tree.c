/* SPDX-License-Identifier: MIT */
#include "document/xpath_tree.h"

#include "libxml/libxml_errors.h"
#include <libxml/xpath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct xpath_tree {
    const struct rules *rules;
    xmlXPathCompExpr **compiled; /* as rules->extractions */
};

struct xpath_tree *xpath_tree_new(const struct rules *rules)
{
    struct xpath_tree *extractor = calloc(1, sizeof *extractor);
    if (!extractor)
        return NULL;
    extractor->rules = rules;
    extractor->compiled = calloc(rules->n_extractions + 1, sizeof *extractor->compiled);
    bool ready = extractor->compiled;
    for (size_t i = 0; ready && i < rules->n_extractions; i++) {
        extractor->compiled[i] = xmlXPathCompile((const xmlChar *)rules->extractions[i].xpath);
        ready = extractor->compiled[i];
    }
    if (!ready) {
        xpath_tree_free(extractor);
        return NULL;
    }
    return extractor;
}

void xpath_tree_free(struct xpath_tree *extractor)
{
    if (!extractor)
        return;
    for (size_t i = 0; extractor->compiled && i < extractor->rules->n_extractions; i++)
        xmlXPathFreeCompExpr(extractor->compiled[i]);
    free(extractor->compiled);
    free(extractor);
}

static int add_nodes(struct record *record, const xmlNodeSet *nodes)
{
    int rc = record_add_field(record, FIELD_NODES);
    for (int i = 0; rc == 0 && nodes && i < nodes->nodeNr; i++) {
        xmlChar *value = xmlXPathCastNodeToString(nodes->nodeTab[i]);
        rc = value ? record_add_value(record, (char *)value, strlen((char *)value)) : -1;
        xmlFree(value);
    }
    return rc;
}

static int add_scalar(struct record *record, enum field_type type, const char *value)
{
    if (!value || record_add_field(record, type) < 0)
        return -1;
    return record_add_value(record, value, strlen(value));
}

int xpath_tree_number(struct record *record, double number)
{
    xmlChar *text = xmlXPathCastNumberToString(number);
    /* JSON has no NaN and no infinity: they are strings there. */
    int rc = add_scalar(record, isfinite(number) ? FIELD_NUMBER : FIELD_STRING, (char *)text);
    xmlFree(text);
    return rc;
}

static int add_nothing(struct record *record, const char *name)
{
    char message[160];
    int len = snprintf(message, sizeof message,
                       "field %.100s: the XPath could not be evaluated here", name);
    record_add_fault(record, SIZE_MAX, "extract", "xpath", message, (size_t)len);
    return record_add_field(record, FIELD_NODES);
}

static int add_field(struct record *record, const char *name, const xmlXPathObject *object)
{
    switch (object ? object->type : XPATH_UNDEFINED) {
    case XPATH_NODESET:
        return add_nodes(record, object->nodesetval);
    case XPATH_BOOLEAN:
        return add_scalar(record, FIELD_BOOLEAN, object->boolval ? "true" : "false");
    case XPATH_NUMBER:
        return xpath_tree_number(record, object->floatval);
    case XPATH_STRING:
        return add_scalar(record, FIELD_STRING, (char *)object->stringval);
    default:
        return add_nothing(record, name);
    }
}

static void keep_quiet(void *context, libxml_error_argument from)
{
    (void)context, (void)from; /* the field's fault tells */
}

int xpath_tree_run(struct xpath_tree *extractor, xmlDoc *doc, struct record *record)
{
    const struct rules *rules = extractor->rules;
    xmlXPathContext *context = xmlXPathNewContext(doc);
    int rc = 0;
    if (!context)
        return -1;
    context->error = (xmlStructuredErrorFunc)keep_quiet;
    extraction_bind_prefixes(context, &rules->prefixes);
    for (size_t i = 0; rc == 0 && i < rules->n_extractions; i++) {
        context->node = (xmlNode *)doc;
        xmlXPathObject *object = xmlXPathCompiledEval(extractor->compiled[i], context);
        rc = add_field(record, rules->extractions[i].name, object);
        xmlXPathFreeObject(object);
    }
    xmlXPathFreeContext(context);
    return rc;
}
