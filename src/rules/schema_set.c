/* SPDX-License-Identifier: MIT */
#include "rules/schema_set.h"

#include <stdlib.h>
#include <string.h>

/* libxml2 keeps the documents of RELAX NG as trees, and definitions beside them: 33 bytes for a
 * byte of a schema of nothing but <text/>. */
#define RELAXNG_BYTES 40

/* What is to be loaded, and how. */
struct load {
    const struct thresh_options *options;
    const struct xsd_limits *limits;
    const struct schema_trial *trial;
    bool is_kept;
};

/* -- Compiling ------------------------------------------------------------------------ */

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The last schema must not be for the same roots as one before it. */
static int check_namespace(const struct schema_set *set, struct thresh_error *error)
{
    const struct schema *last = &set->schemas[set->n_schemas - 1];
    const char *uri = last->namespace_name;
    for (const struct schema *schema = set->schemas; schema < last; schema++)
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

/* A file may be given for several namespaces, and is compiled once: what the last schema has in
 * common with one before it. */
static bool share(struct schema_set *set)
{
    struct schema *last = &set->schemas[set->n_schemas - 1];
    for (const struct schema *schema = set->schemas; schema < last; schema++)
        if (strcmp(schema->file, last->file) == 0) {
            last->xsd = schema->xsd;
            last->relaxng = schema->relaxng;
            last->is_shared = true;
            return true;
        }
    return false;
}

static int compile_last(struct schema_set *set, const struct load *load,
                        struct xsd_documents *documents, struct thresh_error *error)
{
    struct schema *schema = &set->schemas[set->n_schemas - 1];
    if (share(set))
        return 0;
    if (schema_compile(schema, set->resolver, documents, load->limits, load->trial, error) < 0)
        return -1;
    set->has_relaxng |= schema->relaxng != NULL;
    return load->options->strict_schema ? check_strictly(schema, error) : 0;
}

static int compile_schemas(struct schema_set *set, const struct load *load,
                           struct xsd_documents *documents, struct thresh_error *error)
{
    const struct string_list *given = &load->options->schema;
    set->schemas = calloc(given->n + 1, sizeof *set->schemas);
    if (!set->schemas)
        return error_no_memory(error);
    for (size_t i = 0; i < given->n; i++) {
        struct schema *schema = &set->schemas[set->n_schemas++];
        if (schema_from_option(schema, given->items[i], error) < 0 ||
            check_namespace(set, error) < 0 || compile_last(set, load, documents, error) < 0)
            return -1;
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
static int gather_warnings(struct schema_set *set, const struct xsd_documents *documents,
                           struct thresh_error *error)
{
    struct buf *lines = &set->warnings;
    buf_append_string(lines, xsd_documents_notes(documents));
    for (size_t i = 0; i < set->n_schemas; i++) {
        const struct schema *schema = &set->schemas[i];
        const char *line = schema->xsd ? xsd_warnings(schema->xsd) : "";
        for (size_t len; *line; line += len) {
            len = strcspn(line, "\n") + 1;
            if (i == 0 || !has_line(lines, line, len))
                buf_append(lines, line, len);
        }
    }
    return buf_string(lines) ? 0 : error_no_memory(error);
}

static int compile(struct schema_set *set, const struct load *load, struct thresh_error *error)
{
    struct xsd_documents *documents = xsd_documents_new(set->resolver);
    int rc = documents ? compile_schemas(set, load, documents, error) : error_no_memory(error);
    if (rc == 0)
        rc = gather_warnings(set, documents, error);
    xsd_documents_free(documents);
    return rc;
}

static void count_bytes(struct schema_set *set)
{
    set->bytes = sizeof *set + set->warnings.cap + seen_files_bytes(&set->seen);
    for (size_t i = 0; i < set->n_schemas; i++)
        if (set->schemas[i].xsd && !set->schemas[i].is_shared)
            set->bytes += xsd_bytes(set->schemas[i].xsd);
    if (set->has_relaxng)
        set->bytes += RELAXNG_BYTES * resolver_bytes(set->resolver);
}

/* -- Loading -------------------------------------------------------------------------- */

static struct schema_set *load(const struct load *load, struct thresh_error *error)
{
    struct schema_set *set = calloc(1, sizeof *set);
    if (!set) {
        error_no_memory(error);
        return NULL;
    }
    set->resolver = resolver_open(load->options->catalog, load->limits->memory_bytes,
                                  load->is_kept ? &set->seen : NULL, error);
    if (!set->resolver || compile(set, load, error) < 0) {
        schema_set_free(set);
        return NULL;
    }
    count_bytes(set);
    return set;
}

/* What a trial does first where all of it is tried. */
static int try_all(void *context, struct thresh_error *error)
{
    struct schema_set *set = load(context, error);
    schema_set_free(set);
    return set ? 0 : -1;
}

struct schema_set *schema_set_load(const struct thresh_options *options,
                                   const struct xsd_limits *limits,
                                   const struct schema_trial *trial, bool is_kept,
                                   struct thresh_error *error)
{
    static const struct schema_trial none = {.run = NULL};
    struct load what = {options, limits, trial->of_all ? &none : trial, is_kept};
    const char *file = options->schema.n == 1 ? options->schema.items[0] : "--schema";
    if (trial->of_all && trial->run &&
        trial->run(trial->context, try_all, &what, file, error) < 0)
        return NULL;
    return load(&what, error);
}

void schema_set_free(struct schema_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->n_schemas; i++)
        schema_free(&set->schemas[i]);
    free(set->schemas);
    buf_free(&set->warnings);
    resolver_close(set->resolver);
    seen_files_free(&set->seen);
    free(set->key);
    free(set);
}
