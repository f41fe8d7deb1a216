/* SPDX-License-Identifier: MIT */
#include "record/path_uri.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void append_byte(struct buf *out, unsigned char c)
{
    if (c && c < 128 && (isalnum(c) || strchr("-._~!$&'()*+,;=@", c)))
        buf_append_char(out, (char)c);
    else
        buf_append_format(out, "%%%02X", c); /* a colon, too, which would end a scheme */
}

/* Up to the next slash. */
static size_t segment_len(const char *at, const char *end)
{
    const char *slash = memchr(at, '/', (size_t)(end - at));
    return (size_t)((slash ? slash : end) - at);
}

/* Segments that say nothing. */
static bool is_void(const char *segment, size_t len)
{
    return !len || (len == 1 && *segment == '.');
}

static bool is_parent(const char *segment, size_t len)
{
    return len == 2 && segment[0] == '.' && segment[1] == '.';
}

/* -- In an archive -------------------------------------------------------------------- */

static bool leads_elsewhere(const char *at, const char *end)
{
    size_t len = segment_len(at, end);
    return is_void(at, len) || is_parent(at, len);
}

/* What is behind the exclamation mark. */
static void append_inside(struct buf *out, const char *at, const char *end)
{
    const char *segment = NULL; /* none before the first slash */
    for (; at < end; at++)
        if (*at != '/') {
            append_byte(out, (unsigned char)*at);
        } else {
            bool is_odd = (segment && leads_elsewhere(segment, at)) ||
                          (at + 1 < end && leads_elsewhere(at + 1, end));
            buf_append_string(out, is_odd ? "%2F" : "/");
            segment = at + 1;
        }
}

/* -- In the file system --------------------------------------------------------------- */

static void append_segments(struct buf *out, const char *at, const char *end)
{
    size_t begin = out->len, len;
    for (; at < end; at += len + (at + len < end)) {
        len = segment_len(at, end);
        if (is_void(at, len))
            continue;
        for (size_t i = 0; i < len; i++)
            append_byte(out, (unsigned char)at[i]);
        if (at + len < end)
            buf_append_char(out, '/');
    }
    if (out->len == begin)
        buf_append_string(out, "./"); /* an empty reference is the document itself */
}

/* Behind the last `..`; NULL: there is none. */
static const char *behind_parents(const char *at, const char *end)
{
    const char *behind = NULL;
    for (size_t len; at < end; at += len + (at + len < end)) {
        len = segment_len(at, end);
        if (is_parent(at, len))
            behind = at + len;
    }
    return behind;
}

/* A link may lead `..` anywhere: only the system knows. What it does not know stays. */
static void append_from_root(struct buf *out, const char *path, const char *end)
{
    char place[PATH_MAX];
    const char *behind = behind_parents(path, end);
    char *parents = behind ? strndup(path, (size_t)(behind - path)) : NULL;
    buf_append_string(out, "file:///");
    if (parents && realpath(parents, place)) {
        if (place[1]) {
            append_segments(out, place, place + strlen(place));
            buf_append_char(out, '/');
        }
        path = behind;
    }
    out->failed |= behind && !parents;
    append_segments(out, path, end);
    free(parents);
}

void path_uri_append(struct buf *out, const char *path, size_t len)
{
    const char *end = path + len, *inside = strstr(path, "!/");
    const char *file_end = inside ? inside + 1 : end;
    if (*path == '/')
        append_from_root(out, path, file_end);
    else
        append_segments(out, path, file_end);
    append_inside(out, file_end, end);
}
