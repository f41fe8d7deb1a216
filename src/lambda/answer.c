/* SPDX-License-Identifier: MIT */
#include "lambda/answer.h"

#include "lambda/json_text.h"
#include "record/escape.h"
#include "record/record.h"
#include "run/stats.h"
#include <string.h>

static void put_string(struct buf *out, const char *name, const char *text)
{
    json_t *value = json_text(text);
    buf_append_format(out, "\"%s\":\"", name);
    if (value)
        escape_json(out, json_string_value(value), json_string_length(value));
    buf_append_char(out, '"');
    json_decref(value);
}

static const char *bool_text(bool yes)
{
    return yes ? "true" : "false";
}

static void put_stats(struct buf *out, const struct thresh_stats *stats)
{
    size_t before = out->len;
    if (stats_to_json(stats, NULL, out) == 0 && out->len > before)
        out->len--; /* not the line feed */
}

/* -- One archive ---------------------------------------------------------------------- */

static void put_records(struct buf *out, const struct outcome *outcome)
{
    const char *bytes = outcome->records.data;
    size_t len = outcome->records.len;
    if (!outcome->is_ndjson) {
        buf_append_string(out, ",\"text\":\"");
        escape_json(out, bytes, len);
        buf_append_char(out, '"');
        return;
    }
    buf_append_string(out, ",\"records\":[");
    size_t begin = out->len;
    buf_append(out, bytes, len);
    if (!out->failed) {
        for (char *feed = out->data + begin;
             (feed = memchr(feed, '\n', (size_t)(out->data + out->len - feed)));)
            *feed = ',';
        if (out->len > begin)
            out->len--;
    }
    buf_append_char(out, ']');
}

static void put_what_is_missing(struct buf *out, const struct outcome *outcome)
{
    if (outcome->state == OUTCOME_INCOMPLETE)
        buf_append_format(out, ",\"not_done\":{\"from_index\":%llu,\"entries\":%llu}",
                          (unsigned long long)outcome->stats.first_missing,
                          (unsigned long long)(outcome->stats.entries - outcome->done));
    buf_append_char(out, ',');
    put_string(out, "error_type", outcome->error.type);
    buf_append_char(out, ',');
    put_string(out, "error", outcome->error.message.text);
}

static void put_outcome(struct buf *out, const struct event_item *item,
                        const struct outcome *outcome)
{
    struct buf name = {0};
    event_item_name(item, &name);
    buf_append_char(out, '{');
    put_string(out, "archive", buf_string(&name) ? name.data : "");
    buf_free(&name);
    if (item->ignored) {
        buf_append_string(out, ",\"complete\":true,");
        put_string(out, "ignored", item->ignored);
        buf_append_char(out, '}');
        return;
    }
    buf_append_format(out, ",\"complete\":%s", bool_text(outcome->state == OUTCOME_DONE));
    if (outcome->state == OUTCOME_DONE || outcome->state == OUTCOME_INCOMPLETE) {
        buf_append_format(out, ",\"good\":%s,\"stats\":",
                          bool_text(outcome->good && outcome->state == OUTCOME_DONE));
        put_stats(out, &outcome->stats);
    }
    if (outcome->state != OUTCOME_DONE)
        put_what_is_missing(out, outcome);
    if (outcome->output) {
        buf_append_char(out, ',');
        put_string(out, "output", outcome->output);
    } else if (outcome->holds_records) {
        put_records(out, outcome);
    }
    buf_append_char(out, '}');
}

/* -- Events that succeed or fail as a whole ------------------------------------------- */

/* One error for the event: what every archive that was not done has to tell, as far as it
 * fits. */
static int report_errors(const struct event *event, const struct outcome *outcomes,
                         struct lambda_error *error)
{
    struct buf all = {0};
    const struct lambda_error *first = NULL;
    size_t n = 0;
    bool again = false;
    for (size_t i = 0; i < event->n_items; i++) {
        if (outcomes[i].state == OUTCOME_DONE)
            continue;
        n++;
        first = first ? first : &outcomes[i].error;
        again |= outcomes[i].error.again;
        buf_append_format(&all, "%s%s", all.len ? "; " : "", outcomes[i].error.message.text);
    }
    char type[sizeof first->type];
    snprintf(type, sizeof type, "%s", first->type);
    if (event->n_items == 1)
        lambda_error_set(error, type, again, "%s", first->message.text);
    else
        lambda_error_set(error, type, again, "%zu of %zu archives were not done: %s", n,
                         event->n_items, buf_string(&all) ? all.data : "");
    buf_free(&all);
    return -1;
}

static bool all_done(const struct event *event, const struct outcome *outcomes)
{
    for (size_t i = 0; i < event->n_items; i++)
        if (outcomes[i].state != OUTCOME_DONE)
            return false;
    return true;
}

static void put_list(const struct event *event, const struct outcome *outcomes,
                     const char *name, struct buf *out)
{
    bool good = true;
    size_t n = 0;
    for (size_t i = 0; i < event->n_items; i++) {
        if (event->items[i].ignored)
            continue;
        good = good && outcomes[i].good && outcomes[i].state == OUTCOME_DONE;
        n++;
    }
    buf_append_format(out, "{\"complete\":%s,\"good\":%s,\"ignored\":%zu,\"%s\":[",
                      bool_text(all_done(event, outcomes)), bool_text(good && n),
                      event->ignored, name);
    for (size_t i = 0; i < event->n_items; i++) {
        if (i)
            buf_append_char(out, ',');
        put_outcome(out, &event->items[i], &outcomes[i]);
    }
    buf_append_string(out, "]}");
}

static int answer_direct(const struct event *event, const struct outcome *outcomes,
                         struct buf *out, struct lambda_error *error)
{
    enum outcome_state state = outcomes[0].state;
    if (state == OUTCOME_FAILED || state == OUTCOME_NOT_BEGUN)
        return report_errors(event, outcomes, error);
    put_outcome(out, &event->items[0], &outcomes[0]);
    return 0;
}

/* -- HTTP ----------------------------------------------------------------------------- */

/* Whether there was a document that could be read, or that the request left out: not so where
 * the body is no archive. */
static bool is_read(const struct thresh_stats *stats)
{
    for (size_t i = 0; i < stats->n_reasons; i++)
        if (strcmp(stats->reasons[i].name, "excluded") == 0)
            return true;
    return stats->documents > stats->verdicts[VERDICT_UNREADABLE];
}

/* What the request is to blame for, and S3, time, memory and size; the rest is the server's. */
static int status_of(const struct lambda_error *error)
{
    static const struct {
        const char *type;
        int status;
    } rows[] = {{"Thresh.EventUnknown", 400},
                {"Thresh.Deadline", 504},
                {"Thresh.ResponseTooLarge", 413},
                {"Thresh.Storage", 507},
                {"Thresh.Memory", 507}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(error->type, rows[i].type) == 0)
            return rows[i].status;
    return strncmp(error->type, "S3.", 3) == 0 ? 502 : 500;
}

/* The function's own job was tried in init: what is wrong with it now is a parameter. */
static int http_status(const struct outcome *outcome)
{
    if (outcome->state == OUTCOME_DONE)
        return is_read(&outcome->stats) ? 200 : 422;
    return strcmp(outcome->error.type, "Runtime.ConfigInvalid") == 0
               ? 400
               : status_of(&outcome->error);
}

static void put_http_headers(struct buf *out, const struct outcome *outcome, const char *type)
{
    struct buf stats = {0};
    buf_append_format(out, "\"headers\":{\"content-type\":\"%s\",\"x-thresh-complete\":\"%s\"",
                      type, bool_text(outcome->state == OUTCOME_DONE));
    if (outcome->state == OUTCOME_DONE || outcome->state == OUTCOME_INCOMPLETE) {
        put_stats(&stats, &outcome->stats);
        buf_append_format(out, ",\"x-thresh-good\":\"%s\",\"x-thresh-stats\":\"",
                          bool_text(outcome->good && outcome->state == OUTCOME_DONE));
        escape_json(out, stats.data, stats.len);
        buf_append_char(out, '"');
    }
    buf_append_string(out, "},");
    buf_free(&stats);
}

static int answer_http(const struct event *event, const struct outcome *outcomes,
                       struct buf *out)
{
    const struct outcome *outcome = &outcomes[0];
    struct buf body = {0};
    bool raw = outcome->holds_records && !outcome->output;
    buf_append_format(out, "{\"statusCode\":%d,", http_status(outcome));
    put_http_headers(out, outcome, raw ? outcome->content_type : "application/json");
    if (!raw)
        put_outcome(&body, &event->items[0], outcome);
    buf_append_string(out, "\"body\":\"");
    escape_json(out, raw ? outcome->records.data : body.data,
                raw ? outcome->records.len : body.len);
    buf_free(&body);
    return buf_append_string(out, "\",\"isBase64Encoded\":false}");
}

int answer_prelude(const char *content_type, struct buf *out)
{
    buf_append_format(
        out, "{\"statusCode\":200,\"headers\":{\"content-type\":\"%s\"},\"cookies\":[]}",
        content_type);
    return buf_append(out, "\0\0\0\0\0\0\0\0", 8);
}

/* -- SQS, S3 Batch -------------------------------------------------------------------- */

/* Why the message is to be delivered again; NULL: it is done. */
static const struct lambda_error *message_error(const struct event *event,
                                                const struct outcome *outcomes, size_t message)
{
    for (size_t i = 0; i < event->n_items; i++)
        if (event->items[i].message == message && outcomes[i].state != OUTCOME_DONE)
            return &outcomes[i].error;
    return NULL;
}

static int answer_sqs(const struct event *event, const struct outcome *outcomes,
                      struct buf *out)
{
    bool held_up = false;
    size_t n = 0;
    buf_append_string(out, "{\"batchItemFailures\":[");
    for (size_t i = 0; i < event->n_messages; i++) {
        const struct event_message *message = &event->messages[i];
        bool failed = *message->error.text || message_error(event, outcomes, i);
        /* In a FIFO queue, what follows a failed message has to be delivered again with it. */
        held_up |= failed && event->fifo;
        if (!failed && !held_up)
            continue;
        buf_append_string(out, n++ ? ",{" : "{");
        put_string(out, "itemIdentifier", message->id);
        buf_append_char(out, '}');
    }
    return buf_append_string(out, "]}");
}

/* Counts, and where the records are: S3 Batch Operations has room for a short text. */
static void put_counts(struct buf *out, const struct event_item *item,
                       const struct outcome *outcome)
{
    const struct thresh_stats *stats = &outcome->stats;
    if (item->ignored) {
        buf_append_format(out, "%s: nothing to do", item->ignored);
        return;
    }
    buf_append_format(out, "%llu documents:", (unsigned long long)stats->documents);
    for (int i = 0; thresh_verdict_name(i); i++)
        if (stats->verdicts[i])
            buf_append_format(out, " %llu %s", (unsigned long long)stats->verdicts[i],
                              thresh_verdict_name(i));
    if (stats->unread)
        buf_append_format(out, ", %llu of them read in part",
                          (unsigned long long)stats->unread);
    if (outcome->output)
        buf_append_format(out, "; %s", outcome->output);
}

static void put_task(const struct event *event, const struct outcome *outcomes, size_t task,
                     struct buf *out)
{
    struct buf text = {0};
    const char *code = "Succeeded";
    const struct event_message *message = &event->messages[task];
    const struct lambda_error *error = message_error(event, outcomes, task);
    if (*message->error.text) {
        code = "PermanentFailure";
        buf_append_string(&text, message->error.text);
    } else if (error) {
        code = error->again ? "TemporaryFailure" : "PermanentFailure";
        buf_append_string(&text, error->message.text);
    } else {
        for (size_t i = 0; i < event->n_items; i++)
            if (event->items[i].message == task)
                put_counts(&text, &event->items[i], &outcomes[i]);
    }
    buf_append_char(out, '{');
    put_string(out, "taskId", message->id);
    buf_append_format(out, ",\"resultCode\":\"%s\",", code);
    put_string(out, "resultString", buf_string(&text) ? text.data : "");
    buf_append_char(out, '}');
    buf_free(&text);
}

static int answer_s3_batch(const struct event *event, const struct outcome *outcomes,
                           struct buf *out)
{
    const json_t *version = json_object_get(event->root, "invocationSchemaVersion");
    const json_t *id = json_object_get(event->root, "invocationId");
    buf_append_char(out, '{');
    put_string(out, "invocationSchemaVersion",
               json_string_value(version) ? json_string_value(version) : "1.0");
    buf_append_string(out, ",\"treatMissingKeysAs\":\"PermanentFailure\",");
    put_string(out, "invocationId", json_string_value(id) ? json_string_value(id) : "");
    buf_append_string(out, ",\"results\":[");
    for (size_t i = 0; i < event->n_messages; i++) {
        if (i)
            buf_append_char(out, ',');
        put_task(event, outcomes, i, out);
    }
    return buf_append_string(out, "]}");
}

/* -- All ------------------------------------------------------------------------------ */

int answer_make(const struct event *event, const struct outcome *outcomes, struct buf *out,
                struct lambda_error *error)
{
    int rc = 0;
    switch (event->kind) {
    case EVENT_DIRECT:
        rc = answer_direct(event, outcomes, out, error);
        break;
    case EVENT_HTTP:
        answer_http(event, outcomes, out);
        break;
    case EVENT_SQS:
        answer_sqs(event, outcomes, out);
        break;
    case EVENT_S3_BATCH:
        answer_s3_batch(event, outcomes, out);
        break;
    default:
        if (!all_done(event, outcomes))
            return report_errors(event, outcomes, error);
        put_list(event, outcomes, event->kind == EVENT_MAP ? "results" : "archives", out);
        break;
    }
    if (rc == 0 && out->failed)
        return lambda_error_no_memory(error);
    return rc;
}

int answer_refusal(enum event_kind kind, const struct lambda_error *refusal, struct buf *out,
                   struct lambda_error *error)
{
    struct buf body = {0};
    if (kind != EVENT_HTTP) {
        *error = *refusal;
        return -1;
    }
    buf_append_char(&body, '{');
    put_string(&body, "error_type", refusal->type);
    buf_append_char(&body, ',');
    put_string(&body, "error", refusal->message.text);
    buf_append_string(&body, "}");
    buf_append_format(out,
                      "{\"statusCode\":%d,\"headers\":{\"content-type\":"
                      "\"application/json\"},\"body\":\"",
                      status_of(refusal));
    escape_json(out, body.data, body.len);
    buf_append_string(out, "\",\"isBase64Encoded\":false}");
    buf_free(&body);
    return out->failed ? lambda_error_no_memory(error) : 0;
}
