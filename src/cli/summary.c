/* SPDX-License-Identifier: MIT */
#include "cli/summary.h"

#include "record/escape.h"
#include <stdlib.h>
#include <string.h>

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

enum { GROUPS_SHOWN = 5 };

static void append_group(struct buf *out, const struct finding_group *group)
{
    buf_append_format(out, "  %9llu  ", (unsigned long long)group->errors);
    if (!group->namespace_name) {
        buf_append_string(out, group->code);
    } else {
        buf_append_string(out, "unmapped: <");
        escape_text(out, group->message, strlen(group->message));
        buf_append_string(out, *group->namespace_name ? "> in " : "> in no namespace");
        escape_text(out, group->namespace_name, strlen(group->namespace_name));
    }
    if (group->documents > 1)
        buf_append_format(out, ", %llu documents", (unsigned long long)group->documents);
    buf_append_char(out, '\n');
}

/* The most frequent first; nothing where each came once, for the records have that. */
static void append_groups(struct buf *out, const struct findings *f)
{
    const struct finding_group **sorted = findings_sort(f);
    bool is_worth = sorted && f->n_groups && sorted[0]->errors > 1;
    size_t n = !is_worth ? 0 : f->n_groups < GROUPS_SHOWN ? f->n_groups : GROUPS_SHOWN;
    for (size_t i = 0; sorted && i < n; i++)
        append_group(out, sorted[i]);
    if (is_worth && f->n_groups > n)
        buf_append_format(out,
                          "             and %zu more: --group has all, with the first of "
                          "each\n",
                          f->n_groups - n);
    free(sorted);
}

/* -- Sizes ---------------------------------------------------------------------------- */

static void append_bytes(struct buf *out, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    for (; bytes >= 1024 && unit < 4; bytes /= 1024)
        unit++;
    buf_append_format(out, "%llu %s", (unsigned long long)bytes, units[unit]);
}

static bool is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL;
    for (size_t i = 0; i < 3 && !(value && *value); i++)
        value = getenv(names[i]);
    return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

/* How many documents there are of each size, as a row of bars. */
static void append_sizes(struct buf *out, const struct findings *f)
{
    static const char bars[][4] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                   "\u2585", "\u2586", "\u2587", "\u2588"};
    size_t first = 0, last = FINDINGS_SIZES;
    uint64_t most = 0;
    while (first < FINDINGS_SIZES && !f->sizes[first])
        first++;
    while (last > first && !f->sizes[last - 1])
        last--;
    for (size_t i = first; i < last; i++)
        most = f->sizes[i] > most ? f->sizes[i] : most;
    if (last < first + 2 || !is_utf8())
        return;
    buf_append_string(out, "sizes ");
    append_bytes(out, first ? UINT64_C(1) << 2 * (first - 1) : 0);
    buf_append_char(out, ' ');
    for (size_t i = first; i < last; i++)
        buf_append_string(out, f->sizes[i] ? bars[(f->sizes[i] * 7 + most - 1) / most] : " ");
    buf_append_char(out, ' ');
    append_bytes(out, UINT64_C(1) << 2 * (last - 1));
    buf_append_char(out, '\n');
}

/* -- How ------------------------------------------------------------------------------ */

static void append_run(const struct thresh_stats *s, struct buf *out)
{
    double work_s = s->wall_ms > 0 ? s->wall_ms / 1e3 : 1e-9;
    buf_append_format(out, "%.1f MB in, %.1f MB of XML in %.3f s (%.0f documents/s, %.1f MB/s)",
                      (double)s->bytes_in / 1e6, (double)s->bytes_inflated / 1e6, work_s,
                      (double)s->documents / work_s, (double)s->bytes_inflated / 1e6 / work_s);
    if (s->schema_ms >= 0.05)
        buf_append_format(out, ", schemas compiled in %.1f ms", s->schema_ms);
    buf_append_format(out, "\n%s, %d worker%s; %g vCPUs from %s\n",
                      s->backend ? s->backend : "none", s->workers, s->workers == 1 ? "" : "s",
                      s->vcpus, s->vcpus_source ? s->vcpus_source : "nowhere");
    if (s->known)
        buf_append_format(out, "%llu %s done by an earlier run\n", (unsigned long long)s->known,
                          s->known == 1 ? "document was" : "documents were");
    if (s->retried)
        buf_append_format(out, "%llu documents were done again after a worker died\n",
                          (unsigned long long)s->retried);
}

void summary_append(const struct thresh_stats *stats, const struct findings *findings,
                    bool is_for_terminal, struct buf *out)
{
    append_verdicts(stats, is_for_terminal && !getenv("NO_COLOR"), out);
    if (findings)
        append_groups(out, findings);
    if (findings && is_for_terminal)
        append_sizes(out, findings);
    append_run(stats, out);
}
