/* SPDX-License-Identifier: MIT */
#include "invocation.h"

#include "answer.h"
#include "arrival.h"
#include "environment.h"
#include "s3_request.h"
#include "sink.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Time is kept back for the answer: half a second, or a fiftieth of all there was. Runs end
 * before it, results are stored until half of it is left, and at a quarter the rescue strikes.
 */
#define MARGIN_MS       500
#define MARGIN_FRACTION 50

struct work {
    struct lambda *lambda;
    const struct invocation *invocation;
    const struct event *event;
    struct outcome *outcomes;
    struct sink *sinks;
    struct invocation_sums sums;
    int64_t begun_ms;
    int64_t margin_ms;
    int64_t stop_ms; /* 0: no deadline */
    bool streamed;   /* the answer went out as a stream */
    bool broken;
    /* Of the run under way, for the callbacks. */
    const char *archive;
    struct outcome *outcome;
    struct sink *sink;
    struct arrival arrival;
    bool is_arriving;
};

static bool time_is_up(const struct work *work)
{
    return work->stop_ms && unix_ms() >= work->stop_ms;
}

static void set_s3_deadline(struct work *work, struct s3 *s3, int64_t deadline_ms)
{
    struct s3_settings settings;
    environment_s3(&settings);
    settings.deadline_ms = work->stop_ms ? deadline_ms : 0;
    s3_settle(s3, &settings);
}

/* -- The job made ready ----------------------------------------------------------------- */

static void *prepare(void *context)
{
    struct lambda *lambda = context;
    bool hit;
    int64_t begun_ms = unix_ms();
    struct preparation *preparation = &lambda->preparation;
    preparation->rc =
        warm_get(&lambda->cache, lambda->job, &hit, &preparation->failure) ? 0 : -1;
    preparation->ms = (double)(unix_ms() - begun_ms);
    return NULL;
}

int preparation_begin(struct lambda *lambda, struct error *error)
{
    pthread_attr_t attributes;
    struct s3_settings settings;
    environment_s3(&settings);
    s3_settle(lambda->s3, &settings);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 16u << 20);
    int rc = pthread_create(&lambda->preparation.thread, &attributes, prepare, lambda);
    pthread_attr_destroy(&attributes);
    lambda->preparation.running = rc == 0;
    return rc == 0 ? 0 : error_set(error, "no thread can be started: %s", strerror(rc));
}

int preparation_wait(struct lambda *lambda, int64_t until_ms, struct failure *failure)
{
    struct preparation *preparation = &lambda->preparation;
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    if (!preparation->running)
        return 0;
    if (pthread_timedjoin_np(preparation->thread, NULL, &until) != 0)
        return 1;
    preparation->running = false;
    if (preparation->rc < 0)
        *failure = preparation->failure;
    else if (json_object_get(lambda->job, "schema"))
        log_line(&lambda->log, LEVEL_INFO, "schemas are ready after %.0f ms", preparation->ms);
    return preparation->rc;
}

/* Everything waits for the thread: what it uses is not for two. */
static int wait_until_ready(struct work *work, struct failure *failure)
{
    int64_t until_ms = work->stop_ms ? work->stop_ms : unix_ms() + INT64_C(86400000);
    int rc = preparation_wait(work->lambda, until_ms, failure);
    if (rc != 1)
        return rc;
    return failure_set(
        failure, "Thresh.Deadline", true,
        "the schemas are still being compiled and nothing was begun; they stay "
        "under way for the next invocation; raise the function's memory or timeout");
}

static const struct warm *get_job(struct work *work, const json_t *over,
                                  struct failure *failure)
{
    bool hit = true;
    json_t *merged = warm_merge(work->lambda->job, over);
    const struct warm *warm =
        merged ? warm_get(&work->lambda->cache, merged, &hit, failure) : NULL;
    json_decref(merged);
    if (warm && !hit)
        work->sums.schema_cached = warm->options->schema.n == 0 && work->sums.schema_cached;
    return warm;
}

/* -- Where the records go --------------------------------------------------------------- */

static const char *content_type(const struct warm *warm)
{
    if (warm->options->format == FORMAT_CSV)
        return "text/csv; charset=utf-8";
    return warm->options->format == FORMAT_TEXT ? "text/plain; charset=utf-8"
                                                : "application/x-ndjson";
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* Two archives of one invocation must not become the same object, nor one be its own result. */
static int check_object(const struct work *work, size_t index, struct failure *failure)
{
    const struct item *item = &work->event->items[index];
    const struct sink *sink = &work->sinks[index];
    if (same_text(sink->bucket, item->bucket) && same_text(sink->key, item->key))
        return failure_set(failure, "Runtime.ConfigInvalid", false,
                           "output: the results of s3://%s/%s would replace it; put them under "
                           "another prefix or name",
                           item->bucket, item->key);
    for (size_t i = 0; i < index; i++) {
        const struct item *other = &work->event->items[i];
        bool same_input =
            same_text(other->bucket, item->bucket) && same_text(other->key, item->key);
        if (!same_input && same_text(work->sinks[i].bucket, sink->bucket) &&
            same_text(work->sinks[i].key, sink->key))
            return failure_set(
                failure, "Runtime.ConfigInvalid", false,
                "output: the results of two archives would go to s3://%s/%s; use "
                "{key} in the template",
                sink->bucket, sink->key);
    }
    return 0;
}

static int open_sink(struct work *work, size_t index, const struct warm *warm,
                     struct failure *failure)
{
    const struct item *item = &work->event->items[index];
    enum event_kind kind = work->event->kind;
    struct sink *sink = &work->sinks[index];
    *sink = (struct sink){.s3 = work->lambda->s3,
                          .runtime = work->lambda->runtime,
                          .content_type = content_type(warm),
                          .inline_max =
                              kind == EVENT_MAP ? ANSWER_MAP_MAX_BYTES : RUNTIME_MAX_BYTES};
    if (warm->output &&
        (output_expand(warm->output, item->bucket, item->key, work->invocation->id,
                       &sink->bucket, &sink->key, failure) < 0 ||
         check_object(work, index, failure) < 0))
        return -1;
    if (kind == EVENT_HTTP && work->lambda->streams)
        sink->mode = SINK_STREAM;
    else if (kind == EVENT_DIRECT || kind == EVENT_HTTP)
        sink->mode = SINK_INLINE;
    else if (sink->bucket)
        sink->mode = SINK_OBJECT;
    else
        sink->mode = kind == EVENT_MAP ? SINK_INLINE : SINK_COUNT;
    if (sink->mode == SINK_COUNT && !work->lambda->said_no_output) {
        work->lambda->said_no_output = true;
        log_line(&work->lambda->log, LEVEL_WARN,
                 "no output is configured and nobody reads the answer to an event of kind %s: "
                 "records are counted and not kept; set THRESH_OUTPUT",
                 event_kind_name(kind));
    }
    return 0;
}

static int begin_stream(struct work *work, const struct sink *sink, struct failure *failure)
{
    struct buf prelude = {0};
    struct error *error = &failure->error;
    int rc = answer_prelude(sink->content_type, &prelude);
    if (rc == 0)
        rc = runtime_stream_begin(work->lambda->runtime, work->invocation->id,
                                  "application/vnd.awslambda.http-integration-response", error);
    if (rc == 0) {
        work->streamed = true;
        rc = runtime_stream_write(work->lambda->runtime, prelude.data, prelude.len, error);
    }
    buf_free(&prelude);
    return rc < 0 ? failure_set(failure, "Thresh.Stream", false, "%s", failure->error.text) : 0;
}

/* -- One archive ------------------------------------------------------------------------ */

static bool on_progress(void *context, uint64_t done, uint64_t entries, uint64_t bytes)
{
    struct work *work = context;
    (void)bytes;
    work->outcome->done = done;
    rescue_note(&work->lambda->rescue, work->archive, done, entries);
    sink_turn(work->sink);
    return time_is_up(work);
}

static int on_write(void *context, const void *bytes, size_t len, struct error *error)
{
    struct work *work = context;
    return sink_write(work->sink, bytes, len, error);
}

/* A process that has a thread cannot fork. */
static bool may_fork(const struct thresh_options *options)
{
    const char *backend = options->backend ? options->backend : THRESH_DEFAULT_BACKEND;
#ifndef THRESH_HAVE_OPENMP
    if (strcmp(backend, "auto") == 0)
        return true;
#endif
    return options->isolate || strcmp(backend, "fork") == 0;
}

static int fetch_object(struct work *work, const struct item *item, const struct warm *warm,
                        int fd, bool early, struct failure *failure)
{
    struct s3 *s3 = work->lambda->input;
    struct s3_object object = {item->bucket, item->key, item->version};
    int64_t begun_ms = unix_ms();
    uint64_t size;
    set_s3_deadline(work, s3, work->stop_ms);
    if (early && !may_fork(warm->options)) {
        if (arrival_begin(&work->arrival, s3, &object, fd, failure) < 0)
            return -1;
        work->is_arriving = work->arrival.is_early;
        if (work->is_arriving)
            return 0;
        arrival_end(&work->arrival, failure);
    } else if (s3_get(s3, &object, fd, &size, failure) < 0) {
        return -1;
    }
    work->sums.download_ms += (double)(unix_ms() - begun_ms);
    return 0;
}

static int fetch(struct work *work, const struct item *item, const struct warm *warm, int fd,
                 bool early, struct failure *failure)
{
    if (item->bucket)
        return fetch_object(work, item, warm, fd, early, failure);
    if (write_all(fd, item->bytes.data, item->bytes.len) == 0)
        return 0;
    return failure_set(failure, "Thresh.Storage", false,
                       "the temporary file cannot be written: %m; raise the function's "
                       "EphemeralStorage");
}

/* thresh_run, with the archive still coming where it may. What went wrong with its coming is
 * why the run failed; that the time was up, a run that stopped. */
static int run_arriving(struct work *work, const struct warm *warm, const char *path,
                        struct outcome *outcome)
{
    struct thresh_output output = {on_write, on_progress, work};
    struct failure late = {0};
    struct error *error = &outcome->failure.error;
    if (!work->is_arriving)
        return thresh_run(warm->thresh, &path, 1, &output, &outcome->stats, error);
    warm->options->await = arrival_await;
    warm->options->await_context = &work->arrival;
    int rc = thresh_run(warm->thresh, &path, 1, &output, &outcome->stats, error);
    warm->options->await = NULL;
    bool failed = arrival_end(&work->arrival, &late) < 0;
    work->is_arriving = false;
    work->sums.download_ms += work->arrival.ms;
    if (rc >= 0 || !failed || *work->sink->failure.type)
        return rc;
    work->sink->failure = late;
    return strcmp(late.type, "Thresh.Deadline") == 0 ? 1 : -1;
}

/* The uploads of the run use what is left of the margin too. */
static void run(struct work *work, const struct warm *warm, const char *path,
                struct outcome *outcome, struct sink *sink)
{
    struct failure *failure = &outcome->failure;
    work->outcome = outcome;
    work->sink = sink;
    set_s3_deadline(work, work->lambda->s3, work->stop_ms + work->margin_ms / 2);
    if (sink->mode == SINK_STREAM && begin_stream(work, sink, failure) < 0) {
        outcome->state = OUTCOME_FAILED;
        return;
    }
    int rc = run_arriving(work, warm, path, outcome);
    outcome->good = rc == 0 && thresh_stats_good(&outcome->stats);
    outcome->done = 0;
    for (int i = 0; thresh_verdict_name(i); i++)
        outcome->done += outcome->stats.verdicts[i];
    if (rc == 0 && sink_commit(sink, failure) < 0)
        rc = -1;
    else if (rc < 0 && *sink->failure.type)
        *failure = sink->failure;
    else if (rc < 0)
        failure_set(failure, "Thresh.RunFailed", false, "%s: %s", work->archive,
                    outcome->failure.error.text);
    if (rc == 1)
        failure_set(failure, "Thresh.Deadline", false,
                    "%s: the time of the invocation was nearly up: %llu of %llu entries were "
                    "done, those from index %llu on were not; raise the function's timeout or "
                    "memory",
                    work->archive, (unsigned long long)outcome->done,
                    (unsigned long long)outcome->stats.entries,
                    (unsigned long long)outcome->done);
    outcome->state = rc == 0 ? OUTCOME_DONE : rc == 1 ? OUTCOME_INCOMPLETE : OUTCOME_FAILED;
}

/* What the sink holds is the outcome's from here on. */
static void settle(struct outcome *outcome, struct sink *sink, const struct warm *warm)
{
    outcome->is_ndjson = warm->options->format == FORMAT_NDJSON;
    outcome->content_type = sink->content_type;
    outcome->holds_records = sink->mode == SINK_INLINE;
    if (sink->mode == SINK_OBJECT && outcome->state == OUTCOME_DONE &&
        asprintf(&outcome->output, "s3://%s/%s", sink->bucket, sink->key) < 0)
        outcome->output = NULL;
    outcome->records = sink->records;
    sink->records = (struct buf){0};
}

/* 1: the object changed under the run, and has to be read again. */
static int try_item(struct work *work, size_t index, bool early)
{
    struct lambda *lambda = work->lambda;
    const struct item *item = &work->event->items[index];
    struct outcome *outcome = &work->outcomes[index];
    struct failure *failure = &outcome->failure;
    char path[4096];
    *outcome = (struct outcome){.state = OUTCOME_FAILED};
    const struct warm *warm = get_job(work, item->job, failure);
    if (!warm || open_sink(work, index, warm, failure) < 0)
        return -1;
    int fd = scratch_file(&lambda->scratch, item->key, path, sizeof path, &failure->error);
    if (fd < 0) {
        snprintf(failure->type, sizeof failure->type, "Thresh.Storage");
        return -1;
    }
    int rc = fetch(work, item, warm, fd, early, failure);
    if (rc == 0) {
        run(work, warm, path, outcome, &work->sinks[index]);
        settle(outcome, &work->sinks[index], warm);
    }
    close(fd);
    unlink(path);
    return early && strcmp(failure->type, "S3.ObjectChanges") == 0;
}

static void do_item(struct work *work, size_t index)
{
    if (try_item(work, index, true) != 1)
        return;
    log_line(&work->lambda->log, LEVEL_INFO, "%s: replaced while it was read: read again",
             work->archive);
    buf_free(&work->outcomes[index].records);
    sink_close(&work->sinks[index]);
    try_item(work, index, false);
}

/* -- Sums and words --------------------------------------------------------------------- */

static void add_up(struct invocation_sums *sums, const struct outcome *outcome)
{
    struct thresh_stats *total = &sums->stats;
    const struct thresh_stats *stats = &outcome->stats;
    sums->archives++;
    sums->failed += outcome->state == OUTCOME_FAILED;
    sums->incomplete += outcome->state == OUTCOME_INCOMPLETE;
    for (int i = 0; i < THRESH_VERDICTS; i++)
        total->verdicts[i] += stats->verdicts[i];
    total->entries += stats->entries;
    total->documents += stats->documents;
    total->bytes_in += stats->bytes_in;
    total->bytes_inflated += stats->bytes_inflated;
    if (stats->backend) {
        total->backend = stats->backend;
        total->workers = stats->workers;
    }
}

static void tell(struct lambda *lambda, const char *archive, const struct outcome *outcome)
{
    json_t *members = json_object();
    json_object_set_new(members, "documents",
                        json_integer((json_int_t)outcome->stats.documents));
    json_object_set_new(members, "good", json_boolean(outcome->good));
    json_object_set_new(members, "wall_ms",
                        json_integer((json_int_t)(outcome->stats.wall_ms + 0.5)));
    if (outcome->stats.backend)
        json_object_set_new(members, "backend", json_string(outcome->stats.backend));
    if (outcome->output)
        json_object_set_new(members, "output", json_string(outcome->output));
    if (outcome->state == OUTCOME_DONE) {
        log_members(&lambda->log, LEVEL_INFO, archive, members);
        return;
    }
    json_object_set_new(members, "errorType", json_string(outcome->failure.type));
    log_members(&lambda->log, LEVEL_ERROR, outcome->failure.error.text, members);
}

/* -- All of them ------------------------------------------------------------------------ */

static void not_begun(struct work *work, size_t index, const char *why)
{
    work->outcomes[index].state = OUTCOME_NOT_BEGUN;
    failure_set(&work->outcomes[index].failure, "Thresh.Deadline", true, "%s: not begun: %s",
                work->archive, why);
}

/* In a FIFO queue what follows a failure has to come again, and is not done now. */
static bool is_held_up(const struct work *work, size_t index)
{
    const struct event *event = work->event;
    if (!event->fifo)
        return false;
    for (size_t i = 0; i < event->items[index].message; i++)
        if (*event->messages[i].error.text)
            return true;
    for (size_t i = 0; i < index; i++)
        if (work->outcomes[i].state != OUTCOME_DONE)
            return true;
    return false;
}

static void do_items(struct work *work)
{
    struct buf name = {0};
    for (size_t i = 0; i < work->event->n_items; i++) {
        buf_clear(&name);
        item_name(&work->event->items[i], &name);
        work->archive = buf_string(&name) ? name.data : "";
        rescue_note(&work->lambda->rescue, work->archive, 0, 0);
        if (time_is_up(work))
            not_begun(work, i,
                      "the time of the invocation was up; raise the function's timeout");
        else if (is_held_up(work, i))
            not_begun(work, i, "an earlier message of its group failed");
        else
            do_item(work, i);
        add_up(&work->sums, &work->outcomes[i]);
        tell(work->lambda, work->archive, &work->outcomes[i]);
    }
    buf_free(&name);
    scratch_clear(&work->lambda->scratch);
}

/* -- The answer ------------------------------------------------------------------------- */

static size_t answer_max(const struct work *work)
{
    return work->event->kind == EVENT_MAP ? ANSWER_MAP_MAX_BYTES : RUNTIME_MAX_BYTES;
}

/* The records that an answer would hold go to their objects instead. */
static int move_records(struct work *work, size_t len, struct failure *failure)
{
    for (size_t i = 0; i < work->event->n_items; i++) {
        struct outcome *outcome = &work->outcomes[i];
        struct sink *sink = &work->sinks[i];
        if (!outcome->holds_records || outcome->state == OUTCOME_FAILED)
            continue;
        if (!sink->bucket || outcome->state != OUTCOME_DONE)
            return failure_set(
                failure, "Thresh.ResponseTooLarge", false,
                "the answer would be %zu bytes, and %zu are allowed; set output "
                "(THRESH_OUTPUT=s3://bucket/{key}.ndjson) to have the records in "
                "S3, or leave parts out with fields",
                len, answer_max(work));
        sink->records = outcome->records;
        outcome->records = (struct buf){0};
        if (sink_move_to_object(sink, failure) < 0 || sink_commit(sink, failure) < 0)
            return -1;
        outcome->holds_records = false;
        if (asprintf(&outcome->output, "s3://%s/%s", sink->bucket, sink->key) < 0)
            outcome->output = NULL;
    }
    return 0;
}

static int make_answer(struct work *work, struct buf *out, struct failure *failure)
{
    int rc = answer_make(work->event, work->outcomes, out, failure);
    if (rc < 0 || out->len <= answer_max(work))
        return rc;
    rc = move_records(work, out->len, failure);
    buf_clear(out);
    return rc < 0 ? -1 : answer_make(work->event, work->outcomes, out, failure);
}

static int send_answer(struct work *work, int rc, const struct buf *answer,
                       const struct failure *failure, struct error *error)
{
    struct lambda *lambda = work->lambda;
    const char *id = work->invocation->id;
    if (work->streamed) {
        const struct outcome *outcome = &work->outcomes[0];
        bool failed = outcome->state != OUTCOME_DONE;
        rc = runtime_stream_end(lambda->runtime, failed ? outcome->failure.type : NULL,
                                outcome->failure.error.text, error);
    } else if (rc < 0) {
        rc = runtime_error(lambda->runtime, id, failure->type, failure->error.text, error);
    } else {
        rc = runtime_response(lambda->runtime, id, answer->data, answer->len, error);
    }
    if (rc > 0)
        log_line(&lambda->log, LEVEL_ERROR, "%s", error->text);
    return rc < 0 ? -1 : 0;
}

static void begin(struct work *work)
{
    struct lambda *lambda = work->lambda;
    const struct invocation *invocation = work->invocation;
    work->begun_ms = unix_ms();
    snprintf(lambda->log.request_id, sizeof lambda->log.request_id, "%s", invocation->id);
    environment_set_trace(invocation->trace_id);
    if (!invocation->deadline_ms)
        return;
    int64_t left_ms = invocation->deadline_ms - work->begun_ms;
    work->margin_ms =
        left_ms / MARGIN_FRACTION > MARGIN_MS ? left_ms / MARGIN_FRACTION : MARGIN_MS;
    work->stop_ms = invocation->deadline_ms - work->margin_ms;
    rescue_arm(&lambda->rescue, invocation->id, invocation->deadline_ms - work->margin_ms / 4);
}

static int allocate(struct work *work, struct failure *failure)
{
    work->outcomes = calloc(work->event->n_items + 1, sizeof *work->outcomes);
    work->sinks = calloc(work->event->n_items + 1, sizeof *work->sinks);
    if (work->outcomes && work->sinks)
        return 0;
    return failure_set(failure, "Thresh.Memory", true, "out of memory");
}

static void end(struct work *work)
{
    for (size_t i = 0; work->sinks && i < work->event->n_items; i++)
        sink_close(&work->sinks[i]);
    for (size_t i = 0; work->outcomes && i < work->event->n_items; i++) {
        free(work->outcomes[i].output);
        buf_free(&work->outcomes[i].records);
    }
    free(work->sinks);
    free(work->outcomes);
    work->lambda->log.request_id[0] = '\0';
}

int invocation_handle(struct lambda *lambda, const struct invocation *invocation,
                      struct error *error)
{
    struct event event;
    struct failure failure = {0};
    struct buf answer = {0};
    struct work work = {.lambda = lambda, .invocation = invocation, .event = &event};
    begin(&work);
    work.sums.schema_cached = !lambda->preparation.running;
    int rc = event_parse(&event, invocation->event.data, invocation->event.len, &failure.error);
    if (rc < 0)
        snprintf(failure.type, sizeof failure.type, "Thresh.EventUnknown");
    if (rc == 0)
        rc = wait_until_ready(&work, &failure);
    if (rc == 0)
        rc = allocate(&work, &failure);
    if (rc == 0) {
        do_items(&work);
        if (!work.streamed)
            rc = make_answer(&work, &answer, &failure);
    } else {
        rc = answer_refusal(event.kind, &failure, &answer, &failure);
    }
    if (rc < 0)
        log_line(&lambda->log, LEVEL_ERROR, "%s: %s", failure.type, failure.error.text);
    work.sums.wall_ms = (double)(unix_ms() - work.begun_ms);
    log_metrics(&lambda->log, lambda->function, &work.sums);
    rescue_disarm(&lambda->rescue);
    rc = send_answer(&work, rc, &answer, &failure, error);
    end(&work);
    event_free(&event);
    buf_free(&answer);
    return rc;
}
