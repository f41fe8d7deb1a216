/* SPDX-License-Identifier: MIT
 *
 * Percent-encoding: of addresses, as Signature Version 4 wants them ("Create a canonical
 * request" in the IAM User Guide), and of keys in S3's events, which are encoded as forms are.
 */
#ifndef THRESH_LAMBDA_PERCENT_H
#define THRESH_LAMBDA_PERCENT_H

#include "base/buf.h"

/* Appends `text` with all but A-Z a-z 0-9 - . _ ~ as %XX, in upper case. `keep_slashes` is for
 * paths. 0, or -1 with out->failed. */
int percent_encode(const char *text, size_t len, bool keep_slashes, struct buf *out);

/* Appends what a form's value (application/x-www-form-urlencoded) stands for: '+' is a space,
 * %XX a byte. 0, or -1: no memory (out->failed), or a '%' without two hexadecimal digits. */
int percent_decode_form(const char *text, size_t len, struct buf *out);

#endif
