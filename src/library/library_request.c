/* SPDX-License-Identifier: MIT */
#include "library/library_request.h"

#include <stdlib.h>
#include <string.h>

enum { FEW_ARGUMENTS = 16 };

static size_t padded(size_t len)
{
    return (len + 15) & ~(size_t)15;
}

size_t library_request_len(const struct thresh_bytes *arguments, size_t n)
{
    size_t len = padded((n + 1) * sizeof(uint64_t));
    for (size_t i = 0; i < n; i++)
        len += padded(arguments[i].len);
    return len;
}

void library_request_write(char *request, const struct thresh_bytes *arguments, size_t n)
{
    uint64_t count = n;
    size_t at = padded((n + 1) * sizeof count);
    memset(request, 0, at);
    memcpy(request, &count, sizeof count);
    for (size_t i = 0; i < n; i++) {
        uint64_t len = arguments[i].len;
        memcpy(request + (i + 1) * sizeof len, &len, sizeof len);
        if (len)
            memcpy(request + at, arguments[i].bytes, arguments[i].len);
        memset(request + at + len, 0, padded(arguments[i].len) - arguments[i].len);
        at += padded(arguments[i].len);
    }
}

int library_request_outcome(int rc, const struct buf *out, const struct thresh_error *own,
                            struct thresh_error *error)
{
    if (out->failed)
        return error_no_memory(error);
    if (rc >= 0)
        return 0;
    return error_set(error, "%s",
                     own->text[0] ? own->text : "it has failed, and does not say why");
}

int library_request_call(void *state, const char *request, size_t len, const void *what,
                         struct buf *out, struct thresh_error *error)
{
    struct thresh_bytes few[FEW_ARGUMENTS] = {{0}}, *arguments = few;
    uint64_t n, size;
    (void)len;
    memcpy(&n, request, sizeof n);
    if (n > FEW_ARGUMENTS)
        arguments = calloc((size_t)n, sizeof *arguments);
    if (!arguments)
        return error_no_memory(error);
    size_t at = padded((size_t)(n + 1) * sizeof n);
    for (size_t i = 0; i < n; i++) {
        memcpy(&size, request + (i + 1) * sizeof size, sizeof size);
        arguments[i] = (struct thresh_bytes){request + at, (size_t)size};
        at += padded((size_t)size);
    }
    struct thresh_error own;
    own.text[0] = '\0';
    thresh_function *function = (thresh_function *)(uintptr_t)what;
    int rc = function(state, arguments, (size_t)n, (struct thresh_result *)out, &own);
    if (arguments != few)
        free(arguments);
    return library_request_outcome(rc, out, &own, error);
}
