/* SPDX-License-Identifier: MIT
 *
 * Reads files by offset, and ahead: many small entries that lie next to each other cost one
 * system call, and whoever jumps about does not pay for bytes that are never used. It uses
 * pread, not mmap, so that a file which is cut off meanwhile gives a short read, not a SIGBUS.
 *
 * A window belongs to one thread.
 */
#ifndef THRESH_SOURCE_WINDOW_H
#define THRESH_SOURCE_WINDOW_H

#include "source/slice.h"

#include <stddef.h>

#define WINDOW_BYTES (256u << 10) /* the longest slice that window_get can be asked for */

struct window {
    unsigned char *bytes;
    uint64_t file; /* whose bytes they are; UINT64_MAX: nobody's */
    uint64_t at;
    size_t len;
    size_t ahead; /* bytes to read at the next gap */
};

int window_open(struct window *window); /* 0, or -1 without memory */
void window_close(struct window *window);

/* Sets *bytes and *have to the slice's bytes, which are fewer than slice->len only where the
 * file ends. They are valid until the next call. 0, or -1 with errno. */
int window_get(struct window *window, const struct slice *slice, const unsigned char **bytes,
               size_t *have);

#endif
