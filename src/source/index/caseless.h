/* SPDX-License-Identifier: MIT
 *
 * Folds names, so that two are the same that some system takes for the same: one stores letters
 * decomposed, another composed, a third does not tell letter case. It is the canonical caseless
 * match of the Unicode Standard (3.13, D145), and in addition `\` is taken for `/`.
 */
#ifndef THRESH_SOURCE_INDEX_CASELESS_H
#define THRESH_SOURCE_INDEX_CASELESS_H

#include "base/buf.h"

/* Fills `out`, which is emptied first, with the characters of `name`, which is UTF-8, as code
 * points (uint32_t): decomposed, folded, and in canonical order. Two names match if these are
 * the same. 0, or -1 without memory. */
int caseless_fold(struct buf *out, const char *name, size_t len);

#endif
