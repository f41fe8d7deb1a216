/* SPDX-License-Identifier: MIT */
#include "resolver/catalog_read.h"

#include "base/array.h"
#include "resolver/local_file.h"
#include "scanner/scanner.h"
#include <libxml/tree.h>
#include <libxml/uri.h>
#include <libxml/xmlmemory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATALOG_NAMESPACE "urn:oasis:names:tc:entity:xmlns:xml:catalog"

/* What a schema asks for is a URI and, of an entity, a system identifier; who writes a catalog
 * for it need not know which. So the entries of both sorts answer. */
static const struct {
    const char *element, *name, *target;
    enum catalog_entry_kind kind;
} ELEMENTS[] = {
    {"system", "systemId", "uri", CATALOG_EXACT},
    {"uri", "name", "uri", CATALOG_EXACT},
    {"rewriteSystem", "systemIdStartString", "rewritePrefix", CATALOG_REWRITE},
    {"rewriteURI", "uriStartString", "rewritePrefix", CATALOG_REWRITE},
    {"systemSuffix", "systemIdSuffix", "uri", CATALOG_SUFFIX},
    {"uriSuffix", "uriSuffix", "uri", CATALOG_SUFFIX},
    {"delegateSystem", "systemIdStartString", "catalog", CATALOG_DELEGATE},
    {"delegateURI", "uriStartString", "catalog", CATALOG_DELEGATE},
    {"public", "publicId", "uri", CATALOG_PUBLIC},
    {"delegatePublic", "publicIdStartString", "catalog", CATALOG_DELEGATE_PUBLIC},
    {"nextCatalog", NULL, "catalog", CATALOG_NEXT},
};

struct catalog_reading {
    struct catalog_entries *entries;
    const char *path;
    struct scanner *scanner;
    xmlChar **bases; /* of the open elements; NULL: the same as around it */
    size_t depth, cap_bases;
    bool is_catalog, no_memory;
    uint64_t line; /* where it is not well-formed; 0: it is */
    char fault[256];
};

/* A start tag's, as the scanner tells them. */
struct catalog_attributes {
    int n;
    const xmlChar **at;
};

static void give_up(struct catalog_reading *reading)
{
    reading->no_memory = true;
    scanner_stop(reading->scanner);
}

/* A copy of its value. NULL: there is none, or no memory. */
static xmlChar *attribute_of(struct catalog_reading *reading,
                             const struct catalog_attributes *attributes, const char *uri,
                             const char *name)
{
    for (int i = 0; name && i < attributes->n; i++) {
        const xmlChar **at = attributes->at + 5 * i;
        if (strcmp((const char *)at[0], name) != 0 ||
            strcmp(at[2] ? (const char *)at[2] : "", uri) != 0)
            continue;
        xmlChar *value = xmlStrndup(at[3], (int)(at[4] - at[3]));
        if (!value)
            give_up(reading);
        return value;
    }
    return NULL;
}

/* What is relative in the innermost open element starts from it. */
static const xmlChar *base_of(const struct catalog_reading *reading)
{
    for (size_t i = reading->depth; i; i--)
        if (reading->bases[i - 1])
            return reading->bases[i - 1];
    return (const xmlChar *)reading->path;
}

static void open_element(struct catalog_reading *reading,
                         const struct catalog_attributes *attributes)
{
    xmlChar **bases = array_room(reading->bases, &reading->cap_bases, reading->depth + 1,
                                 sizeof *reading->bases);
    if (!bases) {
        give_up(reading);
        return;
    }
    xmlChar *own = attribute_of(reading, attributes, (const char *)XML_XML_NAMESPACE, "base");
    xmlChar *base = own ? xmlBuildURI(own, base_of(reading)) : NULL;
    xmlFree(own);
    reading->bases = bases;
    reading->bases[reading->depth++] = base;
}

static int add_entry(struct catalog_entries *entries, enum catalog_entry_kind kind, char *name,
                     char *target)
{
    struct catalog_entry *items =
        array_room(entries->items, &entries->cap, entries->n + 1, sizeof *items);
    if (!items)
        return -1;
    entries->items = items;
    items[entries->n++] = (struct catalog_entry){.kind = kind, .name = name, .target = target};
    return 0;
}

/* An entry without what it needs is none. */
static void read_entry(struct catalog_reading *reading, const char *element,
                       const struct catalog_attributes *attributes)
{
    size_t i = 0;
    while (i < sizeof ELEMENTS / sizeof *ELEMENTS && strcmp(element, ELEMENTS[i].element) != 0)
        i++;
    if (i == sizeof ELEMENTS / sizeof *ELEMENTS)
        return;
    xmlChar *name = attribute_of(reading, attributes, "", ELEMENTS[i].name);
    xmlChar *target = attribute_of(reading, attributes, "", ELEMENTS[i].target);
    xmlChar *address = target ? xmlBuildURI(target, base_of(reading)) : NULL;
    bool is_one = address && (name || !ELEMENTS[i].name) && !reading->no_memory;
    xmlFree(target);
    if (is_one &&
        add_entry(reading->entries, ELEMENTS[i].kind, (char *)name, (char *)address) == 0)
        return;
    if (is_one)
        give_up(reading);
    xmlFree(name);
    xmlFree(address);
}

static void on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, const xmlChar **attributes)
{
    struct catalog_reading *reading = context;
    const struct catalog_attributes all = {n_attributes, attributes};
    (void)prefix, (void)n_namespaces, (void)namespaces;
    open_element(reading, &all);
    if (!uri || strcmp((const char *)uri, CATALOG_NAMESPACE) != 0)
        return;
    reading->is_catalog = true;
    if (!reading->no_memory)
        read_entry(reading, (const char *)localname, &all);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    (void)context, (void)text, (void)len;
}

static void on_end(void *context)
{
    struct catalog_reading *reading = context;
    xmlFree(reading->bases[--reading->depth]);
}

static void on_fault(void *context, const struct scanner_fault *fault)
{
    struct catalog_reading *reading = context;
    if (fault->kind != SCANNER_MALFORMED && fault->kind != SCANNER_LIMIT)
        return;
    reading->line = fault->line;
    snprintf(reading->fault, sizeof reading->fault, "%s", fault->message);
}

/* 0, 1: it is no catalog, -1: no memory. */
static int scan(struct catalog_reading *reading, const struct buf *bytes)
{
    const struct scanner_limits limits = {.name_bytes = 1 << 20,
                                          .entity_bytes = LOCAL_FILE_ENTITY_BYTES};
    const struct scanner_events events = {.start = on_start,
                                          .text = on_text,
                                          .end = on_end,
                                          .fault = on_fault,
                                          .context = reading};
    struct utf8_document text;
    struct encoding *encoding = encoding_new();
    reading->scanner = scanner_new(&limits);
    int rc = encoding && reading->scanner &&
                     encoding_to_utf8(encoding, bytes->data, bytes->len, &text) == ENCODING_DONE
                 ? scanner_run(reading->scanner, &text, &events)
                 : -1;
    while (reading->depth)
        on_end(reading);
    free(reading->bases);
    scanner_free(reading->scanner);
    encoding_free(encoding);
    return rc < 0 || reading->no_memory ? -1 : !rc || !reading->is_catalog;
}

int catalog_read(struct catalog_entries *entries, const char *path, struct buf *bytes,
                 struct thresh_error *error)
{
    struct catalog_reading reading = {.entries = entries, .path = path};
    int rc = buf_string(bytes) ? scan(&reading, bytes) : -1;
    if (rc < 0)
        return error_no_memory(error);
    return rc == 0 ? 0
           : !reading.line
               ? error_set(error, "%s: is no OASIS XML catalog; check --catalog", path)
               : error_set(error,
                           "%s:%ju: %s; a catalog is an XML document, check "
                           "--catalog",
                           path, (uintmax_t)reading.line, reading.fault);
}

void catalog_entries_free(struct catalog_entries *entries)
{
    for (size_t i = 0; i < entries->n; i++) {
        xmlFree(entries->items[i].name);
        xmlFree(entries->items[i].target);
    }
    free(entries->items);
}
