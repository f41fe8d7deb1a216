/* SPDX-License-Identifier: MIT
 *
 * SHA-256, by which files are known by what they hold.
 */
#ifndef THRESH_BASE_DIGEST_H
#define THRESH_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32 };

void digest_of(const void *bytes, size_t len, uint8_t digest[DIGEST_BYTES]);

#endif
