/* SPDX-License-Identifier: MIT */
#include "lambda/job_cache.h"

#include "lambda/json_whole.h"
#include "lambda/output_template.h"
#include "options/job_file.h"
#include <stdlib.h>
#include <string.h>

/* As struct host has it. */
static int try_apart(void *context, struct thresh_error *error)
{
    const struct job_cache *cache = context;
    return apart_try(&cache->function->apart, cache->opening->local, cache->host.end_ms, error);
}

void job_cache_open(struct job_cache *cache, struct function *function, struct s3 *s3)
{
    cache->s3 = s3;
    cache->function = function;
    cache->host = (struct host){.temp_dir = function->scratch.root,
                                .lambda_memory_mb = function->memory_mb,
                                .lambda_concurrency = function->concurrency,
                                .others_rest = !function->apart.is_open,
                                .try_schemas = function->apart.is_open ? try_apart : NULL,
                                .try_context = cache,
                                .schemas = &function->compiled};
}

static void release(struct job_cache *cache, struct cached_job *cached)
{
    if (!cached->job)
        return;
    thresh_close(cached->thresh);
    schema_download_release(&cache->function->schemas, &cached->schemas);
    thresh_options_free(cached->options);
    json_decref(cached->local);
    json_decref(cached->job);
    *cached = (struct cached_job){0};
}

void job_cache_forget(struct job_cache *cache)
{
    release(cache, &cache->other);
}

void job_cache_close(struct job_cache *cache)
{
    release(cache, &cache->own);
    release(cache, &cache->other);
}

static bool is_said(const json_t *job, const char *name)
{
    const json_t *value = json_object_get(job, name);
    return value && !json_is_null(value);
}

/* Whether the event's job has another value than the function's. */
static bool brings(const json_t *base, const json_t *over, const char *name)
{
    return is_said(over, name) &&
           !json_equal(json_object_get(base, name), json_object_get(over, name));
}

json_t *job_cache_merge(const json_t *base, const json_t *over)
{
    json_t *merged = json_whole_copy(base);
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

/* -- Making ready --------------------------------------------------------------------- */

/* Tries the template, so that a bad one is told when the job is read and not after a run. */
static int check_output(struct cached_job *cached, struct lambda_error *error)
{
    char *bucket, *key;
    const json_t *output = json_object_get(cached->job, "output");
    if (!output || json_is_null(output))
        return 0;
    if (!json_is_string(output))
        return lambda_error_set(error, "Runtime.ConfigInvalid", false,
                                "output: is not a string");
    cached->output = json_string_value(output);
    int rc = output_template_expand(cached->output, "b", "k", "r", &(struct shard){.n = 0},
                                    &bucket, &key, error);
    free(bucket);
    free(key);
    return rc;
}

/* Options that are for the command line alone: why, of one that is set; NULL: none is. */
static const char *desk_option(const struct thresh_options *options)
{
    if (options->explain)
        return "explain: an invocation does what it is asked for; at a desk: thresh --explain "
               "--job thresh.json ARCHIVE";
    if (options->report)
        return "report: an invocation writes records and no page; at a desk: thresh --report "
               "PAGE.html --job thresh.json ARCHIVE";
    if (options->fail_fast)
        return "fail-fast: an archive that is left half done is sent again; see whether the "
               "answer is good, which max-bad decides";
    if (options->resume)
        return "resume: what a function writes is gone with it; leave it out";
    if (options->cache)
        return "cache: what a function writes is gone with it; leave it out";
    return NULL;
}

/* The output is not an option of the run: a sink writes there. */
static int open_job(struct job_cache *cache, struct cached_job *cached, bool *hit,
                    struct lambda_error *error)
{
    struct thresh_options *options = cached->options;
    struct function *function = cache->function;
    const char *why_not;
    cached->local = json_whole_copy(cached->job);
    int rc = cached->local ? schema_download_job(&function->schemas, cache->s3, cached->local,
                                                 cache->host.end_ms, &cached->schemas, error)
                           : lambda_error_no_memory(error);
    json_object_del(cached->local, "output");
    if (rc == 0 &&
        job_file_apply(cached->local, function->directory, options, &error->message) < 0)
        rc = lambda_error_from_message(error, "Runtime.ConfigInvalid");
    if (rc == 0 && (why_not = desk_option(options)))
        rc = lambda_error_set(error, "Runtime.ConfigInvalid", false, "%s", why_not);
    if (rc < 0)
        return -1;
    if (options->format == FORMAT_AUTO)
        options->format = FORMAT_NDJSON;
    cache->opening = cached;
    cached->thresh = thresh_open_on(&cache->host, options, &error->message);
    if (!cached->thresh)
        return lambda_error_from_message(error, "Runtime.ConfigInvalid");
    *hit = !thresh_has_compiled(cached->thresh);
    return 0;
}

const struct cached_job *job_cache_get(struct job_cache *cache, const json_t *job,
                                       int64_t end_ms, bool *hit, struct lambda_error *error)
{
    bool is_own = json_equal(job, cache->function->job);
    struct cached_job *place = is_own ? &cache->own : &cache->other;
    *hit = true;
    cache->host.end_ms = end_ms;
    if (place->job && json_equal(place->job, job))
        return place;
    release(cache, place);
    *place = (struct cached_job){.job = json_whole_copy(job), .options = thresh_options_new()};
    if (!place->job || !place->options)
        lambda_error_no_memory(error);
    else if (check_output(place, error) == 0 && open_job(cache, place, hit, error) == 0)
        return place;
    release(cache, place);
    return NULL;
}
