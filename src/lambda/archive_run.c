/* SPDX-License-Identifier: MIT */
#include "lambda/archive_run.h"

#include "base/clock.h"
#include "lambda/archive_file.h"
#include "lambda/json_whole.h"
#include "lambda/output_template.h"
#include "options/job_file.h"
#include "run/findings_note.h"
#include "run/shard_note.h"
#include <string.h>

enum { NOTE_MS = 20 };

struct archive_run {
    struct invocation_work *work;
    const struct event_item *item;
    const char *name;
    const struct cached_job *job;
    struct outcome *outcome;
    struct record_sink *sink;
    struct archive_file file;
    struct shard_note note; /* beside the object that a shard's records go to */
    int64_t noted_ms;       /* unix time of what the rescue was told last */
};

bool archive_run_time_is_up(const struct invocation_work *work)
{
    return work->stop_ms && clock_unix_ms() >= work->stop_ms;
}

/* Only while nothing is downloaded: a guarded schema is first compiled in a process that may be
 * forked here. If another thread were inside a library at that moment, the child would inherit
 * its locks and could not use that library. (The threads of OpenMP's pool are at rest between
 * runs.) */
static int get_job(struct archive_run *run, struct lambda_error *error)
{
    struct poller *poller = run->work->poller;
    bool hit = true;
    if (job_file_check(run->item->job, "the event's job", &error->message) < 0)
        return lambda_error_set(error, "Runtime.ConfigInvalid", false, "%s: %s", run->name,
                                error->message.text);
    json_t *merged = job_cache_merge(poller->function->job, run->item->job);
    if (!merged)
        return lambda_error_no_memory(error);
    run->job = job_cache_get(&poller->cache, merged, run->work->stop_ms, &hit, error);
    json_decref(merged);
    if (run->job && !hit && run->job->options->schema.n)
        run->work->metrics.schema_cached = false;
    return run->job ? 0 : -1;
}

/* -- Where the records go ------------------------------------------------------------- */

static const char *content_type(const struct cached_job *job)
{
    switch (job->options->format) {
    case FORMAT_CSV:
        return "text/csv; charset=utf-8";
    case FORMAT_JUNIT:
        return "application/xml";
    case FORMAT_SARIF:
        return "application/sarif+json";
    case FORMAT_TEXT:
    case FORMAT_GITHUB:
        return "text/plain; charset=utf-8";
    default:
        return "application/x-ndjson";
    }
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Two archives of one invocation must not have their results in the same object, nor an archive
 * be replaced by its own results. An archive that the event names twice may. */
static int check_object(const struct archive_run *run, struct lambda_error *error)
{
    const struct event_item *item = run->item, *items = run->work->event->items;
    const struct record_sink *sink = run->sink, *sinks = run->work->sinks;
    if (same_text(sink->bucket, item->bucket) && same_text(sink->key, item->key))
        return lambda_error_set(
            error, "Runtime.ConfigInvalid", false,
            "output: the results of s3://%s/%s would replace it; put them under "
            "another prefix or name",
            item->bucket, item->key);
    for (size_t i = 0; items + i < item; i++) {
        bool same_input =
            same_text(items[i].bucket, item->bucket) && same_text(items[i].key, item->key);
        if (!same_input && same_text(sinks[i].bucket, sink->bucket) &&
            same_text(sinks[i].key, sink->key))
            return lambda_error_set(
                error, "Runtime.ConfigInvalid", false,
                "output: the results of two archives would go to s3://%s/%s; use "
                "{key} in the template",
                sink->bucket, sink->key);
    }
    return 0;
}

static enum record_sink_mode mode_of(const struct invocation_work *work,
                                     const struct record_sink *sink)
{
    enum event_kind kind = work->event->kind;
    if (kind == EVENT_HTTP && work->poller->function->streams && !work->event->takes_no_stream)
        return RECORD_SINK_STREAM;
    if (kind == EVENT_DIRECT || kind == EVENT_HTTP)
        return RECORD_SINK_INLINE;
    if (sink->bucket)
        return RECORD_SINK_OBJECT;
    return kind == EVENT_MAP ? RECORD_SINK_INLINE : RECORD_SINK_COUNT;
}

static void say_no_output(const struct invocation_work *work)
{
    struct poller *poller = work->poller;
    if (atomic_flag_test_and_set(&poller->function->said_no_output))
        return;
    log_line(&poller->log, LOG_WARN,
             "no output is configured and nobody reads the answer to an event of kind %s: "
             "records are counted and not kept; set THRESH_OUTPUT",
             event_kind_name(work->event->kind));
}

/* By the options as they were said: the schemas' own files have another place each time. */
static int begin_note(struct archive_run *run, struct lambda_error *error)
{
    run->note = (struct shard_note){.format = FORMAT_AUTO};
    if (!run->job->options->shard.n)
        return 0;
    json_t *said = json_whole_copy(run->job->job);
    struct thresh_options *options = thresh_options_new();
    int rc = said && options ? 0 : -1;
    json_object_del(said, "output");
    if (rc == 0)
        rc = job_file_apply(said, NULL, options, &error->message);
    if (rc == 0) {
        options->format = run->job->options->format;
        rc = shard_note_begin(&run->note, options);
    }
    thresh_options_free(options);
    json_decref(said);
    return rc < 0 ? lambda_error_no_memory(error) : 0;
}

static int open_sink(struct archive_run *run, struct lambda_error *error)
{
    const struct invocation_work *work = run->work;
    const struct event_item *item = run->item;
    struct record_sink *sink = run->sink;
    *sink =
        (struct record_sink){.s3 = work->poller->s3,
                             .runtime = work->poller->runtime,
                             .content_type = content_type(run->job),
                             .inline_max = work->event->kind == EVENT_MAP ? ANSWER_MAP_MAX_BYTES
                                                                          : RUNTIME_MAX_BYTES};
    if (run->job->output &&
        (output_template_expand(run->job->output, item->bucket, item->key, work->invocation->id,
                                &run->job->options->shard, &sink->bucket, &sink->key,
                                error) < 0 ||
         check_object(run, error) < 0))
        return -1;
    sink->mode = mode_of(work, sink);
    if (sink->mode == RECORD_SINK_COUNT)
        say_no_output(work);
    return begin_note(run, error);
}

static int begin_stream(struct archive_run *run, struct lambda_error *error)
{
    struct runtime *runtime = run->work->poller->runtime;
    struct buf prelude = {0};
    int rc = answer_prelude(run->sink->content_type, &prelude);
    if (rc == 0)
        rc = runtime_stream_begin(runtime, run->work->invocation->id,
                                  "application/vnd.awslambda.http-integration-response",
                                  &error->message);
    if (rc == 0) {
        run->work->streamed = true;
        rc = runtime_stream_write(runtime, prelude.data, prelude.len, &error->message);
    }
    buf_free(&prelude);
    return rc < 0 ? lambda_error_set(error, "Thresh.Stream", false, "%s", error->message.text)
                  : 0;
}

/* -- The run -------------------------------------------------------------------------- */

static void note(const struct archive_run *run, uint64_t done, uint64_t entries)
{
    size_t index = (size_t)(run->item - run->work->event->items);
    invocation_note(run->work, index, run->name, done, entries);
}

static bool on_progress(void *context, const struct thresh_stats *so_far)
{
    struct archive_run *run = context;
    int64_t now_ms = clock_unix_ms();
    run->outcome->done = so_far->answered;
    /* A note takes as long as a small document. */
    if (now_ms - run->noted_ms >= NOTE_MS) {
        run->outcome->stats = *so_far;
        note(run, so_far->answered, so_far->entries);
        run->noted_ms = now_ms;
    }
    record_sink_turn(run->sink);
    return archive_run_time_is_up(run->work);
}

static int on_write(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    struct archive_run *run = context;
    if (run->note.shard.n)
        shard_note_add(&run->note, bytes, len);
    return record_sink_write(run->sink, bytes, len, error);
}

static int run_here(struct archive_run *run, const char *path)
{
    struct host *host = &run->work->poller->cache.host;
    struct outcome *outcome = run->outcome;
    struct thresh_run *records = thresh_run_new(run->job->thresh);
    thresh_run_add_path(records, path, run->item->key);
    thresh_run_on_text(records, on_write, run);
    thresh_run_on_progress(records, on_progress, run);
    host->arrival = archive_file_arrival(&run->file);
    int rc = thresh_run(records, &outcome->error.message);
    host->arrival = NULL;
    outcome->stats = *thresh_run_stats(records);
    if (rc == 0 && run->note.shard.n &&
        shard_note_take(&run->note, findings_to_note(thresh_run_findings(records))) < 0)
        rc = error_no_memory(&outcome->error.message);
    thresh_run_free(records);
    return rc;
}

/* The same where this process must not fork, but the run does. */
static int run_apart(struct archive_run *run, const char *path)
{
    const struct invocation_work *work = run->work;
    const struct apart_run asked = {.path = path,
                                    .name = run->item->key,
                                    .max_spool_bytes = work->poller->cache.host.max_spool_bytes,
                                    .until_ms = work->stop_ms,
                                    .text = on_write,
                                    .progress = on_progress,
                                    .findings = &run->note.findings,
                                    .context = run};
    int rc = apart_run(&work->poller->function->apart, run->job->local, &asked,
                       &run->outcome->stats, &run->outcome->error.message);
    run->outcome->stats.warnings = thresh_warnings(run->job->thresh);
    return rc;
}

/* thresh_run, and its return value; the archive may still be on its way. Where something of it
 * did not come, that is why the run has failed, or was stopped where it failed until the time
 * was up. */
static int run_over_archive(struct archive_run *run, const char *path)
{
    const struct apart *apart = &run->work->poller->function->apart;
    struct lambda_error late = {0};
    int rc = apart->is_open && thresh_may_fork(run->job->thresh) ? run_apart(run, path)
                                                                 : run_here(run, path);
    if (archive_file_end(&run->file, &late) == 0 || rc == 1 || *run->sink->error.type)
        return rc;
    run->sink->error = late;
    bool is_listed = run->outcome->stats.entries;
    return is_listed && archive_run_time_is_up(run->work) ? 1 : -1;
}

/* The time was nearly up, for want of it or because of what failed until then. */
static void tell_stop(const struct archive_run *run, struct lambda_error *error)
{
    const struct outcome *outcome = run->outcome;
    const struct lambda_error *late = &run->sink->error;
    bool is_deadline = !*late->type || strcmp(late->type, "Thresh.Deadline") == 0;
    lambda_error_set(
        error, is_deadline ? "Thresh.Deadline" : late->type, !is_deadline && late->again,
        "%s: the time of the invocation was nearly up: %llu of %llu entries were "
        "done; the first that was not has index %llu; %s",
        run->name, (unsigned long long)outcome->done,
        (unsigned long long)outcome->stats.entries,
        (unsigned long long)outcome->stats.first_missing,
        is_deadline ? "raise the function's timeout or memory" : late->message.text);
}

/* Makes the object visible, and what thresh merge has to know of it. */
static int commit(struct archive_run *run, struct lambda_error *error)
{
    struct buf text = {0};
    if (record_sink_commit(run->sink, error) < 0)
        return -1;
    if (!run->note.shard.n || run->sink->mode != RECORD_SINK_OBJECT)
        return 0;
    int rc = shard_note_end(&run->note, &run->outcome->stats, &text) < 0
                 ? lambda_error_no_memory(error)
                 : record_sink_put_beside(run->sink, SHARD_NOTE_SUFFIX, &text, error);
    buf_free(&text);
    return rc;
}

/* What became of the run, by what thresh_run returned. */
static void judge(struct archive_run *run, int rc)
{
    struct outcome *outcome = run->outcome;
    struct lambda_error *error = &outcome->error;
    outcome->good = rc == 0 && thresh_stats_good(&outcome->stats);
    outcome->done = outcome->stats.answered;
    if (outcome->done)
        note(run, outcome->done, outcome->done);
    /* The records of a run that was stopped are the answer's. */
    if (rc == 0 && run->sink->mode == RECORD_SINK_INLINE && run->sink->bucket &&
        record_sink_move_to_object(run->sink, error) < 0)
        rc = -1;
    else if (rc == 0 && commit(run, error) < 0)
        rc = -1;
    else if (rc < 0 && *run->sink->error.type)
        *error = run->sink->error;
    else if (rc < 0) {
        lambda_error_from_message(error, "Thresh.RunFailed");
        lambda_error_set(error, error->type, error->again, "%s: %s", run->name,
                         error->message.text);
    }
    if (rc == 1)
        tell_stop(run, error);
    outcome->state = rc == 0 ? OUTCOME_DONE : rc == 1 ? OUTCOME_INCOMPLETE : OUTCOME_FAILED;
}

/* What the outcome has of the sink: the records, or the object's address. */
static void settle(struct archive_run *run)
{
    struct outcome *outcome = run->outcome;
    struct record_sink *sink = run->sink;
    outcome->shard = run->job->options->shard;
    outcome->is_ndjson = run->job->options->format == FORMAT_NDJSON;
    outcome->content_type = sink->content_type;
    outcome->holds_records =
        sink->mode == RECORD_SINK_INLINE && outcome->state != OUTCOME_FAILED;
    if (sink->mode == RECORD_SINK_OBJECT && outcome->state == OUTCOME_DONE &&
        asprintf(&outcome->output, "s3://%s/%s", sink->bucket, sink->key) < 0)
        outcome->output = NULL;
    outcome->records = sink->records;
    sink->records = (struct buf){0};
}

static void conduct(struct archive_run *run, const char *path)
{
    if (run->sink->mode != RECORD_SINK_STREAM || begin_stream(run, &run->outcome->error) == 0)
        judge(run, run_over_archive(run, path));
    settle(run);
    shard_note_free(&run->note);
}

/* Other shards may have read what was replaced: to read this one again would mix the two. */
static void tell_change(struct archive_run *run)
{
    struct lambda_error *error = &run->outcome->error;
    lambda_error_set(error, "S3.ObjectChanges", false,
                     "%s: was replaced while this shard of it was read; do all of its shards "
                     "again",
                     run->name);
}

/* 1: the object was replaced during the run, and all of it has to be read again. */
static int try_item(struct archive_run *run, bool early)
{
    struct lambda_error *error = &run->outcome->error;
    *run->outcome = (struct outcome){.state = OUTCOME_FAILED};
    if (get_job(run, error) < 0 || open_sink(run, error) < 0)
        return -1;
    bool is_shard = run->job->options->shard.n;
    if (archive_file_open(&run->file, run->work, run->item, run->job, early, error) == 0) {
        run->work->poller->cache.host.max_spool_bytes = scratch_room(run->file.fd, !is_shard);
        conduct(run, run->file.path);
        archive_file_close(&run->file, run->work);
    }
    bool has_changed = strcmp(error->type, "S3.ObjectChanges") == 0;
    if (has_changed && is_shard)
        tell_change(run);
    return early && has_changed && !is_shard;
}

void archive_run_item(struct invocation_work *work, size_t index, const char *name)
{
    struct archive_run run = {.work = work,
                              .item = &work->event->items[index],
                              .name = name,
                              .outcome = &work->outcomes[index],
                              .sink = &work->sinks[index]};
    if (try_item(&run, true) != 1)
        return;
    log_line(&work->poller->log, LOG_INFO, "%s: replaced while it was read: read again", name);
    buf_free(&run.outcome->records);
    record_sink_close(run.sink);
    *run.outcome = (struct outcome){.state = OUTCOME_FAILED};
    note(&run, 0, 0);
    try_item(&run, false);
}
