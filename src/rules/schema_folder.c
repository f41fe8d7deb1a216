/* SPDX-License-Identifier: MIT */
#include "rules/schema_folder.h"

#include "base/array.h"
#include "source/reader.h"
#include <fcntl.h>
#include <libxml/uri.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What an archive of schemas may hold: far more than any does, and little for a machine. */
enum { MOST_ENTRIES = 100000, MOST_RATIO = 1000 };
#define MOST_BYTES (UINT64_C(1) << 30)

static bool ends_in(const char *path, const char *end)
{
    size_t len = strlen(path), end_len = strlen(end);
    return len > end_len && strcasecmp(path + len - end_len, end) == 0;
}

bool schema_folder_is(const char *path)
{
    static const char *const ends[] = {".zip",    ".tar",    ".tgz",     ".7z",
                                       ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2"};
    struct stat facts;
    if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode))
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_in(path, ends[i]))
            return true;
    return false;
}

/* 0, or -1 without memory. */
static int add_path(char ***paths, size_t *n, size_t *cap, const char *path)
{
    char **items = array_room(*paths, cap, *n + 1, sizeof *items);
    if (!items)
        return -1;
    *paths = items;
    if (!(items[*n] = strdup(path)))
        return -1;
    ++*n;
    return 0;
}

void schema_folder_free(struct schema_folder *folder)
{
    for (size_t i = 0; i < folder->n; i++)
        free(folder->files[i]);
    for (size_t i = 0; i < folder->n_included; i++)
        free(folder->included[i]);
    free(folder->files);
    free(folder->included);
}

/* -- Listing -------------------------------------------------------------------------- */

/* Keeps the bytes of an archive's entry for whoever resolves its address. */
static int put(struct resolver *resolver, struct reader *reader, uint64_t index,
               const char *path, struct thresh_error *error)
{
    const char *bytes;
    size_t len;
    struct entry_fault fault;
    int rc = reader_read(reader, index, &bytes, &len, &fault, error);
    if (rc > 0)
        return error_set(error, "--schema: %s: %s", path, fault.message);
    return rc < 0 || resolver_put(resolver, path, bytes, len) == 0 ? rc
                                                                   : error_no_memory(error);
}

static int take_entry(struct schema_folder *folder, const struct source *source,
                      struct reader *reader, uint64_t index, const char *path_given,
                      struct resolver *resolver, struct thresh_error *error)
{
    struct buf path = {0};
    struct entry entry;
    int rc = source_entry(source, index, &path, &entry) < 0 ? error_no_memory(error) : 0;
    bool is_schema = rc == 0 && (ends_in(entry.path, ".xsd") || ends_in(entry.path, ".rng"));
    bool is_all = rc == 0 && strcmp(entry.path, path_given) == 0;
    if (rc == 0 && entry.kind == ENTRY_UNREADABLE && (is_schema || is_all))
        rc = error_set(error, "--schema: %s: %s", entry.path, entry.message);
    if (rc == 0 && entry.kind == ENTRY_DOCUMENT) {
        if (strstr(entry.path, "!/"))
            rc = put(resolver, reader, index, entry.path, error);
        if (rc == 0 && is_schema &&
            add_path(&folder->files, &folder->n, &folder->cap, entry.path) < 0)
            rc = error_no_memory(error);
    }
    buf_free(&path);
    return rc;
}

/* The archive is one of the files that the schemas are made of. */
static int note_archive(struct resolver *resolver, const char *path, struct thresh_error *error)
{
    struct resource archive;
    struct buf bytes = {0};
    int rc = resolver_find(resolver, NULL, path, &archive);
    if (rc != 0)
        return rc < 0 ? error_no_memory(error) : 0; /* a directory */
    rc = resolver_read(resolver, &archive, &bytes, error);
    resource_close(&archive);
    buf_free(&bytes);
    return rc;
}

int schema_folder_list(struct schema_folder *folder, const char *path,
                       struct resolver *resolver, struct thresh_error *error)
{
    const struct source_input input = {.kind = SOURCE_PATH, .path = path};
    const struct source_options options = {.max_entries = MOST_ENTRIES,
                                           .entries_remedy = "give the schemas one by one",
                                           .max_document_bytes = MOST_BYTES,
                                           .document_remedy = "no schema is as large",
                                           .max_total_bytes = MOST_BYTES,
                                           .max_ratio = MOST_RATIO};
    struct source *source = NULL;
    struct reader *reader = NULL;
    int rc = note_archive(resolver, path, error);
    if (rc == 0)
        rc = source_open(&source, &input, 1, &options, error);
    if (rc == 0 && !(reader = reader_open(source, error)))
        rc = -1;
    uint64_t n = rc == 0 ? source_count(source) : 0;
    for (uint64_t i = 0; i < n && rc == 0; i++)
        rc = take_entry(folder, source, reader, i, path, resolver, error);
    reader_close(reader);
    source_close(source);
    return rc;
}

/* -- Included documents --------------------------------------------------------------- */

/* The path that an address in a file leads to. NULL: none, or no memory. */
static char *path_of(const char *address, const char *file)
{
    xmlChar *base = xmlPathToURI((const xmlChar *)file);
    xmlChar *uri = base ? xmlBuildURI((const xmlChar *)address, base) : NULL;
    char *path = uri ? xmlURIUnescapeString((const char *)uri, 0, NULL) : NULL;
    xmlFree(uri);
    xmlFree(base);
    return path;
}

int schema_folder_add_included(struct schema_folder *folder, const char *file,
                               const struct buf *addresses)
{
    int rc = 0;
    for (size_t at = 0; at < addresses->len && rc == 0;
         at += strlen(addresses->data + at) + 1) {
        char *path = path_of(addresses->data + at, file);
        if (path)
            rc = add_path(&folder->included, &folder->n_included, &folder->cap_included, path);
        xmlFree(path);
    }
    return rc;
}

bool schema_folder_is_included(const struct schema_folder *folder, const char *file)
{
    const char *slash = strrchr(file, '/');
    xmlChar *itself = xmlPathToURI((const xmlChar *)(slash ? slash + 1 : file));
    char *path = itself ? path_of((const char *)itself, file) : NULL;
    bool is_included = false;
    for (size_t i = 0; path && i < folder->n_included && !is_included; i++)
        is_included = strcmp(folder->included[i], path) == 0;
    xmlFree(path);
    xmlFree(itself);
    return is_included;
}
