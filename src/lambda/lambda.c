/* SPDX-License-Identifier: MIT */
#include "lambda/lambda.h"

#include "base/clock.h"
#include "lambda/invocation.h"
#include "lambda/runtime/environment.h"
#include "options/job_file.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Lambda ends an init that takes longer than 10 s. What is not ready by then goes on in the
 * first invocation. */
#define INIT_MS 8000

/* -- Configuration -------------------------------------------------------------------- */

/* The package's directory is the one that the bootstrap lies in. */
static int find_directory(struct lambda *lambda, struct thresh_error *error)
{
    ssize_t len = readlink("/proc/self/exe", lambda->directory, sizeof lambda->directory - 1);
    const char *root = environment_text("LAMBDA_TASK_ROOT");
    if (len > 0)
        lambda->directory[len] = '\0';
    char *slash = len > 0 ? strrchr(lambda->directory, '/') : NULL;
    if (slash)
        slash[slash == lambda->directory] = '\0';
    else
        snprintf(lambda->directory, sizeof lambda->directory, "%s", root ? root : "/var/task");
    return *lambda->directory ? 0 : error_set(error, "the package's directory is not known");
}

/* The function's own job: a file, and what the environment says over it. */
static int read_job(struct lambda *lambda, struct thresh_error *error)
{
    char beside[PATH_MAX];
    const char *file = environment_text("THRESH_JOB");
    snprintf(beside, sizeof beside, "%.4000s/thresh.json", lambda->directory);
    bool there = file || access(beside, F_OK) == 0;
    lambda->job = there ? job_file_read(file ? file : beside, error) : json_object();
    if (!lambda->job)
        return there ? -1 : error_no_memory(error);
    const char *response = environment_text("THRESH_RESPONSE");
    lambda->streams = response && strcasecmp(response, "stream") == 0;
    if (response && !lambda->streams && strcasecmp(response, "buffer") != 0)
        return error_set(error, "THRESH_RESPONSE: '%.40s' is neither stream nor buffer",
                         response);
    const char *metrics = environment_text("THRESH_METRICS");
    lambda->metrics_off = metrics && strcasecmp(metrics, "off") == 0;
    if (metrics && !lambda->metrics_off && strcasecmp(metrics, "on") != 0)
        return error_set(error, "THRESH_METRICS: '%.40s' is neither on nor off", metrics);
    const char *payer = environment_text("THRESH_REQUEST_PAYER");
    if (payer && strcmp(payer, "requester") != 0)
        return error_set(error, "THRESH_REQUEST_PAYER: '%.40s' is not requester", payer);
    return environment_check(error) < 0 ? -1 : environment_job(lambda->job, error);
}

static int open_parts(struct lambda *lambda, struct thresh_error *error)
{
    const char *temp_dir = environment_text("TMPDIR");
    temp_dir = temp_dir ? temp_dir : "/tmp";
    if (find_directory(lambda, error) < 0 || read_job(lambda, error) < 0 ||
        scratch_open(&lambda->scratch, temp_dir, error) < 0)
        return -1;
    lambda->s3 = s3_open(error);
    lambda->input = lambda->s3 ? s3_open(error) : NULL;
    if (!lambda->input)
        return -1;
    if (schema_download_open(&lambda->schemas, lambda->s3, &lambda->scratch) < 0)
        return error_no_memory(error);
    lambda->cache = (struct job_cache){
        .schemas = &lambda->schemas,
        .directory = lambda->directory,
        .host = {.temp_dir = lambda->scratch.root,
                 .lambda_memory_mb = environment_text("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")},
    };
    return 0;
}

static int begin_preload(struct lambda *lambda, struct thresh_error *error)
{
    struct s3_settings settings;
    environment_s3(&settings);
    s3_settle(lambda->s3, &settings);
    return job_preload_begin(&lambda->preload, &lambda->cache, lambda->job, &lambda->log,
                             error);
}

static int init(struct lambda *lambda, int64_t begun_ms, struct lambda_error *error)
{
    snprintf(error->type, sizeof error->type, "Runtime.ConfigInvalid");
    if (open_parts(lambda, &error->message) < 0 || begin_preload(lambda, &error->message) < 0)
        return -1;
    int rc = job_preload_wait(&lambda->preload, begun_ms + INIT_MS, error);
    if (rc == 1)
        log_line(
            &lambda->log, LOG_WARN,
            "the schemas were not ready after %d ms: their compilation goes on in the first "
            "invocation",
            INIT_MS);
    return rc < 0 ? -1 : 0;
}

static void finish(struct lambda *lambda)
{
    struct lambda_error ignored;
    job_preload_wait(&lambda->preload, clock_unix_ms() + 60000, &ignored);
    job_cache_close(&lambda->cache);
    schema_download_close(&lambda->schemas);
    s3_close(lambda->s3);
    s3_close(lambda->input);
    scratch_close(&lambda->scratch);
    rescue_close(&lambda->rescue);
    runtime_close(lambda->runtime);
    json_decref(lambda->job);
}

/* -- The loop ------------------------------------------------------------------------- */

static int loop(struct lambda *lambda, struct thresh_error *error)
{
    struct invocation invocation = {0};
    int rc;
    while ((rc = runtime_next(lambda->runtime, &invocation, error)) == 0 &&
           (rc = invocation_handle(lambda, &invocation, error)) == 0) {
        /* The memory of a large event is not kept while small ones follow. */
        if (invocation.event.cap > 1u << 20)
            buf_free(&invocation.event);
    }
    buf_free(&invocation.event);
    return rc;
}

int lambda_run(void)
{
    struct lambda *lambda = calloc(1, sizeof *lambda);
    struct lambda_error error = {0};
    const char *api = environment_text("AWS_LAMBDA_RUNTIME_API");
    int64_t begun_ms = clock_unix_ms();
    if (!lambda)
        return EXIT_FAILURE;
    log_init(&lambda->log, STDOUT_FILENO, environment_text("AWS_LAMBDA_LOG_FORMAT"),
             environment_text("AWS_LAMBDA_LOG_LEVEL"));
    lambda->function = environment_text("AWS_LAMBDA_FUNCTION_NAME");
    if (api)
        lambda->runtime = runtime_open(api, &error.message);
    else
        error_set(&error.message, "AWS_LAMBDA_RUNTIME_API is not set: there is no Lambda here");
    int rc = lambda->runtime ? 0 : -1;
    if (rc == 0) {
        rescue_open(&lambda->rescue, api, &lambda->log);
        rc = init(lambda, begun_ms, &error);
        struct thresh_error ignored;
        if (rc < 0)
            runtime_error(lambda->runtime, NULL, error.type, error.message.text, &ignored);
    }
    if (rc == 0)
        rc = loop(lambda, &error.message);
    if (rc < 0)
        log_line(&lambda->log, LOG_FATAL, "%s", error.message.text);
    finish(lambda);
    free(lambda);
    return EXIT_FAILURE;
}
