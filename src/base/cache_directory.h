/* SPDX-License-Identifier: MIT
 *
 * A directory of files that spare work which was done before. None changes once it has its
 * name, so that any number of processes may look into it, add to it and throw out of it at a
 * time, without a lock. Caches of several kinds may share one: a suffix tells whose a file is.
 */
#ifndef THRESH_BASE_CACHE_DIRECTORY_H
#define THRESH_BASE_CACHE_DIRECTORY_H

#include "base/error.h"
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

struct cache_directory {
    /* These are the caller's: */
    const char *path;
    const char *option;  /* that names it, as errors say: "--cache" */
    const char *decides; /* what its files decide: "what documents are" */
    const char *suffix;  /* of its files */
    uint64_t max_bytes;  /* of all of them */

    int fd; /* -1: it is not open */
    struct stat facts;
};

enum { CACHE_NAME = 96 }; /* bytes of a name and a NUL: of a stem up to 64, a suffix up to 16 */

struct cache_file {
    char name[CACHE_NAME];
    struct timespec time; /* of its last use */
    uint64_t bytes;
};

struct cache_files {
    struct cache_file *items; /* to be freed */
    size_t n, cap;
};

/* More than these are not kept, and need not be looked at. */
enum { CACHE_MOST_FILES = 512 };

/* One that is being written. A struct of zeros is none. */
struct cache_addition {
    char *temporary; /* its name until it is complete; NULL: there is none */
    int fd;          /* is open as long as it has one */
};

/* Makes the directory if it is not there. One that everybody may write to is refused. 0, or -1
 * with the error filled in; closed in either case. */
int cache_directory_open(struct cache_directory *directory, struct thresh_error *error);
void cache_directory_close(struct cache_directory *directory);

/* Fills in the error: errno, and to name another directory. Returns -1. */
int cache_directory_fail(const struct cache_directory *directory, const char *what,
                         struct thresh_error *error);

/* Fills in a list that is empty: the last used first. 0, or -1 with errno. */
int cache_directory_list(const struct cache_directory *directory, struct cache_files *files);
/* The descriptor of a file, to be read; -1: it is not there, or no file. */
int cache_directory_find(const struct cache_directory *directory, const char *name);
/* What is used is no longer the oldest. A worker that is closed off may not say so. */
void cache_directory_use(int fd);

/* 0, or -1 with the error filled in. */
int cache_addition_begin(struct cache_addition *addition,
                         const struct cache_directory *directory, struct thresh_error *error);
int cache_addition_write(const struct cache_addition *addition,
                         const struct cache_directory *directory, const void *bytes, size_t len,
                         struct thresh_error *error);
/* It is complete, and can be found from now on: under a name of its own (`stem` NULL), or that
 * of a stem, where it takes the place of what had it. */
int cache_addition_publish(struct cache_addition *addition,
                           const struct cache_directory *directory, const char *stem,
                           struct thresh_error *error);
/* What was not published is gone. */
void cache_addition_drop(struct cache_addition *addition,
                         const struct cache_directory *directory);
/* Removes the oldest files that are too much. 0, or -1 with the error filled in. */
int cache_directory_throw_out(const struct cache_directory *directory,
                              struct thresh_error *error);

/* The name of a file with that stem, into `name`. */
void cache_directory_name(const struct cache_directory *directory, const char *stem,
                          char name[CACHE_NAME]);

#endif
