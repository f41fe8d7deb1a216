/* SPDX-License-Identifier: MIT
 *
 * From options to rules.
 */
#include "rules/rules.h"

#include "base/clock.h"
#include "libxml/libxml_memory.h"
#include "libxml/libxml_quiet.h"
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

/* -- Schemas -------------------------------------------------------------------------- */

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The last schema must not be for the same roots as one before it. */
static int check_namespace(const struct rules *rules, struct thresh_error *error)
{
    const struct schema *last = &rules->schemas[rules->n_schemas - 1];
    const char *uri = last->namespace_name;
    for (const struct schema *schema = rules->schemas; schema < last; schema++)
        if (same_name(schema->namespace_name, uri))
            return error_set(error,
                             "--schema: %s and %s are both for %s%s; tell them apart with "
                             "NAMESPACE=FILE, the namespace of the root",
                             schema->file, last->file, uri ? "namespace " : "every document",
                             uri ? uri : "");
    return 0;
}

/* With --strict-schema a constraint that is broken is an error, though it could be got by. */
static int check_strictly(const struct schema *schema, struct thresh_error *error)
{
    const char *warnings = schema->xsd ? xsd_warnings(schema->xsd) : "";
    int len = (int)strcspn(warnings, "\n"), more = -1;
    if (!*warnings)
        return 0;
    for (const char *line = warnings; *line; line += strcspn(line, "\n") + 1)
        more++;
    if (!more)
        return error_set(error, "%.*s; an error by --strict-schema", len, warnings);
    return error_set(error, "%.*s; an error by --strict-schema, and there are %d more", len,
                     warnings, more);
}

static int compile_schemas(struct rules *rules, const struct thresh_options *options,
                           struct xsd_documents *documents, struct thresh_error *error)
{
    const struct string_list *given = &options->schema;
    rules->schemas = calloc(given->n + 1, sizeof *rules->schemas);
    if (!rules->schemas)
        return error_no_memory(error);
    for (size_t i = 0; i < given->n; i++) {
        struct schema *schema = &rules->schemas[rules->n_schemas++];
        if (schema_from_option(schema, given->items[i], error) < 0 ||
            check_namespace(rules, error) < 0 ||
            schema_compile(schema, rules->resolver, documents, &rules->limits, &rules->trial,
                           error) < 0 ||
            (options->strict_schema && check_strictly(schema, error) < 0))
            return -1;
        rules->builds_tree |= schema->relaxng != NULL;
    }
    return 0;
}

static bool has_line(const struct buf *lines, const char *line, size_t len)
{
    for (size_t at = 0; at + len <= lines->len;) {
        const char *here = lines->data + at;
        if (memcmp(here, line, len) == 0)
            return true;
        at += (size_t)((const char *)memchr(here, '\n', lines->len - at) - here) + 1;
    }
    return false;
}

/* Schemas that share documents share their warnings, too: each is told once. */
static int gather_warnings(struct rules *rules, const struct xsd_documents *documents,
                           struct thresh_error *error)
{
    struct buf *lines = &rules->warnings;
    buf_append_string(lines, xsd_documents_notes(documents));
    for (size_t i = 0; i < rules->n_schemas; i++) {
        const struct schema *schema = &rules->schemas[i];
        const char *line = schema->xsd ? xsd_warnings(schema->xsd) : "";
        for (size_t len; *line; line += len) {
            len = strcspn(line, "\n") + 1;
            if (i == 0 || !has_line(lines, line, len))
                buf_append(lines, line, len);
        }
    }
    return buf_string(lines) ? 0 : error_no_memory(error);
}

/* Schemas of one family include the same documents, and each of these is read once. */
static int load_schemas(struct rules *rules, const struct thresh_options *options,
                        struct thresh_error *error)
{
    rules->resolver = resolver_open(options->catalog, rules->limits.memory_bytes, error);
    if (!rules->resolver)
        return -1;
    struct xsd_documents *documents = xsd_documents_new(rules->resolver);
    int rc =
        documents ? compile_schemas(rules, options, documents, error) : error_no_memory(error);
    if (rc == 0)
        rc = gather_warnings(rules, documents, error);
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

/* -- Extractions ---------------------------------------------------------------------- */

static int load_prefixes(struct xpath_prefixes *prefixes, const struct string_list *options,
                         struct thresh_error *error)
{
    prefixes->items = calloc(options->n + 1, sizeof *prefixes->items);
    if (!prefixes->items)
        return error_no_memory(error);
    for (size_t i = 0; i < options->n; i++) {
        const char *equals = strchr(options->items[i], '=');
        struct xpath_prefix *prefix = &prefixes->items[prefixes->n++];
        prefix->prefix = strndup(options->items[i], (size_t)(equals - options->items[i]));
        prefix->uri = strdup(equals + 1);
        if (!prefix->prefix || !prefix->uri)
            return error_no_memory(error);
    }
    return 0;
}

static int load_extractions(struct rules *rules, const struct string_list *options,
                            struct thresh_error *error)
{
    rules->extractions = calloc(options->n + 1, sizeof *rules->extractions);
    if (!rules->extractions)
        return error_no_memory(error);
    for (size_t i = 0; i < options->n; i++) {
        struct extraction *extraction = &rules->extractions[rules->n_extractions++];
        if (extraction_from_option(extraction, options->items[i], error) < 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (strcmp(rules->extractions[k].name, extraction->name) == 0)
                return error_set(error, "--extract: two fields are named '%s'",
                                 extraction->name);
        if (extraction_compile(extraction, &rules->prefixes, error) < 0)
            return -1;
    }
    rules->builds_tree |= rules_tree_extraction(rules) != NULL;
    return 0;
}

const char *rules_tree_extraction(const struct rules *rules)
{
    for (size_t i = 0; i < rules->n_extractions; i++)
        if (!rules->extractions[i].query)
            return rules->extractions[i].name;
    return NULL;
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
    rules->wants_namespaces =
        options->format != FORMAT_TEXT && layout_has(&rules->layout, PART_NAMESPACES);
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
    struct libxml_quiet before;
    libxml_memory_watch();
    xmlInitParser();
    if (libxml_memory_refused())
        return error_no_memory(error);
    libxml_quiet_begin(&before);
    int rc = load_schemas(rules, options, error);
    libxml_quiet_end(&before);
    if (rc < 0 || load_prefixes(&rules->prefixes, &options->prefixes, error) < 0 ||
        load_extractions(rules, &options->extract, error) < 0 ||
        load_layout(rules, options, error) < 0)
        return -1;
    if (rules->n_schemas)
        rules->schema_ms = clock_ms() - begun_ms;
    return 0;
}

void rules_free(struct rules *rules)
{
    for (size_t i = 0; i < rules->n_schemas; i++)
        schema_free(&rules->schemas[i]);
    for (size_t i = 0; i < rules->n_extractions; i++)
        extraction_free(&rules->extractions[i]);
    for (size_t i = 0; i < rules->prefixes.n; i++) {
        free(rules->prefixes.items[i].prefix);
        free(rules->prefixes.items[i].uri);
    }
    free(rules->schemas);
    free(rules->extractions);
    free(rules->prefixes.items);
    buf_free(&rules->warnings);
    resolver_close(rules->resolver);
    free((void *)rules->layout.field_names);
}
