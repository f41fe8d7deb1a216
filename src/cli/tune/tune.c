/* SPDX-License-Identifier: MIT */
#include "cli/tune/tune.h"

#include "backends/backend.h"
#include "base/io.h"
#include "cli/report.h"
#include "cli/tune/present.h"
#include "run/cpus.h"
#include <argp.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_SVG = 0x2000, KEY_JSON, KEY_SECONDS, EXIT_NOT_DONE = 2 };

struct setting {
    const char *name, *value;
};

struct arguments {
    struct setting *settings; /* options of a run, to be set once for each number of workers */
    size_t n_settings;
    const char **inputs;
    size_t n_inputs;
    const char *svg;
    double seconds;
    int workers; /* --jobs; 0: as many as there are processors */
    bool json;
};

static const struct argp_option own_rows[] = {
    {.name = "svg", .key = KEY_SVG, .arg = "FILE", .doc = "Draw the prediction into FILE"},
    {.name = "json", .key = KEY_JSON, .doc = "Print all of it as JSON"},
    {.name = "seconds", .key = KEY_SECONDS, .arg = "N", .doc = "Measure about N seconds (10)"},
};
enum { OWN_ROWS = sizeof own_rows / sizeof *own_rows };

static error_t parse_own(int key, char *value, struct argp_state *state)
{
    struct arguments *a = state->input;
    char *end = NULL;
    switch (key) {
    case KEY_SVG:
        a->svg = value;
        return 0;
    case KEY_JSON:
        a->json = true;
        return 0;
    case KEY_SECONDS:
        a->seconds = strtod(value, &end);
        if (*end || !(a->seconds > 0 && a->seconds <= 86400))
            argp_error(state, "--seconds takes a number above 0, not '%s'", value);
        return 0;
    case ARGP_KEY_ARG:
        if (strcmp(value, "-") == 0)
            argp_error(state, "standard input can be read only once; name a file");
        a->inputs[a->n_inputs++] = value;
        return 0;
    case ARGP_KEY_END:
        if (!a->n_inputs)
            argp_error(state, "no archive is named");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int whole_number(const char *value, struct argp_state *state)
{
    char *end;
    long number = strtol(value, &end, 10);
    if (end == value || *end || number < 0 || number > 100000)
        argp_error(state, "--jobs takes a whole number, not '%s'", value);
    return (int)number;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *a = state->input;
    for (const struct option_row *row = option_rows; row->name; row++) {
        if (row->key != key)
            continue;
        if (strcmp(row->name, "jobs") == 0)
            a->workers = whole_number(value, state);
        else
            a->settings[a->n_settings++] = (struct setting){row->name, value};
        return 0;
    }
    return parse_own(key, value, state);
}

static int parse(struct arguments *a, int argc, char **argv)
{
    size_t n = 0;
    while (option_rows[n].name)
        n++;
    struct argp_option *rows = calloc(n + OWN_ROWS + 1, sizeof *rows);
    a->settings = calloc((size_t)argc + 1, sizeof *a->settings);
    a->inputs = calloc((size_t)argc + 1, sizeof *a->inputs);
    if (!rows || !a->settings || !a->inputs) {
        free(rows);
        return -1;
    }
    memcpy(rows, own_rows, sizeof own_rows);
    for (size_t i = 0; i < n; i++) {
        const struct option_row *row = &option_rows[i];
        bool may_have = row->argument && option_is_switch(row);
        rows[OWN_ROWS + i] = (struct argp_option){.name = row->name,
                                                  .key = row->key,
                                                  .arg = may_have ? "require" : row->argument,
                                                  .flags = may_have ? OPTION_ARG_OPTIONAL : 0,
                                                  .doc = row->help,
                                                  .group = 1};
    }
    struct argp argp = {
        .options = rows,
        .parser = parse_option,
        .args_doc = "ARCHIVE...",
        .doc = "Measure an archive with its schemas, predict what a run takes and costs at "
               "each of "
               "AWS Lambda's memory sizes, and recommend one.\vAll options of a run are taken; "
               "--jobs is the most workers to try. Records are made and thrown away.",
    };
    argp_err_exit_status = EXIT_NOT_DONE;
    argp_parse(&argp, argc, argv, 0, NULL, a);
    free(rows);
    return 0;
}

static struct thresh_options *make_options(const struct arguments *a, int workers,
                                           struct thresh_error *error)
{
    struct thresh_options *options = thresh_options_new();
    char jobs[16];
    snprintf(jobs, sizeof jobs, "%d", workers);
    int rc =
        options ? thresh_options_set(options, "jobs", jobs, error) : error_no_memory(error);
    for (size_t i = 0; i < a->n_settings && rc == 0; i++)
        rc = thresh_options_set(options, a->settings[i].name, a->settings[i].value, error);
    if (rc == 0) {
        if (options->format == FORMAT_AUTO)
            options->format = FORMAT_NDJSON;
        return options;
    }
    thresh_options_free(options);
    return NULL;
}

static int workers_to_try(const struct arguments *a)
{
    struct cpus cpus;
    int workers = a->workers;
    if (workers <= 0) {
        cpus_detect(&cpus, "", NULL);
        workers = cpus.affinity;
    }
    return workers < WORKERS_MAX ? workers : WORKERS_MAX;
}

static int write_svg(const struct tuned *tuned, const char *path, struct thresh_error *error)
{
    struct buf out = {0};
    tune_present_svg(tuned, &out);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int rc = out.failed ? error_no_memory(error) : 0;
    if (rc == 0 && (fd < 0 || io_write_all(fd, out.data, out.len) < 0))
        rc = error_set(error, "%s cannot be written: %m; check --svg", path);
    if (fd >= 0)
        close(fd);
    buf_free(&out);
    return rc;
}

static int tune(const struct arguments *a, struct tuned *tuned, struct thresh_error *error)
{
    struct thresh_options *options[WORKERS_MAX + 1] = {NULL};
    struct bench bench = {.options = options,
                          .workers = workers_to_try(a),
                          .inputs = a->inputs,
                          .n_inputs = a->n_inputs,
                          .seconds = a->seconds,
                          .shows_progress = isatty(STDERR_FILENO)};
    int rc = prices_load(&tuned->prices, error);
    for (int w = 1; w <= bench.workers && rc == 0; w++)
        if (!(options[w] = make_options(a, w, error)))
            rc = -1;
    if (rc == 0)
        rc = tune_measure(&bench, &tuned->measured, &tuned->found, error);
    for (int w = 1; w <= bench.workers; w++)
        thresh_options_free(options[w]);
    if (rc == 0 && !tuned->found.stats.documents)
        rc = error_set(error, "%s: holds no document, so there is nothing to measure",
                       a->inputs[0]);
    if (rc < 0)
        return -1;
    cost_model_predict(&tuned->measured, &tuned->prices, &tuned->prediction);
    return a->svg ? write_svg(tuned, a->svg, error) : 0;
}

static int print(const struct tuned *tuned, bool json, struct thresh_error *error)
{
    struct buf out = {0};
    int rc = 0;
    if (json)
        rc = tune_present_json(tuned, &out);
    else
        tune_present_text(tuned, &out);
    if (rc < 0 || out.failed)
        rc = error_no_memory(error);
    else if (io_write_all(STDOUT_FILENO, out.data, out.len) < 0)
        rc = error_set(error, "standard output cannot be written: %m");
    buf_free(&out);
    return rc;
}

int tune_main(int argc, char **argv)
{
    struct arguments arguments = {.seconds = 10};
    struct thresh_error error = {{0}};
    struct tuned *tuned = calloc(1, sizeof *tuned);
    char name[] = "thresh tune"; /* for usage and errors */
    argv[0] = name;
    int rc = tuned ? parse(&arguments, argc, argv) : -1;
    if (rc < 0)
        error_no_memory(&error);
    if (rc == 0)
        rc = tune(&arguments, tuned, &error);
    if (rc == 0) {
        tuned->archive = arguments.inputs[0];
        rc = print(tuned, arguments.json, &error);
    }
    if (error.text[0])
        report_error(name, &error);
    free(arguments.settings);
    free(arguments.inputs);
    free(tuned);
    return rc < 0 ? EXIT_NOT_DONE : 0;
}
