/* SPDX-License-Identifier: MIT */
#include "lambda/function.h"

#include "lambda/runtime/environment.h"
#include "options/job_file.h"
#include "run/limits.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The most that Lambda sets ("LambdaManagedInstancesCapacityProviderConfig" in the AWS Lambda
 * API Reference). */
#define CONCURRENCY_MAX 1600

/* Of compiled schemas, where the function's memory is not known. */
#define UNKNOWN_BYTES (UINT64_C(64) << 20)

/* The package's directory is the one that the bootstrap lies in. */
static int find_directory(struct function *function, struct thresh_error *error)
{
    ssize_t len =
        readlink("/proc/self/exe", function->directory, sizeof function->directory - 1);
    const char *root = environment_text("LAMBDA_TASK_ROOT");
    if (len > 0)
        function->directory[len] = '\0';
    char *slash = len > 0 ? strrchr(function->directory, '/') : NULL;
    if (slash)
        slash[slash == function->directory] = '\0';
    else
        snprintf(function->directory, sizeof function->directory, "%s",
                 root ? root : "/var/task");
    return *function->directory ? 0 : error_set(error, "the package's directory is not known");
}

/* One of two words, of which the first is what holds where nothing is set; NULL: there is only
 * the other. */
static int read_switch(const char *variable, const char *otherwise, const char *on, bool *is_on,
                       struct thresh_error *error)
{
    const char *word = environment_text(variable);
    *is_on = word && strcasecmp(word, on) == 0;
    if (!word || *is_on || (otherwise && strcasecmp(word, otherwise) == 0))
        return 0;
    if (!otherwise)
        return error_set(error, "%s: '%.40s' is not %s", variable, word, on);
    return error_set(error, "%s: '%.40s' is neither %s nor %s", variable, word, otherwise, on);
}

static int read_concurrency(struct function *function, struct thresh_error *error)
{
    const char *text = environment_text("AWS_LAMBDA_MAX_CONCURRENCY");
    char *end;
    if (!text)
        return 0;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || *text == '-' || value < 1 || value > CONCURRENCY_MAX)
        return error_set(error, "AWS_LAMBDA_MAX_CONCURRENCY: '%.40s' is no number from 1 to %d",
                         text, CONCURRENCY_MAX);
    function->concurrency = (unsigned)value;
    return 0;
}

static int read_environment(struct function *function, struct thresh_error *error)
{
    bool requester_pays;
    function->name = environment_text("AWS_LAMBDA_FUNCTION_NAME");
    function->memory_mb = environment_text("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
    if (read_concurrency(function, error) < 0 ||
        read_switch("THRESH_RESPONSE", "buffer", "stream", &function->streams, error) < 0 ||
        read_switch("THRESH_METRICS", "on", "off", &function->metrics_off, error) < 0 ||
        read_switch("THRESH_REQUEST_PAYER", NULL, "requester", &requester_pays, error) < 0)
        return -1;
    return environment_check(error);
}

/* The function's own job: a file, and what the environment says over it. */
static int read_job(struct function *function, struct thresh_error *error)
{
    char beside[PATH_MAX];
    const char *file = environment_text("THRESH_JOB");
    snprintf(beside, sizeof beside, "%.4000s/thresh.json", function->directory);
    bool there = file || access(beside, F_OK) == 0;
    function->job = there ? job_file_read(file ? file : beside, error) : json_object();
    if (!function->job)
        return there ? -1 : error_no_memory(error);
    return environment_job(function->job, error);
}

/* As struct schema_download has it. */
static void forget(void *compiled, const char *directory)
{
    schema_store_forget(compiled, directory);
}

int function_open(struct function *function, struct thresh_error *error)
{
    const char *temp_dir = environment_text("TMPDIR");
    if (find_directory(function, error) < 0 || read_environment(function, error) < 0 ||
        read_job(function, error) < 0 ||
        scratch_open(&function->scratch, temp_dir ? temp_dir : "/tmp", error) < 0)
        return -1;
    uint64_t kept = limits_kept_bytes(function->memory_mb);
    function->compiled = (struct schema_store){
        .max_bytes = kept ? kept / LIMITS_SCHEMAS_FRACTION : UNKNOWN_BYTES,
        .lock = KEYED_LOCK_INITIALIZER};
    schema_download_open(&function->schemas, &function->scratch, forget, &function->compiled);
    return 0;
}

void function_close(struct function *function)
{
    apart_close(&function->apart);
    schema_download_close(&function->schemas);
    schema_store_close(&function->compiled);
    scratch_close(&function->scratch);
    json_decref(function->job);
}
