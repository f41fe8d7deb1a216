/* SPDX-License-Identifier: MIT
 *
 * hexBinary and base64Binary.
 */
#include "xsd/datatype/primitive.h"

#include "base/ascii.h"

bool binary_is_hex(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (ascii_hex_digit(text[i]) < 0)
            return false;
    return len % 2 == 0;
}

static int base64_digit(char c)
{
    if (ascii_is_letter(c))
        return c <= 'Z' ? c - 'A' : c - 'a' + 26;
    if (ascii_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Spaces may stand between any two characters; runs of them have been collapsed to one. */
bool binary_is_base64(const char *text, size_t len)
{
    size_t digits = 0, pads = 0;
    int last = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ' ')
            continue;
        if (text[i] == '=') {
            pads++;
            continue;
        }
        last = base64_digit(text[i]);
        if (last < 0 || pads)
            return false;
        digits++;
    }
    switch (digits % 4) {
    case 0:
        return pads == 0;
    case 2:
        return pads == 2 && (last & 15) == 0;
    case 3:
        return pads == 1 && (last & 3) == 0;
    default:
        return false;
    }
}

size_t binary_octets(enum primitive primitive, const char *text, size_t len)
{
    if (primitive == PRIMITIVE_HEX_BINARY)
        return len / 2;
    size_t digits = 0;
    for (size_t i = 0; i < len; i++)
        digits += text[i] != ' ' && text[i] != '=';
    return digits / 4 * 3 + digits % 4 * 3 / 4;
}

void binary_append_octets(enum primitive primitive, const char *text, size_t len,
                          struct buf *key)
{
    bool hex = primitive == PRIMITIVE_HEX_BINARY;
    unsigned width = hex ? 4 : 6, have = 0, bits = 0;
    for (size_t i = 0; i < len; i++) {
        int digit = hex ? ascii_hex_digit(text[i]) : base64_digit(text[i]);
        if (digit < 0)
            continue;
        bits = (bits << width | (unsigned)digit) & 0xffff;
        have += width;
        if (have >= 8) {
            have -= 8;
            buf_append_char(key, (char)(unsigned char)(bits >> have));
        }
    }
}
