/* SPDX-License-Identifier: MIT
 *
 * Files that schemas lie in. A device, a pipe or a directory is none: it may have no end, or
 * never begin.
 */
#ifndef THRESH_RESOLVER_LOCAL_FILE_H
#define THRESH_RESOLVER_LOCAL_FILE_H

#include "base/buf.h"
#include "base/error.h"

#include <limits.h>
#include <sys/stat.h>

struct local_file {
    int fd;
    struct stat facts;
};

/* 0 with the path of a local file, to be freed: "file:///a%20b.xsd" and "a b.xsd" have one. 1:
 * an address with another scheme. -1: no memory. */
int local_file_path(const char *address, char **path);

/* 0, or -1 with errno: EISDIR for a directory, ENXIO for what else is no file. Waits for
 * nothing. */
int local_file_open(struct local_file *file, const char *path);
#define LOCAL_FILE_MOST ((size_t)INT_MAX - 1) /* bytes: that and a NUL is what libxml2 takes */

/* Reads all bytes into an empty buf; there may be `most`, which is no more than
 * LOCAL_FILE_MOST. 0, or -1 with the error filled in. `name` is what it calls the file. */
int local_file_read(const struct local_file *file, size_t most, struct buf *bytes,
                    const char *name, struct thresh_error *error);
void local_file_close(struct local_file *file);

#endif
