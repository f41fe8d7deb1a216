/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

void digest_of(const void *bytes, size_t len, uint8_t digest[DIGEST_BYTES])
{
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    if (len)
        sha256_update(&ctx, len, bytes);
    sha256_digest(&ctx, DIGEST_BYTES, digest);
}

void digest_hex(const uint8_t digest[DIGEST_BYTES], char hex[DIGEST_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[DIGEST_HEX] = '\0';
}

void digest_end_hex(struct sha256_ctx *sum, char hex[DIGEST_HEX + 1])
{
    uint8_t digest[DIGEST_BYTES];
    sha256_digest(sum, sizeof digest, digest);
    digest_hex(digest, hex);
}
