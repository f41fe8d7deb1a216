/* SPDX-License-Identifier: MIT
 *
 * Reads a schema document into a libxml2 tree, without documentation, application information,
 * comments and white space: in NeTEx and UBL they are most of it. The nodes that are made of
 * the tree are kept for further schemas.
 */
#include "xsd/compile/schema_document.h"

#include "resolver/resolver_parse.h"
#include "xsd/compile/node.h"

#include <libxml/SAX2.h>
#include <stdlib.h>
#include <string.h>

/* The number of open elements from an appinfo or documentation on. */
static uintptr_t *skipped_in(const xmlParserCtxt *ctxt)
{
    return ((struct parse_state *)ctxt->_private)->context;
}

static void on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    xmlParserCtxtPtr ctxt = context;
    uintptr_t *skipped = skipped_in(ctxt);
    if (*skipped) {
        (*skipped)++;
        return;
    }
    const xmlNode *before = ctxt->node;
#if LIBXML_VERSION < 21300
    /* An entity is parsed into a tree of its own, which does not have what is in scope where it
     * is referred to. */
    if (before && !before->ns && strcmp((const char *)before->name, "pseudoroot") == 0) {
        n_namespaces = ctxt->nsNr / 2;
        namespaces = ctxt->nsTab;
    }
#endif
    xmlSAX2StartElementNs(ctxt, localname, prefix, uri, n_namespaces, namespaces, n_attributes,
                          n_defaulted, attributes);
    const xmlNode *node = ctxt->node;
    enum node_tag tag = node && node != before ? node_tag_of(node) : NODE_NONE;
    if (tag == NODE_APPINFO || tag == NODE_DOCUMENTATION)
        *skipped = 1;
}

static void on_end(void *context, const xmlChar *localname, const xmlChar *prefix,
                   const xmlChar *uri)
{
    xmlParserCtxtPtr ctxt = context;
    uintptr_t *skipped = skipped_in(ctxt);
    if (*skipped)
        (*skipped)--;
    if (!*skipped)
        xmlSAX2EndElementNs(ctxt, localname, prefix, uri);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    xmlParserCtxtPtr ctxt = context;
    if (*skipped_in(ctxt))
        return;
    for (int i = 0; i < len; i++)
        if (!strchr(" \t\r\n", text[i])) {
            xmlSAX2Characters(ctxt, text, len);
            return;
        }
}

static void on_comment(void *context, const xmlChar *text)
{
    (void)context;
    (void)text;
}

static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
    (void)context;
    (void)target;
    (void)data;
}

static void prepare(xmlParserCtxt *ctxt)
{
    ctxt->sax->startElementNs = on_start;
    ctxt->sax->endElementNs = on_end;
    ctxt->sax->characters = on_text;
    ctxt->sax->cdataBlock = on_text;
    ctxt->sax->ignorableWhitespace = on_text;
    ctxt->sax->comment = on_comment;
    ctxt->sax->processingInstruction = on_instruction;
}

static xmlDoc *parse_tree(struct xsd_compiler *c, const char *uri,
                          const struct resource *resource, const char *rule)
{
    uintptr_t skipped = 0;
    const struct parse_wish wish = {prepare, &skipped};
    struct parse_fault fault;
    struct thresh_error error;
    xmlDoc *tree;
    int rc = resolver_parse(c->shared->resolver, resource, &wish, &tree, &fault, &error);
    if (rc < 0 && error_is_no_memory(&error))
        xsd_compile_fail_no_memory(c);
    if (rc < 0)
        xsd_compile_fail(c, NULL, rule, "%s", error.text);
    if (rc > 0)
        xsd_compile_fail(c,
                         &(struct location){&(struct schema_document){.uri = uri},
                                            &(struct node){.line = fault.line}},
                         rule, "%s", fault.message);
    return tree;
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
    struct xsd_documents *documents = calloc(1, sizeof *documents);
    if (!documents)
        return NULL;
    documents->resolver = resolver;
    documents->resource.fd = -1;
    if (!(documents->texts = xmlHashCreate(64))) {
        free(documents);
        return NULL;
    }
    return documents;
}

void xsd_documents_free(struct xsd_documents *documents)
{
    if (!documents)
        return;
    xmlHashFree(documents->texts, NULL);
    xmlFreeDoc(documents->tree);
    resource_close(&documents->resource);
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

static const struct schema_text *read_text(struct xsd_compiler *c, const char *uri,
                                           const char *rule)
{
    struct xsd_documents *shared = c->shared;
    struct schema_text *text = arena_alloc(&shared->arena, sizeof *text);
    if (!text)
        xsd_compile_fail_no_memory(c);
    shared->tree = parse_tree(c, uri, &shared->resource, rule);
    text->root = node_tree_make(c, shared->tree);
    text->place = shared->resource.place;
    xmlFreeDoc(shared->tree);
    shared->tree = NULL;
    return text;
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
    if (!text)
        text = read_text(c, uri, rule);
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
    bool is_file = !resource.text;
    resource_close(&resource);
    return is_file;
}
