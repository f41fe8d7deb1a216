/* SPDX-License-Identifier: MIT */
#include "lambda/job_preload.h"

#include "base/clock.h"
#include "lambda/s3/s3_request.h"
#include <string.h>

static void *prepare(void *context)
{
    struct job_preload *preparation = context;
    bool hit;
    int64_t begun_ms = clock_unix_ms();
    preparation->rc =
        job_cache_get(preparation->cache, preparation->job, 0, &hit, &preparation->failure)
            ? 0
            : -1;
    preparation->ms = (double)(clock_unix_ms() - begun_ms);
    return NULL;
}

int job_preload_begin(struct job_preload *preparation, struct job_cache *cache,
                      const json_t *job, struct log *log, struct thresh_error *error)
{
    pthread_attr_t attributes;
    *preparation = (struct job_preload){.cache = cache, .job = job, .log = log};
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 16u << 20);
    int rc = pthread_create(&preparation->thread, &attributes, prepare, preparation);
    pthread_attr_destroy(&attributes);
    preparation->running = rc == 0;
    return rc == 0 ? 0 : error_set(error, "no thread can be started: %s", strerror(rc));
}

int job_preload_wait(struct job_preload *preparation, int64_t until_ms,
                     struct lambda_error *failure)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    if (!preparation->running)
        return 0;
    if (pthread_timedjoin_np(preparation->thread, NULL, &until) != 0)
        return 1;
    preparation->running = false;
    if (preparation->rc < 0)
        *failure = preparation->failure;
    else if (json_object_get(preparation->job, "schema"))
        log_line(preparation->log, LEVEL_INFO, "schemas are ready after %.0f ms",
                 preparation->ms);
    return preparation->rc;
}
