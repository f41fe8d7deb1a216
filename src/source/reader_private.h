/* SPDX-License-Identifier: MIT
 *
 * A reader from inside. reader_read.c finds a document's bytes, and reader_slice.c and
 * reader_zip.c read them; all three stand on reader.c.
 *
 * All functions return as reader_read does, with *reader->fault or *reader->error.
 */
#ifndef THRESH_SOURCE_READER_PRIVATE_H
#define THRESH_SOURCE_READER_PRIVATE_H

#include "source/feed.h"
#include "source/reader.h"
#include "source/source_private.h"
#include "source/window.h"

#include <libdeflate.h>

#define READER_PADDING      16u   /* zero bytes behind every document */
#define READER_DEFLATE_MOST 1032u /* deflate cannot make more than so many bytes of one */

/* The buffers stay from one document to the next: to have fresh memory for each costs more, in
 * page faults, than to inflate into it. */
struct reader {
    const struct source *source;
    struct window window; /* over ZIP archives, numbered as in the listing */
    struct libdeflate_decompressor *inflate;
    struct buf stored, document, unpacked, path;
    int fd; /* of `file`, the one opened last by its name; or -1 */
    uint32_t file;
    const struct reader_knowledge *knowledge; /* NULL: nobody is asked */
    /* The caller's, during reader_read. */
    const struct listing_record *record;
    struct entry_fault *fault;
    struct thresh_error *error;
};

/* Whether the document at hand, whose stored bytes these are, is known already. */
bool reader_knows(const struct reader *reader, enum codec codec, const void *bytes, size_t len);

/* The slice, decompressed, as the document. */
int reader_slice(struct reader *reader, const struct slice *slice, enum codec codec);
/* What the numbers in a ZIP archive's directory alone forbid, before memory is taken for
 * them. */
int reader_zip_check(struct reader *reader, const struct listing_record *record);
/* The member of a ZIP archive whose local header is at member->at, as the document. Moves
 * *member to its data. */
int reader_zip(struct reader *reader, const struct listing_record *record,
               struct slice *member);
/* A document that nobody has looked at may be compressed after all. Then it is decompressed,
 * and *document set to the buffer that has it. */
int reader_unpack_unseen(struct reader *reader, struct buf **document);

/* Empties the buffer and makes room for `len` bytes and the padding. */
int reader_make_room(struct reader *reader, struct buf *buf, uint64_t len);
/* Whether a document of `size` bytes is within max_document_bytes. */
int reader_check_size(const struct reader *reader, uint64_t size);
/* By errno. */
int reader_cannot_read(struct reader *reader);
/* The file is not what was listed. */
int reader_changed(struct reader *reader);

#endif
