/* SPDX-License-Identifier: MIT
 *
 * Base64 (RFC 4648): archives in events, and the error in a streamed answer's trailers.
 */
#ifndef THRESH_LAMBDA_BASE64_H
#define THRESH_LAMBDA_BASE64_H

#include "base/buf.h"

/* Appends the padded encoding. 0, or -1 with out->failed. */
int base64_encode(const void *bytes, size_t len, struct buf *out);

/* Appends the bytes that `text` stands for. Both alphabets of RFC 4648 are understood, white
 * space is skipped, and the padding may be missing. 0, or -1: no memory (out->failed), or not
 * base64. */
int base64_decode(const char *text, size_t len, struct buf *out);

#endif
