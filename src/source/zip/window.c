/* SPDX-License-Identifier: MIT */
#include "source/zip/window.h"

#include "base/io.h"

#include <stdlib.h>
#include <string.h>

#define AHEAD_FIRST (16u << 10)

int window_open(struct window *window)
{
    memset(window, 0, sizeof *window);
    window->bytes = malloc(WINDOW_BYTES);
    window->file = UINT64_MAX;
    return window->bytes ? 0 : -1;
}

void window_close(struct window *window)
{
    free(window->bytes);
    window->bytes = NULL;
}

int window_get(struct window *window, int fd, uint64_t file, uint64_t at, size_t want,
               const unsigned char **bytes, size_t *have)
{
    bool near = file == window->file && at >= window->at &&
                at - window->at <= window->len + AHEAD_FIRST;
    if (!near || at - window->at > window->len || want > window->len - (at - window->at)) {
        /* Twice as far ahead each time the reading goes on where it was. */
        window->ahead = near ? window->ahead * 2 : AHEAD_FIRST;
        if (window->ahead > WINDOW_BYTES)
            window->ahead = WINDOW_BYTES;
        size_t len = want > window->ahead ? want : window->ahead;
        ptrdiff_t got = io_pread_all(fd, window->bytes, len, at);
        window->file = got < 0 ? UINT64_MAX : file;
        if (got < 0)
            return -1;
        window->at = at;
        window->len = (size_t)got;
    }
    *bytes = window->bytes + (at - window->at);
    *have = window->len - (size_t)(at - window->at);
    if (*have > want)
        *have = want;
    return 0;
}
