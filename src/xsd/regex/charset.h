/* SPDX-License-Identifier: MIT
 *
 * Sets of Unicode code points as sorted ranges: what a character class of a pattern denotes.
 * Knows the general categories and blocks of Unicode, and the name characters of XML 1.0
 * (fifth edition).
 */
#ifndef THRESH_XSD_REGEX_CHARSET_H
#define THRESH_XSD_REGEX_CHARSET_H

#include "base/utf8.h"
#include "base/xml_chars.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sorted, disjoint and not adjacent after charset_settle and every operation but charset_add.
 * A failed allocation sets `failed`, which stays: ask once at the end. */
struct charset {
    struct code_range *ranges;
    size_t n;
    size_t cap;
    bool failed;
};

void charset_free(struct charset *set);
void charset_add(struct charset *set, uint32_t first, uint32_t last);
void charset_add_all(struct charset *set, const struct charset *other);
void charset_settle(struct charset *set);
void charset_complement(struct charset *set);
void charset_subtract(struct charset *set, const struct charset *other);

/* Add a general category ("L", "Lu") or a block ("BasicLatin"); false where there is none of
 * that name. */
bool charset_add_category(struct charset *set, const char *name, size_t len);
bool charset_add_block(struct charset *set, const char *name, size_t len);
void charset_add_name_start(struct charset *set);
void charset_add_name_char(struct charset *set);

#endif
