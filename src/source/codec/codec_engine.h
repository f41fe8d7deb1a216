/* SPDX-License-Identifier: MIT
 *
 * One codec as decoder.c drives it: each by the library of its own, or by ours where there is
 * none, for libarchive's filters keep back what they have when the data breaks off, and do not
 * look at all check sums.
 *
 * Data is a row of streams: gzip's members, the frames of Zstandard and LZ4. An engine does one
 * at a time.
 */
#ifndef THRESH_SOURCE_CODEC_CODEC_ENGINE_H
#define THRESH_SOURCE_CODEC_CODEC_ENGINE_H

#include "source/codec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a stream may want for its dictionary or window: any preset of any program is within it.
 * It is the address space that is bounded; memory is taken as data is decoded. */
#define CODEC_MEMORY_LOG   29
#define CODEC_MEMORY_BYTES (UINT64_C(1) << CODEC_MEMORY_LOG)

/* Both ends move as bytes are taken and made. */
struct codec_io {
    const unsigned char *in;
    size_t in_len;
    unsigned char *out;
    size_t out_len;
};

enum codec_step {
    CODEC_STEP_ON,       /* to go on, there must be more input or more room */
    CODEC_STEP_END,      /* the stream ends here, and all that can be checked is right */
    CODEC_STEP_DAMAGED,  /* it is no stream of this codec */
    CODEC_STEP_CRC,      /* its check sum is not that of the data */
    CODEC_STEP_SIZE,     /* nor is its length */
    CODEC_STEP_TRAILING, /* it ended before; what was taken beyond is not zeros */
    CODEC_STEP_OPTION, /* it needs what is not here: a dictionary, an unknown check or filter */
    CODEC_STEP_MEMORY, /* it asks for more than CODEC_MEMORY_BYTES */
    CODEC_STEP_NO_MEMORY
};

struct codec_engine {
    const char *name; /* for people */
    /* `size` is what the stream makes, in bytes, where that is stated elsewhere; UINT64_MAX: it
     * is not. NULL without memory. */
    void *(*open)(uint64_t size);
    /* Decodes as much as there is input and room for. */
    enum codec_step (*step)(void *state, struct codec_io *io);
    /* Whether another stream may follow, and begin with that byte. NULL: there is one only. */
    bool (*may_begin)(unsigned char first);
    /* Makes ready for it. False without memory. */
    bool (*again)(void *state);
    void (*close)(void *state);
    bool has_no_end; /* a stream ends with its input */
    /* Zeros behind a stream come in multiples of it, and a stream may follow them; 0: in any
     * number, and nothing may. */
    unsigned padding;
};

extern const struct codec_engine codec_gzip, codec_xz, codec_zstd, codec_bzip2, codec_lzip,
    codec_lz4, codec_lzw, codec_zip_lzma, codec_deflate64;

#endif
