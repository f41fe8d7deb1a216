/* SPDX-License-Identifier: MIT
 *
 * The formats over LZMA, by liblzma: .xz, .lz (lzip), and the members of ZIP archives by method
 * 14 (APPNOTE 5.8), which are the .lzma of the LZMA SDK with another header.
 */
#include "source/codec/codec_engine.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#define ALONE_BYTES 13u /* the header of .lzma: properties, and the size in 8 bytes */
#define ZIP_BYTES   4u  /* before the properties: a version, and how long they are */
#define PROPERTIES  5u

typedef lzma_ret begin_stream(lzma_stream *stream);

struct lzma_state {
    lzma_stream stream;
    begin_stream *begin;
    unsigned char head[ZIP_BYTES + ALONE_BYTES]; /* of a member of ZIP: all that is gathered */
    size_t head_len, head_need;
    uint64_t size;
};

static void *open_by(begin_stream *begin)
{
    struct lzma_state *state = calloc(1, sizeof *state);
    if (!state)
        return NULL;
    state->stream = (lzma_stream)LZMA_STREAM_INIT;
    state->begin = begin;
    if (begin(&state->stream) == LZMA_OK)
        return state;
    free(state);
    return NULL;
}

static enum codec_step code(lzma_stream *stream, const unsigned char **in, size_t *in_len,
                            struct codec_io *io)
{
    stream->next_in = *in;
    stream->avail_in = *in_len;
    stream->next_out = io->out;
    stream->avail_out = io->out_len;
    lzma_ret rc = lzma_code(stream, LZMA_RUN);
    *in = stream->next_in;
    *in_len = stream->avail_in;
    io->out = stream->next_out;
    io->out_len = stream->avail_out;
    switch (rc) {
    case LZMA_OK:
    case LZMA_BUF_ERROR:
        return CODEC_STEP_ON;
    case LZMA_STREAM_END:
        return CODEC_STEP_END;
    case LZMA_MEM_ERROR:
        return CODEC_STEP_NO_MEMORY;
    case LZMA_MEMLIMIT_ERROR:
        return CODEC_STEP_MEMORY;
    case LZMA_OPTIONS_ERROR:
    case LZMA_UNSUPPORTED_CHECK:
        return CODEC_STEP_OPTION;
    default:
        return CODEC_STEP_DAMAGED;
    }
}

static enum codec_step lzma_step(void *opened, struct codec_io *io)
{
    struct lzma_state *state = opened;
    return code(&state->stream, &io->in, &io->in_len, io);
}

static void lzma_close(void *opened)
{
    struct lzma_state *state = opened;
    lzma_end(&state->stream);
    free(state);
}

static bool lzma_again(void *opened)
{
    struct lzma_state *state = opened;
    return state->begin(&state->stream) == LZMA_OK;
}

/* -- Files ---------------------------------------------------------------------------- */

static lzma_ret begin_xz(lzma_stream *stream)
{
    return lzma_stream_decoder(stream, CODEC_MEMORY_BYTES, LZMA_TELL_UNSUPPORTED_CHECK);
}

static lzma_ret begin_lzip(lzma_stream *stream)
{
    return lzma_lzip_decoder(stream, CODEC_MEMORY_BYTES, 0);
}

static void *xz_open(uint64_t size)
{
    (void)size;
    return open_by(begin_xz);
}

static void *lzip_open(uint64_t size)
{
    (void)size;
    return open_by(begin_lzip);
}

static bool xz_may_begin(unsigned char first)
{
    return first == 0xfd;
}

static bool lzip_may_begin(unsigned char first)
{
    return first == 'L';
}

/* -- Members of ZIP archives ---------------------------------------------------------- */

static lzma_ret begin_lzma(lzma_stream *stream)
{
    return lzma_alone_decoder(stream, CODEC_MEMORY_BYTES);
}

static void *zip_lzma_open(uint64_t size)
{
    struct lzma_state *state = open_by(begin_lzma);
    if (state) {
        state->size = size;
        state->head_need = ZIP_BYTES + PROPERTIES;
    }
    return state;
}

/* Gathers the header of a member, and hands that of a .lzma to the decoder. */
static enum codec_step read_head(struct lzma_state *state, struct codec_io *io)
{
    size_t len = state->head_need - state->head_len;
    len = len < io->in_len ? len : io->in_len;
    memcpy(state->head + state->head_len, io->in, len);
    state->head_len += len;
    io->in += len;
    io->in_len -= len;
    if (state->head_len < state->head_need)
        return CODEC_STEP_ON;
    state->head_need = 0;
    if (state->head[2] != PROPERTIES || state->head[3])
        return CODEC_STEP_DAMAGED;
    /* The archive's list says how long the member is; an end mark may be there or not. */
    for (size_t i = 0; i < 8; i++)
        state->head[ZIP_BYTES + PROPERTIES + i] = (unsigned char)(state->size >> 8 * i);
    const unsigned char *head = state->head + ZIP_BYTES;
    size_t left = ALONE_BYTES;
    return code(&state->stream, &head, &left, io);
}

static enum codec_step zip_lzma_step(void *opened, struct codec_io *io)
{
    struct lzma_state *state = opened;
    enum codec_step step = state->head_need ? read_head(state, io) : CODEC_STEP_ON;
    return step == CODEC_STEP_ON && !state->head_need ? lzma_step(state, io) : step;
}

const struct codec_engine codec_xz = {
    .name = "xz",
    .open = xz_open,
    .step = lzma_step,
    .may_begin = xz_may_begin,
    .again = lzma_again,
    .close = lzma_close,
    .padding = 4, /* The .xz File Format, 2.2 */
};
const struct codec_engine codec_lzip = {
    .name = "lzip",
    .open = lzip_open,
    .step = lzma_step,
    .may_begin = lzip_may_begin,
    .again = lzma_again,
    .close = lzma_close,
};
const struct codec_engine codec_zip_lzma = {
    .name = "LZMA",
    .open = zip_lzma_open,
    .step = zip_lzma_step,
    .close = lzma_close,
};
