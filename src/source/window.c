/* SPDX-License-Identifier: MIT */
#include "source/window.h"

#include "base/io.h"

#include <stdbool.h>
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

int window_get(struct window *window, const struct slice *slice, const unsigned char **bytes,
               size_t *have)
{
    size_t want = (size_t)slice->len;
    bool near = slice->file == window->file && slice->at >= window->at &&
                slice->at - window->at <= window->len + AHEAD_FIRST;
    if (!near || slice->at - window->at > window->len ||
        want > window->len - (slice->at - window->at)) {
        /* Twice as far ahead each time that reading goes on where it was. */
        window->ahead = near ? window->ahead * 2 : AHEAD_FIRST;
        if (window->ahead > WINDOW_BYTES)
            window->ahead = WINDOW_BYTES;
        size_t len = want > window->ahead ? want : window->ahead;
        ptrdiff_t got = origin_read_ahead(&slice->origin, window->bytes, want, len, slice->at);
        window->file = got < 0 ? UINT64_MAX : slice->file;
        if (got < 0)
            return -1;
        window->at = slice->at;
        window->len = (size_t)got;
    }
    *bytes = window->bytes + (slice->at - window->at);
    *have = window->len - (size_t)(slice->at - window->at);
    if (*have > want)
        *have = want;
    return 0;
}
