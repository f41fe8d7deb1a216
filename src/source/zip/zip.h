/* SPDX-License-Identifier: MIT
 *
 * ZIP by its central directory, read as a stream: nothing is kept for an entry but what the
 * caller keeps. Every record is bounds-checked, the directory is held against its end record,
 * and local headers against the directory, so that what does not add up is said instead of
 * skipped.
 *
 * All offsets handed out are from the start of the file, with whatever lies before the archive
 * in it (an outer archive, a self-extractor's program) already added.
 */
#ifndef THRESH_SOURCE_ZIP_ZIP_H
#define THRESH_SOURCE_ZIP_ZIP_H

#include "source/source.h"
#include "source/zip/window.h"

/* What reading a member may touch behind its stored bytes: its local header moves them, and the
 * window reads ahead. */
#define ZIP_AHEAD (2 * WINDOW_BYTES)

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

/* One archive being listed. */
struct zip {
    int fd;
    uint64_t file; /* the window's number for it */
    uint64_t at, end;
    struct window *window;
    uint64_t next;          /* the directory record to read next */
    uint64_t directory_end; /* one byte behind the last */
    uint64_t shift;         /* to be added to the offsets stated */
    uint64_t records;       /* as the end record states them */
    bool records_mod_64k;   /* it states only the low 16 bits */
    uint64_t seen;
    bool starts_here;  /* a record points at the first byte */
    bool is_exact;     /* the end record's comment ends where the archive does */
    const char *doubt; /* what speaks against the end record although it will do, or NULL */
};

struct zip_member {
    const char *name; /* as it lies there, in the window */
    size_t name_len;
    const char *unicode_name; /* the Info-ZIP extra field's, checked against `name`; or NULL */
    size_t unicode_name_len;
    uint64_t offset; /* of its local header */
    uint64_t stored, size;
    uint32_t crc;
    unsigned method;
    bool is_utf8, is_encrypted, is_symlink, is_special;
    bool is_cut; /* it needs a ZIP64 field that is not there, or points out of the file */
};

/* Finds the directory of the ZIP in [at, at+len) of fd. 0, 1 with *fault, -1 with errno. */
int zip_open(struct zip *zip, int fd, uint64_t file, uint64_t at, uint64_t len,
             struct window *window, struct entry_fault *fault);
/* 1 with the next member, 0 at the end of what is there, -1 with errno. */
int zip_next(struct zip *zip, struct zip_member *member);
/* After the last: 0, or 1 with the reason why the directory cannot be the whole truth; -1 with
 * errno. */
int zip_verify(struct zip *zip, struct entry_fault *fault);

/* What the directory says of a member, to be held against its local header. */
struct zip_claim {
    uint64_t offset;
    const char *name;
    size_t name_len;
    uint64_t stored, size;
    uint32_t crc;
    unsigned method;
};

/* Checks the local header and sets *data to where the bytes begin. Leaves the window around the
 * header, up to `want` bytes of the data with it if they fit. 0, 1 with *fault, -1 with
 * errno. */
int zip_locate(struct window *window, int fd, uint64_t file, const struct zip_claim *claim,
               size_t want, uint64_t *data, struct entry_fault *fault);

const char *zip_method_name(unsigned method); /* for people; "" if it has none */

#endif
