/* SPDX-License-Identifier: MIT
 *
 * Members of ZIP archives, inflated by libdeflate.
 */
#include "base/io.h"
#include "source/reader_private.h"
#include "source/zip/zip.h"

#include <string.h>

int reader_zip_check(struct reader *reader, const struct listing_record *record)
{
    uint64_t ratio = reader->source->options.max_ratio;
    int rc = reader_check_size(reader, record->size);
    if (rc)
        return rc;
    bool is_stored = record->storage == STORAGE_ZIP_STORED;
    if (is_stored ? record->size != record->stored
                  : record->size / READER_DEFLATE_MOST > record->stored)
        return entry_fault_set(reader->fault, ENTRY_CODE_SIZE,
                               "the archive says that %llu stored bytes make a "
                               "document of %llu, which they cannot; get it again",
                               (unsigned long long)record->stored,
                               (unsigned long long)record->size);
    if (feed_exceeds_ratio(ratio, record->size, record->stored))
        return entry_fault_set(reader->fault, ENTRY_CODE_LIMIT_RATIO,
                               "the document unpacks to more than %llu times "
                               "its size, as a bomb does; raise --max-ratio if it is none",
                               (unsigned long long)ratio);
    return 0;
}

static int inflate_member(struct reader *reader, const struct listing_record *record,
                          const unsigned char *bytes)
{
    struct entry_fault *fault = reader->fault;
    size_t taken = 0, made = 0;
    reader->document.len = (size_t)record->size;
    enum libdeflate_result rc = libdeflate_deflate_decompress_ex(
        reader->inflate, bytes, (size_t)record->stored, reader->document.data,
        (size_t)record->size, &taken, &made);
    if (rc == LIBDEFLATE_BAD_DATA)
        return entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                               "the deflated data is damaged; get the archive again");
    if (rc != LIBDEFLATE_SUCCESS)
        return entry_fault_set(fault, ENTRY_CODE_SIZE,
                               "the entry is longer than the %llu bytes that the "
                               "archive says; get it again",
                               (unsigned long long)record->size);
    if (made != record->size)
        return entry_fault_set(fault, ENTRY_CODE_SIZE,
                               "the entry is %zu bytes long, the archive says %llu; "
                               "get it again",
                               made, (unsigned long long)record->size);
    if (taken != record->stored)
        return entry_fault_set(fault, ENTRY_CODE_SIZE,
                               "the deflated data ends after %zu of %llu bytes; get "
                               "the archive again",
                               taken, (unsigned long long)record->stored);
    return 0;
}

/* The stored bytes: in the window if they fit, else in a buffer of their own, which is the
 * document's if there is nothing to inflate. */
static int read_stored(struct reader *reader, const struct listing_record *record,
                       const struct slice *member, const unsigned char **bytes)
{
    size_t len = (size_t)member->len, have;
    if (member->len <= WINDOW_BYTES) {
        if (window_get(&reader->window, member, bytes, &have) < 0)
            return reader_cannot_read(reader);
    } else {
        struct buf *into =
            record->storage == STORAGE_ZIP_STORED ? &reader->document : &reader->stored;
        if (reader_make_room(reader, into, member->len) < 0)
            return -1;
        ptrdiff_t got = origin_read(&member->origin, into->data, len, member->at);
        if (got < 0)
            return reader_cannot_read(reader);
        have = (size_t)got;
        *bytes = (const unsigned char *)into->data;
    }
    if (have == len)
        return 0;
    return entry_fault_set(reader->fault, ENTRY_CODE_TRUNCATED,
                           "the archive ends before this entry does; get it again");
}

int reader_zip(struct reader *reader, const struct listing_record *record, struct slice *member)
{
    bool is_stored = record->storage == STORAGE_ZIP_STORED;
    struct zip_claim claim = {.size = record->size,
                              .crc = record->crc,
                              .method = is_stored ? ZIP_STORED : ZIP_DEFLATED};
    struct buf *document = &reader->document;
    const unsigned char *bytes;
    claim.name = listing_raw_name(&reader->source->listing, record, &claim.name_len);
    int rc =
        zip_locate(&reader->window, &claim,
                   member->len < WINDOW_BYTES ? (size_t)member->len : 0, member, reader->fault);
    if (rc)
        return rc < 0 ? reader_cannot_read(reader) : rc;
    rc = read_stored(reader, record, member, &bytes);
    if (rc)
        return rc;
    if (reader_knows(reader, CODEC_NONE, bytes, (size_t)member->len))
        return 2;
    bool in_place = bytes == (const unsigned char *)document->data;
    if (!in_place && reader_make_room(reader, document, record->size) < 0)
        return -1;
    if (!is_stored)
        rc = inflate_member(reader, record, bytes);
    else if (!in_place)
        memcpy(document->data, bytes, (size_t)record->size);
    document->len = (size_t)record->size;
    if (rc)
        return rc;
    uint32_t crc = libdeflate_crc32(0, document->data, document->len);
    if (crc == record->crc)
        return 0;
    return entry_fault_set(reader->fault, ENTRY_CODE_CRC,
                           "CRC-32 is %08x, the archive says %08x: the entry is "
                           "damaged; get it again",
                           (unsigned)crc, (unsigned)record->crc);
}
