/* SPDX-License-Identifier: MIT
 *
 * The encodings that events, answers and addresses come in. Each appends to `out`, and gives 0,
 * or -1 without memory (out->failed).
 */
#ifndef THRESH_LAMBDA_ENCODE_H
#define THRESH_LAMBDA_ENCODE_H

#include "base/buf.h"
#include <jansson.h>

int encode_base64(const void *bytes, size_t len, struct buf *out);
/* Padding may be missing, white space lie between, and the URL-safe alphabet serve. -1 also
 * where it is not base64. */
int decode_base64(const char *text, size_t len, struct buf *out);

/* As in a form: '+' is a space, %XX a byte. -1 also where a '%' is not followed by two digits.
 */
int decode_form(const char *text, size_t len, struct buf *out);

/* All but A-Z a-z 0-9 - . _ ~ as %XX, upper case; in a path, / stays too. */
int encode_percent(const char *text, size_t len, bool path, struct buf *out);

/* A JSON string, a '?' for each byte that is not UTF-8; NULL without memory. */
json_t *encode_text(const char *text);

#endif
