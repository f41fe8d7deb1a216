/* SPDX-License-Identifier: MIT */
#include "document/xpath_tree.h"

#include "libxml/libxml_errors.h"
#include <float.h>
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
    struct xpath_tree *xpaths = calloc(1, sizeof *xpaths);
    if (!xpaths)
        return NULL;
    xpaths->rules = rules;
    xpaths->compiled = calloc(rules->n_extractions + 1, sizeof *xpaths->compiled);
    bool ready = xpaths->compiled;
    for (size_t i = 0; ready && i < rules->n_extractions; i++) {
        xpaths->compiled[i] = xmlXPathCompile((const xmlChar *)rules->extractions[i].xpath);
        ready = xpaths->compiled[i];
    }
    if (!ready) {
        xpath_tree_free(xpaths);
        return NULL;
    }
    return xpaths;
}

void xpath_tree_free(struct xpath_tree *xpaths)
{
    if (!xpaths)
        return;
    for (size_t i = 0; xpaths->compiled && i < xpaths->rules->n_extractions; i++)
        xmlXPathFreeCompExpr(xpaths->compiled[i]);
    free(xpaths->compiled);
    free(xpaths);
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

/* The shortest of the texts that read back as the same number: 17 digits always do. */
static void write_number(char text[32], double number)
{
    int digits = DBL_DIG;
    do
        snprintf(text, 32, "%.*g", digits, number);
    while (strtod(text, NULL) != number && digits++ < DBL_DECIMAL_DIG);
    /* What the locale of the program has for a decimal point. */
    char *point = text + strspn(text, "-0123456789e+");
    if (*point)
        *point = '.';
}

int xpath_tree_add_number(struct record *record, double number)
{
    char text[32];
    /* JSON has no NaN and no infinity: they are strings there, as XPath writes them. */
    if (isnan(number))
        return add_scalar(record, FIELD_STRING, "NaN");
    if (isinf(number))
        return add_scalar(record, FIELD_STRING, number > 0 ? "Infinity" : "-Infinity");
    write_number(text, number == 0 ? 0 : number); /* XPath has no negative zero to write */
    return add_scalar(record, FIELD_NUMBER, text);
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
        return xpath_tree_add_number(record, object->floatval);
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

int xpath_tree_run(struct xpath_tree *xpaths, xmlDoc *doc, struct record *record)
{
    const struct rules *rules = xpaths->rules;
    xmlXPathContext *context = xmlXPathNewContext(doc);
    int rc = 0;
    if (!context)
        return -1;
    context->error = (xmlStructuredErrorFunc)keep_quiet;
    extraction_bind_prefixes(context, &rules->prefixes);
    for (size_t i = 0; rc == 0 && i < rules->n_extractions; i++) {
        context->node = (xmlNode *)doc;
        xmlXPathObject *object = xmlXPathCompiledEval(xpaths->compiled[i], context);
        rc = add_field(record, rules->extractions[i].name, object);
        xmlXPathFreeObject(object);
    }
    xmlXPathFreeContext(context);
    return rc;
}
