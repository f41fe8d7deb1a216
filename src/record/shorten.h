/* SPDX-License-Identifier: MIT
 *
 * Paths that are to fit: what tells one from another is at their ends.
 */
#ifndef THRESH_RECORD_SHORTEN_H
#define THRESH_RECORD_SHORTEN_H

#include "base/buf.h"
#include <stddef.h>

/* Appends text as escape_text does, in no more than so many characters, at least 8: of longer
 * text the middle is an ellipsis. 0, or -1 without memory. */
int shorten_text(struct buf *out, const char *text, size_t len, size_t columns);

#endif
