/* SPDX-License-Identifier: MIT
 *
 * SHA-256, by which files are known by what they hold.
 */
#ifndef THRESH_BASE_DIGEST_H
#define THRESH_BASE_DIGEST_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = SHA256_DIGEST_SIZE, DIGEST_HEX = 2 * DIGEST_BYTES };

void digest_of(const void *bytes, size_t len, uint8_t digest[DIGEST_BYTES]);

/* As people write it: in hexadecimal, with a NUL behind it. */
void digest_hex(const uint8_t digest[DIGEST_BYTES], char hex[DIGEST_HEX + 1]);
/* Ends a sum that was added up piece by piece, and begins it anew. */
void digest_end_hex(struct sha256_ctx *sum, char hex[DIGEST_HEX + 1]);

#endif
