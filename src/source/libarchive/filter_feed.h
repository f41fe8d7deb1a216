/* SPDX-License-Identifier: MIT
 *
 * Decompresses xz, Zstandard and bzip2 by libarchive's filters. Only the one that is asked for
 * is enabled. For decoder.c.
 */
#ifndef THRESH_SOURCE_LIBARCHIVE_FILTER_FEED_H
#define THRESH_SOURCE_LIBARCHIVE_FILTER_FEED_H

#include "source/codec.h"
#include "source/feed.h"

struct filter_feed;

/* NULL without memory. `from` must outlive the feed. */
struct filter_feed *filter_feed_open(enum codec codec, struct feed *from);
struct feed *filter_feed_feed(struct filter_feed *feed);
void filter_feed_close(struct filter_feed *feed);

#endif
