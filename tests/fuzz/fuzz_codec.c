/* SPDX-License-Identifier: MIT
 *
 * Any bytes as compressed data, by any codec: decoded to the end or to a fault, and to the same
 * bytes and the same fault however the input is cut into blocks.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "source/decoder.h"

#include <string.h>

#define MOST (4u << 20) /* bytes that come out */

struct pieces_feed {
    struct feed feed;
    const char *bytes;
    size_t len, piece;
};

static int next_piece(struct feed *feed, const char **block, size_t *len,
                      struct entry_fault *fault, struct thresh_error *error)
{
    struct pieces_feed *pieces = (struct pieces_feed *)feed;
    (void)fault;
    (void)error;
    *len = pieces->piece < pieces->len ? pieces->piece : pieces->len;
    *block = pieces->bytes;
    pieces->bytes += *len;
    pieces->len -= *len;
    feed->given += *len;
    return 0;
}

/* Returns the code of the fault. */
static enum entry_code decode(enum codec codec, const char *data, size_t size, size_t piece,
                              struct buf *out)
{
    struct pieces_feed pieces = {{next_piece, 0}, data, size, piece};
    struct decoder_input input = {&pieces.feed, size, codec, 1000};
    uint64_t left = MOST;
    struct feed_limits limits = {0, &left};
    struct entry_fault fault = {.code = ENTRY_CODE_NONE};
    struct thresh_error error;
    const char *block;
    size_t len;
    int rc;
    struct decoder *decoder = decoder_open(&input, &limits, &error);
    fuzz_check(decoder);
    struct feed *feed = decoder_feed(decoder);
    while (!(rc = feed->next(feed, &block, &len, &fault, &error)) && len)
        fuzz_check(buf_append(out, block, len) == 0);
    fuzz_check(rc == 0 || (rc == 1 && fault.code != ENTRY_CODE_NONE && fault.message[0]));
    decoder_close(decoder);
    return fault.code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = {0}, parts = {0};
    if (size < 2)
        return 0;
    enum codec codec = (enum codec)(data[0] % (CODECS - 1) + 1);
    const char *bytes = (const char *)data + 2;
    enum entry_code one = decode(codec, bytes, size - 2, size, &whole);
    enum entry_code other = decode(codec, bytes, size - 2, data[1] % 7 + 1u, &parts);
    /* What a library gives of a block that is damaged depends on how much of it it has. */
    bool is_ours = codec == CODEC_LZ4 || codec == CODEC_LZW || codec == CODEC_DEFLATE64;
    if (one != ENTRY_CODE_LIMIT_TOTAL && (is_ours || one == ENTRY_CODE_NONE)) {
        fuzz_check(one == other && whole.len == parts.len);
        fuzz_check(!whole.len || memcmp(whole.data, parts.data, whole.len) == 0);
    }
    buf_free(&whole);
    buf_free(&parts);
    return 0;
}
