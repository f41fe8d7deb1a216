/* SPDX-License-Identifier: MIT */
#include "record/shorten.h"

#include "base/utf8.h"
#include "record/escape.h"

/* Behind the first `n` characters of text that is UTF-8. */
static const char *behind(const char *text, size_t n)
{
    for (; n; n--)
        for (text++; (*text & 0xc0) == 0x80;)
            text++;
    return text;
}

int shorten_text(struct buf *out, const char *text, size_t len, size_t columns)
{
    struct buf safe = {0};
    escape_text(&safe, text, len);
    const char *whole = buf_string(&safe);
    size_t n = whole ? utf8_length(whole, safe.len) : 0;
    if (whole && n > columns) {
        size_t head = (columns - 1) / 3, tail = columns - 1 - head;
        const char *end = behind(whole, n - tail);
        buf_append(out, whole, (size_t)(behind(whole, head) - whole));
        buf_append_string(out, "\xe2\x80\xa6");
        buf_append(out, end, (size_t)(whole + safe.len - end));
    } else {
        buf_append(out, whole, safe.len);
    }
    out->failed |= safe.failed;
    buf_free(&safe);
    return out->failed ? -1 : 0;
}
