/* SPDX-License-Identifier: MIT
 *
 * The general categories and blocks of Unicode 14.0.0 as constant tables, which unicode.py
 * writes.
 */
#ifndef THRESH_XSD_REGEX_UNICODE_H
#define THRESH_XSD_REGEX_UNICODE_H

#include <stddef.h>
#include <stdint.h>

/* The names of the categories, two letters each; their order numbers them. */
#define UNICODE_CATEGORIES "LuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoZsZlZpSmScSkSoCcCfCsCoCn"
enum {
    UNICODE_CATEGORY_COUNT = 30,
    UNICODE_ALTERNATING = 30, /* Lu, Ll, Lu, Ll, ... to the end of the run */
};

/* Runs of code points of one category: the first code point << 8 | the category. A run ends
 * where the next begins. */
extern const uint32_t unicode_runs[];
extern const size_t unicode_run_count;

/* Names as patterns spell them behind "Is". Some blocks go by two names, and some names of
 * XSD 1.0 cover several runs. */
struct unicode_block {
    uint32_t first;
    uint32_t last;
    const char *name;
};
extern const struct unicode_block unicode_blocks[];
extern const size_t unicode_block_count;

#endif
