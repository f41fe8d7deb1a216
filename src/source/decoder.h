/* SPDX-License-Identifier: MIT
 *
 * A feed that decompresses another feed, and checks it to its end. gzip is zlib's, for
 * libarchive's does not check CRC and length (gzip_feed.h); the other codecs are libarchive's
 * (libarchive/filter_feed.h).
 */
#ifndef THRESH_SOURCE_DECODER_H
#define THRESH_SOURCE_DECODER_H

#include "source/codec.h"
#include "source/feed.h"

struct decoder;

/* `from` has `from_bytes` bytes and must outlive the decoder. The codec is not CODEC_NONE. NULL
 * with *error without memory. */
struct decoder *decoder_open(enum codec codec, struct feed *from, uint64_t from_bytes,
                             const struct feed_limits *limits, struct thresh_error *error);
struct feed *decoder_feed(struct decoder *decoder);
void decoder_close(struct decoder *decoder);

#endif
