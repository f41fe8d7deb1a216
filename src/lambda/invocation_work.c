/* SPDX-License-Identifier: MIT */
#include "lambda/invocation_work.h"

#include "base/clock.h"

static void add_stats(struct thresh_stats *total, const struct thresh_stats *stats)
{
    for (int i = 0; i < THRESH_VERDICTS; i++)
        total->verdicts[i] += stats->verdicts[i];
    total->entries += stats->entries;
    total->documents += stats->documents;
    total->unread += stats->unread;
    total->bytes_in += stats->bytes_in;
    total->bytes_inflated += stats->bytes_inflated;
    if (stats->backend) {
        total->backend = stats->backend;
        total->workers = stats->workers;
    }
}

void invocation_add_up(struct invocation_work *work, const struct outcome *outcome)
{
    struct metrics *metrics = &work->metrics;
    metrics->archives++;
    metrics->failed += outcome->state == OUTCOME_FAILED;
    metrics->incomplete +=
        outcome->state == OUTCOME_INCOMPLETE || outcome->state == OUTCOME_NOT_BEGUN;
    add_stats(&metrics->stats, &outcome->stats);
}

/* The record as it would be if the invocation ended at that unix time; NULL: metrics are
 * off. */
static json_t *record_at(const struct invocation_work *work, struct metrics metrics,
                         int64_t unix_ms)
{
    const struct function *function = work->poller->function;
    metrics.wall_ms = (double)(unix_ms - work->begun_ms);
    return function->metrics_off
               ? NULL
               : metrics_record(&metrics, function->name, &work->poller->log, unix_ms);
}

void invocation_log_metrics(struct invocation_work *work)
{
    json_t *record = record_at(work, work->metrics, clock_unix_ms());
    if (record)
        log_json(&work->poller->log, record);
}

static unsigned count_behind(const struct invocation_work *work, size_t index)
{
    unsigned n = 0;
    for (size_t i = index + 1; work->outcomes && i < work->event->n_items; i++)
        n += !work->event->items[i].ignored;
    return n;
}

void invocation_note(struct invocation_work *work, size_t index, const char *archive,
                     uint64_t done, uint64_t entries)
{
    struct rescue *rescue = &work->poller->rescue;
    struct metrics metrics = work->metrics;
    unsigned behind = count_behind(work, index);
    if (work->outcomes)
        add_stats(&metrics.stats, &work->outcomes[index].stats);
    metrics.archives += 1 + behind;
    metrics.incomplete += 1 + behind;
    rescue_set_metrics(rescue, record_at(work, metrics, rescue->at_ms));
    rescue_note(rescue, archive, done, entries, behind);
}
