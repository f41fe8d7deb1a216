/* SPDX-License-Identifier: MIT */
#include "lambda/job_preload.h"

#include "base/clock.h"
#include <errno.h>

/* Compiling a schema recurses as deep as the schema nests. */
#define STACK_BYTES (16u << 20)

static void *prepare(void *context)
{
    struct job_preload *preload = context;
    bool hit;
    double begun_ms = clock_ms();
    preload->rc =
        job_cache_get(preload->cache, preload->job, 0, &hit, &preload->error) ? 0 : -1;
    preload->ms = clock_ms() - begun_ms;
    return NULL;
}

int job_preload_begin(struct job_preload *preload, struct job_cache *cache, const json_t *job,
                      struct log *log, struct thresh_error *error)
{
    pthread_attr_t attributes;
    *preload = (struct job_preload){.cache = cache, .job = job, .log = log};
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int rc = pthread_create(&preload->thread, &attributes, prepare, preload);
    pthread_attr_destroy(&attributes);
    preload->running = rc == 0;
    if (rc == 0)
        return 0;
    errno = rc;
    return error_set(error, "no thread can be started: %m");
}

int job_preload_wait(struct job_preload *preload, int64_t until_ms, struct lambda_error *error)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    if (!preload->running)
        return 0;
    if (pthread_timedjoin_np(preload->thread, NULL, &until) != 0)
        return 1;
    preload->running = false;
    if (preload->rc < 0)
        *error = preload->error;
    else if (json_object_get(preload->job, "schema"))
        log_line(preload->log, LOG_INFO, "schemas are ready after %.0f ms", preload->ms);
    return preload->rc;
}
