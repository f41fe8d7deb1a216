/* SPDX-License-Identifier: MIT */
#include "rules/schema_head.h"

#include "base/xml_chars.h"
#include "resolver/address.h"
#include "resolver/external_entities.h"
#include "resolver/xml_reader.h"
#include "rules/relaxng_schema.h"
#include "xsd/image/image.h"
#include <errno.h>
#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>

struct head_reader {
    const char *file;
    const char *base; /* what addresses start from */
    bool includes;
    struct xml_reader reader;
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

static int read_bytes(struct resolver *resolver, const char *name, struct resource *resource,
                      struct buf *bytes, struct thresh_error *error)
{
    int rc = resolver_find(resolver, NULL, name, resource);
    if (rc < 0)
        return error_no_memory(error);
    if (rc > 0)
        return errno == ENXIO
                   ? error_set(error, "%s: is a device or a pipe; --schema names a file", name)
                   : error_set(error, "%s: the schema cannot be read: %m; check --schema",
                               name);
    rc = resolver_read(resolver, resource, bytes, error);
    if (rc == 0 && image_has_magic(bytes->data, bytes->len))
        rc = error_set(error,
                       "--schema: %s: is a schema image, which is given by itself, not with +",
                       name);
    return rc;
}

/* Of an attribute, which ends without a NUL. NULL: no memory. */
static char *copy_value(const char *value, const char *end)
{
    size_t len = (size_t)(end - value);
    char *copy = malloc(len + 1);
    if (!copy)
        return NULL;
    memcpy(copy, value, len);
    copy[len] = '\0';
    return copy;
}

static char *attribute(const char *name, int n, const xmlChar **attributes)
{
    for (; n > 0; n--, attributes += 5)
        if (!attributes[2] && strcmp((const char *)attributes[0], name) == 0)
            return copy_value((const char *)attributes[3], (const char *)attributes[4]);
    return NULL;
}

/* What to do with what is a schema elsewhere and none here. */
static const struct {
    const char *end;            /* of the file's name, or */
    const char *namespace_name; /* of its root */
    const char *remedy;
} others[] = {
    {".dtd", NULL,
     ". Documents are not validated against DTDs; trang (from jing-trang) makes a schema of "
     "one: "
     "trang x.dtd x.xsd. Without --schema they are checked for well-formedness"},
    {".rnc", NULL,
     ". The compact syntax is not read; trang (from jing-trang) makes XML of it: "
     "trang x.rnc x.rng"},
    {NULL, "http://purl.oclc.org/dsdl/schematron",
     "it is Schematron, whose rules are not asked here; a schema is XSD or RELAX NG"},
    {NULL, "http://www.ascc.net/xml/schematron",
     "it is Schematron, whose rules are not asked here; a schema is XSD or RELAX NG"},
    {NULL, "http://schemas.xmlsoap.org/wsdl/",
     "it is WSDL; take the schema out of its types element, to a file of its own"},
    {NULL, "http://www.w3.org/ns/wsdl",
     "it is WSDL; take the schema out of its types element, to a file of its own"},
};

static const char *remedy_by_name(const char *file)
{
    size_t len = strlen(file);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t end = others[i].end ? strlen(others[i].end) : len;
        if (len > end && strcasecmp(file + len - end, others[i].end) == 0)
            return others[i].remedy;
    }
    return "";
}

static const char *remedy_by_root(const char *uri)
{
    for (size_t i = 0; uri && i < sizeof others / sizeof *others; i++)
        if (others[i].namespace_name && strcmp(others[i].namespace_name, uri) == 0)
            return others[i].remedy;
    return NULL;
}

static void read_root(struct head_reader *reader, const xmlChar *uri, int n,
                      const xmlChar **attributes)
{
    struct schema_head *head = reader->head;
    const char *remedy = remedy_by_root((const char *)uri);
    if (remedy) {
        error_set(reader->error, "%s: %s", reader->file, remedy);
        scanner_stop(reader->reader.scanner);
        return;
    }
    reader->has_root = true;
    head->is_relaxng = uri && strcmp((const char *)uri, RELAXNG_NAMESPACE) == 0;
    head->target = attribute(head->is_relaxng ? "ns" : "targetNamespace", n, attributes);
    if (!head->target && !head->is_relaxng)
        reader->no_memory |= !(head->target = strdup(""));
    if (head->is_relaxng && !reader->includes)
        scanner_stop(reader->reader.scanner);
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

static void add_included(struct head_reader *reader, const char *reference)
{
    size_t len = strlen(reference);
    xml_trim(&reference, &len);
    char *trimmed = strndup(reference, len), *address = NULL;
    int rc = trimmed ? address_resolve(reader->base, trimmed, &address) : -1;
    reader->no_memory |= rc < 0;
    if (rc == 0)
        buf_append(&reader->head->included, address, strlen(address) + 1);
    xmlFree(address);
    free(trimmed);
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
        scanner_stop(reader->reader.scanner);
    char *reference = where ? attribute(where, n_attributes, attributes) : NULL;
    if (reference)
        add_included(reader, reference);
    free(reference);
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

static void on_fault(void *context, const struct scanner_fault *fault)
{
    struct head_reader *reader = context;
    if (!reader->has_root && (fault->kind == SCANNER_MALFORMED || fault->kind == SCANNER_LIMIT))
        error_set(reader->error, "%s:%ju: %s; a schema is an XML document, XSD or RELAX NG%s",
                  reader->file, (uintmax_t)fault->line, fault->message,
                  remedy_by_name(reader->file));
}

/* 0, or -1 without memory. */
static int scan(struct head_reader *reader, struct resolver *resolver,
                const struct resource *resource, struct buf *bytes)
{
    struct external_entities entities = {.resolver = resolver};
    const struct scanner_events events = {.start = on_start,
                                          .text = on_text,
                                          .end = on_end,
                                          .fault = on_fault,
                                          .external = external_entities_find,
                                          .external_context = &entities,
                                          .context = reader};
    xmlChar *base = xmlPathToURI((const xmlChar *)resource->base);
    int rc = xml_reader_open(&reader->reader);
    reader->base = (const char *)base;
    external_entities_begin(&entities, reader->base);
    rc = rc == 0 && base ? xml_reader_run(&reader->reader, bytes, &events) : -1;
    external_entities_free(&entities);
    xml_reader_close(&reader->reader);
    xmlFree(base);
    return rc < 0 ? -1 : 0;
}

int schema_head_read(struct schema_head *head, const char *file, struct resolver *resolver,
                     bool includes, struct thresh_error *error)
{
    struct head_reader reader = {
        .file = file, .includes = includes, .head = head, .error = error};
    struct resource resource = {.fd = -1};
    struct buf bytes = {0};
    int rc = read_bytes(resolver, file, &resource, &bytes, error);
    if (rc == 0 && (scan(&reader, resolver, &resource, &bytes) < 0 || reader.no_memory ||
                    head->included.failed))
        rc = error_no_memory(error);
    head->place = resource.place;
    resource_close(&resource);
    buf_free(&bytes);
    return rc < 0 || !reader.has_root ? -1 : 0;
}
