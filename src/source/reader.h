/* SPDX-License-Identifier: MIT
 *
 * A worker's way to the bytes of documents: buffers and decoders of its own, over a source that
 * all workers share. A reader belongs to one thread; the source must outlive it.
 */
#ifndef THRESH_SOURCE_READER_H
#define THRESH_SOURCE_READER_H

#include "base/digest.h"
#include "source/source.h"

struct reader;

/* Who is asked of each document, once its bytes are there as they are stored, whether it is
 * known already. */
struct reader_knowledge {
    struct sha256_ctx begin; /* what all digests begin with */
    /* `digest` is of the stored bytes and of all that becomes of them: documents that have the
     * same have the same bytes, or cannot be read for the same reason. */
    bool (*is_known)(void *context, const uint8_t digest[DIGEST_BYTES]);
    void *context;
};

struct reader *reader_open(const struct source *source, struct thresh_error *error);
void reader_close(struct reader *reader);

/* NULL: nobody. It outlives the reader. */
void reader_ask(struct reader *reader, const struct reader_knowledge *knowledge);

/* Reads document `index`, all of it, and checks what the archive says of it (CRC, size).
 *  0  *bytes and *len are the document, which is valid until the next call. 16 zero bytes
 *     follow it that are not counted.
 *  1  It cannot be read, and *fault says why; *len bytes were unpacked before that was known.
 *  2  It is known, and was not unpacked.
 * -1  The run cannot go on, and *error says why. */
int reader_read(struct reader *reader, uint64_t index, const char **bytes, size_t *len,
                struct entry_fault *fault, struct thresh_error *error);

#endif
