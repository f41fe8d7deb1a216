/* SPDX-License-Identifier: MIT */
#include "resolver/catalog.h"

#include "base/array.h"
#include "resolver/catalog_read.h"
#include "resolver/local_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A catalog that others lead to. */
struct named {
    dev_t device;
    ino_t number;
    struct catalog *catalog;
};

struct catalog {
    struct catalog_entries entries;
    uint64_t asked;        /* the last question that it was asked */
    struct catalog *first; /* the one that the user named. It has all others, */
    struct named *named;
    size_t n_named, cap_named;
    struct seen_files *seen; /* the caller's, or NULL, */
    uint64_t questions;      /* and the number of the question at hand */
};

/* -- Catalogs and those that they name ------------------------------------------------ */

static struct catalog *read_catalog(const struct local_file *file, const char *path,
                                    struct seen_files *seen, struct thresh_error *error)
{
    struct buf bytes = {0};
    struct catalog *catalog = calloc(1, sizeof *catalog);
    int rc = catalog ? local_file_read(file, LOCAL_FILE_MOST, &bytes, path, error)
                     : error_no_memory(error);
    if (rc == 0) {
        seen_files_read(seen, path, &bytes);
        rc = catalog_read(&catalog->entries, path, &bytes, error);
    }
    buf_free(&bytes);
    if (rc == 0)
        return catalog;
    catalog_close(catalog);
    return NULL;
}

struct catalog *catalog_open(const char *file, struct seen_files *seen,
                             struct thresh_error *error)
{
    struct local_file opened;
    if (local_file_open(&opened, file) < 0) {
        error_set(error, "%s: the catalog cannot be read: %m; check --catalog", file);
        return NULL;
    }
    seen_files_found(seen, file, &opened.facts);
    struct catalog *catalog = read_catalog(&opened, file, seen, error);
    local_file_close(&opened);
    if (catalog) {
        catalog->first = catalog;
        catalog->seen = seen;
    }
    return catalog;
}

void catalog_close(struct catalog *catalog)
{
    if (!catalog)
        return;
    for (size_t i = 0; i < catalog->n_named; i++)
        catalog_close(catalog->named[i].catalog);
    free(catalog->named);
    catalog_entries_free(&catalog->entries);
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
    struct catalog *catalog = read_catalog(file, path, first->seen, &error);
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
    char *path;
    entry->is_tried = true;
    if (local_file_path(entry->target, &path) == 0 && local_file_open(&file, path) == 0) {
        seen_files_found(from->first->seen, path, &file.facts);
        entry->catalog = read_named(from->first, &file, path);
        local_file_close(&file);
    } else if (path) {
        seen_files_found(from->first->seen, path, NULL);
    }
    free(path);
    return entry->catalog;
}

static bool matches(const struct catalog_entry *entry, const char *asked)
{
    size_t len = entry->name ? strlen(entry->name) : 0, asked_len = strlen(asked);
    switch (entry->kind) {
    case CATALOG_SUFFIX:
        return len <= asked_len && strcmp(asked + asked_len - len, entry->name) == 0;
    case CATALOG_NEXT:
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
    for (size_t i = 0; i < catalog->entries.n; i++) {
        struct catalog_entry *entry = &catalog->entries.items[i];
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
    const char *exact =
        catalog_exact(&catalog->entries, is_public ? CATALOG_PUBLIC : CATALOG_EXACT, asked);
    if (exact)
        return strdup(exact);
    for (enum catalog_entry_kind kind = CATALOG_REWRITE; kind <= CATALOG_SUFFIX && !is_public;
         kind++) {
        struct catalog_entry *entry = longest(catalog, kind, asked, SIZE_MAX);
        if (entry)
            return kind == CATALOG_REWRITE ? rewritten(entry, asked) : strdup(entry->target);
    }
    char *found =
        find_delegated(catalog, is_public ? CATALOG_DELEGATE_PUBLIC : CATALOG_DELEGATE, asked,
                       is_public, &delegates);
    for (size_t i = 0; !found && !delegates && i < catalog->entries.n; i++) {
        struct catalog_entry *entry = &catalog->entries.items[i];
        struct catalog *next = entry->kind == CATALOG_NEXT ? catalog_of(catalog, entry) : NULL;
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
