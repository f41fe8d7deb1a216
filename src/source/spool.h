/* SPDX-License-Identifier: MIT
 *
 * The unlinked temporary file that takes what can be decoded only once and in order. It is
 * appended to while listing and read by offset afterwards; nothing of it outlives the run.
 */
#ifndef THRESH_SOURCE_SPOOL_H
#define THRESH_SOURCE_SPOOL_H

#include "base/buf.h"
#include "base/error.h"

struct spool {
    int fd;          /* -1 until the first byte */
    const char *dir; /* while listing */
    uint64_t len;    /* bytes appended, those still in `pending` too */
    struct buf pending;
};

/* 0, or -1 with the directory and the remedy in *error. */
int spool_append(struct spool *spool, const void *bytes, size_t len,
                 struct thresh_error *error);
/* Forgets all from `len` on: what a document that broke off had left. */
void spool_cut(struct spool *spool, uint64_t len);
/* Writes what is pending, so that everything can be read by offset. */
int spool_flush(struct spool *spool, struct thresh_error *error);
void spool_close(struct spool *spool);

#endif
