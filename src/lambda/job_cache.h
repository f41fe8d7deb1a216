/* SPDX-License-Identifier: MIT
 *
 * Jobs that are ready to run: the function's own, which stays so, and what an event says
 * instead, until its invocation has ended. To make a job ready is cheap where its schemas are
 * kept (rules/schema_store.h). One thread at a time uses a cache.
 */
#ifndef THRESH_LAMBDA_JOB_CACHE_H
#define THRESH_LAMBDA_JOB_CACHE_H

#include "lambda/function.h"
#include "options/options.h"
#include "run/host.h"

struct cached_job {
    json_t *job;   /* NULL: this place is free */
    json_t *local; /* the same without `output`, and with files in place of addresses ... */
    struct schema_use schemas; /* ... which it has */
    struct thresh_options *options;
    struct thresh *thresh;
    const char *output; /* the template, within `job`; NULL: none */
};

struct job_cache {
    struct function *function;
    struct s3 *s3;           /* that fetches schemas */
    struct host host;        /* what runs are told of the function and the invocation at hand */
    struct cached_job own;   /* the function's */
    struct cached_job other; /* an event's */
    struct cached_job *opening; /* the one of these that is being made ready */
};

/* Sets what a cache works with, and leaves its jobs alone: `s3`, which is borrowed, and how
 * runs fork. */
void job_cache_open(struct job_cache *cache, struct function *function, struct s3 *s3);
/* The event's job is not wanted any more. */
void job_cache_forget(struct job_cache *cache);
void job_cache_close(struct job_cache *cache);

/* The job made ready. What is returned belongs to the cache and is good until the next call;
 * NULL: the error is filled in. *hit: no schema was compiled for it. `end_ms` is the unix time
 * by which a run of the job should have ended; 0: not known. */
const struct cached_job *job_cache_get(struct job_cache *cache, const json_t *job,
                                       int64_t end_ms, bool *hit, struct lambda_error *error);

/* A copy of `base`, the function's job, with the members of `over`, the event's (NULL: none),
 * in place of its own. A schema or catalog that the event brings may be a stranger's and is
 * guarded, unless either job says whether schemas are. The caller's to release; NULL without
 * memory. */
json_t *job_cache_merge(const json_t *base, const json_t *over);

#endif
