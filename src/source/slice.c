/* SPDX-License-Identifier: MIT */
#include "source/slice.h"

#include "base/io.h"
#include <errno.h>
#include <string.h>

ptrdiff_t origin_read_ahead(const struct origin *origin, void *bytes, size_t least, size_t most,
                            uint64_t offset)
{
    const struct arrival *arrival = origin->arrival;
    uint64_t len = most;
    if (arrival && !arrival->await(arrival->context, offset, least, &len)) {
        errno = EIO;
        return -1;
    }
    if (!origin->memory)
        return io_pread_all(origin->fd, bytes, (size_t)len, offset);
    if (offset >= origin->memory_bytes)
        return 0;
    if (len > origin->memory_bytes - offset)
        len = origin->memory_bytes - offset;
    memcpy(bytes, origin->memory + offset, (size_t)len);
    return (ptrdiff_t)len;
}

ptrdiff_t origin_read(const struct origin *origin, void *bytes, size_t len, uint64_t offset)
{
    return origin_read_ahead(origin, bytes, len, len, offset);
}
