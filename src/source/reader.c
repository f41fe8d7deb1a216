/* SPDX-License-Identifier: MIT
 *
 * A worker's way from an entry to its bytes. The buffers stay from one document to the next:
 * fresh memory for each costs more in page faults than inflating into it.
 */
#include "base/io.h"
#include "source/index/indexer.h"
#include "source/zip/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PADDING_BYTES 16u          /* zero bytes behind every document */
#define KEEP_BYTES    (64u << 20)  /* a buffer larger than this is let go when not needed */
#define GZIP_BYTES    (512u << 20) /* compressed files longer than this are read in blocks */
#define DEFLATE_MOST  1032u        /* deflate cannot do better than this to one */

struct reader {
    const struct source *source;
    struct window window;
    struct libdeflate_decompressor *inflate;
    struct buf stored, document, unpacked, path;
    int fd; /* of `file`, the one opened last by its name */
    uint32_t file;
};

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

/* An emptied buffer with room for `len` bytes and the padding. */
static int make_room(struct buf *buf, uint64_t len, struct thresh_error *error)
{
    if (buf->cap > KEEP_BYTES && len < buf->cap / 8)
        buf_free(buf);
    buf_clear(buf);
    if (len > PTRDIFF_MAX - PADDING_BYTES || buf_reserve(buf, (size_t)len + PADDING_BYTES) < 0)
        return error_no_memory(error);
    return 0;
}

static int check_size(const struct reader *reader, uint64_t size, struct entry_fault *fault)
{
    uint64_t max = reader->source->options.max_document_bytes;
    if (!max || size <= max)
        return 0;
    return entry_fault_set(fault, ENTRY_CODE_LIMIT_BYTES,
                           "the document is %llu bytes long, more than %llu; "
                           "raise %s",
                           (unsigned long long)size, (unsigned long long)max,
                           reader->source->options.document_remedy);
}

static int changed(struct entry_fault *fault)
{
    return entry_fault_set(fault, ENTRY_CODE_CHANGED,
                           "the file is not what it was when it was listed; run "
                           "again when nothing writes to it");
}

/* A file that could be opened when it was listed. */
static int cannot_open(const char *path, struct entry_fault *fault, struct thresh_error *error)
{
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENXIO)
        return changed(fault);
    if (errno == EACCES || errno == EPERM)
        return entry_fault_set(fault, ENTRY_CODE_PERMISSION,
                               "cannot be opened: %m; see to its permissions");
    return error_set(error, "cannot open %s: %m", path);
}

static int cannot_read(struct thresh_error *error)
{
    return errno == ENOMEM ? error_no_memory(error)
                           : error_set(error, "cannot read an input: %m");
}

/* The descriptor for a file of the listing: 0, 1 with *fault, -1. */
static int open_file(struct reader *reader, uint32_t index, int *fd, struct entry_fault *fault,
                     struct thresh_error *error)
{
    const struct listing *listing = &reader->source->listing;
    struct stat facts;
    *fd = reader->source->spool.fd;
    if (index == LISTING_SPOOL)
        return 0;
    const struct listing_file *file = &listing->files[index];
    *fd = file->fd;
    if (file->fd >= 0)
        return 0;
    *fd = reader->fd;
    if (reader->file == index)
        return 0;
    if (reader->fd >= 0)
        close(reader->fd);
    reader->file = LISTING_NO_FILE;
    const char *path = listing_text(listing, file->path);
    reader->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (reader->fd < 0)
        return cannot_open(path, fault, error);
    if (fstat(reader->fd, &facts) < 0)
        return cannot_read(error);
    bool is_written = reader->source->options.await;
    if ((uint64_t)facts.st_size != file->size || facts.st_ino != file->inode)
        return changed(fault);
    if (!is_written && (facts.st_mtim.tv_sec != file->modified_s ||
                        facts.st_mtim.tv_nsec != file->modified_ns))
        return changed(fault);
    reader->file = index;
    *fd = reader->fd;
    return 0;
}

/* `len` bytes at `at` as the document. */
static int read_plain(struct reader *reader, int fd, uint64_t at, uint64_t len,
                      struct entry_fault *fault, struct thresh_error *error)
{
    int rc = check_size(reader, len, fault);
    if (rc)
        return rc;
    if (make_room(&reader->document, len, error) < 0)
        return -1;
    ptrdiff_t got = io_pread_all(fd, reader->document.data, (size_t)len, at);
    if (got < 0)
        return cannot_read(error);
    reader->document.len = (size_t)got;
    return (uint64_t)got == len ? 0 : changed(fault);
}

static int decode(struct reader *reader, enum codec codec, struct feed *from,
                  uint64_t from_bytes, struct buf *out, struct entry_fault *fault,
                  struct thresh_error *error)
{
    struct feed_limits limits = {reader->source->options.max_ratio, NULL};
    struct decoder *decoder = decoder_open(codec, from, from_bytes, &limits, error);
    const char *block;
    size_t len = 0;
    int rc = decoder ? make_room(out, 0, error) : -1;
    while (!rc) {
        struct feed *feed = decoder_feed(decoder);
        rc = feed->next(feed, &block, &len, fault, error);
        if (rc || !len)
            break;
        rc = check_size(reader, out->len + len, fault);
        if (!rc && buf_append(out, block, len) < 0)
            rc = error_no_memory(error);
    }
    decoder_close(decoder);
    if (!rc && buf_reserve(out, PADDING_BYTES) < 0)
        rc = error_no_memory(error);
    return rc;
}

/* The usual gzip, one member that says its length truly, at twice zlib's speed: libdeflate
 * checks CRC and length. Whatever is not like that is left, by *done, to the feed, which knows
 * why. */
static int inflate_gzip(struct reader *reader, int fd, uint64_t at, uint64_t len, bool *done,
                        struct thresh_error *error)
{
    const struct source_options *options = &reader->source->options;
    size_t taken = 0, made = 0;
    *done = false;
    if (len < 18 || len > GZIP_BYTES)
        return 0;
    if (make_room(&reader->stored, len, error) < 0)
        return -1;
    char *bytes = reader->stored.data;
    ptrdiff_t got = io_pread_all(fd, bytes, (size_t)len, at);
    if (got < 0)
        return cannot_read(error);
    const unsigned char *end = (const unsigned char *)bytes + len - 4;
    uint64_t size =
        end[0] | (uint32_t)end[1] << 8 | (uint32_t)end[2] << 16 | (uint32_t)end[3] << 24;
    if ((uint64_t)got != len || size / DEFLATE_MOST > len ||
        (options->max_document_bytes && size > options->max_document_bytes) ||
        (options->max_ratio && size > 1u << 20 && size / (len + 1) >= options->max_ratio))
        return 0;
    if (make_room(&reader->document, size, error) < 0)
        return -1;
    *done = libdeflate_gzip_decompress_ex(reader->inflate, bytes, (size_t)len,
                                          reader->document.data, (size_t)size, &taken,
                                          &made) == LIBDEFLATE_SUCCESS &&
            taken == len && made == size;
    reader->document.len = made;
    return 0;
}

static int read_slice(struct reader *reader, int fd, uint64_t at, uint64_t len,
                      enum codec codec, struct entry_fault *fault, struct thresh_error *error)
{
    struct slice_feed slice;
    if (codec == CODEC_NONE)
        return read_plain(reader, fd, at, len, fault, error);
    bool done = false;
    if (codec == CODEC_GZIP && inflate_gzip(reader, fd, at, len, &done, error) < 0)
        return -1;
    if (done)
        return 0;
    slice_feed_open(&slice, fd, at, len, "an input");
    int rc = decode(reader, codec, &slice.feed, len, &reader->document, fault, error);
    slice_feed_close(&slice);
    return rc;
}

static int read_file(struct reader *reader, const struct listing_record *record,
                     enum codec codec, struct entry_fault *fault, struct thresh_error *error)
{
    const struct listing *listing = &reader->source->listing;
    const struct listing_container *container = &listing->containers[record->container];
    struct stat facts;
    size_t len;
    const char *raw = listing_raw_name(listing, record, &len);
    bool in_directory = container->file != LISTING_NO_FILE;
    buf_clear(&reader->path);
    if (in_directory) {
        buf_append_string(&reader->path,
                          listing_text(listing, listing->files[container->file].path));
        buf_append_char(&reader->path, '/');
    }
    buf_append(&reader->path, raw, len);
    const char *path = buf_string(&reader->path);
    if (!path)
        return error_no_memory(error);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                            (in_directory ? O_NOFOLLOW : 0));
    if (fd < 0)
        return cannot_open(path, fault, error);
    int rc;
    if (fstat(fd, &facts) < 0)
        rc = cannot_read(error);
    else if (!S_ISREG(facts.st_mode) || (uint64_t)facts.st_size != record->stored)
        rc = changed(fault);
    else
        rc = read_slice(reader, fd, 0, record->stored, codec, fault, error);
    close(fd);
    return rc;
}

/* What the directory's numbers alone forbid, before any memory is taken for them. */
static int check_claim(const struct reader *reader, const struct listing_record *record,
                       struct entry_fault *fault)
{
    uint64_t ratio = reader->source->options.max_ratio;
    int rc = check_size(reader, record->size, fault);
    if (rc)
        return rc;
    bool is_stored = record->storage == STORAGE_ZIP_STORED;
    if (is_stored ? record->size != record->stored
                  : record->size / DEFLATE_MOST > record->stored)
        return entry_fault_set(fault, ENTRY_CODE_SIZE,
                               "the archive says that %llu stored bytes make a "
                               "document of %llu, which they cannot; get it again",
                               (unsigned long long)record->stored,
                               (unsigned long long)record->size);
    if (ratio && record->size > 1u << 20 && record->size / (record->stored + 1) >= ratio)
        return entry_fault_set(fault, ENTRY_CODE_LIMIT_RATIO,
                               "the document unpacks to more than %llu times "
                               "its size, as a bomb does; raise --max-ratio if it is none",
                               (unsigned long long)ratio);
    return 0;
}

static int inflate_member(struct reader *reader, const struct listing_record *record,
                          const unsigned char *bytes, struct entry_fault *fault)
{
    size_t taken = 0, made = 0;
    reader->document.len = (size_t)record->size;
    enum libdeflate_result rc = libdeflate_deflate_decompress_ex(
        reader->inflate, bytes, (size_t)record->stored, reader->document.data,
        (size_t)record->size, &taken, &made);
    if (rc == LIBDEFLATE_BAD_DATA)
        return entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                               "the deflated data is damaged; get the archive "
                               "again");
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

/* The stored bytes at `data`: from the window if they fit there, else in a buffer of their own,
 * which is the document's if there is nothing to inflate. */
static int read_stored(struct reader *reader, int fd, uint64_t file, uint64_t data,
                       const struct listing_record *record, const unsigned char **bytes,
                       struct entry_fault *fault, struct thresh_error *error)
{
    size_t len = (size_t)record->stored, have;
    if (record->stored <= WINDOW_BYTES) {
        if (window_get(&reader->window, fd, file, data, len, bytes, &have) < 0)
            return cannot_read(error);
    } else {
        struct buf *into =
            record->storage == STORAGE_ZIP_STORED ? &reader->document : &reader->stored;
        if (make_room(into, record->stored, error) < 0)
            return -1;
        ptrdiff_t got = io_pread_all(fd, into->data, len, data);
        if (got < 0)
            return cannot_read(error);
        have = (size_t)got;
        *bytes = (const unsigned char *)into->data;
    }
    if (have == len)
        return 0;
    return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                           "the archive ends before this entry does; get it "
                           "again");
}

static int read_member(struct reader *reader, const struct listing_record *record,
                       struct entry_fault *fault, struct thresh_error *error)
{
    const struct source_options *options = &reader->source->options;
    const struct listing *listing = &reader->source->listing;
    uint32_t file = listing->containers[record->container].file;
    struct zip_claim claim = {.offset = record->offset,
                              .stored = record->stored,
                              .size = record->size,
                              .crc = record->crc,
                              .method = record->storage == STORAGE_ZIP_STORED ? ZIP_STORED
                                                                          : ZIP_DEFLATED};
    const unsigned char *bytes;
    uint64_t data;
    int fd, rc;
    claim.name = listing_raw_name(listing, record, &claim.name_len);
    if ((rc = check_claim(reader, record, fault)))
        return rc;
    if (options->await && file != LISTING_SPOOL &&
        !options->await(options->await_context, record->offset, record->stored + ZIP_AHEAD))
        return error_set(error, "the rest of the archive did not arrive");
    if ((rc = open_file(reader, file, &fd, fault, error)))
        return rc;
    rc = zip_locate(&reader->window, fd, file, &claim,
                    record->stored < WINDOW_BYTES ? (size_t)record->stored : 0, &data, fault);
    if (rc)
        return rc < 0 ? cannot_read(error) : rc;
    rc = read_stored(reader, fd, file, data, record, &bytes, fault, error);
    if (rc)
        return rc;
    bool in_place = bytes == (const unsigned char *)reader->document.data;
    if (!in_place && make_room(&reader->document, record->size, error) < 0)
        return -1;
    if (record->storage == STORAGE_ZIP_DEFLATED)
        rc = inflate_member(reader, record, bytes, fault);
    else if (!in_place)
        memcpy(reader->document.data, bytes, (size_t)record->size);
    reader->document.len = (size_t)record->size;
    if (rc)
        return rc;
    uint32_t crc = libdeflate_crc32(0, reader->document.data, reader->document.len);
    if (crc == record->crc)
        return 0;
    return entry_fault_set(fault, ENTRY_CODE_CRC,
                           "CRC-32 is %08x, the archive says %08x: the entry is "
                           "damaged; get it again",
                           (unsigned)crc, (unsigned)record->crc);
}

/* A document by its name whose bytes nobody looked at: they may be packed all the same. */
static int look_twice(struct reader *reader, struct buf **content, struct entry_fault *fault,
                      struct thresh_error *error)
{
    const struct buf *document = &reader->document;
    struct memory_feed memory;
    size_t len = document->len < SNIFF_BYTES ? document->len : SNIFF_BYTES;
    *content = &reader->document;
    if (!len || document->data[0] == '<')
        return 0;
    enum sniff sniff = sniff_bytes(document->data, len);
    if (!sniff_is_packed(sniff))
        return 0;
    if (sniff < SNIFF_GZIP)
        return entry_fault_set(fault, ENTRY_CODE_ARCHIVE,
                               "it is an archive although it is named .xml; give "
                               "it the name of one and it will be opened");
    enum codec codec = sniff == SNIFF_GZIP   ? CODEC_GZIP
                       : sniff == SNIFF_XZ   ? CODEC_XZ
                       : sniff == SNIFF_ZSTD ? CODEC_ZSTD
                                             : CODEC_BZIP2;
    memory_feed_open(&memory, document->data, document->len);
    *content = &reader->unpacked;
    return decode(reader, codec, &memory.feed, document->len, &reader->unpacked, fault, error);
}

int reader_read(struct reader *reader, uint64_t index, const char **bytes, size_t *len,
                struct entry_fault *fault, struct thresh_error *error)
{
    const struct listing *listing = &reader->source->listing;
    const struct listing_record *record = &listing->records[index];
    enum codec codec = record->codec;
    struct buf *document = &reader->document;
    int fd = -1, rc;
    *len = 0;
    buf_clear(document);
    switch (record->storage) {
    case STORAGE_FILE:
        rc = read_file(reader, record, codec, fault, error);
        break;
    case STORAGE_SPOOL:
        rc = read_slice(reader, reader->source->spool.fd, record->offset, record->stored, codec,
                        fault, error);
        break;
    case STORAGE_SLICE:
        rc = open_file(reader, listing->containers[record->container].file, &fd, fault, error);
        if (!rc)
            rc = read_slice(reader, fd, record->offset, record->stored, codec, fault, error);
        break;
    case STORAGE_ZIP_STORED:
    case STORAGE_ZIP_DEFLATED:
        rc = read_member(reader, record, fault, error);
        break;
    default:
        return error_set(error, "entry %llu is not a document", (unsigned long long)index);
    }
    if (!rc && (record->marks & ENTRY_MARK_XML_NAME))
        rc = look_twice(reader, &document, fault, error);
    *len = document->len;
    if (rc)
        return rc;
    memset(document->data + document->len, 0, PADDING_BYTES);
    *bytes = document->data;
    return 0;
}
