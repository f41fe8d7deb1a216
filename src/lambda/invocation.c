/* SPDX-License-Identifier: MIT */
#include "lambda/invocation.h"

#include "base/clock.h"
#include "lambda/archive_run.h"
#include "lambda/json_text.h"
#include "lambda/runtime/environment.h"
#include <stdlib.h>

/* Time kept back for the answer: half a second, or a fiftieth of the invocation's if that is
 * more. Runs stop when it begins, results are stored until half of it is left, and when a
 * quarter is left the rescue ends the process. */
#define MARGIN_MS       500
#define MARGIN_FRACTION 50

/* -- The configured job --------------------------------------------------------------- */

/* Nothing is done before the preload has ended: it uses the cache and the client of S3. */
static int wait_for_preload(struct invocation_work *work, struct lambda_error *error)
{
    int64_t until_ms = work->stop_ms ? work->stop_ms : clock_unix_ms() + INT64_C(86400000);
    int rc = job_preload_wait(&work->poller->preload, until_ms, error);
    if (rc != 1)
        return rc;
    return lambda_error_set(
        error, "Thresh.Deadline", true,
        "the schemas are still being compiled and nothing was begun; they stay "
        "under way for the next invocation; raise the function's memory or timeout");
}

/* Archives are fetched until runs stop; results are stored in half of the margin, too. */
static void settle_s3(struct invocation_work *work)
{
    struct s3_settings settings;
    environment_s3(&settings);
    settings.deadline_ms = work->stop_ms;
    s3_settle(work->poller->input, &settings);
    if (work->stop_ms)
        settings.deadline_ms += work->margin_ms / 2;
    s3_settle(work->poller->s3, &settings);
}

/* -- The log -------------------------------------------------------------------------- */

/* What failed as a whole, before any archive of it was begun. */
static void log_refusal(struct invocation_work *work, const struct lambda_error *error,
                        const char *message_id)
{
    json_t *members = json_pack("{s:s}", "errorType", error->type);
    if (message_id)
        json_object_set_new(members, "messageId", json_text(message_id));
    log_members(&work->poller->log, LOG_ERROR, error->message.text, members);
    work->metrics.archives++;
    work->metrics.failed++;
}

/* Messages that could not be understood. */
static void log_messages(struct invocation_work *work)
{
    const struct event *event = work->event;
    for (size_t i = 0; i < event->n_messages; i++) {
        struct lambda_error error;
        if (!*event->messages[i].error.text)
            continue;
        lambda_error_set(&error, "Thresh.EventUnknown", false, "%s",
                         event->messages[i].error.text);
        log_refusal(work, &error, event->messages[i].id);
    }
}

static void log_outcome(struct invocation_work *work, size_t index, const char *archive)
{
    struct poller *poller = work->poller;
    const struct outcome *outcome = &work->outcomes[index];
    json_t *members = json_object();
    if (work->event->n_messages)
        json_object_set_new(
            members, "messageId",
            json_text(work->event->messages[work->event->items[index].message].id));
    json_object_set_new(members, "documents",
                        json_integer((json_int_t)outcome->stats.documents));
    json_object_set_new(members, "good", json_boolean(outcome->good));
    json_object_set_new(members, "wall_ms",
                        json_integer((json_int_t)(outcome->stats.wall_ms + 0.5)));
    if (outcome->stats.backend)
        json_object_set_new(members, "backend", json_string(outcome->stats.backend));
    if (outcome->shard.n)
        json_object_set_new(members, "shard",
                            json_sprintf("%u/%u", outcome->shard.k, outcome->shard.n));
    if (outcome->output)
        json_object_set_new(members, "output", json_string(outcome->output));
    if (outcome->state == OUTCOME_DONE) {
        log_members(&poller->log, LOG_INFO, archive, members);
        return;
    }
    json_object_set_new(members, "errorType", json_string(outcome->error.type));
    log_members(&poller->log, LOG_ERROR, outcome->error.message.text, members);
}

/* -- The archives --------------------------------------------------------------------- */

static void not_begun(struct outcome *outcome, const char *type, const char *name,
                      const char *why)
{
    outcome->state = OUTCOME_NOT_BEGUN;
    lambda_error_set(&outcome->error, type, true, "%s: not begun: %s", name, why);
}

/* In a FIFO queue, what follows a message that failed is delivered again with it, and is not
 * done before it is. */
static bool is_held_up(const struct invocation_work *work, size_t index)
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

static void process_item(struct invocation_work *work, size_t index, const char *name)
{
    struct outcome *outcome = &work->outcomes[index];
    const struct rescue *rescue = &work->poller->rescue;
    bool was_answered = rescue->has_struck;
    invocation_note(work, index, name, 0, 0);
    if (archive_run_time_is_up(work))
        not_begun(outcome, "Thresh.Deadline", name,
                  "the time of the invocation was up; raise the function's timeout");
    else if (is_held_up(work, index))
        not_begun(outcome, "Thresh.HeldUp", name, "an earlier message of the queue failed");
    else
        archive_run_item(work, index, name);
    if (rescue->has_struck && !was_answered)
        return; /* it has told this one already */
    invocation_add_up(work, outcome);
    log_outcome(work, index, name);
}

static void ignore_item(struct invocation_work *work, size_t index, const char *name)
{
    log_line(&work->poller->log, LOG_INFO, "%s: %s: nothing to do", name,
             work->event->items[index].ignored);
    work->outcomes[index].state = OUTCOME_DONE;
}

static void process_items(struct invocation_work *work)
{
    struct buf name = {0};
    for (size_t i = 0; i < work->event->n_items; i++) {
        buf_clear(&name);
        event_item_name(&work->event->items[i], &name);
        const char *text = buf_string(&name);
        if (work->event->items[i].ignored)
            ignore_item(work, i, text ? text : "");
        else
            process_item(work, i, text ? text : "");
    }
    buf_free(&name);
    job_cache_forget(&work->poller->cache);
    scratch_close(&work->scratch);
}

/* -- The answer ----------------------------------------------------------------------- */

static size_t answer_max(const struct invocation_work *work)
{
    return work->event->kind == EVENT_MAP ? ANSWER_MAP_MAX_BYTES : RUNTIME_MAX_BYTES;
}

static int too_large(const struct invocation_work *work, size_t len, struct lambda_error *error)
{
    return lambda_error_set(error, "Thresh.ResponseTooLarge", false,
                            "the answer would be %zu bytes, and %zu are allowed; set output "
                            "(THRESH_OUTPUT=s3://bucket/{key}.ndjson) to have the records in "
                            "S3, or leave parts out with fields",
                            len, answer_max(work));
}

static int make_answer(struct invocation_work *work, struct buf *out,
                       struct lambda_error *error)
{
    int rc = answer_make(work->event, work->outcomes, out, error);
    if (rc < 0 || out->len <= answer_max(work))
        return rc;
    too_large(work, out->len, error);
    log_refusal(work, error, NULL);
    return -1;
}

static int send_answer(struct invocation_work *work, int rc, const struct buf *answer,
                       const struct lambda_error *error, struct thresh_error *api_error)
{
    struct poller *poller = work->poller;
    const char *id = work->invocation->id;
    if (work->streamed) {
        const struct outcome *outcome = &work->outcomes[0];
        bool failed = outcome->state != OUTCOME_DONE;
        rc = runtime_stream_end(poller->runtime, failed ? outcome->error.type : NULL,
                                outcome->error.message.text, api_error);
    } else if (rc < 0) {
        rc = runtime_error(poller->runtime, id, error->type, error->message.text, api_error);
    } else {
        rc = runtime_response(poller->runtime, id, answer->data, answer->len, api_error);
    }
    if (rc > 0)
        log_line(&poller->log, LOG_ERROR, "%s", api_error->text);
    return rc < 0 ? -1 : 0;
}

static int close_invocation(struct invocation_work *work, int rc, const struct buf *answer,
                            const struct lambda_error *error, struct thresh_error *api_error)
{
    invocation_log_metrics(work);
    return send_answer(work, rc, answer, error, api_error);
}

static void begin(struct invocation_work *work)
{
    struct poller *poller = work->poller;
    const struct invocation *invocation = work->invocation;
    work->begun_ms = clock_unix_ms();
    snprintf(poller->log.request_id, sizeof poller->log.request_id, "%s", invocation->id);
    if (!invocation->deadline_ms)
        return;
    int64_t left_ms = invocation->deadline_ms - work->begun_ms;
    work->margin_ms =
        left_ms / MARGIN_FRACTION > MARGIN_MS ? left_ms / MARGIN_FRACTION : MARGIN_MS;
    work->stop_ms = invocation->deadline_ms - work->margin_ms;
    rescue_arm(&poller->rescue, invocation->id, invocation->deadline_ms - work->margin_ms / 4);
    invocation_note(work, 0, NULL, 0, 0);
}

static int allocate(struct invocation_work *work, struct lambda_error *error)
{
    if (scratch_part(&work->poller->function->scratch, &work->scratch, &error->message) < 0) {
        snprintf(error->type, sizeof error->type, "Thresh.Storage");
        return -1;
    }
    work->outcomes = calloc(work->event->n_items + 1, sizeof *work->outcomes);
    work->sinks = calloc(work->event->n_items + 1, sizeof *work->sinks);
    if (work->outcomes && work->sinks)
        return 0;
    return lambda_error_no_memory(error);
}

static void end(struct invocation_work *work)
{
    for (size_t i = 0; work->sinks && i < work->event->n_items; i++)
        record_sink_close(&work->sinks[i]);
    for (size_t i = 0; work->outcomes && i < work->event->n_items; i++) {
        free(work->outcomes[i].output);
        buf_free(&work->outcomes[i].records);
    }
    scratch_close(&work->scratch);
    free(work->sinks);
    free(work->outcomes);
    work->poller->log.request_id[0] = '\0';
}

int invocation_handle(struct poller *poller, const struct invocation *invocation,
                      struct thresh_error *api_error)
{
    struct event event;
    struct lambda_error error = {0};
    struct buf answer = {0};
    struct invocation_work work = {.poller = poller, .invocation = invocation, .event = &event};
    begin(&work);
    work.metrics.schema_cached = !poller->preload.running;
    int rc = event_parse(&event, invocation->event.data, invocation->event.len, &error.message);
    if (rc < 0)
        snprintf(error.type, sizeof error.type, "Thresh.EventUnknown");
    if (rc == 0)
        rc = wait_for_preload(&work, &error);
    if (rc == 0)
        rc = allocate(&work, &error);
    if (rc == 0) {
        /* Where invocations go on side by side, none is the process's. */
        if (!poller->function->concurrency)
            environment_set_trace(invocation->trace_id);
        settle_s3(&work);
        log_messages(&work);
        if (event.n_items + event.n_messages == 0)
            log_line(&poller->log, LOG_INFO, "an event of kind %s with nothing to do",
                     event_kind_name(event.kind));
        process_items(&work);
        if (!work.streamed)
            rc = make_answer(&work, &answer, &error);
    } else {
        log_refusal(&work, &error, NULL);
        rc = answer_refusal(event.kind, &error, &answer, &error);
    }
    if (rescue_disarm(&poller->rescue))
        rc = 0; /* late: the rescue has answered */
    else
        rc = close_invocation(&work, rc, &answer, &error, api_error);
    end(&work);
    event_free(&event);
    buf_free(&answer);
    return rc;
}
