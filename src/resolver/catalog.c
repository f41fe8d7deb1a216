/* SPDX-License-Identifier: MIT */
#include "resolver/catalog.h"

#include "base/array.h"
#include "resolver/local_file.h"
#include <libxml/uri.h>
#include <libxml/xmlreader.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATALOG_NAMESPACE "urn:oasis:names:tc:entity:xmlns:xml:catalog"

/* In the order in which they are asked (section 7). */
enum catalog_entry_kind {
    ENTRY_EXACT,
    ENTRY_REWRITE,
    ENTRY_SUFFIX,
    ENTRY_DELEGATE,
    ENTRY_PUBLIC,
    ENTRY_DELEGATE_PUBLIC,
    ENTRY_NEXT,
    ENTRY_KINDS,
};

/* What a schema asks for is a URI and, of an entity, a system identifier; who writes a catalog
 * for it need not know which. So the entries of both sorts answer. */
static const struct {
    const char *element, *name, *target;
    enum catalog_entry_kind kind;
} ELEMENTS[] = {
    {"system", "systemId", "uri", ENTRY_EXACT},
    {"uri", "name", "uri", ENTRY_EXACT},
    {"rewriteSystem", "systemIdStartString", "rewritePrefix", ENTRY_REWRITE},
    {"rewriteURI", "uriStartString", "rewritePrefix", ENTRY_REWRITE},
    {"systemSuffix", "systemIdSuffix", "uri", ENTRY_SUFFIX},
    {"uriSuffix", "uriSuffix", "uri", ENTRY_SUFFIX},
    {"delegateSystem", "systemIdStartString", "catalog", ENTRY_DELEGATE},
    {"delegateURI", "uriStartString", "catalog", ENTRY_DELEGATE},
    {"public", "publicId", "uri", ENTRY_PUBLIC},
    {"delegatePublic", "publicIdStartString", "catalog", ENTRY_DELEGATE_PUBLIC},
    {"nextCatalog", NULL, "catalog", ENTRY_NEXT},
};

struct catalog_entry {
    enum catalog_entry_kind kind;
    char *name;              /* what is asked for, or how it begins or ends; NULL: anything */
    char *target;            /* an address, made absolute by the base of the entry */
    struct catalog *catalog; /* that at the target, once it was needed */
    bool is_tried;
};

/* A catalog that others lead to. */
struct named {
    dev_t device;
    ino_t number;
    struct catalog *catalog;
};

struct catalog {
    struct catalog_entry *entries;
    size_t n, cap;
    uint64_t asked;        /* the last question that it was asked */
    struct catalog *first; /* the one that the user named. It has all others, */
    struct named *named;
    size_t n_named, cap_named;
    uint64_t questions; /* and the number of the question at hand */
};

/* -- Reading -------------------------------------------------------------------------- */

static char *attribute_of(xmlTextReader *reader, const char *name)
{
    return name ? (char *)xmlTextReaderGetAttribute(reader, (const xmlChar *)name) : NULL;
}

static int add_entry(struct catalog *catalog, enum catalog_entry_kind kind, char *name,
                     char *target)
{
    struct catalog_entry *entries =
        array_room(catalog->entries, &catalog->cap, catalog->n + 1, sizeof *entries);
    if (!entries)
        return -1;
    catalog->entries = entries;
    entries[catalog->n++] =
        (struct catalog_entry){.kind = kind, .name = name, .target = target};
    return 0;
}

/* An entry without what it needs is none. */
static int read_entry(struct catalog *catalog, xmlTextReader *reader)
{
    const char *element = (const char *)xmlTextReaderConstLocalName(reader);
    size_t i = 0;
    while (i < sizeof ELEMENTS / sizeof *ELEMENTS && strcmp(element, ELEMENTS[i].element) != 0)
        i++;
    if (i == sizeof ELEMENTS / sizeof *ELEMENTS)
        return 0;
    char *name = attribute_of(reader, ELEMENTS[i].name);
    char *target = attribute_of(reader, ELEMENTS[i].target);
    xmlChar *base = xmlTextReaderBaseUri(reader);
    char *address = target ? (char *)xmlBuildURI((xmlChar *)target, base) : NULL;
    xmlFree(base);
    xmlFree(target);
    if (address && (name || !ELEMENTS[i].name) &&
        add_entry(catalog, ELEMENTS[i].kind, name, address) == 0)
        return 0;
    bool is_none = !target || !address || (!name && ELEMENTS[i].name);
    xmlFree(name);
    xmlFree(address);
    return is_none ? 0 : -1;
}

static void ignore_error(void *context, const char *message, xmlParserSeverities severity,
                         xmlTextReaderLocatorPtr locator)
{
    (void)context, (void)message, (void)severity, (void)locator;
}

/* 0, -1: no memory, 1: it is no catalog. */
static int read_entries(struct catalog *catalog, xmlTextReader *reader)
{
    bool is_catalog = false;
    int more, rc = 0;
    while (rc == 0 && (more = xmlTextReaderRead(reader)) == 1) {
        const xmlChar *uri = xmlTextReaderConstNamespaceUri(reader);
        if (xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT || !uri ||
            strcmp((const char *)uri, CATALOG_NAMESPACE) != 0)
            continue;
        is_catalog = true;
        rc = read_entry(catalog, reader);
    }
    return rc < 0 ? -1 : more < 0 || !is_catalog;
}

static int parse_catalog(struct catalog *catalog, const char *path, const struct buf *bytes,
                         struct thresh_error *error)
{
    xmlTextReader *reader =
        xmlReaderForMemory(bytes->data, (int)bytes->len, path, NULL, XML_PARSE_NONET);
    int rc = !bytes->len ? 1 : reader ? 0 : -1;
    if (rc == 0) {
        xmlTextReaderSetErrorHandler(reader, ignore_error, NULL);
        rc = read_entries(catalog, reader);
    }
    xmlFreeTextReader(reader);
    return rc > 0   ? error_set(error, "%s: not an OASIS XML catalog", path)
           : rc < 0 ? error_no_memory(error)
                    : 0;
}

static struct catalog *read_catalog(const struct local_file *file, const char *path,
                                    struct thresh_error *error)
{
    struct buf bytes = {.max_bytes = INT_MAX};
    struct catalog *catalog = calloc(1, sizeof *catalog);
    int rc = catalog ? local_file_read(file, &bytes, path, error) : error_no_memory(error);
    if (rc == 0)
        rc = parse_catalog(catalog, path, &bytes, error);
    buf_free(&bytes);
    if (rc == 0)
        return catalog;
    catalog_close(catalog);
    return NULL;
}

struct catalog *catalog_open(const char *file, struct thresh_error *error)
{
    struct local_file opened;
    if (local_file_open(&opened, file) < 0) {
        error_set(error, "%s: the catalog cannot be read: %m; check --catalog", file);
        return NULL;
    }
    struct catalog *catalog = read_catalog(&opened, file, error);
    local_file_close(&opened);
    if (catalog)
        catalog->first = catalog;
    return catalog;
}

void catalog_close(struct catalog *catalog)
{
    if (!catalog)
        return;
    for (size_t i = 0; i < catalog->n; i++) {
        xmlFree(catalog->entries[i].name);
        xmlFree(catalog->entries[i].target);
    }
    for (size_t i = 0; i < catalog->n_named; i++)
        catalog_close(catalog->named[i].catalog);
    free(catalog->named);
    free(catalog->entries);
    free(catalog);
}

/* -- Asking --------------------------------------------------------------------------- */

/* Catalogs may name each other, in circles, too: each is read once. */
static struct catalog *read_named(struct catalog *first, const struct local_file *file,
                                  const char *path)
{
    struct thresh_error error;
    for (size_t i = 0; i < first->n_named; i++)
        if (first->named[i].device == file->facts.st_dev &&
            first->named[i].number == file->facts.st_ino)
            return first->named[i].catalog;
    struct named *named =
        array_room(first->named, &first->cap_named, first->n_named + 1, sizeof *named);
    if (!named)
        return NULL;
    first->named = named;
    struct catalog *catalog = read_catalog(file, path, &error);
    if (catalog) {
        catalog->first = first;
        named[first->n_named++] =
            (struct named){file->facts.st_dev, file->facts.st_ino, catalog};
    }
    return catalog;
}

static struct catalog *catalog_of(const struct catalog *from, struct catalog_entry *entry)
{
    struct local_file file;
    if (entry->is_tried)
        return entry->catalog;
    char *path = local_file_path(entry->target);
    entry->is_tried = true;
    if (path && local_file_open(&file, path) == 0) {
        entry->catalog = read_named(from->first, &file, path);
        local_file_close(&file);
    }
    free(path);
    return entry->catalog;
}

static bool matches(const struct catalog_entry *entry, const char *asked)
{
    size_t len = entry->name ? strlen(entry->name) : 0, asked_len = strlen(asked);
    switch (entry->kind) {
    case ENTRY_EXACT:
    case ENTRY_PUBLIC:
        return strcmp(entry->name, asked) == 0;
    case ENTRY_SUFFIX:
        return len <= asked_len && strcmp(asked + asked_len - len, entry->name) == 0;
    case ENTRY_NEXT:
        return true;
    default:
        return strncmp(asked, entry->name, len) == 0;
    }
}

/* The entry of that kind that says most of what is asked for, and less than `below`, the first
 * of several. */
static struct catalog_entry *longest(struct catalog *catalog, enum catalog_entry_kind kind,
                                     const char *asked, size_t below)
{
    struct catalog_entry *best = NULL;
    for (size_t i = 0; i < catalog->n; i++) {
        struct catalog_entry *entry = &catalog->entries[i];
        if (entry->kind == kind && matches(entry, asked) && strlen(entry->name) < below &&
            (!best || strlen(entry->name) > strlen(best->name)))
            best = entry;
    }
    return best;
}

static char *rewritten(const struct catalog_entry *entry, const char *asked)
{
    const char *rest = asked + strlen(entry->name);
    char *address;
    return asprintf(&address, "%s%s", entry->target, rest) < 0 ? NULL : address;
}

static char *find_one(struct catalog *catalog, const char *asked, bool is_public);

/* Whoever delegates leaves it to those catalogs, and asks none that follows. */
static char *find_delegated(struct catalog *catalog, enum catalog_entry_kind kind,
                            const char *asked, bool is_public, bool *delegates)
{
    size_t below = SIZE_MAX;
    for (struct catalog_entry *entry; (entry = longest(catalog, kind, asked, below));) {
        struct catalog *other = catalog_of(catalog, entry);
        char *found = other ? find_one(other, asked, is_public) : NULL;
        *delegates = true;
        if (found)
            return found;
        below = strlen(entry->name);
    }
    return NULL;
}

static char *find_one(struct catalog *catalog, const char *asked, bool is_public)
{
    bool delegates = false;
    if (catalog->asked == catalog->first->questions)
        return NULL; /* it had nothing, or is being asked */
    catalog->asked = catalog->first->questions;
    for (enum catalog_entry_kind kind = ENTRY_EXACT; kind <= ENTRY_PUBLIC; kind++) {
        struct catalog_entry *entry =
            (kind == ENTRY_PUBLIC) == is_public && kind != ENTRY_DELEGATE
                ? longest(catalog, kind, asked, SIZE_MAX)
                : NULL;
        if (entry)
            return kind == ENTRY_REWRITE ? rewritten(entry, asked) : strdup(entry->target);
    }
    char *found = find_delegated(catalog, is_public ? ENTRY_DELEGATE_PUBLIC : ENTRY_DELEGATE,
                                 asked, is_public, &delegates);
    for (size_t i = 0; !found && !delegates && i < catalog->n; i++) {
        struct catalog_entry *entry = &catalog->entries[i];
        struct catalog *next = entry->kind == ENTRY_NEXT ? catalog_of(catalog, entry) : NULL;
        found = next ? find_one(next, asked, is_public) : NULL;
    }
    return found;
}

char *catalog_find(struct catalog *catalog, const char *public_id, const char *address)
{
    catalog->questions++;
    char *found = find_one(catalog, address, false);
    if (found || !public_id)
        return found;
    catalog->questions++;
    return find_one(catalog, public_id, true);
}
