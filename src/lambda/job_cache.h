/* SPDX-License-Identifier: MIT
 *
 * Jobs that are ready to run, kept from one invocation to the next: schemas compile once for
 * each.
 */
#ifndef THRESH_LAMBDA_JOB_CACHE_H
#define THRESH_LAMBDA_JOB_CACHE_H

#include "lambda/s3/schema_download.h"
#include "options/options.h"
#include "run/host.h"

enum { JOB_CACHE_MAX = 8 };

struct cached_job {
    char *key; /* the job as text; NULL: the place is free */
    json_t *job;
    struct thresh_options *options;
    struct thresh *thresh;
    const char *output; /* the template, in the job; NULL: none */
    uint64_t used;
};

struct job_cache {
    struct schema_download *schemas;
    const char *directory; /* where files that jobs name relatively lie */
    struct host host;      /* what runs are told of the function and the invocation at hand */
    struct cached_job jobs[JOB_CACHE_MAX];
    uint64_t uses;
};

void job_cache_close(struct job_cache *cache);

/* The job made ready, or found so (*hit); NULL with the error filled in. The pointer is good
 * until the next call. `end_ms` is the unix time by which a run of it should have ended, 0
 * where that is not known. */
const struct cached_job *job_cache_get(struct job_cache *cache, const json_t *job,
                                       int64_t end_ms, bool *hit, struct lambda_error *error);

/* A copy of `base`, the function's own, with what `over`, the event's, says in its place;
 * `over` may be NULL. Where that brings a schema or a catalog, schemas are guarded, unless
 * either says whether they are. NULL without memory. */
json_t *job_cache_merge(const json_t *base, const json_t *over);

#endif
