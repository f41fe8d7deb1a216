/* SPDX-License-Identifier: MIT
 *
 * Reading a file by offset with read-ahead: neighbouring small entries cost one system call,
 * and a reader that jumps does not pay for what it will not use. By pread and never by mmap: a
 * file that is cut while we read is then a short read and not a SIGBUS.
 */
#ifndef THRESH_SOURCE_ZIP_WINDOW_H
#define THRESH_SOURCE_ZIP_WINDOW_H

#include "base/buf.h"

#define WINDOW_BYTES (256u << 10) /* the most that window_get can be asked for */

struct window {
    unsigned char *bytes;
    uint64_t file; /* whose bytes they are; the caller numbers its files from 0 */
    uint64_t at;
    size_t len;
    size_t ahead;
};

int window_open(struct window *window); /* 0, or -1: no memory */
void window_close(struct window *window);

/* Sets *bytes and *have, fewer than `want` only at the end of the file; they stay until the
 * next call. 0, or -1 with errno. */
int window_get(struct window *window, int fd, uint64_t file, uint64_t at, size_t want,
               const unsigned char **bytes, size_t *have);

#endif
