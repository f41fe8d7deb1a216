/* SPDX-License-Identifier: MIT
 *
 * Sentences on a terminal, which breaks its lines within words and begins the next at its edge.
 */
#ifndef THRESH_RECORD_WRAP_H
#define THRESH_RECORD_WRAP_H

#include "base/buf.h"
#include <stddef.h>

/* Appends text as escape_text does, in lines of so many characters that are broken at spaces
 * (0: in one): it goes on at column `at`, and its other lines begin at column `left`. Returns
 * the column behind it. Fails as appending to a buf does. */
size_t wrap_text(struct buf *out, const char *text, size_t len, size_t columns, size_t at,
                 size_t left);

#endif
