/* SPDX-License-Identifier: MIT */
#include "lambda/job_cache.h"

#include "options/job_file.h"
#include <stdlib.h>
#include <string.h>

static int no_memory(struct lambda_error *failure)
{
    return lambda_error_set(failure, "Thresh.Memory", true, "out of memory");
}

static int config_failure(struct lambda_error *failure)
{
    snprintf(failure->type, sizeof failure->type, "Runtime.ConfigInvalid");
    failure->again = false;
    return -1;
}

static void warm_free(struct job_cache_entry *warm)
{
    thresh_close(warm->thresh);
    thresh_options_free(warm->options);
    json_decref(warm->job);
    free(warm->key);
    *warm = (struct job_cache_entry){0};
}

void job_cache_close(struct job_cache *cache)
{
    for (size_t i = 0; i < WARM_MAX; i++)
        warm_free(&cache->jobs[i]);
}

static bool is_said(const json_t *job, const char *name)
{
    const json_t *value = json_object_get(job, name);
    return value && !json_is_null(value);
}

/* Another than the function's own. */
static bool brings(const json_t *base, const json_t *over, const char *name)
{
    return is_said(over, name) &&
           !json_equal(json_object_get(base, name), json_object_get(over, name));
}

json_t *job_cache_merge(const json_t *base, const json_t *over)
{
    json_t *merged = json_deep_copy(base);
    int rc = merged ? 0 : -1;
    if (rc == 0 && over)
        rc = json_object_update(merged, (json_t *)over);
    if (rc == 0 && (brings(base, over, "schema") || brings(base, over, "catalog")) &&
        !is_said(merged, "guard-schemas"))
        rc = json_object_set_new(merged, "guard-schemas", json_true());
    if (rc == 0)
        return merged;
    json_decref(merged);
    return NULL;
}

/* -- The template of the output ------------------------------------------------------- */

static int put_word(struct buf *out, const char *word, size_t len, const char *const values[3])
{
    static const char *const names[] = {"bucket", "key", "request_id"};
    for (size_t i = 0; i < 3; i++)
        if (strlen(names[i]) == len && memcmp(names[i], word, len) == 0)
            return buf_append_string(out, values[i]), 0;
    return -1;
}

int job_cache_expand_output(const char *template, const char *bucket, const char *key,
                            const char *request_id, char **to_bucket, char **to_key,
                            struct lambda_error *failure)
{
    const char *const values[] = {bucket ? bucket : "inline", key, request_id};
    struct buf out = {0};
    *to_bucket = *to_key = NULL;
    for (const char *c = template; *c; c++) {
        const char *end = *c == '{' ? strchr(c, '}') : NULL;
        if (!end) {
            buf_append_char(&out, *c);
            continue;
        }
        if (put_word(&out, c + 1, (size_t)(end - c - 1), values) < 0) {
            buf_free(&out);
            return lambda_error_set(
                failure, "Runtime.ConfigInvalid", false,
                "output: '%s' has a word in braces that is none of {bucket}, {key} "
                "and {request_id}",
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
    return lambda_error_set(failure, "Runtime.ConfigInvalid", false,
                            "output: '%s' is not of the form s3://bucket/key, such as "
                            "s3://results/{key}.ndjson",
                            template);
}

static int check_output(struct job_cache_entry *warm, struct lambda_error *failure)
{
    char *bucket, *key;
    const json_t *output = json_object_get(warm->job, "output");
    if (!output || json_is_null(output))
        return 0;
    if (!json_is_string(output))
        return lambda_error_set(failure, "Runtime.ConfigInvalid", false,
                                "output: is not a string");
    warm->output = json_string_value(output);
    int rc = job_cache_expand_output(warm->output, "b", "k", "r", &bucket, &key, failure);
    free(bucket);
    free(key);
    return rc;
}

/* -- Making ready --------------------------------------------------------------------- */

static int open_job(struct job_cache *cache, struct job_cache_entry *warm,
                    struct lambda_error *failure)
{
    struct thresh_options *options = warm->options;
    json_t *local = json_deep_copy(warm->job);
    int rc = local ? schema_download_job(cache->stage, local, failure) : no_memory(failure);
    json_object_del(local, "output");
    if (rc == 0 && job_apply(local, cache->directory, options, &failure->error) < 0)
        rc = config_failure(failure);
    json_decref(local);
    if (rc < 0)
        return -1;
    if (options->format == FORMAT_AUTO)
        options->format = FORMAT_NDJSON;
    options->temp_dir = cache->temp_dir;
    options->lambda_memory_mb = cache->memory_mb;
    warm->thresh = thresh_open(options, &failure->error);
    return warm->thresh ? 0 : config_failure(failure);
}

static struct job_cache_entry *find(struct job_cache *cache, const char *key,
                                    struct job_cache_entry **oldest)
{
    *oldest = &cache->jobs[0];
    for (size_t i = 0; i < WARM_MAX; i++) {
        struct job_cache_entry *warm = &cache->jobs[i];
        if (warm->key && strcmp(warm->key, key) == 0)
            return warm;
        if (warm->used < (*oldest)->used)
            *oldest = warm;
    }
    return NULL;
}

const struct job_cache_entry *job_cache_get(struct job_cache *cache, const json_t *job,
                                            int64_t end_ms, bool *hit,
                                            struct lambda_error *failure)
{
    struct job_cache_entry *place;
    char *key = json_dumps(job, JSON_COMPACT);
    if (!key) {
        no_memory(failure);
        return NULL;
    }
    struct job_cache_entry *warm = find(cache, key, &place);
    *hit = warm != NULL;
    if (warm) {
        free(key);
        warm->used = ++cache->uses;
        warm->options->end_ms = end_ms;
        return warm;
    }
    warm_free(place);
    *place = (struct job_cache_entry){
        .key = key, .job = json_deep_copy(job), .options = thresh_options_new()};
    if (!place->job || !place->options) {
        no_memory(failure);
        warm_free(place);
        return NULL;
    }
    place->options->end_ms = end_ms;
    if (check_output(place, failure) == 0 && open_job(cache, place, failure) == 0) {
        place->used = ++cache->uses;
        return place;
    }
    warm_free(place);
    return NULL;
}
