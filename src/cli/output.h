/* SPDX-License-Identifier: MIT
 *
 * Where the records end up: standard output, or a file that is there complete or not at all.
 */
#ifndef THRESH_CLI_OUTPUT_H
#define THRESH_CLI_OUTPUT_H

#include "base/buf.h"
#include "base/error.h"
#include <sys/stat.h>

struct output {
    const char *option;  /* that names it: "--output" */
    int fd;              /* -1: nothing was written yet */
    const char *name;    /* for messages */
    char *path;          /* NULL: written in place (standard output, a device, a pipe) */
    bool is_there;       /* at `path` is a file already, */
    struct stat present; /* and these are its facts */
    char
        *temporary; /* the file beside `path` that is renamed to it; NULL: it has no name yet */
    struct buf pending;
    double flushed_ms;
    bool closed_pipe; /* the reader went away */
};

/* NULL and "-" are standard output. */
bool output_is_standard(const char *path);
/* The temporary file is made when there is something to write, so that a run over the directory
 * it is in does not list it. 0, or -1 with the error filled in and nothing left behind. */
int output_open(struct output *output, const char *option, const char *path,
                struct thresh_error *error);
int output_write(struct output *output, const void *bytes, size_t len,
                 struct thresh_error *error);
/* Whether the file to be replaced is this one, by whatever path or link. */
bool output_replaces(const struct output *output, const char *path);
/* The same with a file that may not be there yet. */
bool output_is_at(const struct output *output, const char *path);
/* Whether the two will be one file. */
bool output_is_same(const struct output *a, const struct output *b);
/* The run has ended before its end: what is written in place is there up to where it came, if
 * it can be written. */
void output_break_off(struct output *output);
/* All is written: gives the file its name. */
int output_commit(struct output *output, struct thresh_error *error);
/* Frees; what was not committed leaves no trace. */
void output_close(struct output *output);

/* Whether a descriptor is a terminal that is to have colours: no-color.org. */
bool output_has_colour(int fd);
/* The width of the terminal that a descriptor is; 0: that is not known. */
unsigned output_columns(int fd);
/* Text that is not records, to standard output. 0 or -1. */
int output_print(const struct buf *text, struct thresh_error *error);

#endif
