/* SPDX-License-Identifier: MIT
 *
 * Where bytes lie that can be read at any offset.
 */
#ifndef THRESH_SOURCE_SLICE_H
#define THRESH_SOURCE_SLICE_H

#include <stddef.h>
#include <stdint.h>

/* An open file, or memory. Whoever opened the file closes it, and whoever has the memory keeps
 * it as it is. */
struct origin {
    int fd;             /* -1: it is not open, or it is memory */
    const char *memory; /* NULL: it is a file */
    size_t memory_bytes;
};

/* A run of bytes of an origin. */
struct slice {
    struct origin origin;
    uint64_t file; /* a number for the origin, by which a window knows whose bytes it has */
    uint64_t at;
    uint64_t len;
};

/* Reads `len` bytes from `offset` on. The number of bytes read, which is less only where the
 * origin ends; or -1 with errno. */
ptrdiff_t origin_read(const struct origin *origin, void *bytes, size_t len, uint64_t offset);

#endif
