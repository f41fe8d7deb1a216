/* SPDX-License-Identifier: MIT */
#include "lambda/lambda.h"

#include "base/clock.h"
#include "lambda/json_whole.h"
#include "lambda/poller.h"
#include "lambda/runtime/environment.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lambda ends an init of an environment that an event waits for after 10 s, and of one that is
 * made ahead of events after 130 s or more ("Understanding the Lambda execution environment
 * lifecycle" in the AWS Lambda Developer Guide). Where events are then answered one at a time,
 * what is not ready goes on in the first invocation. */
#define ON_DEMAND_MS 8000
#define AHEAD_MS     120000
#define NO_LIMIT_MS  (INT64_MAX / 2)

/* Compiling a schema recurses as deep as the schema nests. */
#define STACK_BYTES (16u << 20)

/* A poller with a thread of its own. */
struct other {
    struct poller poller;
    struct lambda *lambda;
    pthread_t thread;
    bool is_started;
};

struct lambda {
    struct function function;
    struct poller first;
    struct other *others; /* function.concurrency - 1 of them */
    size_t n_others;
    pthread_mutex_t gate; /* held until it is known whether the others */
    bool are_to_poll;
};

/* -- Init ----------------------------------------------------------------------------- */

static bool initialised_as(const char *wanted)
{
    const char *type = environment_text("AWS_LAMBDA_INITIALIZATION_TYPE");
    return type && strcmp(type, wanted) == 0;
}

static int64_t init_limit_ms(const struct function *function)
{
    if (function->concurrency || initialised_as("snap-start"))
        return NO_LIMIT_MS;
    return initialised_as("provisioned-concurrency") ? AHEAD_MS : ON_DEMAND_MS;
}

/* The function's own job is made ready. */
static int preload(struct poller *first, int64_t begun_ms, struct lambda_error *error)
{
    const struct function *function = first->function;
    int64_t limit_ms = init_limit_ms(function);
    if (poller_connect(first, &error->message) < 0 ||
        job_preload_begin(&first->preload, &first->cache, function->job, &first->log,
                          &error->message) < 0)
        return -1;
    int rc = job_preload_wait(&first->preload, begun_ms + limit_ms, error);
    if (rc == 1)
        log_line(
            &first->log, LOG_WARN,
            "the schemas were not ready after %lld ms: their compilation goes on in the first "
            "invocation",
            (long long)limit_ms);
    return rc < 0 ? -1 : 0;
}

/* One of many that gives up ends the process: Lambda would wait for it in vain. */
static _Noreturn void poll(struct poller *poller)
{
    poller_run(poller);
    scratch_close(&poller->function->scratch);
    _exit(EXIT_FAILURE);
}

static void *wait_and_poll(void *context)
{
    struct other *other = context;
    pthread_mutex_lock(&other->lambda->gate);
    bool is_to_poll = other->lambda->are_to_poll;
    pthread_mutex_unlock(&other->lambda->gate);
    if (is_to_poll)
        poll(&other->poller);
    return NULL;
}

static int start(struct other *other, struct thresh_error *error)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    errno = pthread_create(&other->thread, &attributes, wait_and_poll, other);
    pthread_attr_destroy(&attributes);
    other->is_started = errno == 0;
    return errno ? error_set(error,
                             "no thread can be started for each of %u invocations at a time: "
                             "%m; set the function's maximum concurrency to fewer, or its "
                             "memory to more",
                             other->lambda->function.concurrency)
                 : 0;
}

/* All are there before the first of them asks for an event. */
static int open_others(struct lambda *lambda, struct thresh_error *error)
{
    unsigned n = lambda->function.concurrency;
    if (n < 2)
        return 0;
    lambda->others = calloc(n - 1, sizeof *lambda->others);
    if (!lambda->others)
        return error_no_memory(error);
    while (lambda->n_others < n - 1) {
        struct other *other = &lambda->others[lambda->n_others++];
        other->lambda = lambda;
        if (poller_open(&other->poller, &lambda->function, lambda->first.api, error) < 0 ||
            poller_connect(&other->poller, error) < 0 || start(other, error) < 0)
            return -1;
    }
    return 0;
}

/* Before the process has other threads; its own schemas are ready. */
static int open_apart(struct lambda *lambda, struct thresh_error *error)
{
    struct function *function = &lambda->function;
    struct poller *first = &lambda->first;
    if (function->concurrency < 2)
        return 0;
    if (apart_open(&function->apart, function->directory, &first->cache.host, error) < 0)
        return -1;
    job_cache_open(&first->cache, function, first->s3);
    return 0;
}

static int init(struct lambda *lambda, int64_t begun_ms, struct lambda_error *error)
{
    snprintf(error->type, sizeof error->type, "Runtime.ConfigInvalid");
    if (function_open(&lambda->function, &error->message) < 0 ||
        preload(&lambda->first, begun_ms, error) < 0)
        return -1;
    if (open_apart(lambda, &error->message) == 0 && open_others(lambda, &error->message) == 0)
        return 0;
    snprintf(error->type, sizeof error->type, "Thresh.Memory");
    return -1;
}

/* A snapshot is taken while the call waits; nothing that was open before it is alive behind it
 * ("Implementing SnapStart hooks for container images" in the AWS Lambda Developer Guide). */
static int restore(struct poller *first, struct thresh_error *error)
{
    struct thresh_error ignored;
    if (!initialised_as("snap-start"))
        return 0;
    if (runtime_restore(first->runtime, error) < 0)
        return -1;
    if (poller_connect(first, error) == 0)
        return 0;
    runtime_restore_error(first->runtime, "Thresh.Memory", error->text, &ignored);
    return -1;
}

/* -- Events --------------------------------------------------------------------------- */

static int run(struct lambda *lambda, struct thresh_error *error)
{
    if (restore(&lambda->first, error) < 0)
        return -1;
    if (!lambda->n_others) {
        poller_run(&lambda->first);
        return 0;
    }
    lambda->are_to_poll = true;
    pthread_mutex_unlock(&lambda->gate);
    poll(&lambda->first);
}

/* Nobody has polled, or nobody but the first. */
static void finish(struct lambda *lambda)
{
    pthread_mutex_unlock(&lambda->gate);
    for (size_t i = 0; i < lambda->n_others; i++) {
        if (lambda->others[i].is_started)
            pthread_join(lambda->others[i].thread, NULL);
        poller_close(&lambda->others[i].poller);
    }
    poller_close(&lambda->first);
    function_close(&lambda->function);
    pthread_mutex_destroy(&lambda->gate);
    free(lambda->others);
    free(lambda);
}

int lambda_run(void)
{
    struct lambda *lambda = calloc(1, sizeof *lambda);
    struct lambda_error error = {0};
    struct thresh_error ignored;
    const char *api = environment_text("AWS_LAMBDA_RUNTIME_API");
    int64_t begun_ms = clock_unix_ms();
    if (!lambda)
        return EXIT_FAILURE;
    json_whole_watch_memory();
    pthread_mutex_init(&lambda->gate, NULL);
    pthread_mutex_lock(&lambda->gate);
    int rc = poller_open(&lambda->first, &lambda->function, api, &error.message);
    if (rc == 0 && (rc = init(lambda, begun_ms, &error)) < 0)
        runtime_error(lambda->first.runtime, NULL, error.type, error.message.text, &ignored);
    if (rc == 0)
        rc = run(lambda, &error.message);
    if (rc < 0)
        log_line(&lambda->first.log, LOG_FATAL, "%s", error.message.text);
    finish(lambda);
    return EXIT_FAILURE;
}
