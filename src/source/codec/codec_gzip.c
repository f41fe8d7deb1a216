/* SPDX-License-Identifier: MIT
 *
 * gzip (RFC 1952), by zlib.
 */
#include "source/codec/codec_engine.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

static void *gzip_open(uint64_t size)
{
    z_stream *stream = calloc(1, sizeof *stream);
    (void)size;
    if (stream && inflateInit2(stream, 15 + 16) == Z_OK)
        return stream;
    free(stream);
    return NULL;
}

/* zlib has one code for all that is wrong with data, and tells it by its message. */
static enum codec_step fault_of(const z_stream *stream)
{
    const char *message = stream->msg ? stream->msg : "";
    return strstr(message, "data check")     ? CODEC_STEP_CRC
           : strstr(message, "length check") ? CODEC_STEP_SIZE
                                             : CODEC_STEP_DAMAGED;
}

static enum codec_step gzip_step(void *state, struct codec_io *io)
{
    z_stream *stream = state;
    size_t in = io->in_len < UINT_MAX ? io->in_len : UINT_MAX;
    size_t out = io->out_len < UINT_MAX ? io->out_len : UINT_MAX;
    stream->next_in = io->in;
    stream->avail_in = (uInt)in;
    stream->next_out = io->out;
    stream->avail_out = (uInt)out;
    int rc = inflate(stream, Z_NO_FLUSH);
    io->in_len -= in - stream->avail_in;
    io->out_len -= out - stream->avail_out;
    io->in = stream->next_in;
    io->out = stream->next_out;
    switch (rc) {
    case Z_OK:
    case Z_BUF_ERROR:
        return CODEC_STEP_ON;
    case Z_STREAM_END:
        return CODEC_STEP_END;
    case Z_MEM_ERROR:
        return CODEC_STEP_NO_MEMORY;
    default:
        return fault_of(stream);
    }
}

static bool gzip_may_begin(unsigned char first)
{
    return first == 0x1f;
}

static bool gzip_again(void *state)
{
    return inflateReset(state) == Z_OK;
}

static void gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}

const struct codec_engine codec_gzip = {
    .name = "gzip",
    .open = gzip_open,
    .step = gzip_step,
    .may_begin = gzip_may_begin,
    .again = gzip_again,
    .close = gzip_close,
};
