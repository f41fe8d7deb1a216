/* SPDX-License-Identifier: MIT
 *
 * The members of tar, cpio and 7z archives in order, by libarchive. Only these formats are
 * enabled, for most of libarchive's security holes were in others. What it says of an archive
 * is not taken for the whole truth: see unarchive_verify_end.
 *
 * A struct unarchive belongs to one thread.
 */
#ifndef THRESH_SOURCE_LIBARCHIVE_UNARCHIVE_H
#define THRESH_SOURCE_LIBARCHIVE_UNARCHIVE_H

#include "source/feed.h"

#include <stdbool.h>

enum unarchive_format { UNARCHIVE_TAR, UNARCHIVE_CPIO, UNARCHIVE_SEVENZIP };

enum unarchive_type {
    UNARCHIVE_FILE,
    UNARCHIVE_DIRECTORY,
    UNARCHIVE_SYMLINK,
    UNARCHIVE_HARD_LINK,
    UNARCHIVE_DEVICE
};

struct unarchive_member {
    enum unarchive_type type;
    const char *name; /* as it is stored, NUL-terminated, until the next call */
    size_t name_len;
    bool is_utf8; /* the name; else the format does not say */
    bool is_encrypted;
    bool has_size;
    uint64_t size;  /* in bytes, with holes; 0 without has_size */
    bool is_sparse; /* it has holes */
};

struct unarchive;

/* Both feeds are the caller's and must outlive it. `slice` is `from` if that is a slice of a
 * file: data can then be skipped, and 7z needs it, to seek. Else it is NULL. NULL with *error
 * without memory. */
struct unarchive *unarchive_open(enum unarchive_format format, struct feed *from,
                                 struct slice_feed *slice, struct thresh_error *error);
void unarchive_close(struct unarchive *unarchive);

/* All return 0, 1 with *fault, or -1 with *error. */

/* The next member, unless *more is false: then there is none. After a fault, which is the
 * archive's, there is none either. A 7z's members are listed to the end even behind one whose
 * data is broken. */
int unarchive_next(struct unarchive *unarchive, struct unarchive_member *member, bool *more,
                   struct entry_fault *fault, struct thresh_error *error);
/* The next block of the member's data, valid until the next call; *len is 0 at its end. Holes
 * of sparse members come as zeros. A fault is the member's. */
int unarchive_data(struct unarchive *unarchive, const char **block, size_t *len,
                   struct entry_fault *fault, struct thresh_error *error);
/* After the last member of a tar or cpio: whether it ends with an end mark (POSIX pax, ustar
 * interchange format: two blocks of zeros; one is accepted) and behind it nothing that could be
 * another archive. libarchive asks for neither of a tar, and not for the latter of a cpio. */
int unarchive_verify_end(struct unarchive *unarchive, struct entry_fault *fault,
                         struct thresh_error *error);

/* Whether the member's data has ended in a fault that kept libarchive from going on. */
bool unarchive_is_broken(const struct unarchive *unarchive);

/* Where in the tar the block that unarchive_data gave last begins. */
uint64_t unarchive_position(struct unarchive *unarchive);

#endif
