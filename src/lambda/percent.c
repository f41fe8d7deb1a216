/* SPDX-License-Identifier: MIT */
#include "lambda/percent.h"

#include "base/ascii.h"

int percent_decode_form(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i] == '+' ? ' ' : text[i];
        if (text[i] == '%') {
            int high = i + 2 < len ? ascii_hex_digit(text[i + 1]) : -1;
            int low = i + 2 < len ? ascii_hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return -1;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (buf_append_char(out, c) < 0)
            return -1;
    }
    return 0;
}

int percent_encode(const char *text, size_t len, bool keep_slashes, struct buf *out)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool plain = ascii_is_letter(text[i]) || ascii_is_digit(text[i]) || c == '-' ||
                     c == '.' || c == '_' || c == '~' || (keep_slashes && c == '/');
        char coded[3] = {'%', hex[c >> 4], hex[c & 15]};
        buf_append(out, plain ? (const char *)&text[i] : coded, plain ? 1 : 3);
    }
    return out->failed ? -1 : 0;
}
