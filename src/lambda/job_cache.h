/* SPDX-License-Identifier: MIT
 *
 * Jobs that are ready to run, kept from one invocation to the next, so that a job's schemas are
 * compiled once. One thread at a time uses a cache.
 */
#ifndef THRESH_LAMBDA_JOB_CACHE_H
#define THRESH_LAMBDA_JOB_CACHE_H

#include "lambda/function.h"
#include "options/options.h"
#include "run/host.h"

enum { JOB_CACHE_MAX = 8 };

struct cached_job {
    char *key; /* the job as JSON text; NULL: this place is free */
    json_t *job;
    struct thresh_options *options;
    struct thresh *thresh;
    const char *output; /* the template, within `job`; NULL: none */
    uint64_t used;      /* the number of its last use, of the cache's `uses` */
};

struct job_cache {
    struct function *function;
    struct s3 *s3;    /* that fetches schemas */
    struct host host; /* what runs are told of the function and the invocation at hand */
    struct cached_job jobs[JOB_CACHE_MAX];
    uint64_t uses;
};

void job_cache_close(struct job_cache *cache);

/* The job made ready now, or kept ready (*hit). What is returned belongs to the cache and is
 * good until the next call; NULL: the error is filled in. `end_ms` is the unix time by which a
 * run of the job should have ended; 0: not known. */
const struct cached_job *job_cache_get(struct job_cache *cache, const json_t *job,
                                       int64_t end_ms, bool *hit, struct lambda_error *error);

/* A copy of `base`, the function's job, with the members of `over`, the event's (NULL: none),
 * in place of its own. A schema or catalog that the event brings may be a stranger's and is
 * guarded, unless either job says whether schemas are. The caller's to release; NULL without
 * memory. */
json_t *job_cache_merge(const json_t *base, const json_t *over);

#endif
