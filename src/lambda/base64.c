/* SPDX-License-Identifier: MIT */
#include "lambda/base64.h"

#include <string.h>

int base64_encode(const void *bytes, size_t len, struct buf *out)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789+/";
    const unsigned char *in = bytes;
    if (buf_reserve(out, (len + 2) / 3 * 4) < 0)
        return -1;
    for (size_t i = 0; i < len; i += 3) {
        unsigned left = (unsigned)(len - i < 3 ? len - i : 3);
        unsigned word = (unsigned)in[i] << 16 | (left > 1 ? (unsigned)in[i + 1] << 8 : 0) |
                        (left > 2 ? in[i + 2] : 0u);
        for (unsigned j = 0; j < 4; j++)
            out->data[out->len++] = j <= left ? alphabet[word >> (18 - 6 * j) & 63] : '=';
    }
    return 0;
}

static int value_of(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

int base64_decode(const char *text, size_t len, struct buf *out)
{
    unsigned word = 0;
    unsigned have = 0;
    size_t i = 0;
    if (buf_reserve(out, len / 4 * 3 + 3) < 0)
        return -1;
    for (; i < len && text[i] != '='; i++) {
        int digit = value_of((unsigned char)text[i]);
        if (digit < 0 && strchr(" \t\r\n", text[i]) && text[i])
            continue;
        if (digit < 0)
            return -1;
        word = word << 6 | (unsigned)digit;
        if (++have == 4) {
            for (int shift = 16; shift >= 0; shift -= 8)
                out->data[out->len++] = (char)(word >> shift & 255);
            word = have = 0;
        }
    }
    for (; i < len; i++)
        if (!strchr("= \t\r\n", text[i]) || !text[i])
            return -1;
    if (have == 1)
        return -1;
    word <<= 6 * (4 - have) % 24;
    for (unsigned j = 0; have && j + 1 < have; j++)
        out->data[out->len++] = (char)(word >> (16 - 8 * j) & 255);
    return 0;
}
