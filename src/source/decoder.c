/* SPDX-License-Identifier: MIT */
#include "source/decoder.h"

#include "source/codec/codec_engine.h"

#include <assert.h>
#include <stdlib.h>

#define DECODER_BLOCK (128u << 10)

static const struct codec_engine *const engines[] = {
    [CODEC_NONE] = NULL,
    [CODEC_GZIP] = &codec_gzip,
    [CODEC_XZ] = &codec_xz,
    [CODEC_ZSTD] = &codec_zstd,
    [CODEC_BZIP2] = &codec_bzip2,
    [CODEC_LZIP] = &codec_lzip,
    [CODEC_LZ4] = &codec_lz4,
    [CODEC_LZW] = &codec_lzw,
    [CODEC_ZIP_LZMA] = &codec_zip_lzma,
    [CODEC_DEFLATE64] = &codec_deflate64,
};
static_assert(sizeof engines / sizeof *engines == CODECS, "each codec has its engine");

struct decoder {
    struct feed feed;
    struct decoder_input input;
    struct feed_limits limits;
    const struct codec_engine *engine;
    void *state;
    struct codec_io io;
    bool is_at_end;   /* of the input */
    bool is_open;     /* within a stream */
    uint64_t padding; /* zero bytes that have followed the last stream */
    bool is_broken;   /* with the fault below, to be told after what came before it was given */
    struct entry_fault broken;
    unsigned char *buffer;
};

static int broken(const struct decoder *decoder, enum codec_step step,
                  struct entry_fault *fault, struct thresh_error *error)
{
    const char *name = decoder->engine->name;
    switch (step) {
    case CODEC_STEP_NO_MEMORY:
        return error_no_memory(error);
    case CODEC_STEP_CRC:
        return entry_fault_set(fault, ENTRY_CODE_CRC,
                               "the %s check sum is not that of the data: the file is "
                               "damaged, get it again",
                               name);
    case CODEC_STEP_SIZE:
        return entry_fault_set(fault, ENTRY_CODE_SIZE,
                               "the %s length is not that of the data: the file is damaged, "
                               "get it again",
                               name);
    case CODEC_STEP_TRAILING:
        return entry_fault_set(fault, ENTRY_CODE_TRAILING,
                               "other bytes follow the %s data; what they are is unknown, cut "
                               "them off",
                               name);
    case CODEC_STEP_OPTION:
        return entry_fault_set(fault, ENTRY_CODE_METHOD,
                               "the %s data needs a dictionary, filter or check that is not "
                               "known here; pack it again without",
                               name);
    case CODEC_STEP_MEMORY:
        return entry_fault_set(fault, ENTRY_CODE_METHOD,
                               "the %s data asks for a window of more than %u MiB; pack it "
                               "again with a smaller one",
                               name, (unsigned)(CODEC_MEMORY_BYTES >> 20));
    default:
        return entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                               "the %s data is damaged; get it again", name);
    }
}

/* Gets the next block of compressed bytes. */
static int take(struct decoder *decoder, struct entry_fault *fault, struct thresh_error *error)
{
    const char *block = NULL;
    struct feed *from = decoder->input.from;
    int rc = from->next(from, &block, &decoder->io.in_len, fault, error);
    decoder->io.in = (const unsigned char *)(block ? block : ""); /* engines add 0 to it */
    decoder->is_at_end = !rc && !decoder->io.in_len;
    return rc;
}

static bool is_padded_badly(const struct decoder *decoder)
{
    return decoder->engine->padding && decoder->padding % decoder->engine->padding;
}

/* Between streams: passes over padding, or begins the next stream. 0, 1 with *fault for what
 * may not be there, or -1. */
static int next_stream(struct decoder *decoder, struct entry_fault *fault,
                       struct thresh_error *error)
{
    struct codec_io *io = &decoder->io;
    for (; io->in_len && !*io->in; io->in_len--) {
        io->in++;
        decoder->padding++;
    }
    if (!io->in_len)
        return 0;
    bool is_in_place =
        !decoder->padding || (decoder->engine->padding && !is_padded_badly(decoder));
    /* Whether it goes on as it begins is for the engine to say. */
    if (!is_in_place || !decoder->engine->may_begin || !decoder->engine->may_begin(*io->in))
        return broken(decoder, CODEC_STEP_TRAILING, fault, error);
    decoder->padding = 0;
    if (!decoder->engine->again(decoder->state))
        return error_no_memory(error);
    decoder->is_open = true;
    return 0;
}

/* Within a stream. 0, 1 with *fault, or -1. */
static int go_on(struct decoder *decoder, struct entry_fault *fault, struct thresh_error *error)
{
    struct codec_io *io = &decoder->io;
    size_t in_len = io->in_len, out_len = io->out_len;
    enum codec_step step = decoder->engine->step(decoder->state, io);
    bool is_stuck = io->in_len == in_len && io->out_len == out_len;
    if (step == CODEC_STEP_END)
        decoder->is_open = false;
    else if (step != CODEC_STEP_ON)
        return broken(decoder, step, fault, error);
    else if (is_stuck && decoder->is_at_end && decoder->engine->has_no_end)
        decoder->is_open = false;
    else if (is_stuck && decoder->is_at_end)
        return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                               "the %s data breaks off; get it again", decoder->engine->name);
    else if (is_stuck)
        return broken(decoder, CODEC_STEP_DAMAGED, fault, error);
    return 0;
}

/* Decodes until there is something in the buffer, or all is done. */
static int fill(struct decoder *decoder, struct entry_fault *fault, struct thresh_error *error)
{
    while (decoder->io.out_len == DECODER_BLOCK) {
        int rc = 0;
        if (!decoder->io.in_len && !decoder->is_at_end)
            rc = take(decoder, fault, error);
        else if (decoder->is_open)
            rc = go_on(decoder, fault, error);
        else if (decoder->io.in_len)
            rc = next_stream(decoder, fault, error);
        else
            return is_padded_badly(decoder) ? broken(decoder, CODEC_STEP_DAMAGED, fault, error)
                                            : 0;
        if (rc)
            return rc;
    }
    return 0;
}

static int decoder_next(struct feed *feed, const char **block, size_t *len,
                        struct entry_fault *fault, struct thresh_error *error)
{
    struct decoder *decoder = (struct decoder *)feed;
    *block = (const char *)decoder->buffer;
    *len = 0;
    if (decoder->is_broken) {
        *fault = decoder->broken;
        return 1;
    }
    decoder->io.out = decoder->buffer;
    decoder->io.out_len = DECODER_BLOCK;
    int rc = fill(decoder, fault, error);
    if (rc < 0)
        return -1;
    *len = DECODER_BLOCK - decoder->io.out_len;
    if (rc) {
        decoder->is_broken = true;
        decoder->broken = *fault;
        if (!*len)
            return 1;
    }
    feed->given += *len;
    uint64_t taken = decoder->input.from->given;
    if (taken > decoder->input.bytes)
        taken = decoder->input.bytes;
    return feed_limits_count(&decoder->limits, feed->given, taken, *len, fault);
}

struct decoder *decoder_open(const struct decoder_input *input,
                             const struct feed_limits *limits, struct thresh_error *error)
{
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) {
        error_no_memory(error);
        return NULL;
    }
    decoder->feed.next = decoder_next;
    decoder->input = *input;
    decoder->limits = *limits;
    decoder->engine = engines[input->codec];
    decoder->is_open = true;
    decoder->buffer = malloc(DECODER_BLOCK);
    if (decoder->buffer)
        decoder->state = decoder->engine->open(input->size);
    if (decoder->state)
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
    if (decoder->state)
        decoder->engine->close(decoder->state);
    free(decoder->buffer);
    free(decoder);
}
