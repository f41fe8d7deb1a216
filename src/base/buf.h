/* SPDX-License-Identifier: MIT
 *
 * A growable run of bytes with a maximum. An append that fails (no memory, or over the maximum)
 * sets `failed` and changes nothing else, and after it every append fails: a writer appends all
 * it has and asks once at the end.
 *
 * A zeroed struct is an empty buf without a maximum of its own. Whoever declares a buf frees
 * it; functions that are handed one append and never free. The bytes move when the buf grows.
 */
#ifndef THRESH_BASE_BUF_H
#define THRESH_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *data;
    size_t len;
    size_t cap;
    size_t max_bytes; /* 0: PTRDIFF_MAX */
    bool failed;
};

void buf_free(struct buf *buf);

/* Makes the buf empty and not failed; its memory is kept for the next use. */
void buf_clear(struct buf *buf);

/* For buf_reserve, where there is too little room. */
int buf_grow(struct buf *buf, size_t more);

/* Makes room for `more` bytes from data[len] on. 0, or -1 with `failed` set. */
static inline int buf_reserve(struct buf *buf, size_t more)
{
    return more <= buf->cap - buf->len && !buf->failed ? 0 : buf_grow(buf, more);
}

/* All append at the end and return 0, or -1 with `failed` set and nothing appended. */
static inline int buf_append(struct buf *buf, const void *bytes, size_t len)
{
    if (buf_reserve(buf, len) < 0)
        return -1;
    if (len)
        memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    return 0;
}
static inline int buf_append_char(struct buf *buf, char c)
{
    return buf_append(buf, &c, 1);
}
int buf_append_string(struct buf *buf, const char *string);
int buf_append_u64(struct buf *buf, uint64_t number); /* in decimal */
__attribute__((format(printf, 2, 3))) int buf_append_format(struct buf *buf, const char *format,
                                                            ...);

/* The bytes with a NUL behind them, which does not count; NULL, with `failed` set, on failure.
 * Valid until the buf is changed. */
const char *buf_string(struct buf *buf);

#endif
