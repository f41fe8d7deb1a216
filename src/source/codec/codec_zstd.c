/* SPDX-License-Identifier: MIT
 *
 * Zstandard (RFC 8878), by libzstd. A skippable frame is a stream that makes nothing.
 */
#include "source/codec/codec_engine.h"

#include <zstd.h>
#include <zstd_errors.h>

static void *zstd_open(uint64_t size)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    (void)size;
    if (stream)
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, CODEC_MEMORY_LOG);
    return stream;
}

static enum codec_step zstd_step(void *state, struct codec_io *io)
{
    ZSTD_inBuffer in = {io->in, io->in_len, 0};
    ZSTD_outBuffer out = {io->out, io->out_len, 0};
    size_t rc = ZSTD_decompressStream(state, &out, &in);
    io->in += in.pos;
    io->in_len -= in.pos;
    io->out += out.pos;
    io->out_len -= out.pos;
    if (!ZSTD_isError(rc))
        return rc ? CODEC_STEP_ON : CODEC_STEP_END;
    switch (ZSTD_getErrorCode(rc)) {
    case ZSTD_error_memory_allocation:
        return CODEC_STEP_NO_MEMORY;
    case ZSTD_error_frameParameter_windowTooLarge:
        return CODEC_STEP_MEMORY;
    case ZSTD_error_dictionary_wrong:
    case ZSTD_error_frameParameter_unsupported:
    case ZSTD_error_version_unsupported:
        return CODEC_STEP_OPTION;
    case ZSTD_error_checksum_wrong:
        return CODEC_STEP_CRC;
    default:
        return CODEC_STEP_DAMAGED;
    }
}

/* A frame, or one to be skipped. */
static bool zstd_may_begin(unsigned char first)
{
    return first == 0x28 || (first & 0xf0) == 0x50;
}

static bool zstd_again(void *state)
{
    return !ZSTD_isError(ZSTD_DCtx_reset(state, ZSTD_reset_session_only));
}

static void zstd_close(void *state)
{
    ZSTD_freeDStream(state);
}

const struct codec_engine codec_zstd = {
    .name = "Zstandard",
    .open = zstd_open,
    .step = zstd_step,
    .may_begin = zstd_may_begin,
    .again = zstd_again,
    .close = zstd_close,
};
