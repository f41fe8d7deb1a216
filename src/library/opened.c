/* SPDX-License-Identifier: MIT
 *
 * What is opened once.
 */
#include "library/opened.h"

#include "options/job_file.h"
#include "options/options.h"
#include <stdlib.h>
#include <string.h>

struct thresh {
    const struct thresh_options *options;
    const struct host *host;
    struct rules rules;
    struct cpus cpus;
    struct limits limits; /* while it is opened; a run's are its own */
};

int thresh_options_set(struct thresh_options *options, const char *name, const char *value,
                       struct thresh_error *error)
{
    if (value && strcmp(name, "job") == 0)
        return job_file_load(value, options, error);
    return options_set(options, name, value, error);
}

void thresh_options_on_warning(struct thresh_options *options,
                               void (*warning)(void *context, const char *line), void *context)
{
    options->warning = warning;
    options->warning_context = context;
}

const char *thresh_version(void)
{
    return THRESH_VERSION;
}

/* -- Opening -------------------------------------------------------------------------- */

/* As struct schema_trial has it; the context is what is being opened. */
static int try_alone(const void *context, int (*work)(void *, struct thresh_error *),
                     void *work_context, const char *file, struct thresh_error *error)
{
    const struct thresh *thresh = context;
    const struct host *host = thresh->host;
    if (host->try_schemas)
        return host->try_schemas(host->try_context, error);
    /* A child of a process with threads has the locks that these held, and may wait for
     * ever. */
    if (!host->others_rest && backend_count_threads() > 1)
        return !thresh->options->guard_schemas
                   ? 0
                   : error_set(error,
                               "%s: guard-schemas cannot try the schema in a process of its "
                               "own beside other threads; open it before they start",
                               file);
    struct thresh_error why = {{0}};
    int rc = isolation_trial(&thresh->limits, work, work_context, file, &why);
    if (rc < 0 && !error_is_no_process(&why))
        *error = why;
    else if (rc < 0 && thresh->options->guard_schemas)
        error_set(error, "%s: guard-schemas: %s", file, why.text);
    else
        rc = 0; /* a precaution that nobody asked for is done without */
    return rc;
}

static void make_limits(struct thresh *thresh)
{
    const struct thresh_options *options = thresh->options;
    limits_make(&thresh->limits, options, thresh->host, false);
    thresh->rules.max_entity_bytes = thresh->limits.at[LIMIT_ENTITY_BYTES];
    thresh->rules.limits = (struct xsd_limits){
        .ms = thresh->limits.at[LIMIT_SCHEMA_MS],
        .memory_bytes = thresh->limits.at[LIMIT_SCHEMA_MEMORY],
        .ms_remedy = limits_remedy(&thresh->limits, LIMIT_SCHEMA_MS),
        .memory_remedy = limits_remedy(&thresh->limits, LIMIT_SCHEMA_MEMORY),
    };
    thresh->rules.trial = (struct schema_trial){try_alone, thresh, options->guard_schemas};
}

static int load_rules(struct thresh *thresh, struct thresh_error *error)
{
    make_limits(thresh);
    thresh->rules.store = thresh->host->schemas;
    thresh->rules.keeps_sources =
        thresh->host->keeps_sources || thresh->options->resume || thresh->options->cache;
    thresh->rules.until_ms = thresh->host->end_ms;
    return rules_load(&thresh->rules, thresh->options, error);
}

int thresh_try_on(const struct host *host, const struct thresh_options *options,
                  struct thresh_error *error)
{
    struct thresh thresh = {.options = options, .host = host};
    make_limits(&thresh);
    return schema_set_try(options, &thresh.rules.limits, &thresh.rules.trial, error);
}

/* A run without inputs: what of the options only a run can refuse (a backend that this build
 * has not, an encoding of names) is refused here, too. */
static int try_options(const struct thresh *thresh, struct thresh_error *error)
{
    static const struct run_listener nobody;
    static const atomic_bool cancelled;
    struct thresh_stats stats;
    struct run run = thresh_begin_run(thresh, &nobody, &cancelled, &stats);
    int rc = run_open(&run, error);
    run_close(&run);
    return rc;
}

int thresh_tell(const struct thresh *thresh, const char *warnings, struct thresh_error *error)
{
    const struct thresh_options *options = thresh->options;
    char *lines = options->warning ? strdup(warnings) : NULL;
    if (options->warning && !lines)
        return error_no_memory(error);
    char *rest = lines;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            options->warning(options->warning_context, line);
    free(lines);
    return 0;
}

struct thresh *thresh_open_on(const struct host *host, const struct thresh_options *options,
                              struct thresh_error *error)
{
    struct thresh *thresh = calloc(1, sizeof *thresh);
    if (!thresh) {
        error_no_memory(error);
        return NULL;
    }
    thresh->options = options;
    thresh->host = host;
    int rc = cpus_detect(&thresh->cpus, "",
                         cpus_lambda_vcpus(host->lambda_memory_mb, host->lambda_concurrency));
    if (options->vcpus > 0) {
        thresh->cpus.vcpus = options->vcpus;
        thresh->cpus.source = "--vcpus";
    }
    if (rc < 0)
        error_set(error, "the number of processors cannot be had: %m; give --vcpus");
    if (rc == 0)
        rc = load_rules(thresh, error);
    if (rc == 0)
        rc = try_options(thresh, error);
    if (rc == 0)
        rc = thresh_tell(thresh, thresh_warnings(thresh), error);
    if (rc < 0) {
        thresh_close(thresh);
        return NULL;
    }
    thresh->rules.layout.colour = host->colour;
    thresh->rules.layout.columns = host->columns;
    return thresh;
}

struct thresh *thresh_open(const struct thresh_options *options, struct thresh_error *error)
{
    static const struct host host = {.temp_dir = NULL};
    return thresh_open_on(&host, options, error);
}

void thresh_close(struct thresh *thresh)
{
    if (!thresh)
        return;
    rules_free(&thresh->rules);
    free(thresh);
}

/* -- What is open --------------------------------------------------------------------- */

struct run thresh_begin_run(const struct thresh *thresh, const struct run_listener *listener,
                            const atomic_bool *cancelled, struct thresh_stats *stats)
{
    return (struct run){
        .options = thresh->options,
        .host = thresh->host,
        .rules = &thresh->rules,
        .cpus = &thresh->cpus,
        .listener = listener,
        .cancelled = cancelled,
        .stats = stats,
    };
}

int thresh_write_image(const struct thresh *thresh, struct buf *bytes,
                       struct thresh_error *error)
{
    return schema_set_to_image(thresh->rules.set, bytes, error);
}

int thresh_compile(const struct thresh_options *options,
                   int (*write)(void *context, const void *bytes, size_t len,
                                struct thresh_error *error),
                   void *context, struct thresh_error *error)
{
    static const struct host host = {.keeps_sources = true};
    struct buf bytes = {0};
    struct thresh *thresh = thresh_open_on(&host, options, error);
    int rc = thresh ? thresh_write_image(thresh, &bytes, error) : -1;
    if (rc == 0)
        rc = write(context, bytes.data, bytes.len, error);
    buf_free(&bytes);
    thresh_close(thresh);
    return rc;
}

const char *thresh_warnings(const struct thresh *thresh)
{
    return thresh->rules.set->warnings.data;
}

bool thresh_has_compiled(const struct thresh *thresh)
{
    return thresh->rules.has_compiled;
}

bool thresh_may_fork(const struct thresh *thresh)
{
    return isolation_may_fork(thresh->options, &thresh->rules);
}

bool thresh_has_read(const struct thresh *thresh, const struct stat *file)
{
    return schema_set_has(thresh->rules.set, file);
}
