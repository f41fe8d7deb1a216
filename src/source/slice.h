/* SPDX-License-Identifier: MIT
 *
 * Where bytes lie that can be read at any offset.
 */
#ifndef THRESH_SOURCE_SLICE_H
#define THRESH_SOURCE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file that has its length already, and whose bytes come while it is read. Both functions are
 * called by any number of threads at once. */
struct arrival {
    /* Waits until the bytes from `offset` on are there: `least` of them, or all up to the
     * file's end. Lowers *most to how many are. False: they will not come. */
    bool (*await)(void *context, uint64_t offset, uint64_t least, uint64_t *most);
    /* These bytes are going to be read. */
    void (*want)(void *context, uint64_t offset, uint64_t len);
    void *context;
};

/* An open file, or memory. Whoever opened the file closes it, and whoever has the memory keeps
 * it as it is. */
struct origin {
    int fd;             /* -1: it is not open, or it is memory */
    const char *memory; /* NULL: it is a file */
    size_t memory_bytes;
    const struct arrival *arrival; /* of a file; NULL: it is complete */
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
/* The same of `least` bytes, and of as many up to `most` as are there without waiting. */
ptrdiff_t origin_read_ahead(const struct origin *origin, void *bytes, size_t least, size_t most,
                            uint64_t offset);

#endif
