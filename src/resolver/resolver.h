/* SPDX-License-Identifier: MIT
 *
 * From the address of a schema, or of what it refers to, to its bytes: by a catalog, from a
 * file, else from a built-in copy; never from a network. Nothing of it belongs to the process:
 * each thread may have a resolver of its own.
 */
#ifndef THRESH_RESOLVER_RESOLVER_H
#define THRESH_RESOLVER_RESOLVER_H

#include "base/buf.h"
#include "base/error.h"
#include "resolver/seen_files.h"

struct resolver;

/* `catalog` is the file of an OASIS XML catalog, or NULL; no file is larger than max_bytes (0:
 * the 2 GiB that libxml2 takes). `seen` (NULL: nobody asks) is told of all files that are found
 * and read, or sought and not there, catalogs among them. NULL with the error filled in. */
struct resolver *resolver_open(const char *catalog, uint64_t max_bytes, struct seen_files *seen,
                               struct thresh_error *error);
void resolver_close(struct resolver *resolver);

/* What an address leads to. */
struct resource {
    const char *place; /* one for a file, whatever address, catalog or link leads to it; the
                        * resolver's */
    char *base;        /* what relative addresses within start from */
    const char *text;  /* that of a built-in copy, or of what was put; NULL: it is a file */
    size_t text_len;
    bool is_builtin;
    int fd;
};

/* From now on the address, to which nothing was put, leads to these bytes, which are copied: a
 * document of an archive, or one that is made. 0, or -1 without memory. */
int resolver_put(struct resolver *resolver, const char *address, const char *bytes, size_t len);
/* Finds what was put. 0: to be closed. 1: nothing was. -1: no memory. */
int resolver_find_put(const struct resolver *resolver, const char *address,
                      struct resource *resource);

/* Adds up all that was put: addresses and bytes. */
void resolver_digest_put(const struct resolver *resolver, struct sha256_ctx *sum);

/* Finds what is at an address; public_id as catalogs have it, or NULL. 0: to be closed. 1:
 * there is nothing, and errno says why. -1: no memory. */
int resolver_find(struct resolver *resolver, const char *public_id, const char *address,
                  struct resource *resource);
/* Of an address at which there is nothing: appends what to do about that, and names the file to
 * which the catalog maps it. Whether the remedy is a line of a catalog. */
bool resolver_append_remedy(struct resolver *resolver, const char *address, struct buf *out);
/* As resolver_find, where a fragment names a part of what is there, unless a file is called
 * so. */
int resolver_find_document(struct resolver *resolver, const char *address,
                           struct resource *resource);
/* Appends its bytes. 0, or -1 with the error filled in. */
int resolver_read(struct resolver *resolver, const struct resource *resource, struct buf *bytes,
                  struct thresh_error *error);
void resource_close(struct resource *resource);

/* Whether this file is among those found so far. */
bool resolver_has(const struct resolver *resolver, const struct stat *file);
/* Of all of them. */
uint64_t resolver_bytes(const struct resolver *resolver);

#endif
