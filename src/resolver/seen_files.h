/* SPDX-License-Identifier: MIT
 *
 * The files that something was made of, and what they held, and those that were not there: so
 * that it can be told later whether it would be made the same. Times and sizes do not tell: a
 * file may be written again within one tick of the file system's clock, and one that is copied
 * anew holds what it held.
 */
#ifndef THRESH_RESOLVER_SEEN_FILES_H
#define THRESH_RESOLVER_SEEN_FILES_H

#include "base/buf.h"
#include "base/digest.h"

#include <libxml/hash.h>
#include <stdbool.h>
#include <sys/stat.h>

struct seen_file {
    char *path;
    bool is_there;
    bool is_read;
    bool is_settled; /* the facts tell whether it is changed */
    bool is_taken;   /* and nothing else does */
    struct stat facts;
    uint64_t bytes;
    uint8_t digest[DIGEST_BYTES]; /* of one that was read */
};

struct seen_files {
    struct seen_file *items;
    size_t n, cap;
    xmlHashTable *numbers; /* of items, from 1, by path */
    bool failed;           /* not all are here, for want of memory */
};

/* local_file_open found a file at `path`; `facts` NULL: it found none. `seen` may be NULL here
 * and below: nothing is to be remembered. */
void seen_files_found(struct seen_files *seen, const char *path, const struct stat *facts);
/* And it held this. Of one that is read again, and was changed meanwhile, the last counts: a
 * schema's head is read before all of it is. */
void seen_files_read(struct seen_files *seen, const char *path, const struct buf *bytes);

/* Sees at its path what was seen by another process, and reads it if that did; not again what
 * is read in `known`. 1: it is there as it was, or not, and holds what it held. 0: not so. -1:
 * no memory. */
int seen_files_again(struct seen_files *seen, const struct seen_file *then,
                     const struct seen_files *known);
/* What was seen again takes the place of what was seen before, but for files that were taken;
 * `again` is empty then. */
void seen_files_replace(struct seen_files *seen, struct seen_files *again);
/* The number of the first file that is this one, by whatever path. */
size_t seen_files_first(const struct seen_files *seen, size_t number);
/* Whether this file is among them. */
bool seen_files_has(const struct seen_files *seen, const struct stat *file);

/* The file at `path` was taken as it is: it is current as long as nobody has touched it. */
void seen_files_took(struct seen_files *seen, const char *path, const struct stat *facts);

/* Whether all of them are as they were; false, too, where not all are here. */
bool seen_files_are_current(struct seen_files *seen);
uint64_t seen_files_bytes(const struct seen_files *seen); /* of memory, about */
void seen_files_free(struct seen_files *seen);

#endif
