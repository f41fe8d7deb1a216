/* SPDX-License-Identifier: MIT
 *
 * Documents that lie in a file as they are, or compressed as a whole.
 */
#include "base/io.h"
#include "base/swar.h"
#include "source/decoder.h"
#include "source/index/sniff.h"
#include "source/reader_private.h"

#define STORED_BYTES (512u << 20) /* a longer file is not read at one go */

static int read_plain(struct reader *reader, const struct slice *slice)
{
    struct buf *document = &reader->document;
    int rc = reader_check_size(reader, slice->len);
    if (rc)
        return rc;
    if (reader_make_room(reader, document, slice->len) < 0)
        return -1;
    ptrdiff_t got = origin_read(&slice->origin, document->data, (size_t)slice->len, slice->at);
    if (got < 0)
        return reader_cannot_read(reader);
    document->len = (size_t)got;
    if (document->len != slice->len)
        return reader_changed(reader);
    return reader_knows(reader, CODEC_NONE, document->data, document->len) ? 2 : 0;
}

/* All that the feed has, decompressed, into `out`. */
static int decode(struct reader *reader, enum codec codec, struct feed *from,
                  uint64_t from_bytes, struct buf *out)
{
    struct feed_limits limits = {reader->source->options.max_ratio, NULL};
    struct decoder_input input = {.from = from, .bytes = from_bytes, .codec = codec};
    struct decoder *decoder = decoder_open(&input, &limits, reader->error);
    const char *block;
    size_t len = 0;
    int rc = decoder ? reader_make_room(reader, out, 0) : -1;
    while (!rc) {
        struct feed *feed = decoder_feed(decoder);
        rc = feed->next(feed, &block, &len, reader->fault, reader->error);
        if (rc || !len)
            break;
        rc = reader_check_size(reader, out->len + len);
        if (!rc && buf_append(out, block, len) < 0)
            rc = error_no_memory(reader->error);
    }
    decoder_close(decoder);
    if (!rc && buf_reserve(out, READER_PADDING) < 0)
        rc = error_no_memory(reader->error);
    return rc;
}

/* Reads the slice into reader->stored, if it is not too long for that. What is shorter than it
 * was is left to the feed, which says so. 0 or -1. */
static int read_stored(struct reader *reader, const struct slice *slice, bool *is_there)
{
    *is_there = false;
    if (slice->len > STORED_BYTES)
        return 0;
    if (reader_make_room(reader, &reader->stored, slice->len) < 0)
        return -1;
    ptrdiff_t got =
        origin_read(&slice->origin, reader->stored.data, (size_t)slice->len, slice->at);
    if (got < 0)
        return reader_cannot_read(reader);
    reader->stored.len = (size_t)got;
    *is_there = reader->stored.len == slice->len;
    return 0;
}

/* The usual gzip file is one member that states its length truly: libdeflate inflates it at
 * twice zlib's speed, and checks CRC and length. Whatever is not like that sets *is_done to
 * false, and is left to the decoder, which says why. 0 or -1. */
static int inflate_gzip(struct reader *reader, bool *is_done)
{
    const struct source_options *options = &reader->source->options;
    struct buf *document = &reader->document;
    const char *bytes = reader->stored.data;
    size_t len = reader->stored.len, taken = 0, made = 0;
    *is_done = false;
    if (len < CODEC_GZIP_LEAST)
        return 0;
    uint64_t size = swar_le32(bytes + len - 4);
    if (size / READER_DEFLATE_MOST > len ||
        (options->max_document_bytes && size > options->max_document_bytes) ||
        feed_exceeds_ratio(options->max_ratio, size, len))
        return 0;
    if (reader_make_room(reader, document, size) < 0)
        return -1;
    *is_done =
        libdeflate_gzip_decompress_ex(reader->inflate, bytes, len, document->data, (size_t)size,
                                      &taken, &made) == LIBDEFLATE_SUCCESS &&
        taken == len && made == size;
    document->len = made;
    return 0;
}

static int decode_slice(struct reader *reader, enum codec codec, const struct slice *slice)
{
    struct slice_feed stored;
    slice_feed_open(&stored, slice, "an input", NULL);
    int rc = decode(reader, codec, &stored.feed, slice->len, &reader->document);
    slice_feed_close(&stored);
    return rc;
}

/* Decodes what was read at once: so what is known is known of the very bytes that were. */
static int decode_stored(struct reader *reader, enum codec codec)
{
    const struct buf *stored = &reader->stored;
    const struct slice slice = {
        .origin = {.fd = -1, .memory = stored->data, .memory_bytes = stored->len},
        .len = stored->len};
    bool is_done = false;
    if (reader_knows(reader, codec, stored->data, stored->len))
        return 2;
    if (codec == CODEC_GZIP && inflate_gzip(reader, &is_done) < 0)
        return -1;
    return is_done ? 0 : decode_slice(reader, codec, &slice);
}

int reader_slice(struct reader *reader, const struct slice *slice, enum codec codec)
{
    bool is_there = false, is_wanted = codec == CODEC_GZIP || reader->knowledge;
    if (codec == CODEC_NONE)
        return read_plain(reader, slice);
    if (is_wanted && read_stored(reader, slice, &is_there) < 0)
        return -1;
    return is_there ? decode_stored(reader, codec) : decode_slice(reader, codec, slice);
}

int reader_unpack_unseen(struct reader *reader, struct buf **document)
{
    const struct buf *seen = &reader->document;
    struct memory_feed stored;
    size_t len = seen->len < SNIFF_BYTES ? seen->len : SNIFF_BYTES;
    if (!len || seen->data[0] == '<')
        return 0;
    enum sniff sniff = sniff_bytes(seen->data, len);
    if (sniff_is_archive(sniff))
        return entry_fault_set(reader->fault, ENTRY_CODE_ARCHIVE,
                               "it is an archive although it is named .xml; give "
                               "it the name of one and it will be opened");
    enum codec codec = sniff_codec(sniff);
    if (codec == CODEC_NONE)
        return 0;
    memory_feed_open(&stored, seen->data, seen->len);
    *document = &reader->unpacked;
    return decode(reader, codec, &stored.feed, seen->len, &reader->unpacked);
}
