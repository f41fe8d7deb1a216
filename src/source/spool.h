/* SPDX-License-Identifier: MIT
 *
 * A temporary file without a name, for what can be decoded only once and in order. It is
 * appended to while inputs are listed, by one thread, and read by offset afterwards, by all.
 * Nothing of it outlives the run.
 */
#ifndef THRESH_SOURCE_SPOOL_H
#define THRESH_SOURCE_SPOOL_H

#include "base/buf.h"
#include "base/error.h"

struct spool {
    int fd;             /* -1 until something is written */
    const char *dir;    /* where it is made; the caller's, while listing */
    uint64_t len;       /* bytes appended, those that are pending among them */
    struct buf pending; /* not written yet */
};

/* 0, or -1 with *error, which names the directory and the remedy. */
int spool_append(struct spool *spool, const void *bytes, size_t len,
                 struct thresh_error *error);
/* Forgets all from `len` on, such as the beginning of a document that broke off. */
void spool_cut(struct spool *spool, uint64_t len);
/* Writes what is pending, so that all can be read by offset. Returns as spool_append. */
int spool_flush(struct spool *spool, struct thresh_error *error);
void spool_close(struct spool *spool);

#endif
