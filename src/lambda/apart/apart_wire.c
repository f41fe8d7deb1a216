/* SPDX-License-Identifier: MIT */
#include "lambda/apart/apart_wire.h"

#include "base/io.h"

#include <errno.h>
#include <sys/socket.h>

static int send_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return -1;
        bytes += sent;
        len -= (size_t)sent;
    }
    return 0;
}

int apart_send(int fd, enum apart_kind kind, const void *bytes, size_t len)
{
    struct apart_frame frame = {kind, (uint32_t)len};
    return send_all(fd, (const char *)&frame, sizeof frame) < 0 || send_all(fd, bytes, len) < 0
               ? -1
               : 0;
}

int apart_receive(int fd, enum apart_kind *kind, struct buf *in)
{
    struct apart_frame frame;
    buf_clear(in);
    if (io_read_all(fd, &frame, sizeof frame) != (ptrdiff_t)sizeof frame ||
        buf_reserve(in, (size_t)frame.len + 1) < 0 ||
        io_read_all(fd, in->data, frame.len) != (ptrdiff_t)frame.len)
        return -1;
    in->len = frame.len;
    *kind = (enum apart_kind)frame.kind;
    return 0;
}
