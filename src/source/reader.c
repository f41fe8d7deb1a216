/* SPDX-License-Identifier: MIT */
#include "source/reader.h"

#include "source/reader_private.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define KEEP_BYTES (64u << 20) /* a buffer larger than this is let go when it is not needed */

struct reader *reader_open(const struct source *source, struct thresh_error *error)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader) {
        reader->source = source;
        reader->fd = -1;
        reader->file = LISTING_NO_FILE;
        reader->inflate = libdeflate_alloc_decompressor();
        if (reader->inflate && window_open(&reader->window) == 0)
            return reader;
    }
    reader_close(reader);
    error_no_memory(error);
    return NULL;
}

void reader_close(struct reader *reader)
{
    if (!reader)
        return;
    if (reader->fd >= 0)
        close(reader->fd);
    if (reader->inflate)
        libdeflate_free_decompressor(reader->inflate);
    window_close(&reader->window);
    buf_free(&reader->stored);
    buf_free(&reader->document);
    buf_free(&reader->unpacked);
    buf_free(&reader->path);
    free(reader);
}

/* -- What is known -------------------------------------------------------------------- */

void reader_ask(struct reader *reader, const struct reader_knowledge *knowledge)
{
    reader->knowledge = knowledge;
}

bool reader_knows(const struct reader *reader, enum codec codec, const void *bytes, size_t len)
{
    const struct reader_knowledge *knowledge = reader->knowledge;
    const struct listing_record *record = reader->record;
    bool is_zip =
        record->storage == STORAGE_ZIP_STORED || record->storage == STORAGE_ZIP_DEFLATED;
    uint8_t digest[DIGEST_BYTES];
    if (!knowledge)
        return false;
    /* All that decides what comes of the bytes, beside the options. */
    const uint64_t facts[] = {is_zip ? record->storage : STORAGE_FILE,
                              codec,
                              record->is_unseen,
                              is_zip ? record->size : 0,
                              is_zip ? record->crc : 0,
                              len};
    struct sha256_ctx sum = knowledge->begin;
    sha256_update(&sum, sizeof facts, (const uint8_t *)facts);
    if (len)
        sha256_update(&sum, len, bytes);
    sha256_digest(&sum, sizeof digest, digest);
    return knowledge->is_known(knowledge->context, digest);
}

/* -- What all kinds of storage need --------------------------------------------------- */

int reader_make_room(struct reader *reader, struct buf *buf, uint64_t len)
{
    if (buf->cap > KEEP_BYTES && len < buf->cap / 8)
        buf_free(buf);
    buf_clear(buf);
    if (len > PTRDIFF_MAX - READER_PADDING ||
        buf_reserve(buf, (size_t)len + READER_PADDING) < 0)
        return error_no_memory(reader->error);
    return 0;
}

int reader_check_size(const struct reader *reader, uint64_t size)
{
    uint64_t max = reader->source->options.max_document_bytes;
    if (!max || size <= max)
        return 0;
    if (size > INT32_MAX) /* which no document may have, whatever the limit */
        return entry_fault_set(reader->fault, ENTRY_CODE_LIMIT_BYTES,
                               "the document is %llu bytes long, and no option allows more "
                               "than 2 GiB; split it into several",
                               (unsigned long long)size);
    return entry_fault_set(reader->fault, ENTRY_CODE_LIMIT_BYTES,
                           "the document is %llu bytes long, more than %llu; raise %s",
                           (unsigned long long)size, (unsigned long long)max,
                           reader->source->options.document_remedy);
}

int reader_cannot_read(struct reader *reader)
{
    return errno == ENOMEM ? error_no_memory(reader->error)
                           : error_set(reader->error, "cannot read an input: %m");
}

int reader_changed(struct reader *reader)
{
    return entry_fault_set(reader->fault, ENTRY_CODE_CHANGED,
                           "the file is not what it was when it was listed; run "
                           "again when nothing writes to it");
}
