/* SPDX-License-Identifier: MIT
 *
 * From options to rules: which schema for which root, and every schema and XPath compiled once.
 */
#include "rules/rules.h"

#include "base/clock.h"
#include "libxml/libxml_loader.h"
#include "rules/xpath_query.h"
#include <errno.h>
#include <libxml/hash.h>
#include <libxml/schemasInternals.h>
#include <libxml/xmlreader.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* -- Schemas -------------------------------------------------------------------------- */

/* The first message of a compiler, as file, line, text. */
struct first {
    const char *file; /* where the message names none */
    struct thresh_error error;
};

static void keep_first(void *context, libxml_error_argument from)
{
    struct first *first = context;
    const char *text = from->message ? from->message : "";
    int len = (int)strcspn(text, "\n");
    if (first->error.text[0] || from->level < XML_ERR_ERROR)
        return;
    if (from->file && from->line > 0)
        error_set(&first->error, "%s:%d: %.*s", from->file, from->line, len, text);
    else
        error_set(&first->error, "%s: %.*s", first->file, len, text);
}

/* With errno set where it is. */
static bool is_directory(const char *file)
{
    struct stat status;
    bool is = stat(file, &status) == 0 && S_ISDIR(status.st_mode);
    if (is)
        errno = EISDIR;
    return is;
}

/* 1: RELAX NG, 0: taken for XSD, -1: not to be read. Only the root's start tag is looked at. */
static int is_relaxng(const char *file, struct thresh_error *error)
{
    static const char relaxng[] = "http://relaxng.org/ns/structure/1.0";
    struct first first = {.file = file};
    if (access(file, R_OK) != 0 || is_directory(file))
        return error_set(error, "%s: the schema cannot be read: %m; check --schema", file);
    xmlTextReader *reader = xmlReaderForFile(file, NULL, XML_PARSE_NONET);
    if (!reader)
        return error_no_memory(error);
    xmlTextReaderSetStructuredErrorHandler(reader, (xmlStructuredErrorFunc)keep_first, &first);
    int more;
    while ((more = xmlTextReaderRead(reader)) == 1 &&
           xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT)
        ;
    const xmlChar *uri = more == 1 ? xmlTextReaderConstNamespaceUri(reader) : NULL;
    int answer = uri && strcmp((const char *)uri, relaxng) == 0;
    if (more != 1)
        answer = error_set(error, "%s; a schema is an XML document, XSD or RELAX NG",
                           first.error.text[0] ? first.error.text : file);
    xmlFreeTextReader(reader);
    return answer;
}

static int compile_relaxng(struct schema *schema, struct thresh_error *error)
{
    struct first first = {.file = schema->file};
    xmlRelaxNGParserCtxtPtr ctxt = xmlRelaxNGNewParserCtxt(schema->file);
    if (!ctxt)
        return error_no_memory(error);
    xmlRelaxNGSetParserStructuredErrors(ctxt, (xmlStructuredErrorFunc)keep_first, &first);
    schema->relaxng = xmlRelaxNGParse(ctxt);
    xmlRelaxNGFreeParserCtxt(ctxt);
    if (libxml_loader_check(schema->file, error) < 0)
        return -1;
    if (!schema->relaxng)
        return error_set(error, "%s; the schema cannot be used until this is mended",
                         first.error.text);
    return 0;
}

static int compile_libxml(struct schema *schema, struct thresh_error *error)
{
    struct first first = {.file = schema->file};
    xmlSchemaParserCtxtPtr ctxt = xmlSchemaNewParserCtxt(schema->file);
    if (!ctxt)
        return error_no_memory(error);
    xmlSchemaSetParserStructuredErrors(ctxt, (xmlStructuredErrorFunc)keep_first, &first);
    schema->libxml = xmlSchemaParse(ctxt);
    xmlSchemaFreeParserCtxt(ctxt);
    if (libxml_loader_check(schema->file, error) < 0)
        return -1;
    if (!schema->libxml)
        return error_set(error, "%s; the schema cannot be used until this is mended",
                         first.error.text[0] ? first.error.text : schema->why_libxml);
    return 0;
}

static int try_relaxng(void *schema, struct thresh_error *error)
{
    return compile_relaxng(schema, error);
}

static int try_libxml(void *schema, struct thresh_error *error)
{
    return compile_libxml(schema, error);
}

static int compile(const struct rules *rules, struct schema *schema,
                   struct xsd_documents *documents, struct thresh_error *error)
{
    struct thresh_error why = {{0}};
    int relaxng = is_relaxng(schema->file, error);
    if (relaxng < 0)
        return -1;
    if (!relaxng) {
        int left = xsd_compile(&schema->xsd, schema->file, documents, &why);
        if (left < 0)
            return error_no_memory(error);
        if (left == 0)
            return libxml_loader_check(schema->file, error);
        if (!(schema->why_libxml = strdup(why.text)))
            return error_no_memory(error);
    }
    /* libxml2's compilers may take for ever; if they do, not in this process. */
    if (rules->trial && rules->trial(rules->trial_with, relaxng ? try_relaxng : try_libxml,
                                     schema, schema->file, error) < 0)
        return -1;
    return relaxng ? compile_relaxng(schema, error) : compile_libxml(schema, error);
}

bool schema_may_have_libxml_keys(const struct schema *schema)
{
    /* Those of an imported namespace hang on a schema that cannot be got at; the first in the
     * table is the schema itself. */
    return schema->libxml && (xmlHashSize(schema->libxml->idcDef) > 0 ||
                              xmlHashSize(schema->libxml->schemasImports) > 1);
}

/* Splits [NAMESPACE=]FILE at the last equals sign, for a namespace may hold some; but what is a
 * file as a whole is one. */
static int schema_name(struct schema *schema, const char *value, struct thresh_error *error)
{
    const char *equals = access(value, F_OK) == 0 ? NULL : strrchr(value, '=');
    schema->file = strdup(equals ? equals + 1 : value);
    if (!schema->file)
        return error_no_memory(error);
    schema->name = last_part(schema->file);
    if (equals && !(schema->namespace_name = strndup(value, (size_t)(equals - value))))
        return error_no_memory(error);
    return 0;
}

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int compile_all(struct rules *rules, const struct thresh_options *options,
                       struct xsd_documents *documents, struct thresh_error *error)
{
    rules->schemas = calloc(options->schema.n + 1, sizeof *rules->schemas);
    if (!rules->schemas)
        return error_no_memory(error);
    for (size_t i = 0; i < options->schema.n; i++) {
        struct schema *schema = &rules->schemas[rules->n_schemas++];
        if (schema_name(schema, options->schema.items[i], error) < 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (same_name(rules->schemas[k].namespace_name, schema->namespace_name))
                return error_set(error,
                                 "--schema: %s and %s are both for %s%s; tell them apart with "
                                 "NAMESPACE=FILE, the namespace of the root",
                                 rules->schemas[k].file, schema->file,
                                 schema->namespace_name ? "namespace " : "every document",
                                 schema->namespace_name ? schema->namespace_name : "");
        if (compile(rules, schema, documents, error) < 0)
            return -1;
        rules->builds_tree |= schema->relaxng != NULL;
    }
    return 0;
}

/* Schemas of one family include the same documents, each of which is read once. */
static int load_schemas(struct rules *rules, const struct thresh_options *options,
                        struct thresh_error *error)
{
    struct xsd_documents *documents = xsd_documents_new(options->all_imports);
    int rc = documents ? compile_all(rules, options, documents, error) : error_no_memory(error);
    if (documents && !(rules->warnings = strdup(xsd_documents_notes(documents))))
        rc = error_no_memory(error);
    if (rc < 0 && rules->warnings && *rules->warnings) {
        size_t len = strlen(error->text);
        snprintf(error->text + len, sizeof error->text - len, "; perhaps because %.*s",
                 (int)strcspn(rules->warnings, "\n"), rules->warnings);
    }
    xsd_documents_free(documents);
    return rc;
}

const struct schema *rules_schema(const struct rules *rules, const char *namespace_name)
{
    const struct schema *any = NULL;
    for (size_t i = 0; i < rules->n_schemas; i++) {
        const struct schema *schema = &rules->schemas[i];
        if (!schema->namespace_name)
            any = schema;
        else if (strcmp(schema->namespace_name, namespace_name) == 0)
            return schema;
    }
    return any;
}

/* -- XPath ---------------------------------------------------------------------------- */

static int load_prefixes(struct rules *rules, const struct thresh_options *options,
                         struct thresh_error *error)
{
    rules->prefixes = calloc(2 * options->prefixes.n + 1, sizeof *rules->prefixes);
    if (!rules->prefixes)
        return error_no_memory(error);
    for (size_t i = 0; i < options->prefixes.n; i++) {
        const char *item = options->prefixes.items[i];
        const char *equals = strchr(item, '=');
        rules->prefixes[2 * i] = strndup(item, (size_t)(equals - item));
        rules->prefixes[2 * i + 1] = strdup(equals + 1);
        rules->n_prefixes++;
        if (!rules->prefixes[2 * i] || !rules->prefixes[2 * i + 1])
            return error_no_memory(error);
    }
    return 0;
}

static bool is_bound(const struct rules *rules, const char *prefix, size_t len)
{
    if (len == 3 && memcmp(prefix, "xml", 3) == 0)
        return true;
    for (size_t i = 0; i < rules->n_prefixes; i++)
        if (strlen(rules->prefixes[2 * i]) == len &&
            memcmp(rules->prefixes[2 * i], prefix, len) == 0)
            return true;
    return false;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

/* libxml2 learns of an unbound prefix only when it meets a node to test, perhaps never: a
 * column would be empty for no reason given. So the expression's text is searched for prefixes
 * here. */
static int check_prefixes(const struct rules *rules, const struct extraction *extraction,
                          struct thresh_error *error)
{
    for (const char *c = extraction->xpath; *c;) {
        if (*c == '"' || *c == '\'') {
            const char *end = strchr(c + 1, *c);
            c = end ? end + 1 : c + strlen(c);
        } else if (is_name_char(*c)) {
            const char *name = c;
            while (is_name_char(*c))
                c++;
            if (*c == ':' && c[1] != ':' && !is_bound(rules, name, (size_t)(c - name)))
                return error_set(
                    error,
                    "--extract %s: the prefix '%.*s' is not bound; add --namespace "
                    "%.*s=URI",
                    extraction->name, (int)(c - name), name, (int)(c - name), name);
        } else {
            c++;
        }
    }
    return 0;
}

/* libxml2 has no message here, only the place. */
static void keep_place(void *context, libxml_error_argument from)
{
    int *place = context;
    if (!*place)
        *place = from->int1 + 1;
}

/* Compiles and runs the expression once, on a document of one element. */
static int try_xpath(const struct rules *rules, const struct extraction *extraction,
                     struct thresh_error *error)
{
    xmlDocPtr doc = xmlReadMemory("<x/>", 4, NULL, NULL, 0);
    xmlXPathContextPtr context = doc ? xmlXPathNewContext(doc) : NULL;
    int place = 0, rc = -1;
    if (!context) {
        xmlFreeDoc(doc);
        return error_no_memory(error);
    }
    context->error = (xmlStructuredErrorFunc)keep_place;
    context->userData = &place;
    for (size_t i = 0; i < rules->n_prefixes; i++)
        xmlXPathRegisterNs(context, (const xmlChar *)rules->prefixes[2 * i],
                           (const xmlChar *)rules->prefixes[2 * i + 1]);
    xmlXPathCompExprPtr compiled =
        xmlXPathCtxtCompile(context, (const xmlChar *)extraction->xpath);
    xmlXPathObjectPtr object = compiled ? xmlXPathCompiledEval(compiled, context) : NULL;
    if (object)
        rc = 0;
    else
        error_set(error,
                  "--extract %s: '%s' is not an XPath 1.0 expression, from character %d on",
                  extraction->name, extraction->xpath, place);
    xmlXPathFreeObject(object);
    xmlXPathFreeCompExpr(compiled);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    return rc;
}

static int load_extractions(struct rules *rules, const struct thresh_options *options,
                            struct thresh_error *error)
{
    size_t n = options->extract.n;
    rules->extractions = calloc(n + 1, sizeof *rules->extractions);
    if (!rules->extractions)
        return error_no_memory(error);
    for (size_t i = 0; i < n; i++) {
        struct extraction *extraction = &rules->extractions[rules->n_extractions++];
        const char *item = options->extract.items[i];
        const char *equals = strchr(item, '=');
        extraction->name = strndup(item, (size_t)(equals - item));
        extraction->xpath = strdup(equals + 1);
        if (!extraction->name || !extraction->xpath)
            return error_no_memory(error);
        for (size_t k = 0; k < i; k++)
            if (strcmp(rules->extractions[k].name, extraction->name) == 0)
                return error_set(error, "--extract: two fields are named '%s'",
                                 extraction->name);
        if (check_prefixes(rules, extraction, error) < 0 ||
            try_xpath(rules, extraction, error) < 0)
            return -1;
        extraction->query =
            query_compile(extraction->xpath, rules->prefixes, rules->n_prefixes);
    }
    rules->builds_tree |= rules_tree_extraction(rules) != NULL;
    return 0;
}

/* -- All of it ------------------------------------------------------------------------ */

static int load_layout(struct rules *rules, const struct thresh_options *options,
                       struct thresh_error *error)
{
    const char **names = calloc(rules->n_extractions + 1, sizeof *names);
    if (!names)
        return error_no_memory(error);
    for (size_t i = 0; i < rules->n_extractions; i++)
        names[i] = rules->extractions[i].name;
    rules->layout = (struct record_layout){
        .format = options->format,
        .parts = options->parts,
        .only_bad = options->quiet,
        .csv_safe = options->csv_safe,
        .field_names = names,
        .n_fields = rules->n_extractions,
    };
    return 0;
}

int rules_load(struct rules *rules, const struct thresh_options *options,
               struct thresh_error *error)
{
    double begun_ms = clock_ms();
    rules->max_errors = options->max_errors;
    rules->max_depth = options->max_depth;
    rules->max_attributes = options->max_attributes;
    rules->max_name_bytes = options->max_name_bytes;
    rules->wants_namespaces =
        options->format != FORMAT_TEXT && options->parts & 1u << PART_NAMESPACES;
    int rc = libxml_loader_open(options->catalog, error);
    if (rc == 0)
        rc = load_schemas(rules, options, error);
    libxml_loader_close();
    if (rc < 0 || load_prefixes(rules, options, error) < 0 ||
        load_extractions(rules, options, error) < 0 || load_layout(rules, options, error) < 0)
        return -1;
    if (rules->n_schemas)
        rules->schema_ms = clock_ms() - begun_ms;
    return 0;
}

const char *rules_tree_extraction(const struct rules *rules)
{
    for (size_t i = 0; i < rules->n_extractions; i++)
        if (!rules->extractions[i].query)
            return rules->extractions[i].name;
    return NULL;
}

void rules_free(struct rules *rules)
{
    for (size_t i = 0; i < rules->n_schemas; i++) {
        struct schema *schema = &rules->schemas[i];
        xsd_free(schema->xsd);
        xmlSchemaFree(schema->libxml);
        xmlRelaxNGFree(schema->relaxng);
        free(schema->namespace_name);
        free(schema->file);
        free(schema->why_libxml);
    }
    for (size_t i = 0; i < rules->n_extractions; i++) {
        free(rules->extractions[i].name);
        free(rules->extractions[i].xpath);
        query_free(rules->extractions[i].query);
    }
    for (size_t i = 0; i < 2 * rules->n_prefixes; i++)
        free(rules->prefixes[i]);
    free(rules->schemas);
    free(rules->extractions);
    free(rules->prefixes);
    free(rules->warnings);
    free((void *)rules->layout.field_names);
}
