/* SPDX-License-Identifier: MIT */
#include "source/feed.h"
#include "base/io.h"
#include "source/unarchive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_BLOCK (128u << 10)

static int slice_next(struct feed *feed, const char **block, size_t *len,
                      struct entry_fault *fault, struct thresh_error *error)
{
    struct slice_feed *slice = (struct slice_feed *)feed;
    size_t want = SLICE_BLOCK;
    *len = 0;
    if (want > slice->end - slice->at)
        want = (size_t)(slice->end - slice->at);
    if (!want)
        return 0;
    if (!slice->buffer)
        slice->buffer = malloc(SLICE_BLOCK);
    if (!slice->buffer)
        return error_no_memory(error);
    ptrdiff_t got = io_pread_all(slice->fd, slice->buffer, want, slice->at);
    if (got < 0)
        return error_set(error, "cannot read %s: %m", slice->what);
    if (got == 0)
        return entry_fault_set(fault, ENTRY_CODE_CHANGED,
                               "the file became shorter while it was read; "
                               "run again when nothing writes to it");
    slice->at += (uint64_t)got;
    feed->given += (uint64_t)got;
    *block = slice->buffer;
    *len = (size_t)got;
    return 0;
}

void slice_feed_open(struct slice_feed *feed, int fd, uint64_t at, uint64_t len,
                     const char *what)
{
    memset(feed, 0, sizeof *feed);
    feed->feed.next = slice_next;
    feed->fd = fd;
    feed->start = feed->at = at;
    feed->end = at + len;
    feed->what = what;
}

void slice_feed_close(struct slice_feed *feed)
{
    free(feed->buffer);
    feed->buffer = NULL;
}

static int memory_next(struct feed *feed, const char **block, size_t *len,
                       struct entry_fault *fault, struct thresh_error *error)
{
    struct memory_feed *memory = (struct memory_feed *)feed;
    (void)fault;
    (void)error;
    *block = memory->bytes;
    *len = feed->given ? 0 : memory->len;
    feed->given = memory->len;
    return 0;
}

void memory_feed_open(struct memory_feed *feed, const char *bytes, size_t len)
{
    memset(feed, 0, sizeof *feed);
    feed->feed.next = memory_next;
    feed->bytes = bytes;
    feed->len = len;
}

int feed_limits_count(const struct feed_limits *limits, uint64_t given, uint64_t taken,
                      size_t len, struct entry_fault *fault)
{
    if (given > 1u << 20 && limits->max_ratio && given / (taken + 1) >= limits->max_ratio)
        return entry_fault_set(fault, ENTRY_CODE_LIMIT_RATIO,
                               "it unpacks to more than %llu times its size, "
                               "as a bomb does; raise --max-ratio if it is none",
                               (unsigned long long)limits->max_ratio);
    if (!limits->left)
        return 0;
    if (len > *limits->left)
        return entry_fault_set(
            fault, ENTRY_CODE_LIMIT_TOTAL,
            "what had to be unpacked or put aside to list the inputs is more "
            "than --max-total-bytes allows");
    *limits->left -= len;
    return 0;
}

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
