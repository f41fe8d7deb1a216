/* SPDX-License-Identifier: MIT
 *
 * bzip2, by libbz2, which does not tell a wrong check sum from other damage.
 */
#include "source/codec/codec_engine.h"

#include <bzlib.h>
#include <limits.h>
#include <stdlib.h>

static void *bzip2_open(uint64_t size)
{
    bz_stream *stream = calloc(1, sizeof *stream);
    (void)size;
    if (stream && BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK)
        return stream;
    free(stream);
    return NULL;
}

static enum codec_step bzip2_step(void *state, struct codec_io *io)
{
    bz_stream *stream = state;
    size_t in = io->in_len < UINT_MAX ? io->in_len : UINT_MAX;
    size_t out = io->out_len < UINT_MAX ? io->out_len : UINT_MAX;
    stream->next_in = (char *)(uintptr_t)io->in; /* bzlib.h does not say that it is const */
    stream->avail_in = (unsigned)in;
    stream->next_out = (char *)io->out;
    stream->avail_out = (unsigned)out;
    int rc = BZ2_bzDecompress(stream);
    in -= stream->avail_in;
    out -= stream->avail_out;
    io->in += in;
    io->in_len -= in;
    io->out += out;
    io->out_len -= out;
    switch (rc) {
    case BZ_OK:
        return CODEC_STEP_ON;
    case BZ_STREAM_END:
        return CODEC_STEP_END;
    case BZ_MEM_ERROR:
        return CODEC_STEP_NO_MEMORY;
    default:
        return CODEC_STEP_DAMAGED;
    }
}

static bool bzip2_may_begin(unsigned char first)
{
    return first == 'B';
}

static bool bzip2_again(void *state)
{
    BZ2_bzDecompressEnd(state);
    return BZ2_bzDecompressInit(state, 0, 0) == BZ_OK;
}

static void bzip2_close(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

const struct codec_engine codec_bzip2 = {
    .name = "bzip2",
    .open = bzip2_open,
    .step = bzip2_step,
    .may_begin = bzip2_may_begin,
    .again = bzip2_again,
    .close = bzip2_close,
};
