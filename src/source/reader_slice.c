/* SPDX-License-Identifier: MIT
 *
 * Documents that lie in a file as they are, or compressed as a whole.
 */
#include "base/io.h"
#include "base/swar.h"
#include "source/decoder.h"
#include "source/index/sniff.h"
#include "source/reader_private.h"

#define GZIP_BYTES (512u << 20) /* a longer gzip file is not inflated at one go */

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
    return document->len == slice->len ? 0 : reader_changed(reader);
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

/* The usual gzip file is one member that states its length truly: libdeflate inflates it at
 * twice zlib's speed, and checks CRC and length. Whatever is not like that sets *is_done to
 * false, and is left to the decoder, which says why. 0 or -1. */
static int inflate_gzip(struct reader *reader, const struct slice *slice, bool *is_done)
{
    const struct source_options *options = &reader->source->options;
    struct buf *document = &reader->document;
    size_t taken = 0, made = 0;
    *is_done = false;
    if (slice->len < CODEC_GZIP_LEAST || slice->len > GZIP_BYTES)
        return 0;
    size_t len = (size_t)slice->len;
    if (reader_make_room(reader, &reader->stored, len) < 0)
        return -1;
    char *bytes = reader->stored.data;
    ptrdiff_t got = origin_read(&slice->origin, bytes, len, slice->at);
    if (got < 0)
        return reader_cannot_read(reader);
    uint64_t size = swar_le32(bytes + len - 4);
    if ((size_t)got != len || size / READER_DEFLATE_MOST > len ||
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

int reader_slice(struct reader *reader, const struct slice *slice, enum codec codec)
{
    struct slice_feed stored;
    bool is_done = false;
    if (codec == CODEC_NONE)
        return read_plain(reader, slice);
    if (codec == CODEC_GZIP && inflate_gzip(reader, slice, &is_done) < 0)
        return -1;
    if (is_done)
        return 0;
    slice_feed_open(&stored, slice, "an input");
    int rc = decode(reader, codec, &stored.feed, slice->len, &reader->document);
    slice_feed_close(&stored);
    return rc;
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
