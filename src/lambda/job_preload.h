/* SPDX-License-Identifier: MIT
 *
 * The configured job made ready in a thread of its own, beside the loop, where init would take
 * too long for it.
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

/* Until it has ended, the cache and what the cache is made of are the thread's. 0 or -1. */
int job_preload_begin(struct job_preload *preload, struct job_cache *cache, const json_t *job,
                      struct log *log, struct thresh_error *error);
/* Until unix time until_ms: 0 ready, which is logged (or never begun), 1 not yet, -1 failed,
 * which is told once.
 */
int job_preload_wait(struct job_preload *preload, int64_t until_ms, struct lambda_error *error);

#endif
