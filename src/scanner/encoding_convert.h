/* SPDX-License-Identifier: MIT
 *
 * Bytes of one encoding to UTF-8. Each function appends to `out`, up to the first bytes that
 * are no character of the encoding.
 */
#ifndef THRESH_SCANNER_ENCODING_CONVERT_H
#define THRESH_SCANNER_ENCODING_CONVERT_H

#include "base/buf.h"
#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

/* These return how many bytes they took: fewer than `len` where some are no character. Lost
 * memory, or more than out->max_bytes, is told in out->failed. */
size_t encoding_convert_latin_1(struct buf *out, const char *bytes, size_t len);
/* Units of 2 or 4 bytes: UTF-16 or UTF-32. */
size_t encoding_convert_units(struct buf *out, const char *bytes, size_t len, size_t unit,
                              bool big_endian);
size_t encoding_convert_by_iconv(struct buf *out, const char *bytes, size_t len,
                                 iconv_t converter);

#endif
