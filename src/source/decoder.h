/* SPDX-License-Identifier: MIT
 *
 * A feed that decompresses another feed, stream after stream, and checks it to its end. Zero
 * bytes may follow the last stream, as tapes are padded with them; nothing else may. All that
 * came before a fault is given before the fault is told.
 */
#ifndef THRESH_SOURCE_DECODER_H
#define THRESH_SOURCE_DECODER_H

#include "source/codec.h"
#include "source/feed.h"

struct decoder;

/* What is to be decompressed. */
struct decoder_input {
    struct feed *from; /* must outlive the decoder */
    uint64_t bytes;    /* how many it has */
    enum codec codec;  /* not CODEC_NONE */
    uint64_t size;     /* for CODEC_ZIP_LZMA: what comes out, in bytes, as the archive has it */
};

/* NULL with *error without memory. */
struct decoder *decoder_open(const struct decoder_input *input,
                             const struct feed_limits *limits, struct thresh_error *error);
struct feed *decoder_feed(struct decoder *decoder);
void decoder_close(struct decoder *decoder);

#endif
