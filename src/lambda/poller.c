/* SPDX-License-Identifier: MIT */
#include "lambda/poller.h"

#include "base/clock.h"
#include "lambda/invocation.h"
#include "lambda/runtime/environment.h"
#include <unistd.h>

int poller_open(struct poller *poller, struct function *function, const char *api,
                struct thresh_error *error)
{
    *poller = (struct poller){.function = function};
    log_init(&poller->log, STDOUT_FILENO, environment_text("AWS_LAMBDA_LOG_FORMAT"),
             environment_text("AWS_LAMBDA_LOG_LEVEL"));
    poller->runtime = runtime_open(api, error);
    poller->api = api;
    return poller->runtime ? 0 : -1;
}

int poller_connect(struct poller *poller, struct thresh_error *error)
{
    struct function *function = poller->function;
    struct s3_settings settings;
    s3_close(poller->s3);
    s3_close(poller->input);
    poller->input = NULL;
    poller->s3 = s3_open(error);
    if (poller->s3)
        poller->input = s3_open(error);
    if (!poller->input)
        return -1;
    environment_s3(&settings);
    s3_settle(poller->s3, &settings);
    job_cache_open(&poller->cache, function, poller->s3);
    return 0;
}

void poller_close(struct poller *poller)
{
    struct lambda_error ignored;
    job_preload_wait(&poller->preload, clock_unix_ms() + 60000, &ignored);
    job_cache_close(&poller->cache);
    s3_close(poller->s3);
    s3_close(poller->input);
    runtime_close(poller->runtime);
}

void poller_run(struct poller *poller)
{
    struct invocation invocation = {0};
    struct thresh_error error;
    rescue_open(&poller->rescue, poller->api, &poller->log, !poller->function->concurrency);
    while (!apart_has_ended(&poller->function->apart) &&
           runtime_next(poller->runtime, &invocation, &error) == 0 &&
           invocation_handle(poller, &invocation, &error) == 0) {
        /* The memory of a large event is not kept while small ones follow. */
        if (invocation.event.cap > 1u << 20)
            buf_free(&invocation.event);
    }
    if (apart_has_ended(&poller->function->apart))
        error_set(&error, "the process that starts others has ended, or was stopped; raise the "
                          "function's memory");
    buf_free(&invocation.event);
    rescue_close(&poller->rescue);
    log_line(&poller->log, LOG_FATAL, "%s", error.text);
}
