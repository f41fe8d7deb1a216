/* SPDX-License-Identifier: MIT
 *
 * Reads a document: finds the file that its bytes are in, and has them read as they are stored.
 */
#include "source/reader_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* -- Files ---------------------------------------------------------------------------- */

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

/* Sets slice->origin to the listing's file slice->file, which is opened if it is not. */
static int open_listed(struct reader *reader, struct slice *slice)
{
    const struct listing *listing = &reader->source->listing;
    struct stat facts;
    slice->origin = (struct origin){.fd = reader->source->spool.fd};
    if (slice->file == LISTING_SPOOL)
        return 0;
    const struct listing_file *file = &listing->files[slice->file];
    slice->origin = file->origin;
    if (!file->origin.memory)
        slice->origin.arrival = reader->source->options.arrival;
    if (listing_file_is_open(file))
        return 0;
    slice->origin.fd = reader->fd;
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
    if (!listing_file_is(file, &facts, reader->source->options.arrival != NULL))
        return reader_changed(reader);
    reader->file = (uint32_t)slice->file;
    slice->origin.fd = reader->fd;
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
    struct slice file = {.origin.arrival = reader->source->options.arrival,
                         .len = record->stored};
    struct stat facts;
    const char *path = document_path(reader, record);
    int rc;
    if (!path)
        return error_no_memory(reader->error);
    /* The user may name a symbolic link, but those in a directory are not followed. */
    file.origin.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                                    (in_directory ? O_NOFOLLOW : 0));
    if (file.origin.fd < 0)
        return cannot_open(reader, path);
    if (fstat(file.origin.fd, &facts) < 0)
        rc = reader_cannot_read(reader);
    else if (!S_ISREG(facts.st_mode) || (uint64_t)facts.st_size != record->stored)
        rc = reader_changed(reader);
    else
        rc = reader_slice(reader, &file, record->codec);
    close(file.origin.fd);
    return rc;
}

/* -- Documents ------------------------------------------------------------------------ */

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
        slice.origin.fd = reader->source->spool.fd;
        return reader_slice(reader, &slice, record->codec);
    case STORAGE_SLICE:
        rc = open_listed(reader, &slice);
        return rc ? rc : reader_slice(reader, &slice, record->codec);
    case STORAGE_ZIP_STORED:
    case STORAGE_ZIP_DEFLATED:
        rc = reader_zip_check(reader, record);
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
    reader->record = record;
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
