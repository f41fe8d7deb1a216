/* SPDX-License-Identifier: MIT */
#include "rules/schema_set.h"

#include "rules/schema_cache.h"
#include "rules/schema_files.h"
#include "rules/schema_folder.h"
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
    bool is_trial;
};

/* Whether what is read is remembered. */
static bool sees(const struct load *load)
{
    return load->is_kept || load->options->schema_cache;
}

/* -- Compiling ------------------------------------------------------------------------ */

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *words_of(const char *uri)
{
    return !uri ? "every document" : *uri ? uri : "no namespace";
}

/* Two that are for their target namespace are told apart by the roots that they declare. */
static int check_targets(const struct schema *a, const struct schema *b,
                         struct thresh_error *error)
{
    bool are_xsd = a->xsd && b->xsd && a->xsd != b->xsd;
    const char *root = are_xsd ? xsd_shared_root(a->xsd, b->xsd, a->target) : "";
    if (!root)
        return 0;
    return error_set(error,
                     "--schema: %s and %s are both for roots in %s%s%s; put them together "
                     "(a.xsd+b.xsd), leave one out, tell them apart by the root "
                     "(root:NAME=FILE), or let documents choose (--schema-location)",
                     a->file, b->file, words_of(a->target), *root ? ", such as " : "", root);
}

/* No two schemas are for the same roots. */
static int check_roots(const struct schema *a, const struct schema *b,
                       struct thresh_error *error)
{
    if (a->is_by_target != b->is_by_target || !same_name(a->root_name, b->root_name))
        return 0;
    if (a->is_by_target)
        return same_name(a->target, b->target) ? check_targets(a, b, error) : 0;
    if (!same_name(a->namespace_name, b->namespace_name))
        return 0;
    if (a->root_name)
        return error_set(error, "--schema: %s and %s are both for roots named %s", a->file,
                         b->file, a->root_name);
    const char *uri = a->namespace_name;
    return error_set(error,
                     "--schema: %s and %s are both for %s%s; tell them apart with "
                     "NAMESPACE=FILE, the namespace of the root",
                     a->file, b->file, uri ? "namespace " : "every document", uri ? uri : "");
}

static int check_all_roots(const struct schema_set *set, bool by_location,
                           struct thresh_error *error)
{
    for (size_t i = 0; i < set->n_schemas; i++)
        for (size_t k = 0; k < i; k++)
            if (!by_location && check_roots(&set->schemas[k], &set->schemas[i], error) < 0)
                return -1;
    return 0;
}

/* One schema that is given without roots is for any; of several, and of those of a directory or
 * an archive, each is for the roots of its own target namespace. */
static void choose_targets(struct schema_set *set)
{
    size_t n = 0;
    for (size_t i = 0; i < set->n_schemas; i++)
        n += !set->schemas[i].root_name && !set->schemas[i].namespace_name;
    for (size_t i = 0; i < set->n_schemas; i++) {
        struct schema *schema = &set->schemas[i];
        schema->is_by_target = !schema->root_name && !schema->namespace_name &&
                               schema->target && (n > 1 || schema->is_of_folder);
    }
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

/* A file may be given for several namespaces, and is compiled once: what a schema has in common
 * with one before it. */
static bool share(struct schema_set *set, struct schema *schema)
{
    for (const struct schema *other = set->schemas; other < schema; other++)
        if (!other->is_shared && strcmp(other->file, schema->file) == 0) {
            schema->xsd = other->xsd;
            schema->relaxng = other->relaxng;
            schema->is_shared = true;
            return true;
        }
    return false;
}

static int compile_one(struct schema_set *set, struct schema *schema, const struct load *load,
                       struct xsd_documents *documents, struct thresh_error *error)
{
    if (!schema->is_shared && share(set, schema))
        return 0;
    if (!schema->is_shared && !schema->xsd &&
        schema_compile(schema, set->resolver, documents, load->limits, load->trial, error) < 0)
        return schema->is_of_folder ? schema_folder_refuse(error) : -1;
    set->has_relaxng |= schema->relaxng != NULL;
    return load->options->strict_schema ? check_strictly(schema, error) : 0;
}

static int list_schemas(struct schema_set *set, const struct load *load,
                        struct thresh_error *error)
{
    const struct string_list *given = &load->options->schema;
    struct schema_files files = {.max_bytes = load->limits->memory_bytes,
                                 .seen = sees(load) ? &set->seen : NULL};
    int rc = 0;
    for (size_t i = 0; i < given->n && rc == 0; i++)
        rc = schema_files_add(&files, given->items[i], set->resolver, error);
    set->schemas = files.items;
    set->n_schemas = files.n;
    set->n_included = files.included;
    set->images = files.images;
    set->n_images = files.n_images;
    choose_targets(set);
    return rc;
}

/* Those that are of the same documents. What cannot be compiled together is left for later. */
static int compile_together(struct schema_set *set, const struct load *load,
                            struct xsd_documents *documents, struct thresh_error *error)
{
    struct schema **schemas = calloc(set->n_schemas + 1, sizeof *schemas);
    const char **files = calloc(set->n_schemas + 1, sizeof *files);
    struct xsd **xsds = calloc(set->n_schemas + 1, sizeof *xsds);
    uint32_t n = 0;
    for (size_t i = 0; i < set->n_schemas && schemas && files && xsds; i++) {
        struct schema *schema = &set->schemas[i];
        uint32_t k = 0;
        while (k < n && strcmp(files[k], schema->file) != 0)
            k++;
        if (k < n || !schema_is_compiled(schema))
            continue;
        schemas[n] = schema;
        files[n++] = schema->file;
    }
    int rc = schemas && files && xsds
                 ? xsd_compile_together(xsds, files, n, documents, load->limits, error)
                 : error_no_memory(error);
    for (uint32_t i = 0; i < n && rc == 0; i++)
        schemas[i]->xsd = xsds[i];
    free(schemas);
    free(files);
    free(xsds);
    return rc < 0 ? -1 : 0;
}

static int compile_schemas(struct schema_set *set, const struct load *load,
                           struct xsd_documents *documents, struct thresh_error *error)
{
    int rc = compile_together(set, load, documents, error);
    for (size_t i = 0; i < set->n_schemas && rc == 0; i++)
        rc = compile_one(set, &set->schemas[i], load, documents, error);
    return rc < 0 ? -1 : check_all_roots(set, load->options->schema_location, error);
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

/* Of documents that are not there. */
static int gather_missing(struct schema_set *set, const struct xsd_documents *documents)
{
    const struct image_contents *cached = set->cached ? image_contents(set->cached) : NULL;
    buf_append_string(&set->notes, cached ? cached->notes : xsd_documents_notes(documents));
    buf_append_string(&set->missing,
                      cached ? cached->missing : xsd_documents_missing(documents));
    return buf_string(&set->notes) && buf_string(&set->missing) ? 0 : -1;
}

/* Schemas that share documents share their warnings, too: each is told once. */
static int gather_warnings(struct schema_set *set, const struct xsd_documents *documents,
                           struct thresh_error *error)
{
    struct buf *lines = &set->warnings, missing = {0};
    int rc = gather_missing(set, documents);
    if (rc == 0)
        rc = schema_set_notes(set, true, lines, &missing);
    for (size_t i = 0; i < set->n_schemas; i++) {
        const struct schema *schema = &set->schemas[i];
        const char *line = schema->xsd ? xsd_warnings(schema->xsd) : "";
        for (size_t len; *line; line += len) {
            len = strcspn(line, "\n") + 1;
            if (i == 0 || !has_line(lines, line, len))
                buf_append(lines, line, len);
        }
    }
    if (rc == 0 && strstr(missing.data, "/><"))
        buf_append_format(lines,
                          "of what is left out, all that is to be saved, as a catalog for "
                          "--catalog: " SCHEMA_CATALOG "\n",
                          missing.data);
    buf_free(&missing);
    return rc == 0 && buf_string(lines) ? 0 : error_no_memory(error);
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

/* A cache that cannot be written costs the next run its time, and this one nothing. */
static int keep(struct schema_set *set, const struct schema_cache *cache,
                struct thresh_error *error)
{
    struct thresh_error why = {{0}};
    if (schema_cache_add(cache, set, &why) == 0)
        return 0;
    if (!error_is_no_memory(&why))
        buf_append_format(&set->warnings, "%s\n", why.text);
    return !error_is_no_memory(&why) && buf_string(&set->warnings) ? 0 : error_no_memory(error);
}

/* From the cache, or compiled for it. A trial can make nothing, and does without one that is
 * not there. */
static int compile_or_find(struct schema_set *set, const struct load *load,
                           struct thresh_error *error)
{
    struct schema_cache cache;
    int found = 0, rc = schema_cache_open(&cache, load->options, error);
    if (rc == 0)
        found = schema_cache_find(&cache, load->options, load->limits->memory_bytes, set);
    if (found < 0)
        rc = error_no_memory(error);
    else if (rc == 0 || load->is_trial)
        rc = compile(set, load, error);
    if (rc == 0 && !found && !load->is_trial)
        rc = keep(set, &cache, error);
    schema_cache_close(&cache);
    return rc;
}

static void count_bytes(struct schema_set *set)
{
    set->bytes = sizeof *set + set->warnings.cap + seen_files_bytes(&set->seen);
    for (size_t i = 0; i < set->n_schemas; i++)
        if (set->schemas[i].xsd && !set->schemas[i].is_shared)
            set->bytes += xsd_bytes(set->schemas[i].xsd);
    for (size_t i = 0; i < set->n_images; i++)
        set->bytes += image_bytes(set->images[i].image);
    if (set->cached)
        set->bytes += image_bytes(set->cached);
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
                                  sees(load) ? &set->seen : NULL, error);
    int rc = set->resolver ? list_schemas(set, load, error) : -1;
    if (rc == 0)
        rc = load->options->schema_cache && set->n_schemas ? compile_or_find(set, load, error)
                                                           : compile(set, load, error);
    if (rc < 0) {
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

static const struct schema_trial no_trial = {.run = NULL};

int schema_set_try(const struct thresh_options *options, const struct xsd_limits *limits,
                   const struct schema_trial *trial, struct thresh_error *error)
{
    struct load what = {options, limits, &no_trial, false, true};
    const char *file = options->schema.n == 1 ? options->schema.items[0] : "--schema";
    return trial->run(trial->context, try_all, &what, file, error);
}

struct schema_set *schema_set_load(const struct thresh_options *options,
                                   const struct xsd_limits *limits,
                                   const struct schema_trial *trial, bool is_kept,
                                   struct thresh_error *error)
{
    struct load what = {options, limits, trial->of_all ? &no_trial : trial, is_kept, false};
    if (trial->of_all && trial->run && schema_set_try(options, limits, trial, error) < 0)
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
    for (size_t i = 0; i < set->n_images; i++)
        image_free(set->images[i].image);
    free(set->images);
    image_free(set->cached);
    buf_free(&set->notes);
    buf_free(&set->missing);
    buf_free(&set->warnings);
    resolver_close(set->resolver);
    seen_files_free(&set->seen);
    free(set->key);
    free(set);
}

/* What was taken as it is comes last: the cache does not say where it was among the rest. */
void schema_set_print(const struct schema_set *set, struct buf *out)
{
    char hex[DIGEST_HEX + 1];
    for (int are_taken = 0; are_taken < 2; are_taken++)
        for (size_t i = 0; i < set->seen.n; i++) {
            const struct seen_file *file = &set->seen.items[i];
            if (file->is_taken != are_taken)
                continue;
            digest_hex(file->digest, hex);
            buf_append_format(out, "%d %s %zu:%s\n", file->is_there, file->is_read ? hex : "-",
                              strlen(file->path), file->path);
        }
    for (size_t i = 0; i < set->n_images; i++) {
        digest_hex(set->images[i].digest, hex);
        buf_append_format(out, "%s\n", hex);
    }
    out->failed |= set->seen.failed;
}

bool schema_set_has(const struct schema_set *set, const struct stat *file)
{
    for (size_t i = 0; i < set->n_images; i++)
        if (set->images[i].facts.st_dev == file->st_dev &&
            set->images[i].facts.st_ino == file->st_ino)
            return true;
    return resolver_has(set->resolver, file) || seen_files_has(&set->seen, file);
}
