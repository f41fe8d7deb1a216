/* SPDX-License-Identifier: MIT
 *
 * The function's own job made ready in a thread of its own, so that the bootstrap can ask for
 * events when init's time is up, ready or not.
 */
#ifndef THRESH_LAMBDA_JOB_PRELOAD_H
#define THRESH_LAMBDA_JOB_PRELOAD_H

#include "lambda/job_cache.h"
#include "lambda/runtime/log.h"
#include <pthread.h>

struct job_preload {
    struct job_cache *cache;
    const json_t *job;
    struct log *log;
    pthread_t thread;
    bool running;
    int rc;
    struct lambda_error error;
    double ms;
};

/* Starts the thread. Until job_preload_wait has given 0 or -1, the cache and what it is made
 * of (the client of S3, the schemas) are the thread's; `job` has to live as long. 0, or -1
 * with the error filled in. */
int job_preload_begin(struct job_preload *preload, struct job_cache *cache, const json_t *job,
                      struct log *log, struct thresh_error *error);
/* Waits until unix time until_ms. 1: it is still under way. 0: it has ended well, or none was
 * begun. -1: it has failed, as the error says; later calls give 0. */
int job_preload_wait(struct job_preload *preload, int64_t until_ms, struct lambda_error *error);

#endif
