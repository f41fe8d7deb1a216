/* SPDX-License-Identifier: MIT */
#include "cli/tune/present.h"

#include "base/utf8.h"
#include "record/escape.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- Words ---------------------------------------------------------------------------- */

static void describe_measured(const struct tuned *t, struct buf *out)
{
    const struct thresh_stats *stats = &t->found.stats;
    const struct measured *m = &t->measured;
    escape_text(out, t->archive, strlen(t->archive));
    buf_append_format(out, ": %llu documents, %.1f MB of XML; best of %d run%s here\n\n",
                      (unsigned long long)stats->documents, (double)stats->bytes_inflated / 1e6,
                      t->found.rounds, t->found.rounds == 1 ? "" : "s");
    buf_append_format(out,
                      "  before the first document: start %.1f ms, schemas %.1f ms, listing "
                      "%.1f ms;\n  a first run takes %.1f ms more than these\n\n"
                      "  workers     time  speed-up     CPU time   memory\n",
                      m->start_ms, m->schema_ms, m->listing_ms, m->cold_ms);
    for (int w = 1; w <= m->workers; w++)
        buf_append_format(out, "  %7d %6.0f ms %8.2fx %9.0f ms %5.0f MB\n", w, m->wall_ms[w],
                          m->wall_ms[1] / m->wall_ms[w], m->cpu_ms[w], m->peak_mb[w]);
    if (m->disturbed)
        buf_append_string(out,
                          "  This machine was busy with other work: times are processor time "
                          "by workers.\n  Run again when it is quiet.\n");
    buf_append_char(out, '\n');
}

static void describe_row(const struct tuned *t, const struct predicted *row, struct buf *out)
{
    const char *cheapest = row == t->prediction.cheapest ? "  cheapest" : "";
    const char *fastest = row == t->prediction.fastest ? "  fastest" : "";
    buf_append_format(out, "  %6d MB %6.2f %8d%s %9.0f ms %11.5f %11.5f%s%s\n", row->mb,
                      row->mb / t->prices.mb_per_vcpu, row->workers,
                      row->extrapolated ? "*" : " ", row->ms, row->x86_64, row->arm64, cheapest,
                      fastest);
}

/* A dozen sizes will do, and those that are recommended. */
static bool is_shown(const struct tuned *t, const struct predicted *row)
{
    static const int shown[] = {128,  256,  512,  1024, 1536, 1792,
                                2048, 3584, 5376, 7168, 8960, 10240};
    if (row == t->prediction.cheapest || row == t->prediction.fastest)
        return true;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (row->mb == shown[i])
            return row == cost_model_best(&t->prediction, row->mb);
    return false;
}

static void describe_predicted(const struct tuned *t, struct buf *out)
{
    int too_small = 0;
    buf_append_format(
        out,
        "Predicted for AWS Lambda (%g MB a vCPU; dollars for 1,000 archives, prices "
        "of %s):\n\n  memory     vCPUs  workers          time      x86_64       "
        "arm64\n",
        t->prices.mb_per_vcpu, t->prices.date);
    for (size_t i = 0; i < t->prediction.n; i++)
        if (is_shown(t, &t->prediction.rows[i]))
            describe_row(t, &t->prediction.rows[i], out);
    for (int i = 0, mb; (mb = tune_memory_mb(i)); i++)
        if (!cost_model_best(&t->prediction, mb))
            too_small = mb;
    if (too_small)
        buf_append_format(out, "  %d MB and less are too little memory\n", too_small);
    buf_append_string(out, "  * more workers than were run here: extrapolated\n\n");
}

static void recommend(const char *what, const struct predicted *row, struct buf *out)
{
    buf_append_format(out,
                      "%s: %d MB, --jobs %d: about %.0f ms, $%.5f for 1,000 archives "
                      "(arm64 $%.5f)\n",
                      what, row->mb, row->workers, row->ms, row->x86_64, row->arm64);
}

/* -- The plot on the terminal --------------------------------------------------------- */

enum { PLOT_WIDTH = 64, PLOT_HEIGHT = 12 };

static int row_of(double value, double least, double most)
{
    double part = most > least ? (log(value) - log(least)) / (log(most) - log(least)) : 0;
    return (PLOT_HEIGHT - 1) - (int)(part * (PLOT_HEIGHT - 1) + 0.5);
}

static void limits(const struct tuned *t, bool money, double *least, double *most)
{
    *least = HUGE_VAL;
    *most = 0;
    for (int i = 0, mb; (mb = tune_memory_mb(i)); i++) {
        const struct predicted *best = cost_model_best(&t->prediction, mb);
        double value = best ? (money ? best->x86_64 : best->ms) : *least;
        if (best) {
            *least = fmin(*least, value);
            *most = fmax(*most, value);
        }
    }
}

static void draw_curve(const struct tuned *t, bool money,
                       char grid[PLOT_HEIGHT][PLOT_WIDTH + 1])
{
    double least, most;
    limits(t, money, &least, &most);
    for (int i = 0, mb; (mb = tune_memory_mb(i)); i++) {
        const struct predicted *best = cost_model_best(&t->prediction, mb);
        if (!best)
            continue;
        int column = (int)((mb - 128) / (10240.0 - 128) * (PLOT_WIDTH - 1) + 0.5);
        char *cell = &grid[row_of(money ? best->x86_64 : best->ms, least, most)][column];
        *cell = *cell == ' ' ? (money ? '$' : '*') : '#';
    }
}

static void plot(const struct tuned *t, struct buf *out)
{
    char grid[PLOT_HEIGHT][PLOT_WIDTH + 1];
    double least_ms, most_ms, least_cost, most_cost;
    limits(t, false, &least_ms, &most_ms);
    limits(t, true, &least_cost, &most_cost);
    memset(grid, ' ', sizeof grid);
    for (int i = 0; i < PLOT_HEIGHT; i++)
        grid[i][PLOT_WIDTH] = '\0';
    draw_curve(t, true, grid);
    draw_curve(t, false, grid);
    for (int i = 0; i < PLOT_HEIGHT; i++) {
        bool first = i == 0, last = i == PLOT_HEIGHT - 1;
        if (first || last)
            buf_append_format(out, "%8.0f ms |%s| $%.5f\n", first ? most_ms : least_ms, grid[i],
                              first ? most_cost : least_cost);
        else
            buf_append_format(out, "%11s |%s|\n", "", grid[i]);
    }
    buf_append_format(out, "%11s  128 MB%*s10240 MB\n", "", PLOT_WIDTH - 14, "");
    buf_append_format(out,
                      "%11s  * time, $ cost for 1,000 archives (x86_64), # both; scales "
                      "logarithmic\n\n",
                      "");
}

void tune_present_text(const struct tuned *t, struct buf *out)
{
    describe_measured(t, out);
    describe_predicted(t, out);
    if (!t->prediction.cheapest) {
        buf_append_string(out, "No memory size is enough for this archive.\n");
        return;
    }
    plot(t, out);
    recommend("Lowest cost   ", t->prediction.cheapest, out);
    recommend("Lowest latency", t->prediction.fastest, out);
    buf_append_string(out,
                      "\nA function's processor is not this one: run one of these sizes there "
                      "once, and scale all by the ratio.\n");
}

/* -- SVG ------------------------------------------------------------------------------ */

enum { SVG_LEFT = 80, SVG_TOP = 50, SVG_WIDTH = 560, SVG_HEIGHT = 300 };

static double svg_x(int mb)
{
    return SVG_LEFT + (mb - 128) / (10240.0 - 128) * SVG_WIDTH;
}

static double svg_y(double value, double least, double most)
{
    double part = most > least ? (log(value) - log(least)) / (log(most) - log(least)) : 0;
    return SVG_TOP + (1 - part) * SVG_HEIGHT;
}

static void svg_curve(const struct tuned *t, bool money, const char *colour, struct buf *out)
{
    double least, most;
    limits(t, money, &least, &most);
    buf_append_format(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"",
                      colour);
    for (int i = 0, mb; (mb = tune_memory_mb(i)); i++) {
        const struct predicted *best = cost_model_best(&t->prediction, mb);
        if (best)
            buf_append_format(out, "%.1f,%.1f ", svg_x(mb),
                              svg_y(money ? best->x86_64 : best->ms, least, most));
    }
    buf_append_string(out, "\"/>\n");
    for (int i = 0; i <= 4; i++) {
        double value = least * pow(most / least, i / 4.0);
        buf_append_format(out, "<text x=\"%d\" y=\"%.1f\" fill=\"%s\" text-anchor=\"%s\">",
                          money ? SVG_LEFT + SVG_WIDTH + 8 : SVG_LEFT - 8,
                          svg_y(value, least, most) + 4, colour, money ? "start" : "end");
        buf_append_format(out, money ? "$%.5f</text>\n" : "%.0f ms</text>\n", value);
    }
}

static void svg_mark(const struct tuned *t, const struct predicted *row, const char *what,
                     struct buf *out)
{
    double least, most;
    limits(t, false, &least, &most);
    double y = svg_y(fmin(row->ms, most), least, most);
    buf_append_format(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#c33\"/>\n",
                      svg_x(row->mb), y);
    buf_append_format(
        out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s: %d MB, %d workers</text>\n",
        svg_x(row->mb), y - 10, row->mb > 6000 ? "end" : "start", what, row->mb, row->workers);
}

void tune_present_svg(const struct tuned *t, struct buf *out)
{
    buf_append_format(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
        "font-family=\"sans-serif\" font-size=\"12\">\n"
        "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
        "<text x=\"%d\" y=\"25\" font-size=\"15\">Predicted time (blue) and cost of "
        "1,000 archives (green) by memory size</text>\n"
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" "
        "stroke=\"#888\"/>\n",
        SVG_LEFT + SVG_WIDTH + 110, SVG_TOP + SVG_HEIGHT + 50, SVG_LEFT, SVG_LEFT, SVG_TOP,
        SVG_WIDTH, SVG_HEIGHT);
    for (int mb = 2048; mb <= 10240; mb += 2048)
        buf_append_format(out,
                          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d MB</text>\n",
                          svg_x(mb), SVG_TOP + SVG_HEIGHT + 20, mb);
    if (t->prediction.cheapest) {
        svg_curve(t, true, "#283", out);
        svg_curve(t, false, "#25a", out);
        svg_mark(t, t->prediction.cheapest, "lowest cost", out);
        if (t->prediction.fastest != t->prediction.cheapest)
            svg_mark(t, t->prediction.fastest, "lowest latency", out);
    }
    buf_append_string(out, "</svg>\n");
}

/* -- JSON ----------------------------------------------------------------------------- */

static json_t *row_json(const struct predicted *row)
{
    if (!row)
        return json_null();
    return json_pack("{s:i, s:i, s:f, s:f, s:b, s:f, s:f, s:b}", "mb", row->mb, "workers",
                     row->workers, "ms", row->ms, "peak_mb", row->peak_mb, "fits", row->fits,
                     "x86_64_usd_per_1000", row->x86_64, "arm64_usd_per_1000", row->arm64,
                     "extrapolated", row->extrapolated);
}

int tune_present_json(const struct tuned *t, struct buf *out)
{
    const struct measured *m = &t->measured;
    struct buf archive = {0};
    json_t *runs = json_array(), *rows = json_array();
    for (int w = 1; w <= m->workers; w++)
        json_array_append_new(runs, json_pack("{s:i, s:f, s:f, s:f}", "workers", w, "wall_ms",
                                              m->wall_ms[w], "cpu_ms", m->cpu_ms[w], "peak_mb",
                                              m->peak_mb[w]));
    for (size_t i = 0; i < t->prediction.n; i++)
        json_array_append_new(rows, row_json(&t->prediction.rows[i]));
    utf8_append(&archive, t->archive, strlen(t->archive));
    json_t *root = json_pack(
        "{s:s, s:I, s:I, s:b, s:i, s:f, s:f, s:f, s:f, s:s, s:o, s:o, s:o, s:o}", "archive",
        buf_string(&archive), "documents", (json_int_t)t->found.stats.documents,
        "bytes_inflated", (json_int_t)t->found.stats.bytes_inflated, "disturbed", m->disturbed,
        "rounds", t->found.rounds, "start_ms", m->start_ms, "cold_ms", m->cold_ms, "schema_ms",
        m->schema_ms, "listing_ms", m->listing_ms, "prices_of", t->prices.date, "measured",
        runs, "predicted", rows, "cheapest", row_json(t->prediction.cheapest), "fastest",
        row_json(t->prediction.fastest));
    size_t flags = JSON_INDENT(1) | JSON_REAL_PRECISION(9) | JSON_ENSURE_ASCII;
    char *text = root ? json_dumps(root, flags) : NULL;
    json_decref(root);
    buf_free(&archive);
    if (!text)
        return -1;
    buf_append_string(out, text);
    free(text);
    return buf_append_char(out, '\n');
}
