/* SPDX-License-Identifier: MIT */
#include "xsd/compile/schema_document.h"

#include "resolver/address.h"
#include "xsd/compile/node_build.h"

#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>

/* -- Reading -------------------------------------------------------------------------- */

static void fail_at_line(struct xsd_compiler *c, uint64_t line, const char *message,
                         const char *missing)
{
    const struct xsd_documents *shared = c->shared;
    xsd_compile_fail(c,
                     &(struct location){&(struct schema_document){.uri = shared->uri},
                                        &(struct node){.line = (long)line}},
                     shared->rule, "%s%s%s", message,
                     *missing ? "; there is nothing to be read at " : "", missing);
}

static void on_fault(void *builder, const struct scanner_fault *fault)
{
    struct xsd_compiler *c = ((struct node_builder *)builder)->c;
    bool is_unread = fault->kind == SCANNER_UNREAD;
    fail_at_line(c, fault->line, fault->message, is_unread ? c->shared->entities.missing : "");
}

/* What addresses in the resource start from, as a URI; of the documents. */
static const char *base_of(struct xsd_compiler *c, const struct resource *resource)
{
    const char *base = node_keep_uri(c, xmlPathToURI((const xmlChar *)resource->base));
    if (!base)
        xsd_compile_fail_no_memory(c);
    return base;
}

/* The root of what lies in the resource at hand. */
static const struct node *read_nodes(struct xsd_compiler *c)
{
    struct xsd_documents *shared = c->shared;
    struct thresh_error error;
    struct node_builder builder;
    const struct scanner_events events = {
        .start = node_build_start,
        .text = node_build_text,
        .end = node_build_end,
        .fault = on_fault,
        .external = external_entities_find,
        .external_context = &shared->entities,
        .context = &builder,
    };
    node_build_begin(&builder, c, shared->reader.scanner, shared->uri,
                     base_of(c, &shared->resource));
    buf_clear(&shared->bytes);
    int rc = resolver_read(shared->resolver, &shared->resource, &shared->bytes, &error);
    if (rc < 0 && !error_is_no_memory(&error))
        xsd_compile_fail(c, NULL, shared->rule, "%s", error.text);
    external_entities_begin(&shared->entities, builder.base);
    if (rc < 0 || xml_reader_run(&shared->reader, &shared->bytes, &events) < 0)
        xsd_compile_fail_no_memory(c);
    return builder.root;
}

/* -- Documents, kept ------------------------------------------------------------------ */

void schema_document_note(struct xsd_compiler *c, const char *line)
{
    struct buf *notes = &c->shared->notes;
    struct names *told = &c->shared->told;
    uint32_t before = told->n_symbols;
    if (names_add_ns(told, &c->shared->arena, "") == XSD_NS_UNKNOWN ||
        !names_add(told, &c->shared->arena, line, strlen(line), 0))
        xsd_compile_fail_no_memory(c);
    if (told->n_symbols == before)
        return;
    buf_append_string(notes, line);
    if (!buf_string(notes))
        xsd_compile_fail_no_memory(c);
}

void schema_document_miss(struct xsd_compiler *c, const char *uri)
{
    struct buf *missing = &c->shared->missing, line = {0};
    address_append_catalog_line(&line, uri);
    if (buf_string(&line) && !(missing->len && strstr(missing->data, line.data)))
        buf_append(missing, line.data, line.len);
    bool failed = line.failed || !buf_string(missing);
    buf_free(&line);
    if (failed)
        xsd_compile_fail_no_memory(c);
}

void schema_documents_forget_notes(struct xsd_documents *documents)
{
    names_free(&documents->told);
    buf_free(&documents->notes);
    buf_free(&documents->missing);
}

const char *xsd_documents_missing(const struct xsd_documents *documents)
{
    return documents->missing.len ? documents->missing.data : "";
}

const char *xsd_documents_notes(const struct xsd_documents *documents)
{
    return documents->notes.len ? documents->notes.data : "";
}

struct xsd_documents *xsd_documents_new(struct resolver *resolver)
{
    struct xsd_documents *documents = calloc(1, sizeof *documents);
    if (!documents)
        return NULL;
    documents->resolver = documents->entities.resolver = resolver;
    documents->resource.fd = -1;
    documents->texts = xmlHashCreate(64);
    if (xml_reader_open(&documents->reader) == 0 && documents->texts)
        return documents;
    xsd_documents_free(documents);
    return NULL;
}

void xsd_documents_free(struct xsd_documents *documents)
{
    if (!documents)
        return;
    xmlHashFree(documents->texts, NULL);
    resource_close(&documents->resource);
    buf_free(&documents->bytes);
    xml_reader_close(&documents->reader);
    external_entities_free(&documents->entities);
    names_free(&documents->names);
    names_free(&documents->told);
    arena_free(&documents->arena);
    buf_free(&documents->notes);
    buf_free(&documents->missing);
    free(documents);
}

static void keep_text(struct xsd_compiler *c, const char *key, const struct schema_text *text)
{
    if (!xmlHashLookup(c->shared->texts, (const xmlChar *)key) &&
        xmlHashAddEntry(c->shared->texts, (const xmlChar *)key, (void *)(uintptr_t)text) < 0)
        xsd_compile_fail_no_memory(c);
}

const struct schema_text *schema_document_read(struct xsd_compiler *c, const char *uri,
                                               const char *rule)
{
    struct xsd_documents *shared = c->shared;
    const struct schema_text *text = xmlHashLookup(shared->texts, (const xmlChar *)uri);
    if (text)
        return text;
    resource_close(&shared->resource); /* one that was left at a failure */
    int rc = resolver_find_document(shared->resolver, uri, &shared->resource);
    if (rc < 0)
        xsd_compile_fail_no_memory(c);
    if (rc > 0)
        return NULL;
    text = xmlHashLookup(shared->texts, (const xmlChar *)shared->resource.place);
    if (!text) {
        struct schema_text *read = xsd_compile_alloc_document(c, sizeof *read);
        shared->uri = uri;
        shared->rule = rule;
        read->root = read_nodes(c);
        read->place = shared->resource.place;
        text = read;
    }
    resource_close(&shared->resource);
    keep_text(c, uri, text);
    keep_text(c, text->place, text);
    return text;
}

bool schema_document_is_file(struct xsd_compiler *c, const char *uri)
{
    struct resource resource;
    int rc = resolver_find_document(c->shared->resolver, uri, &resource);
    if (rc < 0)
        xsd_compile_fail_no_memory(c);
    if (rc > 0)
        return false;
    bool is_file = !resource.is_builtin;
    resource_close(&resource);
    return is_file;
}
