/* SPDX-License-Identifier: MIT
 *
 * A worker's way to the bytes of documents: buffers and decoders of its own, over a source that
 * all workers share. A reader belongs to one thread; the source must outlive it.
 */
#ifndef THRESH_SOURCE_READER_H
#define THRESH_SOURCE_READER_H

#include "source/source.h"

struct reader;

struct reader *reader_open(const struct source *source, struct thresh_error *error);
void reader_close(struct reader *reader);

/* Reads document `index`, all of it, and checks what the archive says of it (CRC, size).
 *  0  *bytes and *len are the document, which is valid until the next call. 16 zero bytes
 *     follow it that are not counted.
 *  1  It cannot be read, and *fault says why; *len bytes were unpacked before that was known.
 * -1  The run cannot go on, and *error says why. */
int reader_read(struct reader *reader, uint64_t index, const char **bytes, size_t *len,
                struct entry_fault *fault, struct thresh_error *error);

#endif
