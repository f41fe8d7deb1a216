/* SPDX-License-Identifier: MIT
 *
 * Where the records end up: standard output, or a file that is there complete or not at all.
 */
#ifndef THRESH_CLI_OUTPUT_H
#define THRESH_CLI_OUTPUT_H

#include "base/buf.h"
#include "base/error.h"

struct output {
    int fd;
    const char *name; /* for messages */
    char *path;       /* NULL: written in place (standard output, a device, a pipe) */
    char *temporary;  /* the file beside `path` that is renamed to it */
    struct buf pending;
    double flushed_ms;
    bool closed_pipe; /* the reader went away */
};

/* NULL: standard output. 0, or -1 with the error filled in and nothing left behind. */
int output_open(struct output *output, const char *path, struct thresh_error *error);
int output_write(struct output *output, const void *bytes, size_t len,
                 struct thresh_error *error);
/* All is written: gives the file its name. */
int output_commit(struct output *output, struct thresh_error *error);
/* Frees; what was not committed leaves no trace. */
void output_close(struct output *output);

/* Text that is not records, to standard output. 0 or -1. */
int output_print(const struct buf *text, struct thresh_error *error);

#endif
