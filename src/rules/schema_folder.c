/* SPDX-License-Identifier: MIT */
#include "rules/schema_folder.h"

#include "base/array.h"
#include "base/io.h"
#include "source/index/name_promise.h"
#include "source/index/sniff.h"
#include "source/reader.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What an archive of schemas may hold: far more than any does, and little for a machine. */
enum { MOST_ENTRIES = 100000, MOST_RATIO = 1000 };
#define MOST_BYTES (UINT64_C(1) << 30)

/* By its first bytes, as inputs are known; what is named as packed and is not is told so. */
static bool is_packed(const char *path, int fd)
{
    char head[SNIFF_BYTES];
    const struct entry_name name = {.shown = path, .shown_len = strlen(path)};
    ptrdiff_t n = io_read_all(fd, head, sizeof head);
    return n >= 0 && (sniff_is_packed(sniff_bytes(head, (size_t)n)) ||
                      sniff_foreign(head, (size_t)n) || name_promises_packed(&name));
}

bool schema_folder_is(const char *path)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool is_there = fd >= 0 && fstat(fd, &facts) == 0;
    bool is =
        is_there && (S_ISDIR(facts.st_mode) || (S_ISREG(facts.st_mode) && is_packed(path, fd)));
    if (fd >= 0)
        close(fd);
    return is;
}

/* A name may be there twice. 0, or -1 without memory. */
static int add_file(struct schema_folder *folder, const char *path)
{
    char **files = array_room(folder->files, &folder->cap, folder->n + 1, sizeof *files);
    if (!files)
        return -1;
    folder->files = files;
    if (!folder->known && !(folder->known = xmlHashCreate(64)))
        return -1;
    if (xmlHashLookup(folder->known, (const xmlChar *)path))
        return 0;
    if (xmlHashAddEntry(folder->known, (const xmlChar *)path, folder) < 0 ||
        !(files[folder->n] = strdup(path)))
        return -1;
    folder->n++;
    return 0;
}

void schema_folder_free(struct schema_folder *folder)
{
    for (size_t i = 0; i < folder->n; i++)
        free(folder->files[i]);
    free(folder->files);
    xmlHashFree(folder->known, NULL);
}

int schema_folder_refuse(struct thresh_error *error)
{
    const struct thresh_error why = *error;
    if (error_is_no_memory(error) || error_is_time_up(error))
        return -1;
    return error_set(error,
                     "%s. Of a directory or an archive all schemas are used: take this one "
                     "out, or give those to use one by one",
                     why.text);
}

/* -- Listing -------------------------------------------------------------------------- */

/* Keeps the bytes of an archive's entry for whoever resolves its address. Of two that differ
 * nobody could tell which is meant. */
static int put(struct resolver *resolver, struct reader *reader, uint64_t index,
               const char *path, struct thresh_error *error)
{
    const char *bytes;
    size_t len;
    struct entry_fault fault;
    struct resource known;
    int rc = reader_read(reader, index, &bytes, &len, &fault, error);
    if (rc != 0)
        return rc < 0 ? -1 : error_set(error, "--schema: %s: %s", path, fault.message);
    rc = resolver_find_put(resolver, path, &known);
    if (rc > 0)
        rc = resolver_put(resolver, path, bytes, len);
    else if (rc == 0) {
        bool is_same = known.text_len == len && memcmp(known.text, bytes, len) == 0;
        resource_close(&known);
        if (!is_same)
            return error_set(error,
                             "--schema: %s: is there twice, and the two differ: which is meant "
                             "cannot be told; take one out",
                             path);
    }
    return rc < 0 ? error_no_memory(error) : 0;
}

/* Why a file that is named as a schema cannot be one; NULL: it is none, and is passed over. */
static const char *why_unusable(const struct entry *entry)
{
    const char *slash = strrchr(entry->path, '/');
    bool is_of_macos = strncmp(slash ? slash + 1 : entry->path, "._", 2) == 0;
    if (entry->kind == ENTRY_UNREADABLE)
        return entry->message;
    if (entry->code == ENTRY_CODE_EMPTY)
        return "is empty";
    return entry->code == ENTRY_CODE_NOT_XML && !is_of_macos ? "is not XML" : NULL;
}

/* As an address that leads there names it: `tar c .` calls a.xsd ./a.xsd. */
static void drop_dots(char *path)
{
    char *rest = strstr(path, "!/");
    while (rest && (rest = strstr(rest, "/./")))
        memmove(rest, rest + 2, strlen(rest + 2) + 1);
}

static bool names_schema(const char *path)
{
    size_t len = strlen(path);
    return entry_name_ends_with(path, len, ".xsd") || entry_name_ends_with(path, len, ".rng");
}

static int take_entry(struct schema_folder *folder, const struct source *source,
                      struct reader *reader, uint64_t index, const char *path_given,
                      struct resolver *resolver, struct thresh_error *error)
{
    struct buf path = {0};
    struct entry entry;
    int rc = source_entry(source, index, &path, &entry) < 0 ? error_no_memory(error) : 0;
    if (rc == 0)
        drop_dots(path.data);
    bool is_schema = rc == 0 && names_schema(entry.path);
    bool is_all = rc == 0 && strcmp(entry.path, path_given) == 0;
    const char *why = is_schema || is_all ? why_unusable(&entry) : NULL;
    if (why)
        rc = error_set(error, "--schema: %s: %s", entry.path, why);
    if (why && !is_all)
        rc = schema_folder_refuse(error);
    if (rc == 0 && entry.kind == ENTRY_DOCUMENT) {
        if (is_all || strstr(entry.path, "!/"))
            rc = put(resolver, reader, index, entry.path, error);
        if (rc == 0 && (is_schema || is_all) && add_file(folder, entry.path) < 0)
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
