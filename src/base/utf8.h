/* SPDX-License-Identifier: MIT */
#ifndef THRESH_BASE_UTF8_H
#define THRESH_BASE_UTF8_H

#include "base/buf.h"
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX = 0x10ffff };

/* What utf8_next returns for bytes that are not UTF-8: in no charset. */
#define UTF8_BAD UINT32_MAX

/* Reads the code point at *at, which is before `end`, and moves *at behind it. Surrogates are
 * read as what they are. */
uint32_t utf8_next(const unsigned char **at, const unsigned char *end);
/* The code points of text that is UTF-8. */
size_t utf8_length(const char *text, size_t len);
/* Writes a code point. Returns how many bytes it takes. */
size_t utf8_write(uint32_t code_point, unsigned char utf8[4]);

/* Whether it is UTF-8 throughout: no overlong forms, no surrogates, nothing above U+10FFFF; and
 * no NUL. */
bool utf8_is_valid(const char *text, size_t len);
/* Appends the text with every byte that is not UTF-8 in that sense replaced by U+FFFD. */
int utf8_append(struct buf *buf, const char *text, size_t len);

#endif
