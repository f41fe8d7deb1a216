/* SPDX-License-Identifier: MIT
 *
 * Bytes in order, block by block: out of a file's slice or out of memory, and out of these
 * through a decompressor. A feed that has come to its end has checked everything there was to
 * check.
 */
#ifndef THRESH_SOURCE_FEED_H
#define THRESH_SOURCE_FEED_H

#include "source/index/listing.h"

#define ZLIB_CONST
#include <zlib.h>

struct feed {
    /* Sets *block and *len, valid until the next call; *len is 0 at the end and never before.
     * 0, 1 with *fault for broken bytes, -1 for the run's error. */
    int (*next)(struct feed *feed, const char **block, size_t *len, struct entry_fault *fault,
                struct thresh_error *error);
    uint64_t given; /* bytes handed out so far */
};

/* A slice of a file. `what` names the file in errors; the buffer is made at the first read. */
struct slice_feed {
    struct feed feed;
    int fd;
    uint64_t start, at, end;
    const char *what;
    char *buffer;
};

void slice_feed_open(struct slice_feed *feed, int fd, uint64_t at, uint64_t len,
                     const char *what);
void slice_feed_close(struct slice_feed *feed);

struct memory_feed {
    struct feed feed;
    const char *bytes;
    size_t len;
};

void memory_feed_open(struct memory_feed *feed, const char *bytes, size_t len);

/* What a decompressor may give: more than max_ratio times what it was given, asked above 1 MiB,
 * or more than *left in all, is a bomb. `left` is counted down and may be shared; NULL: no
 * limit. */
struct feed_limits {
    uint64_t max_ratio;
    uint64_t *left;
};

/* Counts `len` more bytes, with which `given` came out of `taken`: 0, or 1 with *fault. */
int feed_limits_count(const struct feed_limits *limits, uint64_t given, uint64_t taken,
                      size_t len, struct entry_fault *fault);

struct decoder; /* a feed out of a compressed feed */
struct decoder *decoder_open(enum codec codec, struct feed *from, uint64_t from_bytes,
                             const struct feed_limits *limits, struct thresh_error *error);
struct feed *decoder_feed(struct decoder *decoder);
void decoder_close(struct decoder *decoder);

/* The two kinds of decoders, for decoder_open. */
struct gzip_feed {
    struct feed feed;
    struct feed *from;
    z_stream stream;
    bool is_open;   /* within a member */
    bool is_padded; /* zero bytes have followed a member: nothing else may come */
    bool is_broken; /* `broken` is to be told when what came before it has been given */
    struct entry_fault broken;
    char *buffer;
};

int gzip_feed_open(struct gzip_feed *feed, struct feed *from);
void gzip_feed_close(struct gzip_feed *feed);

#endif
