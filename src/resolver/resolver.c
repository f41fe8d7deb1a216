/* SPDX-License-Identifier: MIT */
#include "resolver/resolver.h"

#include "base/array.h"
#include "resolver/address.h"
#include "resolver/builtin.h"
#include "resolver/catalog.h"
#include "resolver/local_file.h"
#include <errno.h>
#include <libxml/hash.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file that an address led to. */
struct found_file {
    struct stat facts;
    char *place;
};

/* What an address was made to lead to. */
struct put_text {
    char *address;
    struct buf bytes;
};

struct resolver {
    struct catalog *catalog;
    struct put_text *texts;
    size_t n_texts, cap_texts;
    xmlHashTable *text_numbers; /* of these, from 1, by address */
    struct seen_files *seen;    /* the caller's, or NULL */
    size_t max_bytes;
    struct found_file *files;
    size_t n_files, cap_files;
    xmlHashTable *file_numbers; /* of these, from 1, by device and number */
    xmlHashTable *folders;      /* their places by their paths */
};

struct resolver *resolver_open(const char *catalog, uint64_t max_bytes, struct seen_files *seen,
                               struct thresh_error *error)
{
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (!resolver) {
        error_no_memory(error);
        return NULL;
    }
    resolver->seen = seen;
    resolver->max_bytes =
        max_bytes && max_bytes < LOCAL_FILE_MOST ? (size_t)max_bytes : LOCAL_FILE_MOST;
    resolver->text_numbers = xmlHashCreate(64);
    resolver->file_numbers = xmlHashCreate(64);
    resolver->folders = xmlHashCreate(64);
    if (!resolver->text_numbers || !resolver->file_numbers || !resolver->folders)
        error_no_memory(error);
    else if (!catalog || (resolver->catalog = catalog_open(catalog, seen, error)))
        return resolver;
    resolver_close(resolver);
    return NULL;
}

static void free_place(void *place, const xmlChar *path)
{
    (void)path;
    free(place);
}

void resolver_close(struct resolver *resolver)
{
    if (!resolver)
        return;
    for (size_t i = 0; i < resolver->n_files; i++)
        free(resolver->files[i].place);
    free(resolver->files);
    xmlHashFree(resolver->file_numbers, NULL);
    xmlHashFree(resolver->folders, free_place);
    xmlHashFree(resolver->text_numbers, NULL);
    for (size_t i = 0; i < resolver->n_texts; i++) {
        free(resolver->texts[i].address);
        buf_free(&resolver->texts[i].bytes);
    }
    free(resolver->texts);
    catalog_close(resolver->catalog);
    free(resolver);
}

enum { FILE_KEY = 40 };

static const xmlChar *key_of(const struct stat *file, char key[FILE_KEY])
{
    snprintf(key, FILE_KEY, "%jx %jx", (uintmax_t)file->st_dev, (uintmax_t)file->st_ino);
    return (const xmlChar *)key;
}

static const struct found_file *find_file(const struct resolver *resolver,
                                          const struct stat *file)
{
    char key[FILE_KEY];
    size_t number = (size_t)xmlHashLookup(resolver->file_numbers, key_of(file, key));
    return number ? &resolver->files[number - 1] : NULL;
}

bool resolver_has(const struct resolver *resolver, const struct stat *file)
{
    return find_file(resolver, file) != NULL;
}

uint64_t resolver_bytes(const struct resolver *resolver)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < resolver->n_files; i++)
        bytes += (uint64_t)resolver->files[i].facts.st_size;
    for (size_t i = 0; i < resolver->n_texts; i++)
        bytes += resolver->texts[i].bytes.len;
    return bytes;
}

/* Where the folder of a path leads, without links: asked of the system once. NULL: unknown. */
static const char *place_of_folder(struct resolver *resolver, const char *path, size_t len)
{
    char *folder = len ? strndup(path, len) : strdup(".");
    char *place = folder ? xmlHashLookup(resolver->folders, (const xmlChar *)folder) : NULL;
    if (folder && !place && (place = realpath(folder, NULL)) &&
        xmlHashAddEntry(resolver->folders, (const xmlChar *)folder, place) < 0) {
        free(place);
        place = NULL;
    }
    free(folder);
    return place;
}

/* The path without links. NULL: it cannot be told. */
static char *real_path(struct resolver *resolver, const char *path)
{
    struct stat itself;
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash + 1 - path) : 0; /* of the folder, with its slash */
    if (lstat(path, &itself) < 0 || !S_ISREG(itself.st_mode))
        return realpath(path, NULL);
    const char *folder = place_of_folder(resolver, path, len);
    char *place;
    if (!folder)
        return realpath(path, NULL);
    const char *between = folder[strlen(folder) - 1] == '/' ? "" : "/";
    return asprintf(&place, "%s%s%s", folder, between, path + len) < 0 ? NULL : place;
}

/* NULL: no memory. */
static const char *place_of(struct resolver *resolver, const struct stat *file,
                            const char *path)
{
    const struct found_file *known = find_file(resolver, file);
    if (known)
        return known->place;
    struct found_file *files =
        array_room(resolver->files, &resolver->cap_files, resolver->n_files + 1, sizeof *files);
    char key[FILE_KEY];
    if (!files)
        return NULL;
    resolver->files = files;
    char *place = real_path(resolver, path);
    if (!place && !(place = strdup(path)))
        return NULL;
    files[resolver->n_files] = (struct found_file){*file, place};
    if (xmlHashAddEntry(resolver->file_numbers, key_of(file, key),
                        (void *)(resolver->n_files + 1)) < 0) {
        free(place);
        return NULL;
    }
    resolver->n_files++;
    return place;
}

static int find_local(struct resolver *resolver, char *path, struct resource *resource)
{
    struct local_file file;
    if (local_file_open(&file, path) < 0) {
        int why = errno;
        seen_files_found(resolver->seen, path, NULL);
        free(path);
        errno = why;
        return why == ENOMEM ? -1 : 1;
    }
    seen_files_found(resolver->seen, path, &file.facts);
    *resource = (struct resource){
        .place = place_of(resolver, &file.facts, path), .base = path, .fd = file.fd};
    if (resource->place)
        return 0;
    resource_close(resource);
    return -1;
}

int resolver_put(struct resolver *resolver, const char *address, const char *bytes, size_t len)
{
    struct put_text *texts =
        array_room(resolver->texts, &resolver->cap_texts, resolver->n_texts + 1, sizeof *texts);
    if (!texts)
        return -1;
    resolver->texts = texts;
    struct put_text *text = &texts[resolver->n_texts++];
    *text = (struct put_text){.address = strdup(address)};
    buf_append(&text->bytes, bytes, len);
    if (!text->address || !buf_string(&text->bytes))
        return -1;
    return xmlHashAddEntry(resolver->text_numbers, (const xmlChar *)address,
                           (void *)resolver->n_texts);
}

void resolver_digest_put(const struct resolver *resolver, struct sha256_ctx *sum)
{
    for (size_t i = 0; i < resolver->n_texts; i++) {
        const struct put_text *text = &resolver->texts[i];
        const uint64_t len = text->bytes.len;
        sha256_update(sum, strlen(text->address) + 1, (const uint8_t *)text->address);
        sha256_update(sum, sizeof len, (const uint8_t *)&len);
        sha256_update(sum, text->bytes.len, (const uint8_t *)text->bytes.data);
    }
}

int resolver_find_put(const struct resolver *resolver, const char *address,
                      struct resource *resource)
{
    size_t number = (size_t)xmlHashLookup(resolver->text_numbers, (const xmlChar *)address);
    if (!number)
        return 1;
    const struct put_text *text = &resolver->texts[number - 1];
    *resource = (struct resource){.place = text->address,
                                  .base = strdup(address),
                                  .text = text->bytes.data,
                                  .text_len = text->bytes.len,
                                  .fd = -1};
    return resource->base ? 0 : -1;
}

/* By the address as it is, or as a path. */
static int find_text(const struct resolver *resolver, const char *address,
                     struct resource *resource)
{
    char *path;
    int rc = resolver->n_texts ? resolver_find_put(resolver, address, resource) : 1;
    if (rc <= 0 || !resolver->n_texts || (rc = local_file_path(address, &path)) != 0)
        return rc;
    rc = resolver_find_put(resolver, path, resource);
    free(path);
    return rc;
}

int resolver_find(struct resolver *resolver, const char *public_id, const char *address,
                  struct resource *resource)
{
    int put = find_text(resolver, address, resource);
    if (put <= 0)
        return put;
    char *mapped =
        resolver->catalog ? catalog_find(resolver->catalog, public_id, address) : NULL;
    const struct builtin *builtin = mapped ? NULL : builtin_at(address);
    const char *sought = mapped ? mapped : address;
    char *path;
    int rc = local_file_path(sought, &path);
    if (path && strcmp(path, sought) != 0) /* a file of that very name would come first */
        seen_files_found(resolver->seen, sought, NULL);
    if (path) {
        rc = find_local(resolver, path, resource);
    } else if (rc > 0 && builtin) {
        *resource = (struct resource){.place = builtin->address,
                                      .text = builtin->text,
                                      .text_len = strlen(builtin->text),
                                      .is_builtin = true,
                                      .fd = -1};
        resource->base = strdup(address);
        rc = resource->base ? 0 : -1;
    } else {
        errno = ENOENT;
    }
    free(mapped);
    return rc;
}

/* What the catalog leads to, if that is a file, there or not. */
static char *mapped_file(struct resolver *resolver, const char *address)
{
    char *mapped = resolver->catalog ? catalog_find(resolver->catalog, NULL, address) : NULL;
    char *path = NULL;
    if (mapped)
        local_file_path(mapped, &path);
    free(mapped);
    return path;
}

bool resolver_append_remedy(struct resolver *resolver, const char *address, struct buf *out)
{
    char *file = mapped_file(resolver, address);
    bool is_line = !file && address_is_remote(address);
    if (file) {
        buf_append_format(out,
                          "the catalog maps it to %s: put that file in place, or mend the "
                          "catalog",
                          file);
    } else if (is_line) {
        buf_append_string(out, "nothing is fetched: save it, and give --catalog FILE with the "
                               "line ");
        address_append_catalog_line(out, address);
    } else {
        buf_append_string(out, "put the file in place, or map it with --catalog");
    }
    free(file);
    return is_line;
}

int resolver_find_document(struct resolver *resolver, const char *address,
                           struct resource *resource)
{
    int rc = resolver_find(resolver, NULL, address, resource);
    const char *fragment = strchr(address, '#');
    if (rc <= 0 || !fragment)
        return rc;
    char *whole = strndup(address, (size_t)(fragment - address));
    rc = whole ? resolver_find(resolver, NULL, whole, resource) : -1;
    free(whole);
    return rc;
}

int resolver_read(struct resolver *resolver, const struct resource *resource, struct buf *bytes,
                  struct thresh_error *error)
{
    const struct local_file file = {.fd = resource->fd};
    if (resource->text)
        return buf_append(bytes, resource->text, resource->text_len) < 0
                   ? error_no_memory(error)
                   : 0;
    int rc = local_file_read(&file, resolver->max_bytes, bytes, resource->base, error);
    if (rc == 0)
        seen_files_read(resolver->seen, resource->base, bytes);
    return rc;
}

void resource_close(struct resource *resource)
{
    struct local_file file = {.fd = resource->fd};
    local_file_close(&file);
    free(resource->base);
    resource->base = NULL;
    resource->fd = -1;
}
