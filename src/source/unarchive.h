/* SPDX-License-Identifier: MIT
 *
 * All that libarchive does for us: members of tar and 7z in order, and xz, zstd and bzip2 as
 * feeds. Only these formats and filters are enabled, for most of libarchive's holes are in
 * others. What it says of an archive is not taken as the whole truth: see the checks at a tar's
 * end.
 */
#ifndef THRESH_SOURCE_UNARCHIVE_H
#define THRESH_SOURCE_UNARCHIVE_H

#include "source/feed.h"

enum member_type {
    MEMBER_FILE,
    MEMBER_DIRECTORY,
    MEMBER_SYMLINK,
    MEMBER_HARD_LINK,
    MEMBER_DEVICE
};

struct archive_member {
    enum member_type type;
    const char *name; /* as it lies there, until the next call */
    size_t name_len;
    bool is_encrypted;
    bool has_size;
    uint64_t size;
    bool is_sparse;
};

struct unarchive;

/* `slice` is `from` where that is a slice of a file, so that data can be passed over and 7z,
 * which needs it, can seek; otherwise NULL. NULL with *error on no memory. */
struct unarchive *unarchive_open(bool is_sevenzip, struct feed *from, struct slice_feed *slice,
                                 struct thresh_error *error);
void unarchive_close(struct unarchive *unarchive);

/* Sets *more; 0, 1 with the archive's fault, after which there is no more, -1 the run's. */
int unarchive_next(struct unarchive *unarchive, struct archive_member *member, bool *more,
                   struct entry_fault *fault, struct thresh_error *error);

/* The next block of the member's data, *len 0 at its end. Holes of sparse files come as zeros.
 * 0, 1 with the member's fault, -1 the run's. */
int unarchive_data(struct unarchive *unarchive, const char **block, size_t *len,
                   struct entry_fault *fault, struct thresh_error *error);

/* Where in the tar the block that unarchive_data gave last begins. */
uint64_t unarchive_position(struct unarchive *unarchive);

/* After the last member of a tar: whether it ends as a tar must. As unarchive_next. */
int unarchive_verify_end(struct unarchive *unarchive, struct entry_fault *fault,
                         struct thresh_error *error);

struct filter_feed;
struct filter_feed *filter_feed_open(enum codec codec, struct feed *from);
struct feed *filter_feed_feed(struct filter_feed *feed);
void filter_feed_close(struct filter_feed *feed);

#endif
