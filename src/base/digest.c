/* SPDX-License-Identifier: MIT */
#include "base/digest.h"

#include <nettle/sha2.h>

void digest_of(const void *bytes, size_t len, uint8_t digest[DIGEST_BYTES])
{
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    if (len)
        sha256_update(&ctx, len, bytes);
    sha256_digest(&ctx, DIGEST_BYTES, digest);
}
