/* SPDX-License-Identifier: MIT */
#include "base/io.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

int io_write_all(int fd, const void *bytes, size_t len)
{
    const char *next = bytes;
    while (len) {
        ssize_t wrote = write(fd, next, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return -1;
        next += wrote;
        len -= (size_t)wrote;
    }
    return 0;
}

ptrdiff_t io_read_all(int fd, void *bytes, size_t len)
{
    size_t have = 0;
    while (have < len) {
        ssize_t got = read(fd, (char *)bytes + have, len - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ptrdiff_t)have;
}

ptrdiff_t io_pread_all(int fd, void *bytes, size_t len, uint64_t offset)
{
    size_t have = 0;
    while (have < len) {
        ssize_t got = pread(fd, (char *)bytes + have, len - have, (off_t)(offset + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ptrdiff_t)have;
}
