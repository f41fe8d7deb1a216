/* SPDX-License-Identifier: MIT */
#include "resolver/resolver.h"

#include "base/array.h"
#include "resolver/builtin.h"
#include "resolver/catalog.h"
#include "resolver/local_file.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A file that an address led to. */
struct found_file {
    struct stat facts;
    char *place;
};

struct resolver {
    struct catalog *catalog;
    size_t max_bytes;
    struct found_file *files;
    size_t n_files, cap_files;
};

struct resolver *resolver_open(const char *catalog, uint64_t max_bytes,
                               struct thresh_error *error)
{
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (!resolver) {
        error_no_memory(error);
        return NULL;
    }
    resolver->max_bytes =
        max_bytes && max_bytes < LOCAL_FILE_MOST ? (size_t)max_bytes : LOCAL_FILE_MOST;
    if (catalog && !(resolver->catalog = catalog_open(catalog, error))) {
        free(resolver);
        return NULL;
    }
    return resolver;
}

void resolver_close(struct resolver *resolver)
{
    if (!resolver)
        return;
    for (size_t i = 0; i < resolver->n_files; i++)
        free(resolver->files[i].place);
    free(resolver->files);
    catalog_close(resolver->catalog);
    free(resolver);
}

static const struct found_file *find_file(const struct resolver *resolver,
                                          const struct stat *file)
{
    for (size_t i = 0; i < resolver->n_files; i++)
        if (resolver->files[i].facts.st_dev == file->st_dev &&
            resolver->files[i].facts.st_ino == file->st_ino)
            return &resolver->files[i];
    return NULL;
}

bool resolver_has(const struct resolver *resolver, const struct stat *file)
{
    return find_file(resolver, file) != NULL;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool resolver_is_current(const struct resolver *resolver)
{
    for (size_t i = 0; i < resolver->n_files; i++) {
        const struct stat *then = &resolver->files[i].facts;
        struct stat now;
        if (stat(resolver->files[i].place, &now) < 0 || now.st_dev != then->st_dev ||
            now.st_ino != then->st_ino || now.st_size != then->st_size ||
            !same_time(&now.st_mtim, &then->st_mtim) ||
            !same_time(&now.st_ctim, &then->st_ctim))
            return false;
    }
    return true;
}

uint64_t resolver_bytes(const struct resolver *resolver)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < resolver->n_files; i++)
        bytes += (uint64_t)resolver->files[i].facts.st_size;
    return bytes;
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
    if (!files)
        return NULL;
    resolver->files = files;
    char *place = realpath(path, NULL);
    if (!place)
        place = strdup(path);
    if (place)
        files[resolver->n_files++] = (struct found_file){*file, place};
    return place;
}

static int find_local(struct resolver *resolver, char *path, struct resource *resource)
{
    struct local_file file;
    if (local_file_open(&file, path) < 0) {
        free(path);
        return errno == ENOMEM ? -1 : 1;
    }
    *resource = (struct resource){
        .place = place_of(resolver, &file.facts, path), .base = path, .fd = file.fd};
    if (resource->place)
        return 0;
    resource_close(resource);
    return -1;
}

int resolver_find(struct resolver *resolver, const char *public_id, const char *address,
                  struct resource *resource)
{
    char *mapped =
        resolver->catalog ? catalog_find(resolver->catalog, public_id, address) : NULL;
    const struct builtin *builtin = mapped ? NULL : builtin_at(address);
    char *path = local_file_path(mapped ? mapped : address);
    int rc = 1;
    if (path) {
        rc = find_local(resolver, path, resource);
    } else if (builtin) {
        *resource =
            (struct resource){.place = builtin->address, .text = builtin->text, .fd = -1};
        resource->base = strdup(address);
        rc = resource->base ? 0 : -1;
    }
    free(mapped);
    return rc;
}

int resolver_read(struct resolver *resolver, const struct resource *resource, struct buf *bytes,
                  struct thresh_error *error)
{
    const struct local_file file = {.fd = resource->fd};
    if (!resource->text)
        return local_file_read(&file, resolver->max_bytes, bytes, resource->base, error);
    return buf_append_string(bytes, resource->text) < 0 ? error_no_memory(error) : 0;
}

void resource_close(struct resource *resource)
{
    struct local_file file = {.fd = resource->fd};
    local_file_close(&file);
    free(resource->base);
    resource->base = NULL;
    resource->fd = -1;
}
