/* SPDX-License-Identifier: MIT
 *
 * Decompresses gzip (RFC 1952) by zlib, member after member, and checks the CRC-32 and length
 * of each, which libarchive's filter does not. Zero bytes may follow the last member, as tapes
 * are padded with them; nothing else may.
 */
#ifndef THRESH_SOURCE_GZIP_FEED_H
#define THRESH_SOURCE_GZIP_FEED_H

#include "source/feed.h"

#include <stdbool.h>

#define ZLIB_CONST
#include <zlib.h>

struct gzip_feed {
    struct feed feed;
    struct feed *from;
    z_stream stream;
    bool is_open;   /* within a member */
    bool is_padded; /* zero bytes have followed a member: nothing else may come */
    bool is_broken; /* with the fault below, to be told after what came before it was given */
    struct entry_fault broken;
    char *buffer;
};

/* 0, or -1 without memory. */
int gzip_feed_open(struct gzip_feed *feed, struct feed *from);
void gzip_feed_close(struct gzip_feed *feed);

#endif
