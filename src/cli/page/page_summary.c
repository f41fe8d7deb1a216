/* SPDX-License-Identifier: MIT */
#include "cli/page/page_summary.h"

#include "base/clock.h"
#include "record/escape.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* More inputs, warnings or rules than a reader takes in are counted. */
enum { MOST_INPUTS = 4, MOST_WARNINGS = 20, FIRST_RULES = 8, MOST_RULES = 50 };

/* -- Texts and numbers ---------------------------------------------------------------- */

static void append_text(struct buf *out, const char *text)
{
    escape_xml(out, text, strlen(text));
}

/* In groups of three digits. */
static void append_number(struct buf *out, uint64_t number)
{
    struct buf digits = {0};
    buf_append_u64(&digits, number);
    for (size_t i = 0; i < digits.len; i++) {
        if (i && (digits.len - i) % 3 == 0)
            buf_append_char(out, ',');
        buf_append_char(out, digits.data[i]);
    }
    out->failed |= digits.failed;
    buf_free(&digits);
}

/* "1 document", "1,024 documents"; the plural may be another word. */
static void append_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
    append_number(out, n);
    buf_append_format(out, " %s", n == 1 ? one : many);
}

static void append_bytes(struct buf *out, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB", "PB"};
    double size = (double)bytes;
    size_t unit = 0;
    while (size >= 1000 && unit < sizeof units / sizeof *units - 1) {
        size /= 1000;
        unit++;
    }
    buf_append_format(out, unit && size < 10 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

/* -- The head ------------------------------------------------------------------------- */

static void append_outcome(struct buf *out, const struct page_run *run, uint64_t bad)
{
    const struct thresh_stats *stats = run->stats;
    if (run->why) {
        buf_append_string(out, "Not complete: ");
        append_number(out, stats->answered);
        buf_append_string(out, " of ");
        append_count(out, stats->entries, "entry is", "entries are");
        buf_append_string(out, " done");
    } else if (!stats->documents) {
        buf_append_string(out, "There was no document: nothing was checked");
    } else if (bad) {
        append_number(out, bad);
        buf_append_string(out, " of ");
        append_count(out, stats->documents, "document is", "documents are");
        buf_append_string(out, " not good");
    } else if (stats->documents == 1) {
        buf_append_string(out, "The one document is good");
    } else {
        buf_append_string(out, "All ");
        append_count(out, stats->documents, "document is", "documents are");
        buf_append_string(out, " good");
    }
}

/* "a.zip, b.zip and 3 more" */
static void append_list(struct buf *out, const char *const *items, size_t n)
{
    for (size_t i = 0; i < n && i < MOST_INPUTS; i++) {
        buf_append_string(out, i ? ", <span class=\"path\">" : "<span class=\"path\">");
        append_text(out, items[i]);
        buf_append_string(out, "</span>");
    }
    if (n > MOST_INPUTS)
        buf_append_format(out, " and %zu more", n - MOST_INPUTS);
}

static void append_when(struct buf *out)
{
    char text[32];
    time_t now = (time_t)(clock_unix_ms() / 1000);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
    buf_append_string(out, text);
}

void page_summary_head(struct buf *out, const struct page_run *run, uint64_t bad)
{
    const struct string_list *schemas = &run->options->schema;
    bool good = !run->why && thresh_stats_good(run->stats);
    buf_append_format(out,
                      "<div class=\"outcome%s\"><span class=\"sign\" aria-hidden=\"true\">"
                      "%s</span><h1>",
                      good ? "" : " not-good", good ? "✓" : "✗");
    append_outcome(out, run, bad);
    buf_append_string(out, "</h1></div>\n<p>");
    append_list(out, run->inputs, run->n_inputs);
    if (schemas->n) {
        buf_append_string(out, ", held against ");
        append_list(out, (const char *const *)schemas->items, schemas->n);
    } else {
        buf_append_string(out, ", checked for well-formedness");
    }
    buf_append_string(out, "</p>\n<p>");
    append_when(out);
    double wall_ms = run->stats->wall_ms;
    buf_append_format(out, ", in %.3g %s</p>\n", wall_ms < 999.5 ? wall_ms : wall_ms / 1e3,
                      wall_ms < 999.5 ? "ms" : "s");
    if (run->why) {
        buf_append_string(
            out, "<p class=\"incomplete\"><strong>This run is not complete.</strong> ");
        append_text(out, run->why);
        buf_append_string(out, ". What is below is what was done by then.</p>\n");
    }
}

/* -- Coverage ------------------------------------------------------------------------- */

/* A verdict's class in page.css, in the order of the bar. */
static const struct {
    enum thresh_verdict verdict;
    const char *class;
} verdicts[] = {
    {THRESH_VALID, "good"},       {THRESH_WELLFORMED, "good"}, {THRESH_INVALID, "bad"},
    {THRESH_MALFORMED, "broken"}, {THRESH_UNREADABLE, "bad"},  {THRESH_TIMEOUT, "bad"},
    {THRESH_LOST, "bad"},         {THRESH_UNMAPPED, "warn"},   {THRESH_SKIPPED, "none"},
};
enum { VERDICTS_SHOWN = sizeof verdicts / sizeof *verdicts };

static void begin_fact(struct buf *out, const char *class, const char *name, uint64_t number)
{
    buf_append_format(out, "<div%s%s%s><dt>%s</dt><dd>", *class ? " class=\"" : "", class,
                      *class ? "\"" : "", name);
    append_number(out, number);
    buf_append_string(out, "<small>");
}

static void end_fact(struct buf *out)
{
    buf_append_string(out, "</small></dd></div>\n");
}

static void append_facts(struct buf *out, const struct page_run *run)
{
    const struct thresh_stats *s = run->stats;
    const uint64_t *v = s->verdicts;
    uint64_t judged =
        v[THRESH_VALID] + v[THRESH_WELLFORMED] + v[THRESH_INVALID] + v[THRESH_MALFORMED];
    buf_append_string(out, "<dl class=\"facts\">\n");
    begin_fact(out, "", "Entries seen", s->entries);
    buf_append_string(out, "in ");
    append_count(out, run->n_inputs, "input, ", "inputs, ");
    append_bytes(out, s->bytes_in);
    end_fact(out);
    begin_fact(out, "", "Documents judged", judged);
    append_bytes(out, s->bytes_inflated);
    buf_append_string(out, " of XML");
    end_fact(out);
    begin_fact(out, s->documents > judged ? "bad" : "", "Documents not judged",
               s->documents - judged);
    if (s->documents == judged)
        buf_append_string(out, "every one was read");
    for (int i = THRESH_UNMAPPED, first = 1; i <= THRESH_LOST; i++)
        if (v[i]) {
            buf_append_string(out, first ? "" : ", ");
            append_count(out, v[i], thresh_verdict_name(i), thresh_verdict_name(i));
            first = 0;
        }
    end_fact(out);
    begin_fact(out, "", "Skipped", v[THRESH_SKIPPED]);
    buf_append_string(out, "no XML");
    end_fact(out);
    if (s->entries > s->answered) {
        begin_fact(out, "bad", "Not reached", s->entries - s->answered);
        buf_append_string(out, "the run ended before");
        end_fact(out);
    }
    buf_append_string(out, "</dl>\n");
}

/* A bar of the verdicts' shares; each can be seen, however small. */
static void append_bar(struct buf *out, const struct thresh_stats *stats)
{
    uint64_t least = stats->answered / 200 + 1, width[VERDICTS_SHOWN], total = 0, at = 0;
    for (int i = 0; i < VERDICTS_SHOWN; i++) {
        uint64_t n = stats->verdicts[verdicts[i].verdict];
        width[i] = n && n < least ? least : n;
        total += width[i];
    }
    if (!total)
        return;
    buf_append_format(
        out,
        "<svg class=\"share\" viewBox=\"0 0 %llu 12\" preserveAspectRatio=\"none\""
        " aria-hidden=\"true\">",
        (unsigned long long)total);
    for (int i = 0; i < VERDICTS_SHOWN; i++) {
        if (width[i])
            buf_append_format(
                out, "<rect class=\"%s\" x=\"%llu\" width=\"%llu\" height=\"12\"/>",
                verdicts[i].class, (unsigned long long)at, (unsigned long long)width[i]);
        at += width[i];
    }
    buf_append_string(out, "</svg>\n<ul class=\"key\">\n");
    for (int i = 0; i < VERDICTS_SHOWN; i++)
        if (width[i]) {
            const char *name = thresh_verdict_name((int)verdicts[i].verdict);
            buf_append_format(out, "<li class=\"%s\"><span>", verdicts[i].class);
            append_count(out, stats->verdicts[verdicts[i].verdict], name, name);
            buf_append_string(out, "</span></li>\n");
        }
    buf_append_string(out, "</ul>\n");
}

static void append_warnings(struct buf *out, const char *line)
{
    size_t n = 0;
    if (!line || !*line)
        return;
    buf_append_string(
        out, "<details class=\"note\"><summary>Warnings of the schemas</summary><ul>\n");
    for (size_t len; *line; line += len + 1, n++) {
        len = strcspn(line, "\n");
        if (n >= MOST_WARNINGS)
            continue;
        buf_append_string(out, "<li>");
        escape_xml(out, line, len);
        buf_append_string(out, "</li>\n");
    }
    if (n > MOST_WARNINGS)
        buf_append_format(out, "<li>and %zu more</li>\n", n - MOST_WARNINGS);
    buf_append_string(out, "</ul></details>\n");
}

void page_summary_coverage(struct buf *out, const struct page_run *run, uint64_t bad)
{
    const struct thresh_stats *stats = run->stats;
    (void)bad;
    append_facts(out, run);
    append_bar(out, stats);
    for (size_t i = 0; i < stats->n_reasons; i++) {
        buf_append_string(out, i ? ", <b>" : "<p class=\"why\">Skipped, because: <b>");
        append_number(out, stats->reasons[i].count);
        buf_append_string(out, "</b> ");
        append_text(out, stats->reasons[i].name);
    }
    if (stats->n_reasons)
        buf_append_string(out, "</p>\n");
    if (stats->unread) {
        buf_append_string(out, "<p class=\"why\"><b>");
        append_count(out, stats->unread, "document</b> refers", "documents</b> refer");
        buf_append_string(out, " to entities outside, which were not read.</p>\n");
    }
    append_warnings(out, stats->warnings);
}

/* -- Errors and the foot -------------------------------------------------------------- */

/* The unit is for where the table has no head. */
static void append_cell(struct buf *out, uint64_t n, const char *one, const char *many)
{
    buf_append_format(out, "<td class=\"number\" data-unit=\"%s\">", n == 1 ? one : many);
    append_number(out, n);
    buf_append_string(out, "</td>");
}

static void append_group(struct buf *out, const struct finding_group *group)
{
    buf_append_string(out, "<tr>");
    append_cell(out, group->errors, "error", "errors");
    append_cell(out, group->documents, "document", "documents");
    buf_append_string(out, "<td><button type=\"button\" disabled data-code=\"");
    append_text(out, group->code);
    buf_append_string(out, "\">");
    append_text(out, group->code);
    buf_append_string(out, "</button><p class=\"path\">");
    append_text(out, group->kind);
    buf_append_string(out, "</p></td><td><p class=\"message\">");
    struct buf message = {0};
    findings_append_message(&message, group);
    escape_xml(out, message.data, message.len);
    out->failed |= message.failed;
    buf_free(&message);
    buf_append_string(out, "</p><p class=\"path\">");
    append_text(out, group->path);
    if (group->line)
        buf_append_format(out, ", line %llu", (unsigned long long)group->line);
    buf_append_string(out, "</p></td></tr>\n");
}

static void append_groups(struct buf *out, const struct finding_group *const *groups, size_t n)
{
    buf_append_string(out, "<table class=\"groups\"><thead><tr>"
                           "<th scope=\"col\" class=\"number\">Errors</th>"
                           "<th scope=\"col\" class=\"number\">Documents</th>"
                           "<th scope=\"col\">Rule</th>"
                           "<th scope=\"col\">The first of them</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < n; i++)
        append_group(out, groups[i]);
    buf_append_string(out, "</tbody></table>\n");
}

void page_summary_errors(struct buf *out, const struct page_run *run, uint64_t bad)
{
    const struct findings *findings = run->findings;
    size_t n = findings->n_groups, shown = n < MOST_RULES ? n : MOST_RULES;
    size_t first = n < FIRST_RULES + 2 ? n : FIRST_RULES;
    const struct finding_group **groups = findings_sort(findings);
    (void)bad;
    if (!groups)
        out->failed = true;
    else if (!n)
        buf_append_string(out, "<p>There are none.</p>\n");
    else
        append_groups(out, groups, first);
    if (groups && shown > first) {
        buf_append_format(out, "<details class=\"note\"><summary>%zu more rules</summary>\n",
                          n - first);
        append_groups(out, groups + first, shown - first);
        if (n > shown)
            buf_append_format(out, "<p>and %zu that are broken less often</p>\n", n - shown);
        buf_append_string(out, "</details>\n");
    }
    free(groups);
}

void page_summary_foot(struct buf *out, const struct page_run *run, uint64_t bad)
{
    const struct thresh_stats *s = run->stats;
    (void)bad;
    buf_append_string(out, "<p>thresh " THRESH_VERSION ": ");
    append_text(out, *s->reason ? s->reason : "no plan was made");
    buf_append_string(out,
                      ".</p>\n<p>A document's time is that of its worker, from asking for its "
                      "bytes to its record; it differs from run to run.</p>\n");
}
