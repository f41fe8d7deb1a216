/* SPDX-License-Identifier: MIT */
#include "cli/report.h"

#include "base/clock.h"
#include "base/io.h"
#include "record/escape.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int report_summary(const struct thresh_stats *s, bool colour, struct buf *out)
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
    return out->failed ? -1 : 0;
}

/* Names are in it, and whoever gave a file its name is no friend of the terminal. */
void report_error(const char *program, const struct thresh_error *error)
{
    static const char no_memory[] = "thresh: out of memory\n";
    struct buf out = {0};
    buf_append_format(&out, "%s: ", program);
    escape_text(&out, error->text, strlen(error->text));
    if (buf_append_char(&out, '\n') == 0)
        io_write_all(STDERR_FILENO, out.data, out.len);
    else
        io_write_all(STDERR_FILENO, no_memory, sizeof no_memory - 1);
    buf_free(&out);
}

/* -- Progress ------------------------------------------------------------------------- */

enum { BAR = 24 };

void progress_draw(struct progress *progress, bool always, uint64_t done, uint64_t entries,
                   uint64_t bytes)
{
    char bar[BAR + 1], line[160];
    double now_ms = clock_ms();
    if (progress->begun_ms == 0)
        progress->begun_ms = now_ms;
    double run_s = (now_ms - progress->begun_ms) / 1e3;
    if ((!always && run_s < 1) || now_ms - progress->drawn_ms < 100 || !entries || !done)
        return;
    progress->drawn_ms = now_ms;
    progress->shown = true;
    double part = (double)done / (double)entries;
    for (int i = 0; i < BAR; i++)
        bar[i] = i < (int)(part * BAR) ? '#' : '.';
    bar[BAR] = '\0';
    if (run_s <= 0)
        run_s = 1e-3;
    unsigned long eta_s = (unsigned long)(run_s / part - run_s + 0.5);
    int len =
        snprintf(line, sizeof line,
                 "\r[%s] %3.0f%%  %llu of %llu  %.0f/s  %.1f MB/s  %lu:%02lu left\033[K", bar,
                 part * 100, (unsigned long long)done, (unsigned long long)entries,
                 (double)done / run_s, (double)bytes / 1e6 / run_s, eta_s / 60, eta_s % 60);
    io_write_all(progress->fd, line, (size_t)len);
}

void progress_clear(struct progress *progress)
{
    if (progress->shown)
        io_write_all(progress->fd, "\r\033[K", 4);
    progress->shown = false;
}
