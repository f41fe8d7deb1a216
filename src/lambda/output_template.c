/* SPDX-License-Identifier: MIT */
#include "lambda/output_template.h"

#include "base/buf.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int put_word(struct buf *out, const char *word, size_t len, const char *const values[4])
{
    static const char *const names[] = {"bucket", "key", "request_id", "shard"};
    for (size_t i = 0; i < 4; i++)
        if (strlen(names[i]) == len && memcmp(names[i], word, len) == 0)
            return buf_append_string(out, values[i]), 0;
    return -1;
}

int output_template_expand(const char *template, const char *bucket, const char *key,
                           const char *request_id, const struct shard *shard, char **to_bucket,
                           char **to_key, struct lambda_error *error)
{
    char number[32], last[12];
    const char *const values[] = {bucket ? bucket : "inline", key, request_id, number};
    int width = snprintf(last, sizeof last, "%u", shard->n ? shard->n : 1);
    snprintf(number, sizeof number, "%0*u-of-%s", width, shard->n ? shard->k : 1, last);
    struct buf out = {0};
    *to_bucket = *to_key = NULL;
    if (shard->n && !strstr(template, "{shard}"))
        return lambda_error_set(error, "Runtime.ConfigInvalid", false,
                                "output: '%s' is the same for all shards; put {shard} into it, "
                                "as in s3://results/{key}.{shard}.ndjson",
                                template);
    for (const char *c = template; *c; c++) {
        const char *end = *c == '{' ? strchr(c, '}') : NULL;
        if (!end) {
            buf_append_char(&out, *c);
            continue;
        }
        if (put_word(&out, c + 1, (size_t)(end - c - 1), values) < 0) {
            buf_free(&out);
            return lambda_error_set(
                error, "Runtime.ConfigInvalid", false,
                "output: '%s' has a word in braces that is none of {bucket}, {key}, "
                "{shard} and {request_id}",
                template);
        }
        c = end;
    }
    const char *from =
        buf_string(&out) && strncmp(out.data, "s3://", 5) == 0 ? out.data + 5 : NULL;
    const char *slash = from ? strchr(from, '/') : NULL;
    if (slash && slash > from && slash[1]) {
        *to_bucket = strndup(from, (size_t)(slash - from));
        *to_key = strdup(slash + 1);
    }
    buf_free(&out);
    if (*to_bucket && *to_key)
        return 0;
    free(*to_bucket);
    free(*to_key);
    *to_bucket = *to_key = NULL;
    return lambda_error_set(error, "Runtime.ConfigInvalid", false,
                            "output: '%s' is not of the form s3://bucket/key, such as "
                            "s3://results/{key}.ndjson",
                            template);
}
