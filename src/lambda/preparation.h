/* SPDX-License-Identifier: MIT
 *
 * The configured job made ready in a thread of its own, beside the loop, where init would take
 * too long for it.
 */
#ifndef THRESH_LAMBDA_PREPARATION_H
#define THRESH_LAMBDA_PREPARATION_H

#include "log.h"
#include "warm.h"
#include <pthread.h>

struct preparation {
    struct warm_cache *cache;
    const json_t *job;
    struct log *log;
    pthread_t thread;
    bool running;
    int rc;
    struct failure failure;
    double ms;
};

/* Until it has ended, the cache and what the cache is made of are the thread's. 0 or -1. */
int preparation_begin(struct preparation *preparation, struct warm_cache *cache,
                      const json_t *job, struct log *log, struct error *error);
/* Until unix time until_ms: 0 ready, which is logged (or never begun), 1 not yet, -1 failed,
 * which is told once.
 */
int preparation_wait(struct preparation *preparation, int64_t until_ms,
                     struct failure *failure);

#endif
