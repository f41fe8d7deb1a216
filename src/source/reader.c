/* SPDX-License-Identifier: MIT */
#include "source/reader_private.h"

#include "source/zip/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
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

/* -- For all kinds of storage ---------------------------------------------------------- */

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

/* -- Files ----------------------------------------------------------------------------- */

/* By errno: what is wrong with a file that could be opened when it was listed. */
static int cannot_open(struct reader *reader, const char *path)
{
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENXIO)
        return reader_changed(reader);
    if (errno == EACCES || errno == EPERM)
        return entry_fault_set(reader->fault, ENTRY_CODE_PERMISSION,
                               "cannot be opened: %m; see to its permissions");
    return error_set(reader->error, "cannot open %s: %m", path);
}

/* Sets slice->fd to a descriptor of the listing's file slice->file. */
static int open_listed(struct reader *reader, struct slice *slice)
{
    const struct listing *listing = &reader->source->listing;
    struct stat facts;
    slice->fd = reader->source->spool.fd;
    if (slice->file == LISTING_SPOOL)
        return 0;
    const struct listing_file *file = &listing->files[slice->file];
    slice->fd = file->fd;
    if (file->fd >= 0)
        return 0;
    slice->fd = reader->fd;
    if (reader->file == slice->file)
        return 0;
    if (reader->fd >= 0)
        close(reader->fd);
    reader->file = LISTING_NO_FILE;
    const char *path = listing_text(listing, file->path);
    reader->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (reader->fd < 0)
        return cannot_open(reader, path);
    if (fstat(reader->fd, &facts) < 0)
        return reader_cannot_read(reader);
    if (!listing_file_is(file, &facts, reader->source->options.await != NULL))
        return reader_changed(reader);
    reader->file = (uint32_t)slice->file;
    slice->fd = reader->fd;
    return 0;
}

/* The path of a document that is a file of its own; NULL without memory. */
static const char *document_path(struct reader *reader, const struct listing_record *record)
{
    const struct listing *listing = &reader->source->listing;
    const struct listing_container *container = &listing->containers[record->container];
    size_t len;
    const char *raw = listing_raw_name(listing, record, &len);
    buf_clear(&reader->path);
    if (container->file != LISTING_NO_FILE) {
        buf_append_string(&reader->path,
                          listing_text(listing, listing->files[container->file].path));
        buf_append_char(&reader->path, '/');
    }
    buf_append(&reader->path, raw, len);
    return buf_string(&reader->path);
}

static int read_file(struct reader *reader, const struct listing_record *record)
{
    const struct listing *listing = &reader->source->listing;
    bool in_directory = listing->containers[record->container].file != LISTING_NO_FILE;
    struct slice file = {.len = record->stored};
    struct stat facts;
    const char *path = document_path(reader, record);
    int rc;
    if (!path)
        return error_no_memory(reader->error);
    /* The user may name a symbolic link, but those in a directory are not followed. */
    file.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                             (in_directory ? O_NOFOLLOW : 0));
    if (file.fd < 0)
        return cannot_open(reader, path);
    if (fstat(file.fd, &facts) < 0)
        rc = reader_cannot_read(reader);
    else if (!S_ISREG(facts.st_mode) || (uint64_t)facts.st_size != record->stored)
        rc = reader_changed(reader);
    else
        rc = reader_slice(reader, &file, record->codec);
    close(file.fd);
    return rc;
}

/* -- ZIP archives that are still being written ----------------------------------------- */

static int await(struct reader *reader, const struct slice *member)
{
    const struct source_options *options = &reader->source->options;
    if (!options->await || member->file == LISTING_SPOOL ||
        options->await(options->await_context, member->at, member->len + ZIP_AHEAD))
        return 0;
    return error_set(reader->error, "the rest of the archive did not arrive");
}

/* -- Documents ------------------------------------------------------------------------- */

static int read_document(struct reader *reader, const struct listing_record *record)
{
    const struct listing *listing = &reader->source->listing;
    struct slice slice = {.file = listing->containers[record->container].file,
                          .at = record->offset,
                          .len = record->stored};
    int rc;
    switch (record->storage) {
    case STORAGE_FILE:
        return read_file(reader, record);
    case STORAGE_SPOOL:
        slice.fd = reader->source->spool.fd;
        return reader_slice(reader, &slice, record->codec);
    case STORAGE_SLICE:
        rc = open_listed(reader, &slice);
        return rc ? rc : reader_slice(reader, &slice, record->codec);
    case STORAGE_ZIP_STORED:
    case STORAGE_ZIP_DEFLATED:
        rc = reader_zip_check(reader, record);
        if (!rc)
            rc = await(reader, &slice);
        if (!rc)
            rc = open_listed(reader, &slice);
        return rc ? rc : reader_zip(reader, record, &slice);
    default:
        return error_set(reader->error, "entry %td is not a document",
                         record - listing->records);
    }
}

int reader_read(struct reader *reader, uint64_t index, const char **bytes, size_t *len,
                struct entry_fault *fault, struct thresh_error *error)
{
    const struct listing_record *record = &reader->source->listing.records[index];
    struct buf *document = &reader->document;
    reader->fault = fault;
    reader->error = error;
    *len = 0;
    buf_clear(document);
    int rc = read_document(reader, record);
    if (!rc && record->is_unseen)
        rc = reader_unpack_unseen(reader, &document);
    *len = document->len;
    if (rc)
        return rc;
    memset(document->data + document->len, 0, READER_PADDING);
    *bytes = document->data;
    return 0;
}
