/* SPDX-License-Identifier: MIT */
#include "resolver/catalog_read.h"

#include "base/array.h"
#include "resolver/address.h"
#include "resolver/xml_reader.h"
#include <libxml/tree.h>
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
    struct xml_reader reader;
    char **bases; /* of the open elements; NULL: the same as around it */
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
    scanner_stop(reading->reader.scanner);
}

/* A copy of its value. NULL: there is none, or no memory. */
static char *attribute_of(struct catalog_reading *reading,
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
        return (char *)value;
    }
    return NULL;
}

/* What is relative in the innermost open element starts from it. */
static const char *base_of(const struct catalog_reading *reading)
{
    for (size_t i = reading->depth; i; i--)
        if (reading->bases[i - 1])
            return reading->bases[i - 1];
    return reading->path;
}

/* An address in the innermost open element, which is freed. NULL: there is none, it is no URI,
 * or there is no memory. */
static char *resolve(struct catalog_reading *reading, char *address)
{
    char *absolute = NULL;
    if (address && address_resolve(base_of(reading), address, &absolute) < 0)
        give_up(reading);
    xmlFree(address);
    return absolute;
}

static void open_element(struct catalog_reading *reading,
                         const struct catalog_attributes *attributes)
{
    char **bases = array_room(reading->bases, &reading->cap_bases, reading->depth + 1,
                              sizeof *reading->bases);
    if (!bases) {
        give_up(reading);
        return;
    }
    reading->bases = bases;
    char *base = resolve(
        reading, attribute_of(reading, attributes, (const char *)XML_XML_NAMESPACE, "base"));
    reading->bases[reading->depth++] = base;
}

/* -- Entries -------------------------------------------------------------------------- */

static const xmlChar *key_of(enum catalog_entry_kind kind)
{
    return (const xmlChar *)(kind == CATALOG_PUBLIC ? "public" : "address");
}

const char *catalog_exact(const struct catalog_entries *entries, enum catalog_entry_kind kind,
                          const char *name)
{
    return xmlHashLookup2(entries->exact, (const xmlChar *)name, key_of(kind));
}

static int add_exact(struct catalog_entries *entries, enum catalog_entry_kind kind, char *name,
                     char *target)
{
    if (!entries->exact && !(entries->exact = xmlHashCreate(64)))
        return -1;
    if (catalog_exact(entries, kind, name))
        xmlFree(target);
    else if (xmlHashAddEntry2(entries->exact, (xmlChar *)name, key_of(kind), target) < 0)
        return -1;
    xmlFree(name);
    return 0;
}

static int add_entry(struct catalog_entries *entries, enum catalog_entry_kind kind, char *name,
                     char *target)
{
    if (kind == CATALOG_EXACT || kind == CATALOG_PUBLIC)
        return add_exact(entries, kind, name, target);
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
    char *name = attribute_of(reading, attributes, "", ELEMENTS[i].name);
    char *address = resolve(reading, attribute_of(reading, attributes, "", ELEMENTS[i].target));
    bool is_one = address && (name || !ELEMENTS[i].name) && !reading->no_memory;
    if (is_one && add_entry(reading->entries, ELEMENTS[i].kind, name, address) == 0)
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

/* -- Events --------------------------------------------------------------------------- */

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
    if (fault->kind == SCANNER_NAMESPACE || reading->line)
        return;
    scanner_stop(reading->reader.scanner); /* at what is not read, too: it may have entries */
    reading->line = fault->line;
    snprintf(reading->fault, sizeof reading->fault, "%s", fault->message);
}

/* 0, 1: it is no catalog, -1: no memory. */
static int scan(struct catalog_reading *reading, struct buf *bytes)
{
    const struct scanner_events events = {.start = on_start,
                                          .text = on_text,
                                          .end = on_end,
                                          .fault = on_fault,
                                          .context = reading};
    int rc = xml_reader_open(&reading->reader);
    if (rc == 0)
        rc = xml_reader_run(&reading->reader, bytes, &events);
    while (reading->depth)
        on_end(reading);
    free(reading->bases);
    xml_reader_close(&reading->reader);
    return rc < 0 || reading->no_memory ? -1 : !rc || !reading->is_catalog;
}

int catalog_read(struct catalog_entries *entries, const char *path, struct buf *bytes,
                 struct thresh_error *error)
{
    struct catalog_reading reading = {.entries = entries, .path = path};
    int rc = scan(&reading, bytes);
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

static void free_target(void *target, const xmlChar *name)
{
    (void)name;
    xmlFree(target);
}

void catalog_entries_free(struct catalog_entries *entries)
{
    for (size_t i = 0; i < entries->n; i++) {
        xmlFree(entries->items[i].name);
        xmlFree(entries->items[i].target);
    }
    free(entries->items);
    xmlHashFree(entries->exact, free_target);
}
