/* SPDX-License-Identifier: MIT */
#include "rules/schema_head.h"

#include "resolver/external_entities.h"
#include "resolver/local_file.h"
#include "rules/relaxng_schema.h"
#include "scanner/scanner.h"
#include <errno.h>
#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>

struct head_reader {
    const char *file;
    bool includes;
    struct scanner *scanner;
    struct external_entities entities;
    struct schema_head *head;
    unsigned depth;
    bool has_root, no_memory;
    struct thresh_error *error; /* why there is no root */
};

void schema_head_free(struct schema_head *head)
{
    free(head->target);
    buf_free(&head->included);
}

/* -- Reading -------------------------------------------------------------------------- */

static int read_file(const char *name, struct resolver *resolver, struct buf *bytes,
                     struct thresh_error *error)
{
    struct local_file file;
    struct resource put;
    if (resolver_find_put(resolver, name, &put) == 0) {
        int rc = resolver_read(resolver, &put, bytes, error);
        resource_close(&put);
        return rc == 0 && !buf_string(bytes) ? error_no_memory(error) : rc;
    }
    if (local_file_open(&file, name) < 0)
        return errno == ENXIO
                   ? error_set(error, "%s: is a device or a pipe; --schema names a file", name)
                   : error_set(error, "%s: the schema cannot be read: %m; check --schema",
                               name);
    int rc = local_file_read(&file, LOCAL_FILE_MOST, bytes, name, error);
    local_file_close(&file);
    return rc == 0 && !buf_string(bytes) ? error_no_memory(error) : rc;
}

static char *attribute(const char *name, int n, const xmlChar **attributes)
{
    for (; n > 0; n--, attributes += 5)
        if (!attributes[2] && strcmp((const char *)attributes[0], name) == 0)
            return strndup((const char *)attributes[3],
                           (size_t)(attributes[4] - attributes[3]));
    return NULL;
}

static void read_root(struct head_reader *reader, const xmlChar *uri, int n,
                      const xmlChar **attributes)
{
    struct schema_head *head = reader->head;
    reader->has_root = true;
    head->is_relaxng = uri && strcmp((const char *)uri, RELAXNG_NAMESPACE) == 0;
    head->target = attribute(head->is_relaxng ? "ns" : "targetNamespace", n, attributes);
    if (!head->target && !head->is_relaxng)
        reader->no_memory |= !(head->target = strdup(""));
    if (head->is_relaxng && !reader->includes)
        scanner_stop(reader->scanner);
}

/* The elements that name another document, and those that may stand before and among them. */
static bool may_link(const char *local, bool is_relaxng, const char **where)
{
    *where = NULL;
    if (is_relaxng) {
        if (strcmp(local, "include") == 0 || strcmp(local, "externalRef") == 0)
            *where = "href";
        return true;
    }
    if (strcmp(local, "include") == 0 || strcmp(local, "redefine") == 0)
        *where = "schemaLocation";
    return *where || strcmp(local, "import") == 0 || strcmp(local, "annotation") == 0;
}

static void on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, const xmlChar **attributes)
{
    struct head_reader *reader = context;
    struct schema_head *head = reader->head;
    const char *where;
    (void)prefix, (void)n_namespaces, (void)namespaces;
    if (reader->depth++ == 0) {
        read_root(reader, uri, n_attributes, attributes);
        return;
    }
    const char *language = head->is_relaxng ? RELAXNG_NAMESPACE : SCHEMA_XSD_NAMESPACE;
    if (!uri || strcmp((const char *)uri, language) != 0 ||
        (reader->depth > 2 && !head->is_relaxng))
        return;
    if (!may_link((const char *)localname, head->is_relaxng, &where))
        scanner_stop(reader->scanner);
    char *address = where ? attribute(where, n_attributes, attributes) : NULL;
    if (address)
        buf_append(&head->included, address, strlen(address) + 1);
    free(address);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    (void)context, (void)text, (void)len;
}

static void on_end(void *context)
{
    struct head_reader *reader = context;
    reader->depth--;
}

/* What to do with a DTD, which is no schema here. */
static const char dtd_remedy[] =
    ". Documents are not validated against DTDs; trang (from jing-trang) makes a schema of "
    "one: "
    "trang x.dtd x.xsd. Without --schema they are checked for well-formedness";

static bool is_dtd(const char *file)
{
    size_t len = strlen(file);
    return len > 4 && strcmp(file + len - 4, ".dtd") == 0;
}

static void on_fault(void *context, const struct scanner_fault *fault)
{
    struct head_reader *reader = context;
    if (!reader->has_root && (fault->kind == SCANNER_MALFORMED || fault->kind == SCANNER_LIMIT))
        error_set(reader->error, "%s:%ju: %s; a schema is an XML document, XSD or RELAX NG%s",
                  reader->file, (uintmax_t)fault->line, fault->message,
                  is_dtd(reader->file) ? dtd_remedy : "");
}

static int find_external(void *context, const struct scanner_external *entity,
                         struct scanner_found *found)
{
    struct head_reader *reader = context;
    return external_entities_find(&reader->entities, entity, found);
}

/* 0, or -1 without memory. */
static int scan(struct head_reader *reader, const struct buf *bytes)
{
    const struct scanner_limits limits = {
        .name_bytes = UINT64_MAX, .attributes = 0, .entity_bytes = LOCAL_FILE_ENTITY_BYTES};
    const struct scanner_events events = {.start = on_start,
                                          .text = on_text,
                                          .end = on_end,
                                          .fault = on_fault,
                                          .external = find_external,
                                          .context = reader};
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

int schema_head_read(struct schema_head *head, const char *file, struct resolver *resolver,
                     bool includes, struct thresh_error *error)
{
    struct head_reader reader = {.file = file,
                                 .includes = includes,
                                 .entities = {.resolver = resolver},
                                 .head = head,
                                 .error = error};
    struct buf bytes = {0};
    int rc = read_file(file, resolver, &bytes, error);
    if (rc == 0 && (scan(&reader, &bytes) < 0 || reader.no_memory || head->included.failed))
        rc = error_no_memory(error);
    buf_free(&bytes);
    return rc < 0 || !reader.has_root ? -1 : 0;
}
