/* SPDX-License-Identifier: MIT */
#include "cli/summary.h"

#include "cli/output.h"
#include "record/shorten.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void append_verdicts(const struct thresh_stats *s, bool colour, struct buf *out)
{
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
    buf_append_char(out, '\n');
}

/* -- What is wrong -------------------------------------------------------------------- */

enum { GROUPS_SHOWN = 5, LEAST_COLUMNS = 20 };

/* `columns`: of the terminal, or 0. */
static void append_group(struct buf *out, const struct finding_group *group, int width,
                         size_t columns)
{
    struct buf line = {0};
    buf_append_format(&line, "  %*llu  ", width, (unsigned long long)group->errors);
    if (!group->namespace_name) {
        buf_append_string(&line, group->code);
    } else {
        buf_append_format(&line, "unmapped: <%s> in %s", group->message,
                          *group->namespace_name ? group->namespace_name : "no namespace");
    }
    if (group->documents > 1)
        buf_append_format(&line, ", %llu documents", (unsigned long long)group->documents);
    if (buf_string(&line))
        shorten_text(out, line.data, line.len, columns >= LEAST_COLUMNS ? columns : SIZE_MAX);
    out->failed |= line.failed;
    buf_free(&line);
    buf_append_char(out, '\n');
}

/* The most frequent first; nothing where each came once, for the records have that. */
static void append_groups(struct buf *out, const struct findings *f, size_t columns)
{
    const struct finding_group **sorted = findings_sort(f);
    bool is_worth = sorted && f->n_groups && sorted[0]->errors > 1;
    size_t n = !is_worth ? 0 : f->n_groups < GROUPS_SHOWN ? f->n_groups : GROUPS_SHOWN;
    int width = is_worth ? snprintf(NULL, 0, "%llu", (unsigned long long)sorted[0]->errors) : 0;
    for (size_t i = 0; sorted && i < n; i++)
        append_group(out, sorted[i], width, columns);
    if (is_worth && f->n_groups > n)
        buf_append_format(out, "  %*s  and %zu more: --group has all, with the first of each\n",
                          width, "", f->n_groups - n);
    free(sorted);
}

/* -- Sizes and rate ------------------------------------------------------------------- */

/* As many as a disk's maker says. */
static void append_bytes(struct buf *out, double bytes, const char *behind)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    for (; bytes >= 999.5 && unit < 5; bytes /= 1000)
        unit++;
    buf_append_format(out, unit && bytes < 9.95 ? "%.1f %s%s" : "%.0f %s%s", bytes, units[unit],
                      behind);
}

static void append_time(struct buf *out, double ms)
{
    if (ms < 999.5)
        buf_append_format(out, "%.3g ms", ms);
    else
        buf_append_format(out, ms < 99950 ? "%.3g s" : "%.0f s", ms / 1e3);
}

static bool is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL;
    for (size_t i = 0; i < 3 && !(value && *value); i++)
        value = getenv(names[i]);
    return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

/* What is more than nothing is seen. */
static void append_bars(struct buf *out, const double *values, size_t n)
{
    static const char bars[][4] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                   "\u2585", "\u2586", "\u2587", "\u2588"};
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = values[i] > most ? values[i] : most;
    buf_append_char(out, ' ');
    for (size_t i = 0; i < n; i++)
        buf_append_string(out, values[i] > 0 ? bars[(size_t)(values[i] / most * 7)] : " ");
    buf_append_char(out, ' ');
}

static void append_power(struct buf *out, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    for (; bytes >= 1024 && unit < 4; bytes /= 1024)
        unit++;
    buf_append_format(out, "%llu %s", (unsigned long long)bytes, units[unit]);
}

/* How many documents there are of each size. */
static void append_sizes(struct buf *out, const struct findings *f)
{
    double values[FINDINGS_SIZES];
    size_t first = 0, last = FINDINGS_SIZES;
    while (first < FINDINGS_SIZES && !f->sizes[first])
        first++;
    while (last > first && !f->sizes[last - 1])
        last--;
    if (last < first + 2)
        return;
    for (size_t i = first; i < last; i++)
        values[i] = (double)f->sizes[i];
    buf_append_string(out, "sizes ");
    append_power(out, first ? UINT64_C(1) << 2 * (first - 1) : 0);
    append_bars(out, values + first, last - first);
    append_power(out, UINT64_C(1) << 2 * (last - 1));
    buf_append_char(out, '\n');
}

static void append_rate(struct buf *out, const struct rate *rate)
{
    double speeds[RATE_SLOTS], best = 0;
    size_t n = rate_speeds(rate, speeds);
    for (size_t i = 0; i < n; i++)
        best = speeds[i] > best ? speeds[i] : best;
    if (best <= 0)
        return;
    buf_append_string(out, "rate  0 s");
    append_bars(out, speeds, n);
    append_time(out, rate->slot_ms * (double)n);
    buf_append_string(out, ", at most ");
    append_bytes(out, best, "/s\n");
}

/* -- How ------------------------------------------------------------------------------ */

static void append_run(const struct thresh_stats *s, struct buf *out)
{
    double work_s = s->wall_ms > 0 ? s->wall_ms / 1e3 : 1e-9;
    append_bytes(out, (double)s->bytes_in, " in, ");
    append_bytes(out, (double)s->bytes_inflated, " of XML in ");
    append_time(out, s->wall_ms);
    buf_append_format(out, " (%.0f documents/s, ", (double)s->documents / work_s);
    append_bytes(out, (double)s->bytes_inflated / work_s, "/s)");
    buf_append_format(out, "\n%s, %d worker%s; %g vCPUs from %s",
                      s->backend ? s->backend : "none", s->workers, s->workers == 1 ? "" : "s",
                      s->vcpus, s->vcpus_source ? s->vcpus_source : "nowhere");
    if (s->schema_ms >= 0.05) {
        buf_append_string(out, "; schemas compiled in ");
        append_time(out, s->schema_ms);
    }
    buf_append_char(out, '\n');
    if (s->known)
        buf_append_format(out, "%llu %s done by an earlier run\n", (unsigned long long)s->known,
                          s->known == 1 ? "document was" : "documents were");
    if (s->retried)
        buf_append_format(out, "%llu %s done again after a worker died\n",
                          (unsigned long long)s->retried,
                          s->retried == 1 ? "document was" : "documents were");
}

void summary_append(const struct thresh_stats *stats, const struct findings *findings,
                    bool has_groups, const struct rate *rate, bool is_for_terminal,
                    struct buf *out)
{
    bool colour = is_for_terminal && output_has_colour(STDERR_FILENO);
    bool bars = is_for_terminal && is_utf8();
    append_verdicts(stats, colour, out);
    if (findings && !has_groups)
        append_groups(out, findings, is_for_terminal ? output_columns(STDERR_FILENO) : 0);
    if (colour)
        buf_append_string(out, "\033[2m"); /* faint: what is rarely asked */
    if (findings && bars)
        append_sizes(out, findings);
    if (rate && bars)
        append_rate(out, rate);
    append_run(stats, out);
    if (colour)
        buf_append_string(out, "\033[0m");
}
