/* SPDX-License-Identifier: MIT */
#include "source/slice.h"

#include "base/io.h"
#include <string.h>

ptrdiff_t origin_read(const struct origin *origin, void *bytes, size_t len, uint64_t offset)
{
    if (!origin->memory)
        return io_pread_all(origin->fd, bytes, len, offset);
    if (offset >= origin->memory_bytes)
        return 0;
    if (len > origin->memory_bytes - offset)
        len = (size_t)(origin->memory_bytes - offset);
    memcpy(bytes, origin->memory + offset, len);
    return (ptrdiff_t)len;
}
