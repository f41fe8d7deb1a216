/* SPDX-License-Identifier: MIT */
#include "source/decoder.h"

#include "source/gzip_feed.h"
#include "source/libarchive/filter_feed.h"

#include <stdlib.h>

struct decoder {
    struct feed feed;
    struct feed *from;
    uint64_t from_bytes;
    struct feed_limits limits;
    bool is_gzip;
    struct gzip_feed gzip;
    struct filter_feed *filter;
};

static int decoder_next(struct feed *feed, const char **block, size_t *len,
                        struct entry_fault *fault, struct thresh_error *error)
{
    struct decoder *decoder = (struct decoder *)feed;
    struct feed *inner =
        decoder->is_gzip ? &decoder->gzip.feed : filter_feed_feed(decoder->filter);
    int rc = inner->next(inner, block, len, fault, error);
    if (rc)
        return rc;
    feed->given += *len;
    uint64_t taken = decoder->from->given;
    if (taken > decoder->from_bytes)
        taken = decoder->from_bytes;
    return feed_limits_count(&decoder->limits, feed->given, taken, *len, fault);
}

struct decoder *decoder_open(enum codec codec, struct feed *from, uint64_t from_bytes,
                             const struct feed_limits *limits, struct thresh_error *error)
{
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) {
        error_no_memory(error);
        return NULL;
    }
    decoder->feed.next = decoder_next;
    decoder->from = from;
    decoder->from_bytes = from_bytes;
    decoder->limits = *limits;
    decoder->is_gzip = codec == CODEC_GZIP;
    if (decoder->is_gzip ? gzip_feed_open(&decoder->gzip, from) == 0
                         : (decoder->filter = filter_feed_open(codec, from)) != NULL)
        return decoder;
    decoder_close(decoder);
    error_no_memory(error);
    return NULL;
}

struct feed *decoder_feed(struct decoder *decoder)
{
    return &decoder->feed;
}

void decoder_close(struct decoder *decoder)
{
    if (!decoder)
        return;
    if (decoder->is_gzip)
        gzip_feed_close(&decoder->gzip);
    filter_feed_close(decoder->filter);
    free(decoder);
}
