/* SPDX-License-Identifier: MIT */
#include "cli/report.h"

#include "base/io.h"
#include "cli/summary.h"
#include "record/escape.h"
#include "run/stats.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- Lines ---------------------------------------------------------------------------- */

/* The text may hold names from archives: they must not control the terminal. */
static void append_line(struct buf *out, const char *before, const char *text, size_t len)
{
    buf_append_string(out, before);
    escape_text(out, text, len);
    buf_append_char(out, '\n');
}

void report_warnings(const char *warnings)
{
    struct buf out = {0};
    for (const char *line = warnings; *line; line += strcspn(line, "\n") + 1)
        append_line(&out, "thresh: warning: ", line, strcspn(line, "\n"));
    io_write_all(STDERR_FILENO, out.data, out.len);
    buf_free(&out);
}

/* -- A run ---------------------------------------------------------------------------- */

void report_run(const struct thresh_options *options, const struct thresh_stats *stats,
                const struct findings *findings, const struct rate *rate, bool is_complete)
{
    bool is_terminal = isatty(STDERR_FILENO);
    struct buf out = {0};
    if (is_complete && !options->quiet && (options->format == FORMAT_TEXT || is_terminal))
        summary_append(stats, findings, options->group, is_terminal ? rate : NULL, is_terminal,
                       &out);
    else if (is_complete && !stats->documents && !options->stats &&
             (options->format == FORMAT_TEXT || options->group))
        buf_append_string(&out, "thresh: there was no document: nothing was checked\n");
    if (options->stats)
        stats_to_json(stats, findings, &out);
    io_write_all(STDERR_FILENO, out.data, out.len);
    buf_free(&out);
}

/* -- Errors --------------------------------------------------------------------------- */

void report_unopened(const char *const *inputs, size_t n)
{
    struct thresh_error error;
    for (size_t i = 0; i < n; i++)
        if (strcmp(inputs[i], "-") != 0 &&
            faccessat(AT_FDCWD, inputs[i], R_OK, AT_EACCESS) < 0) {
            error_set(&error, "%s: cannot be opened: %m; check its name and permissions",
                      inputs[i]);
            report_error("thresh", &error);
        }
}

void report_error(const char *program, const struct thresh_error *error)
{
    static const char no_memory[] = "thresh: out of memory\n";
    struct buf out = {0};
    buf_append_string(&out, program);
    append_line(&out, ": ", error->text, strlen(error->text));
    if (!out.failed)
        io_write_all(STDERR_FILENO, out.data, out.len);
    else
        io_write_all(STDERR_FILENO, no_memory, sizeof no_memory - 1);
    buf_free(&out);
}
