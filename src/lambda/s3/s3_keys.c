/* SPDX-License-Identifier: MIT */
#include "lambda/s3/s3_keys.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

bool s3_keys_set(struct s3_keys *keys, const char *id, const char *secret, const char *token,
                 const char *until)
{
    struct tm utc = {0};
    if (!id || !*id || !secret || !*secret || strlen(id) >= sizeof keys->id ||
        strlen(secret) >= sizeof keys->secret ||
        (token && strlen(token) >= sizeof keys->token) ||
        (until && !strptime(until, "%Y-%m-%dT%H:%M:%S", &utc)))
        return false;
    snprintf(keys->id, sizeof keys->id, "%s", id);
    snprintf(keys->secret, sizeof keys->secret, "%s", secret);
    snprintf(keys->token, sizeof keys->token, "%s", token ? token : "");
    keys->until_ms = until ? (int64_t)timegm(&utc) * 1000 : 0;
    return true;
}
