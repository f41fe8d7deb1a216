/* SPDX-License-Identifier: MIT */
#include "source/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PENDING_BYTES (256u << 10)

/* By errno. */
static int cannot_write(const struct spool *spool, struct thresh_error *error)
{
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        return error_set(error,
                         "no room in %s for what has to be unpacked (%llu bytes so far); "
                         "set TMPDIR to a directory with more",
                         spool->dir, (unsigned long long)spool->len);
    if (errno == EPERM) /* by seccomp's filter: no other directory would help */
        return error_set(error,
                         "what is compressed as a whole is unpacked into a file in %s, "
                         "which a guarded process may not write; give it as a ZIP, or "
                         "unpacked",
                         spool->dir);
    return error_set(error,
                     "cannot write a temporary file in %s: %m; set TMPDIR to another one",
                     spool->dir);
}

static int open_unlinked(const char *dir)
{
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    /* Not every file system has O_TMPFILE. */
    size_t len = strlen(dir) + sizeof "/thresh-XXXXXX";
    char *path = malloc(len);
    if (!path)
        return -1;
    snprintf(path, len, "%s/thresh-XXXXXX", dir);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    int saved = errno;
    free(path);
    errno = saved;
    return fd;
}

static int write_at(struct spool *spool, const char *bytes, size_t len, uint64_t at,
                    struct thresh_error *error)
{
    if (spool->fd < 0)
        spool->fd = open_unlinked(spool->dir);
    if (spool->fd < 0)
        return cannot_write(spool, error);
    while (len) {
        ssize_t wrote = pwrite(spool->fd, bytes, len, (off_t)at);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            errno = wrote ? errno : ENOSPC;
            return cannot_write(spool, error);
        }
        bytes += wrote;
        len -= (size_t)wrote;
        at += (uint64_t)wrote;
    }
    return 0;
}

int spool_flush(struct spool *spool, struct thresh_error *error)
{
    if (spool->pending.len && write_at(spool, spool->pending.data, spool->pending.len,
                                       spool->len - spool->pending.len, error) < 0)
        return -1;
    buf_clear(&spool->pending);
    return 0;
}

int spool_append(struct spool *spool, const void *bytes, size_t len, struct thresh_error *error)
{
    if (len > PENDING_BYTES - spool->pending.len && spool_flush(spool, error) < 0)
        return -1;
    if (len > PENDING_BYTES) {
        if (write_at(spool, bytes, len, spool->len, error) < 0)
            return -1;
    } else if (buf_append(&spool->pending, bytes, len) < 0) {
        return error_no_memory(error);
    }
    spool->len += len;
    return 0;
}

void spool_cut(struct spool *spool, uint64_t len)
{
    uint64_t written = spool->len - spool->pending.len;
    spool->pending.len = len > written ? (size_t)(len - written) : 0;
    spool->len = len;
}

void spool_close(struct spool *spool)
{
    if (spool->fd >= 0)
        close(spool->fd);
    spool->fd = -1;
    buf_free(&spool->pending);
}
