/* SPDX-License-Identifier: MIT */
#include "cli/tune/cost_model.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

/* The share of a function's memory that thresh may use; the runtime and the kernel have the
 * rest. */
#define MEMORY_SHARE 0.85
/* Predictions within this factor count as equal: measurements cannot tell them apart. */
#define SAME 1.02
/* The period of processor quotas, in Lambda and in benchmarks/cgroup.py. */
#define PERIOD_MS 20.0

/* The file itself, included by the assembler. */
extern const char tune_prices[];
__asm__(".section .rodata\n.global tune_prices\n.hidden tune_prices\ntune_prices:\n"
        ".incbin \"" THRESH_SOURCE_DIR "/src/cli/tune/prices.json\"\n.byte 0\n.previous\n");

int prices_load(struct prices *prices, struct thresh_error *error)
{
    json_error_t fault;
    const char *date;
    json_t *root = json_loads(tune_prices, 0, &fault);
    if (!root)
        return error_set(error, "src/cli/tune/prices.json:%d: %s", fault.line, fault.text);
    int rc = json_unpack_ex(root, &fault, 0, "{s:s, s:{s:F, s:F}, s:F, s:F, s:F}", "date",
                            &date, "gb_second", "x86_64", &prices->x86_64, "arm64",
                            &prices->arm64, "request", &prices->request, "billed_ms_step",
                            &prices->step_ms, "mb_per_vcpu", &prices->mb_per_vcpu);
    if (rc < 0)
        error_set(error, "src/cli/tune/prices.json: %s", fault.text);
    else
        snprintf(prices->date, sizeof prices->date, "%s", date);
    json_decref(root);
    return rc;
}

int tune_memory_mb(int index)
{
    int mb = index ? index * 256 : 128;
    return mb <= 10240 ? mb : 0;
}

static double work_ms(const struct measured *m, int workers)
{
    double ms = m->wall_ms[workers] - m->listing_ms;
    return ms > 0.001 ? ms : 0.001;
}

double cost_model_effort(const struct measured *m, int workers)
{
    int most = m->workers;
    double known = work_ms(m, workers < most ? workers : most) *
                   (workers < most ? workers : most) / work_ms(m, 1);
    if (known < 1)
        known = 1;
    if (workers <= most)
        return known;
    return most > 1 ? 1 + (known - 1) * (workers - 1) / (most - 1) : 1;
}

double cost_model_ms(const struct measured *m, const struct prices *prices, int mb, int workers)
{
    double vcpus = mb / prices->mb_per_vcpu;
    double before = m->start_ms + m->cold_ms + m->schema_ms + m->listing_ms;
    double work = work_ms(m, 1) * cost_model_effort(m, workers);
    double shared = before / fmin(1, vcpus) + work / fmin(workers, vcpus);
    double at_once = fmin(workers, ceil(vcpus));
    double saved = PERIOD_MS * (1 - fmin(workers, vcpus) / at_once);
    return fmax(before + work / at_once, shared - saved);
}

/* Beyond the measured numbers of workers, memory grows by a straight line. */
static double peak_mb(const struct measured *m, int workers)
{
    if (workers <= m->workers)
        return m->peak_mb[workers];
    if (m->workers == 1)
        return m->peak_mb[1] * workers;
    double slope = (m->peak_mb[m->workers] - m->peak_mb[1]) / (m->workers - 1);
    return m->peak_mb[m->workers] + fmax(slope, 0) * (workers - m->workers);
}

static double cost(const struct prices *prices, double gb_second, int mb, double ms)
{
    double billed = ceil(ms / prices->step_ms) * prices->step_ms;
    return 1000 * (mb / 1024.0 * billed / 1000 * gb_second + prices->request);
}

/* More workers than processors would only wait for one another. */
static bool is_sensible(const struct predicted *row, const struct prices *prices)
{
    return row->fits && row->workers <= ceil(row->mb / prices->mb_per_vcpu);
}

static double value(const struct predicted *row, bool money)
{
    return money ? row->x86_64 : row->ms;
}

/* The cheapest (or fastest) row; among rows that are equal in that, the fastest (cheapest). */
static const struct predicted *choose(const struct prediction *p, const struct prices *prices,
                                      bool money)
{
    const struct predicted *best = NULL;
    double least = HUGE_VAL;
    for (size_t i = 0; i < p->n; i++)
        if (is_sensible(&p->rows[i], prices))
            least = fmin(least, value(&p->rows[i], money));
    for (size_t i = 0; i < p->n; i++) {
        const struct predicted *row = &p->rows[i];
        if (is_sensible(row, prices) && value(row, money) <= least * SAME &&
            (!best || value(row, !money) < value(best, !money)))
            best = row;
    }
    return best;
}

void cost_model_predict(const struct measured *measured, const struct prices *prices,
                        struct prediction *out)
{
    *out = (struct prediction){0};
    for (int i = 0, mb; (mb = tune_memory_mb(i)); i++)
        for (int workers = 1; workers <= TUNE_WORKERS_MAX; workers++) {
            struct predicted *row = &out->rows[out->n++];
            double ms = cost_model_ms(measured, prices, mb, workers);
            double peak = peak_mb(measured, workers);
            *row = (struct predicted){
                .mb = mb,
                .workers = workers,
                .ms = ms,
                .peak_mb = peak,
                .fits = peak <= mb * MEMORY_SHARE,
                .x86_64 = cost(prices, prices->x86_64, mb, ms),
                .arm64 = cost(prices, prices->arm64, mb, ms),
                .extrapolated = workers > measured->workers,
            };
        }
    out->cheapest = choose(out, prices, true);
    out->fastest = choose(out, prices, false);
}

const struct predicted *cost_model_best(const struct prediction *prediction, int mb)
{
    const struct predicted *best = NULL;
    for (size_t i = 0; i < prediction->n; i++) {
        const struct predicted *row = &prediction->rows[i];
        if (row->mb == mb && row->fits && (!best || row->ms * SAME < best->ms))
            best = row;
    }
    return best;
}
