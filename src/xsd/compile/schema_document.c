/* SPDX-License-Identifier: MIT
 *
 * Reads a schema document into a libxml2 tree, without documentation, application information,
 * comments and white space: in NeTEx and UBL they are most of it. The nodes that are made of
 * the tree are kept for further schemas.
 */
#include "xsd/compile/schema_document.h"

#include "xsd/compile/node.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/uri.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ctxt->_private is the number of open elements from an appinfo or documentation on. */
static void on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    xmlParserCtxtPtr ctxt = context;
    uintptr_t skipped = (uintptr_t)ctxt->_private;
    if (skipped) {
        ctxt->_private = (void *)(skipped + 1);
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
        ctxt->_private = (void *)(uintptr_t)1;
}

static void on_end(void *context, const xmlChar *localname, const xmlChar *prefix,
                   const xmlChar *uri)
{
    xmlParserCtxtPtr ctxt = context;
    uintptr_t skipped = (uintptr_t)ctxt->_private;
    if (skipped)
        ctxt->_private = (void *)(skipped - 1);
    if (skipped <= 1)
        xmlSAX2EndElementNs(ctxt, localname, prefix, uri);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    xmlParserCtxtPtr ctxt = context;
    if (ctxt->_private)
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

#if LIBXML_VERSION >= 21200
static void ignore_error(void *context, const xmlError *error)
#else
static void ignore_error(void *context, xmlErrorPtr error)
#endif
{
    (void)context;
    (void)error;
}

static xmlDoc *parse_tree(struct xsd_compiler *c, const char *uri, const char *rule)
{
    xmlParserCtxtPtr ctxt = xmlNewParserCtxt();
    if (!ctxt)
        xsd_compile_fail_no_memory(c);
    ctxt->sax->startElementNs = on_start;
    ctxt->sax->endElementNs = on_end;
    ctxt->sax->characters = on_text;
    ctxt->sax->cdataBlock = on_text;
    ctxt->sax->ignorableWhitespace = on_text;
    ctxt->sax->comment = on_comment;
    ctxt->sax->processingInstruction = on_instruction;
    ctxt->sax->serror = ignore_error;
    ctxt->_private = NULL;
    /* Before reading, too: libxml2 2.9 opens the file before it looks at the options given
     * here. */
    const int options = XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_BIG_LINES;
    xmlCtxtUseOptions(ctxt, options);
    xmlDoc *tree = xmlCtxtReadFile(ctxt, uri, NULL, options);
    bool absent =
        !tree && (ctxt->lastError.code == XML_ERR_OK || ctxt->lastError.domain == XML_FROM_IO);
    bool no_memory =
        ctxt->errNo == XML_ERR_NO_MEMORY || ctxt->lastError.code == XML_ERR_NO_MEMORY;
    bool namespace_fault = tree && !ctxt->nsWellFormed;
    int line = ctxt->lastError.line;
    char message[256] = "";
    if (ctxt->lastError.message)
        strncpy(message, ctxt->lastError.message, sizeof message - 1);
    xmlFreeParserCtxt(ctxt);
    if (no_memory || namespace_fault) {
        xmlFreeDoc(tree);
        tree = NULL;
    }
    if (no_memory)
        xsd_compile_fail_no_memory(c);
    if (!tree && !absent)
        xsd_compile_fail(c,
                         &(struct location){&(struct schema_document){.uri = uri},
                                            &(struct node){.line = line}},
                         rule, "%s", message);
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

struct xsd_documents *xsd_documents_new(void)
{
    struct xsd_documents *documents = calloc(1, sizeof *documents);
    if (documents && !(documents->texts = xmlHashCreate(64))) {
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
    names_free(&documents->names);
    arena_free(&documents->arena);
    buf_free(&documents->notes);
    free(documents);
}

/* libxml2 knows the tree by the file that a catalog led to, as a URI. */
static const char *find_place(struct xsd_compiler *c, const xmlDoc *tree, const char *uri)
{
    char path[PATH_MAX];
    const char *url = tree->URL ? (const char *)tree->URL : uri;
    char *local =
        xmlURIUnescapeString(strncmp(url, "file://", 7) == 0 ? url + 7 : url, 0, NULL);
    const char *place = local && realpath(local, path) ? path : url;
    size_t len = strlen(place);
    char *copy = arena_alloc(&c->shared->arena, len + 1);
    xmlFree(local);
    if (!copy)
        xsd_compile_fail_no_memory(c);
    return memcpy(copy, place, len);
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
    struct schema_text *text = xmlHashLookup(shared->texts, (const xmlChar *)uri);
    if (text)
        return text;
    shared->tree = parse_tree(c, uri, rule);
    if (!shared->tree)
        return NULL;
    const char *place = find_place(c, shared->tree, uri);
    text = xmlHashLookup(shared->texts, (const xmlChar *)place);
    if (!text) {
        text = arena_alloc(&shared->arena, sizeof *text);
        if (!text)
            xsd_compile_fail_no_memory(c);
        text->root = node_tree_make(c, shared->tree);
        text->place = place;
    }
    xmlFreeDoc(shared->tree);
    shared->tree = NULL;
    keep_text(c, uri, text);
    keep_text(c, place, text);
    return text;
}
