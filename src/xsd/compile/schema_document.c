/* SPDX-License-Identifier: MIT */
#include "xsd/compile/schema_document.h"

#include "resolver/local_file.h"
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
    if (fault->kind == SCANNER_LIMIT)
        fail_at_line(c, fault->line,
                     "entities expand to more than 10 MiB, or are more than 64 deep in others; "
                     "put the text of some in their place",
                     "");
    fail_at_line(c, fault->line, fault->message, is_unread ? c->shared->entities.missing : "");
}

static int on_external(void *builder, const struct scanner_external *entity,
                       struct scanner_found *found)
{
    struct xsd_compiler *c = ((struct node_builder *)builder)->c;
    return external_entities_find(&c->shared->entities, entity, found);
}

/* What addresses in the resource start from, as a URI; of the documents. */
static const char *base_of(struct xsd_compiler *c, const struct resource *resource)
{
    const char *base = node_keep_uri(c, xmlPathToURI((const xmlChar *)resource->base));
    if (!base)
        xsd_compile_fail_no_memory(c);
    return base;
}

static void read_text(struct xsd_compiler *c, struct utf8_document *text)
{
    struct xsd_documents *shared = c->shared;
    struct thresh_error error;
    buf_clear(&shared->bytes);
    int rc = resolver_read(shared->resolver, &shared->resource, &shared->bytes, &error);
    if (rc < 0 && !error_is_no_memory(&error))
        xsd_compile_fail(c, NULL, shared->rule, "%s", error.text);
    const char *bytes = rc < 0 ? NULL : buf_string(&shared->bytes);
    enum encoding_result result =
        bytes ? encoding_to_utf8(shared->encoding, bytes, shared->bytes.len, text)
              : ENCODING_NO_MEMORY;
    if (result == ENCODING_NO_MEMORY)
        xsd_compile_fail_no_memory(c);
    if (result == ENCODING_TOO_LARGE)
        fail_at_line(c, 1, "a schema document of more than 2 GiB", "");
}

/* The root of what lies in the resource at hand. */
static const struct node *read_nodes(struct xsd_compiler *c)
{
    struct xsd_documents *shared = c->shared;
    struct utf8_document text;
    struct node_builder builder;
    const struct scanner_events events = {
        .start = node_build_start,
        .text = node_build_text,
        .end = node_build_end,
        .fault = on_fault,
        .external = on_external,
        .context = &builder,
    };
    node_build_begin(&builder, c, shared->scanner, shared->uri, base_of(c, &shared->resource));
    read_text(c, &text);
    external_entities_begin(&shared->entities, builder.base);
    if (scanner_run(shared->scanner, &text, &events) < 0)
        xsd_compile_fail_no_memory(c);
    return builder.root;
}

/* -- Documents, kept ------------------------------------------------------------------ */

void schema_document_note(struct xsd_compiler *c, const char *line)
{
    struct buf *notes = &c->shared->notes;
    if (notes->len && strstr(buf_string(notes), line))
        return;
    buf_append_string(notes, line);
    if (!buf_string(notes))
        xsd_compile_fail_no_memory(c);
}

const char *xsd_documents_notes(const struct xsd_documents *documents)
{
    return documents->notes.len ? documents->notes.data : "";
}

struct xsd_documents *xsd_documents_new(struct resolver *resolver)
{
    const struct scanner_limits limits = {UINT64_MAX, 0, LOCAL_FILE_ENTITY_BYTES};
    struct xsd_documents *documents = calloc(1, sizeof *documents);
    if (!documents)
        return NULL;
    documents->resolver = documents->entities.resolver = resolver;
    documents->resource.fd = -1;
    documents->texts = xmlHashCreate(64);
    documents->scanner = scanner_new(&limits);
    documents->encoding = encoding_new();
    if (documents->texts && documents->scanner && documents->encoding)
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
    encoding_free(documents->encoding);
    scanner_free(documents->scanner);
    external_entities_free(&documents->entities);
    names_free(&documents->names);
    arena_free(&documents->arena);
    buf_free(&documents->notes);
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
    int rc = resolver_find(shared->resolver, NULL, uri, &shared->resource);
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
    if (resolver_find(c->shared->resolver, NULL, uri, &resource) != 0)
        return false;
    bool is_file = !resource.is_builtin;
    resource_close(&resource);
    return is_file;
}
