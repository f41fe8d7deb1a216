/* SPDX-License-Identifier: MIT */
#ifndef THRESH_LAMBDA_S3_S3_KEYS_H
#define THRESH_LAMBDA_S3_S3_KEYS_H

#include <stdbool.h>
#include <stdint.h>

/* What requests are signed with. */
struct s3_keys {
    char id[128];
    char secret[256];
    char token[4096]; /* "": none */
    int64_t until_ms; /* unix time at which they end; 0: they do not */
};

/* Copies the three strings (`token` may be NULL) and reads the time, "2026-01-31T12:00:00Z"
 * (NULL: they do not end). False: they do not fit, or it is no time. */
bool s3_keys_set(struct s3_keys *keys, const char *id, const char *secret, const char *token,
                 const char *until);

#endif
