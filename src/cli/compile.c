/* SPDX-License-Identifier: MIT */
#include "cli/compile.h"

#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "options/options.h"
#include "run/host.h"

enum { EXIT_NOT_DONE = 2 };

struct compile_arguments {
    struct command_line line;
    const char *help; /* a section; NULL: none is asked for */
};

/* clang-format off */
static const struct option_row compile_rows[] = {
    {"help", '?', "[=SECTION]", OPTION_OTHER, "Print these options, or those of a section",
     HELP_WISH(struct compile_arguments, help)},
    {.name = NULL},
};
/* clang-format on */

static const char *const taken[] = {"schema",
                                    "schema-location",
                                    "catalog",
                                    "strict-schema",
                                    "guard-schemas",
                                    "schema-cache",
                                    "schema-timeout",
                                    "schema-memory",
                                    "output",
                                    "job",
                                    NULL};

const struct help compile_help = {
    .usage = "thresh compile -s [NAMESPACE=]FILE... -o FILE",
    .summary =
        "Compile XML Schemas once and for all: write them as an image, which --schema takes in "
        "their place, and loads in milliseconds.",
    .own = compile_rows,
    .taken = taken,
    .details = "An image is for the version of thresh and the kind of machine that wrote it.\n",
    .examples = "",
};

static int check_line(const struct command_line *line, const struct thresh_options *options,
                      struct thresh_error *error)
{
    if (command_line_check(line, "thresh compile", taken, error) < 0)
        return -1;
    if (line->n_inputs)
        return error_set(error, "%s: no input is read; name schemas with --schema",
                         line->inputs[0]);
    return options->output ? 0 : error_set(error, "no file is named; give --output FILE");
}

static int compile(const struct thresh *thresh, const char *path, struct thresh_error *error)
{
    struct output output;
    struct buf bytes = {0};
    report_warnings(thresh_warnings(thresh));
    int rc = output_open(&output, "--output", path, error);
    if (rc == 0 && output.is_there && thresh_has_read(thresh, &output.present))
        rc = error_set(error,
                       "%s: is one of the schemas, and --output would replace it; name another "
                       "file",
                       path);
    if (rc == 0)
        rc = thresh_write_image(thresh, &bytes, error);
    if (rc == 0)
        rc = output_write(&output, bytes.data, bytes.len, error);
    if (rc == 0)
        rc = output_commit(&output, error);
    buf_free(&bytes);
    output_close(&output);
    return rc;
}

static int open_and_compile(const struct command_line *line, struct thresh_error *error)
{
    static const struct host host = {.keeps_sources = true};
    struct thresh_options *options = command_line_options(line, error);
    int rc = options ? check_line(line, options, error) : -1;
    struct thresh *thresh = NULL;
    signals_catch();
    if (rc == 0)
        rc = (thresh = thresh_open_on(&host, options, error)) ? 0 : -1;
    if (rc == 0)
        rc = compile(thresh, options->output, error);
    thresh_close(thresh);
    thresh_options_free(options);
    return rc;
}

int compile_main(int argc, char **argv)
{
    struct compile_arguments arguments = {.help = NULL};
    struct thresh_error error = {{0}};
    int rc = command_line_parse(&arguments.line, argc, argv, compile_rows, &arguments, &error);
    if (rc == 0)
        rc = arguments.help ? help_print(&compile_help, arguments.help, &error)
                            : open_and_compile(&arguments.line, &error);
    if (rc < 0)
        report_error("thresh compile", &error);
    option_rows_clear(compile_rows, &arguments);
    command_line_free(&arguments.line);
    return rc < 0 ? EXIT_NOT_DONE : 0;
}
