/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_free(struct buf *buf)
{
    free(buf->data);
    buf->data = NULL;
    buf->len = buf->cap = 0;
    buf->failed = false;
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

int buf_grow(struct buf *buf, size_t more)
{
    size_t max = buf->max_bytes ? buf->max_bytes : PTRDIFF_MAX;
    if (buf->failed)
        return -1;
    if (more > max - buf->len) {
        buf->failed = true;
        return -1;
    }
    size_t need = buf->len + more;
    size_t cap = buf->cap ? buf->cap : max < 256 ? max : 256;
    while (cap < need)
        cap = cap > max / 2 ? max : cap * 2;
    char *data = realloc(buf->data, cap);
    if (!data) {
        buf->failed = true;
        return -1;
    }
    buf->data = data;
    buf->cap = cap;
    return 0;
}

int buf_append_string(struct buf *buf, const char *string)
{
    return buf_append(buf, string, strlen(string));
}

int buf_append_u64(struct buf *buf, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    return buf_append(buf, digits + at, sizeof digits - at);
}

int buf_append_format(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int need = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (need < 0)
        buf->failed = true;
    if (need < 0 || buf_reserve(buf, (size_t)need + 1) < 0)
        return -1;
    va_start(arguments, format);
    vsnprintf(buf->data + buf->len, (size_t)need + 1, format, arguments);
    va_end(arguments);
    buf->len += (size_t)need;
    return 0;
}

const char *buf_string(struct buf *buf)
{
    if (buf_reserve(buf, 1) < 0)
        return NULL;
    buf->data[buf->len] = '\0';
    return buf->data;
}
