/* SPDX-License-Identifier: MIT
 *
 * What crosses the socket between who wants something done apart and the process that does it:
 * frames, down as far as APART_BEGIN, then up. Both are forks of one process, so the native
 * layout will do, and constants have the same addresses.
 */
#ifndef THRESH_LAMBDA_APART_APART_WIRE_H
#define THRESH_LAMBDA_APART_APART_WIRE_H

#include "base/buf.h"
#include "thresh.h"

enum apart_kind {
    APART_JOB = 1, /* JSON */
    APART_PATH,    /* these two only for a run */
    APART_NAME,
    APART_BEGIN,    /* struct apart_begin */
    APART_TEXT,     /* records */
    APART_PROGRESS, /* struct thresh_stats */
    APART_FINDINGS, /* JSON, of a shard that is complete */
    APART_END,      /* struct apart_end, the last */
};

struct apart_frame {
    uint32_t kind;
    uint32_t len;
};

struct apart_begin {
    bool is_run;
    int64_t until_ms;
    uint64_t max_spool_bytes;
};

struct apart_end {
    int rc;
    struct thresh_stats stats;
    struct thresh_error error;
};

/* 0, or -1: there is nobody at the other end. */
int apart_send(int fd, enum apart_kind kind, const void *bytes, size_t len);
/* Waits for a whole frame, whose bytes take the place of what is in `in`. 0, or -1: there is
 * nobody, or no memory. */
int apart_receive(int fd, enum apart_kind *kind, struct buf *in);

/* In apart_server.c: what the process does that is forked first. */
struct apart;
_Noreturn void apart_serve(const struct apart *apart, int control);

#endif
