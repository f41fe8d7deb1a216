/* SPDX-License-Identifier: MIT */
#include "rules/schema_language.h"

#include "resolver/external_entities.h"
#include "resolver/local_file.h"
#include "rules/relaxng_schema.h"
#include "scanner/scanner.h"
#include <errno.h>
#include <libxml/uri.h>
#include <string.h>

struct language_reader {
    const char *file;
    struct scanner *scanner;
    struct external_entities entities;
    bool is_relaxng, has_root;
    struct thresh_error *error; /* why there is no root */
};

static int read_file(const char *name, struct buf *bytes, struct thresh_error *error)
{
    struct local_file file;
    if (local_file_open(&file, name) < 0)
        return errno == ENXIO
                   ? error_set(error, "%s: is a device or a pipe; --schema names a file", name)
                   : error_set(error, "%s: the schema cannot be read: %m; check --schema",
                               name);
    int rc = local_file_read(&file, LOCAL_FILE_MOST, bytes, name, error);
    local_file_close(&file);
    return rc == 0 && !buf_string(bytes) ? error_no_memory(error) : rc;
}

static void on_root(void *context, const xmlChar *localname, const xmlChar *prefix,
                    const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                    int n_attributes, const xmlChar **attributes)
{
    struct language_reader *reader = context;
    (void)localname, (void)prefix, (void)n_namespaces, (void)namespaces;
    (void)n_attributes, (void)attributes;
    reader->has_root = true;
    reader->is_relaxng = uri && strcmp((const char *)uri, RELAXNG_NAMESPACE) == 0;
    scanner_stop(reader->scanner);
}

static void on_fault(void *context, const struct scanner_fault *fault)
{
    struct language_reader *reader = context;
    if (fault->kind == SCANNER_MALFORMED || fault->kind == SCANNER_LIMIT)
        error_set(reader->error, "%s:%ju: %s; a schema is an XML document, XSD or RELAX NG",
                  reader->file, (uintmax_t)fault->line, fault->message);
}

static int find_external(void *context, const struct scanner_external *entity,
                         struct scanner_found *found)
{
    struct language_reader *reader = context;
    return external_entities_find(&reader->entities, entity, found);
}

/* 0, or -1 without memory. */
static int scan(struct language_reader *reader, const struct buf *bytes)
{
    const struct scanner_limits limits = {
        .name_bytes = UINT64_MAX, .attributes = 0, .entity_bytes = LOCAL_FILE_ENTITY_BYTES};
    const struct scanner_events events = {
        .start = on_root, .fault = on_fault, .external = find_external, .context = reader};
    struct utf8_document text;
    struct encoding *encoding = encoding_new();
    xmlChar *base = xmlPathToURI((const xmlChar *)reader->file);
    reader->scanner = scanner_new(&limits);
    int rc = -1;
    if (encoding && base && reader->scanner &&
        encoding_to_utf8(encoding, bytes->data, bytes->len, &text) == ENCODING_DONE) {
        external_entities_begin(&reader->entities, (const char *)base);
        rc = scanner_run(reader->scanner, &text, &events);
    }
    external_entities_free(&reader->entities);
    scanner_free(reader->scanner);
    xmlFree(base);
    encoding_free(encoding);
    return rc < 0 ? -1 : 0;
}

int schema_is_relaxng(const char *file, struct resolver *resolver, struct thresh_error *error)
{
    struct language_reader reader = {
        .file = file, .entities = {.resolver = resolver}, .error = error};
    struct buf bytes = {0};
    int rc = read_file(file, &bytes, error);
    if (rc == 0 && scan(&reader, &bytes) < 0)
        rc = error_no_memory(error);
    buf_free(&bytes);
    return rc < 0 || !reader.has_root ? -1 : reader.is_relaxng;
}
