/* SPDX-License-Identifier: MIT */
#include "record/wrap.h"

#include "base/utf8.h"
#include "record/escape.h"
#include <string.h>

size_t wrap_text(struct buf *out, const char *text, size_t len, size_t columns, size_t at,
                 size_t left)
{
    struct buf safe = {0};
    escape_text(&safe, text, len);
    const char *word = buf_string(&safe);
    for (size_t n, spaces; word && *word; word += n) {
        spaces = strspn(word, " ");
        n = spaces + strcspn(word + spaces, " ");
        size_t width = utf8_length(word, n);
        if (columns && at > left && at + width > columns) {
            buf_append_format(out, "\n%*s", (int)left, "");
            buf_append(out, word + spaces, n - spaces);
            at = left + width - spaces;
        } else {
            buf_append(out, word, n);
            at += width;
        }
    }
    out->failed |= safe.failed;
    buf_free(&safe);
    return at;
}
