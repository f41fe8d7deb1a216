/* SPDX-License-Identifier: MIT */
#include "cli/tune/tune.h"

#include "backends/backend.h"
#include "base/io.h"
#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/tune/present.h"
#include "run/cpus.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_NOT_DONE = 2 };

struct arguments {
    struct command_line line;
    char *svg;
    double seconds;
    bool json;
    const char *help; /* a section; NULL: none is asked for */
};

/* clang-format off */
const struct option_row tune_rows[] = {
    {"svg", 0, "FILE", OPTION_MEASURING, "Draw the prediction into FILE",
     .is_common = true, OPTION_TEXT(struct arguments, svg)},
    {"json", 0, NULL, OPTION_MEASURING, "Print all of it as JSON",
     .is_common = true, OPTION_SWITCH(struct arguments, json)},
    {"seconds", 0, "N", OPTION_MEASURING, "Measure about N seconds",
     .is_common = true, .otherwise = "10", .most = 86400,
     OPTION_DECIMAL(struct arguments, seconds)},
    {"help", '?', "[=SECTION]", OPTION_OTHER,
     "Print the options most asked for, those of a section (measuring, schemas, records, "
     "workers, limits, reports, other), or all",
     HELP_WISH(struct arguments, help)},
    {.name = NULL},
};
/* clang-format on */

const struct help tune_help = {
    .usage = "thresh tune [OPTION...] ARCHIVE...",
    .summary =
        "Measure an archive with its schemas, predict what a run takes and costs at each "
        "of AWS Lambda's memory sizes, and recommend one.",
    .own = tune_rows,
    .details =
        "All options of a run are taken; --jobs is the most workers to try. Records are\n"
        "made and thrown away.\n",
    .examples = "",
};

static int check_inputs(const struct command_line *line, struct thresh_error *error)
{
    if (!line->n_inputs)
        return error_set(error, "no archive is named");
    for (size_t i = 0; i < line->n_inputs; i++)
        if (strcmp(line->inputs[i], "-") == 0)
            return error_set(error, "standard input can be read only once; name a file");
    return 0;
}

/* Up to --jobs, else the processors there are. */
static int workers_to_try(const struct thresh_options *options)
{
    struct cpus cpus;
    int workers = (int)options->jobs;
    if (!workers) {
        cpus_detect(&cpus, "", 0);
        workers = cpus.affinity;
    }
    return workers < TUNE_WORKERS_MAX ? workers : TUNE_WORKERS_MAX;
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
    struct thresh_options *options[TUNE_WORKERS_MAX + 1] = {NULL};
    struct bench bench = {.options = options,
                          .workers = 1,
                          .inputs = a->line.inputs,
                          .n_inputs = a->line.n_inputs,
                          .seconds = a->seconds,
                          .shows_progress = isatty(STDERR_FILENO)};
    int rc = prices_load(&tuned->prices, error);
    for (int w = 1; w <= bench.workers && rc == 0; w++)
        if (!(options[w] = command_line_options(&a->line, error))) {
            rc = -1;
        } else if (options[w]->resume || options[w]->cache) {
            rc = error_set(error, "--%s: what is known is not measured; leave it out",
                           options[w]->resume ? "resume" : "cache");
        } else {
            bench.workers = w == 1 ? workers_to_try(options[w]) : bench.workers;
            options[w]->jobs = (unsigned)w;
        }
    if (rc == 0)
        rc = tune_measure(&bench, &tuned->measured, &tuned->found, error);
    for (int w = 1; w <= bench.workers; w++)
        thresh_options_free(options[w]);
    if (rc == 0 && !tuned->found.stats.documents)
        rc = error_set(error, "%s: holds no document, so there is nothing to measure",
                       a->line.inputs[0]);
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
    rc = rc < 0 ? error_no_memory(error) : output_print(&out, error);
    buf_free(&out);
    return rc;
}

static int tune_and_print(const struct arguments *a, struct thresh_error *error)
{
    struct tuned *tuned = calloc(1, sizeof *tuned);
    if (!tuned)
        return error_no_memory(error);
    tuned->archive = a->line.inputs[0];
    int rc = tune(a, tuned, error);
    if (rc == 0)
        rc = print(tuned, a->json, error);
    free(tuned);
    return rc;
}

int tune_main(int argc, char **argv)
{
    struct arguments arguments = {.svg = NULL};
    struct thresh_error error = {{0}};
    int rc = option_rows_default(tune_rows, &arguments, &error);
    if (rc == 0)
        rc = command_line_parse(&arguments.line, argc, argv, tune_rows, &arguments, &error);
    if (rc == 0 && arguments.help)
        rc = help_print(&tune_help, arguments.help, &error);
    else if (rc == 0 && (rc = check_inputs(&arguments.line, &error)) == 0)
        rc = tune_and_print(&arguments, &error);
    if (rc < 0)
        report_error("thresh tune", &error);
    option_rows_clear(tune_rows, &arguments);
    command_line_free(&arguments.line);
    return rc < 0 ? EXIT_NOT_DONE : 0;
}
