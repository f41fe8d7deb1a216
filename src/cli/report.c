/* SPDX-License-Identifier: MIT */
#include "cli/report.h"

#include "base/io.h"
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

/* -- The summary ---------------------------------------------------------------------- */

static void append_summary(const struct thresh_stats *s, bool colour, struct buf *out)
{
    double work_s = s->wall_ms > 0 ? s->wall_ms / 1e3 : 1e-9;
    bool good = thresh_stats_good(s);
    if (colour)
        buf_append_string(out, good ? "\033[1;32m" : "\033[1;31m");
    buf_append_format(out, "%llu %s: ", (unsigned long long)s->entries,
                      s->entries == 1 ? "entry" : "entries");
    const char *comma = "";
    for (int i = 0; thresh_verdict_name(i); i++)
        if (s->verdicts[i]) {
            buf_append_format(out, "%s%llu %s", comma, (unsigned long long)s->verdicts[i],
                              thresh_verdict_name(i));
            comma = ", ";
        }
    if (!*comma)
        buf_append_string(out, "nothing in them");
    if (colour)
        buf_append_string(out, "\033[0m");
    for (size_t i = 0; i < s->n_reasons; i++)
        buf_append_format(out, "%s%s %llu%s", i ? ", " : " (", s->reasons[i].name,
                          (unsigned long long)s->reasons[i].count,
                          i + 1 == s->n_reasons ? ")" : "");
    if (s->unread)
        buf_append_format(out, "; %llu refer%s to entities that were not read",
                          (unsigned long long)s->unread, s->unread == 1 ? "s" : "");
    if (!s->documents)
        buf_append_string(out, "; no documents, so nothing was checked");
    buf_append_format(out,
                      "\n%.1f MB in, %.1f MB of XML in %.3f s (%.0f documents/s, %.1f MB/s)",
                      (double)s->bytes_in / 1e6, (double)s->bytes_inflated / 1e6, work_s,
                      (double)s->documents / work_s, (double)s->bytes_inflated / 1e6 / work_s);
    if (s->schema_ms >= 0.05)
        buf_append_format(out, ", schemas compiled in %.1f ms", s->schema_ms);
    buf_append_format(out, "\n%s, %d worker%s; %g vCPUs from %s\n",
                      s->backend ? s->backend : "none", s->workers, s->workers == 1 ? "" : "s",
                      s->vcpus, s->vcpus_source ? s->vcpus_source : "nowhere");
    if (s->retried)
        buf_append_format(out, "%llu documents were done again after a worker died\n",
                          (unsigned long long)s->retried);
}

void report_run(const struct thresh_options *options, const struct thresh_stats *stats,
                const struct findings *findings, bool is_complete)
{
    bool is_terminal = isatty(STDERR_FILENO);
    struct buf out = {0}, empty = {0};
    if (findings)
        findings_write_empty(findings, &empty);
    if (is_complete && buf_string(&empty))
        report_warnings(empty.data);
    buf_free(&empty);
    if (is_complete && !options->quiet && (options->format == FORMAT_TEXT || is_terminal))
        append_summary(stats, is_terminal && !getenv("NO_COLOR"), &out);
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
