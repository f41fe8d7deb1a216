/* SPDX-License-Identifier: MIT
 *
 * Digits and letters of ASCII, whatever the locale.
 */
#ifndef THRESH_BASE_ASCII_H
#define THRESH_BASE_ASCII_H

#include <stdbool.h>

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_letter(char c)
{
    return ((unsigned char)c | 0x20) >= 'a' && ((unsigned char)c | 0x20) <= 'z';
}

/* The value of a hexadecimal digit; -1 if it is none. */
static inline int ascii_hex_digit(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    int letter = (unsigned char)c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

#endif
