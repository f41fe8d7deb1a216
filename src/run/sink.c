/* SPDX-License-Identifier: MIT */
#include "run/sink.h"

#include "record/record_codec.h"
#include "run/entry_record.h"
#include "run/stats.h"
#include "run/worker.h"
#include "source/reader.h"
#include <assert.h>
#include <string.h>

static_assert((int)ENTRY_CODES <= (int)THRESH_REASONS, "each reason to skip has its count");

static int refuse(struct thresh_error *error)
{
    return error_set(error, "a worker's answer is not a record; please report this");
}

/* The text of a record that came as data. */
static int sink_write(struct run *run, struct thresh_error *error)
{
    const struct record_layout *layout = &run->rules->layout;
    struct buf *out = &run->text;
    buf_clear(out);
    if (whole_format_is(layout->format))
        whole_format_write(&run->whole, out, layout->format, &run->view);
    else if (record_view_write(&run->view, layout, out) < 0)
        out->failed = true;
    if (out->failed)
        return error_no_memory(error);
    return out->len
               ? run->listener->text(run->listener->text_context, out->data, out->len, error)
               : 0;
}

/* Gives the listener the record's text, or the record, or both. (Text with --quiet says nothing
 * of a document that is good, and then there is no body.) */
static int sink_give(struct run *run, const struct record_head *head,
                     struct thresh_error *error)
{
    const struct run_listener *listener = run->listener;
    if (run->layout.format != FORMAT_DATA)
        return listener->text(listener->text_context, head->body, head->body_len, error);
    int rc = record_view_open(&run->view, head->body, head->body_len, &run->rules->layout);
    if (rc)
        return rc < 0 ? refuse(error) : error_no_memory(error);
    if (run->view.record.index != head->index ||
        (int)run->view.record.verdict != (int)head->verdict)
        return refuse(error);
    if (run->writes_records && sink_write(run, error) < 0)
        return -1;
    return listener->record
               ? listener->record(listener->record_context, &run->view.record, error)
               : 0;
}

/* The run has the last document that --fail-fast allows it. What was done behind that is not
 * taken, so that what is told does not depend on workers or timing. */
static bool has_failed(const struct run *run)
{
    uint64_t most = run->options->fail_fast;
    return most && run->stats->bad + run->stats->unopened >= most;
}

static void count(struct run *run, const struct record_head *head)
{
    struct thresh_stats *stats = run->stats;
    stats->answered++;
    stats->first_missing += head->index == stats->first_missing;
    stats->verdicts[head->verdict]++;
    stats->documents += head->verdict != VERDICT_SKIPPED;
    stats->unread += head->is_unread;
    stats->bytes_inflated += head->bytes;
    stats->known += head->is_known;
    if (head->is_judged) {
        stats->judged++;
        stats->judged_bytes += head->bytes;
        stats->judged_closely += head->close_bytes > 0;
        stats->closely_bytes += head->close_bytes;
    }
    if (head->verdict == VERDICT_SKIPPED)
        stats_count_reason(stats, head->reason, head->reason_len, 1);
    if (source_kind(run->source, head->index) == ENTRY_UNREADABLE)
        stats->unopened++;
    else
        stats->bad += !verdict_is_good(head->verdict) || head->is_unread;
}

/* As struct reader_knowledge has it: takes down what it is asked for, and knows everything. */
static bool take_down(void *context, const uint8_t digest[DIGEST_BYTES])
{
    memcpy(context, digest, DIGEST_BYTES);
    return true;
}

/* Whether the key is the document's. A worker that a document has taken over may lie about that
 * document, but is not to say what those are that others will bring. 1, 0 or -1. */
static int is_its_key(struct run *run, const struct record_head *head,
                      struct thresh_error *error)
{
    uint8_t digest[DIGEST_BYTES];
    const struct reader_knowledge knowledge = {*known_terms_digest(run->known), take_down,
                                               digest};
    struct entry_fault fault;
    const char *bytes;
    size_t len;
    if (!run->checker && !(run->checker = reader_open(run->source, error)))
        return -1;
    if (source_kind(run->source, head->index) != ENTRY_DOCUMENT)
        return 0;
    reader_ask(run->checker, &knowledge);
    int rc = reader_read(run->checker, head->index, &bytes, &len, &fault, error);
    reader_ask(run->checker, NULL);
    return rc < 0 ? -1 : rc == 2 && memcmp(digest, head->kept, sizeof digest) == 0;
}

/* What a later run is to know. */
static int keep(struct run *run, const struct record_head *head, struct thresh_error *error)
{
    if (!run->known || head->kept_len < DIGEST_BYTES)
        return refuse(error);
    int rc = run->guard.isolate ? is_its_key(run, head, error) : 1;
    if (rc <= 0)
        return rc;
    return known_add(run->known, (const uint8_t *)head->kept, head->kept + DIGEST_BYTES,
                     head->kept_len - DIGEST_BYTES, error);
}

static int sink_record(struct run *run, const struct record_head *head,
                       struct thresh_error *error)
{
    run->next = head->index + 1;
    count(run, head);
    if (head->kept_len && keep(run, head, error) < 0)
        return -1;
    int rc = findings_add(run->findings, head);
    if (rc != 0)
        return rc < 0 ? error_no_memory(error) : refuse(error);
    if (head->body_len && run->layout.format == FORMAT_NONE)
        return refuse(error);
    return head->body_len ? sink_give(run, head, error) : 0;
}

/* Makes and writes the record of an entry that no worker has done. If it is a document, `tell`
 * fills in what became of it. */
static int sink_told(struct run *run, uint64_t index,
                     void (*tell)(struct record *, const struct limits *, int), int wait_status,
                     struct thresh_error *error)
{
    struct record record = {0};
    struct buf path = {0}, out = {0};
    struct entry entry;
    struct record_head head;
    int rc = entry_record_begin(&record, run->source, index, &path, &entry);
    if (rc == 0 && entry.kind == ENTRY_DOCUMENT)
        tell(&record, &run->limits, wait_status);
    if (rc == 0)
        rc = entry_record_end(&record, &run->layout, &entry, NULL, &out);
    const char *next = out.data;
    size_t len = out.len;
    if (rc < 0 || record_decode(&next, &len, &head) != 1)
        rc = error_no_memory(error);
    else
        rc = sink_record(run, &head, error);
    record_free(&record);
    buf_free(&path);
    buf_free(&out);
    return rc;
}

static void tell_total(struct record *record, const struct limits *limits, int none)
{
    static const char message[] = "--max-total-bytes is used up: neither this document nor one "
                                  "after it was read; raise it if they are to be";
    (void)limits, (void)none;
    entry_record_unreadable(record, "limit-total", message);
}

/* The bytes that were really inflated are added up in the order of the entries, so that the
 * first document beyond the limit does not depend on workers or timing. */
static bool is_over_total(struct run *run, const struct record_head *head)
{
    uint64_t most = run->options->max_total_bytes;
    if (most &&
        (run->stats->bytes_inflated > most || head->bytes > most - run->stats->bytes_inflated))
        run->over_total = true;
    return run->over_total;
}

/* Nothing more is taken from workers: of what is left sink_rest makes the records, or none are
 * wanted. */
static bool is_over(const struct run *run)
{
    return run->over_total || has_failed(run);
}

/* What a worker says of the entries from `first` to before `end`, and of no others: one that a
 * document has taken over speaks for nobody else. */
static int take(struct run *run, uint64_t first, uint64_t end, const void *bytes, size_t len,
                struct thresh_error *error)
{
    const char *next = bytes;
    struct record_head head;
    int rc;
    if (is_over(run))
        return 0;
    while ((rc = record_decode(&next, &len, &head)) == 1) {
        if (head.index < first || head.index >= end)
            break;
        /* Done again by the successor of a worker that died. */
        if (head.index < run->next)
            continue;
        rc = is_over_total(run, &head) ? sink_told(run, head.index, tell_total, 0, error)
                                       : sink_record(run, &head, error);
        if (rc < 0)
            return -1;
        if (has_failed(run))
            return 0;
    }
    return rc == 0 ? 0 : refuse(error);
}

int sink_emit(void *sink, uint64_t span, const void *bytes, size_t len,
              struct thresh_error *error)
{
    struct run *run = sink;
    return take(run, run->spans.starts[span], run->spans.starts[span + 1], bytes, len, error);
}

static int sink_emit_one(void *sink, uint64_t item, const void *bytes, size_t len,
                         struct thresh_error *error)
{
    struct run *run = sink;
    return take(run, run->alone + item, run->alone + item + 1, bytes, len, error);
}

/* Writes the record of the document that took its worker down. */
static int sink_lost_one(void *sink, uint64_t item, int wait_status, struct thresh_error *error)
{
    struct run *run = sink;
    if (is_over(run))
        return 0;
    return sink_told(run, run->alone + item, isolation_lost, wait_status, error);
}

bool sink_stop(void *sink)
{
    struct run *run = sink;
    const struct run_listener *listener = run->listener;
    if (!run->stopped && listener->progress)
        run->stopped = listener->progress(listener->progress_context, run->stats);
    run->stopped |= atomic_load_explicit(run->cancelled, memory_order_relaxed);
    return run->stopped || is_over(run);
}

int sink_lost(void *sink, uint64_t span, int wait_status, struct thresh_error *error)
{
    struct run *run = sink;
    struct backend_work work = run->work;
    if (is_over(run))
        return 0;
    /* What it delivered before it died stands. */
    run->alone = run->spans.starts[span] > run->next ? run->spans.starts[span] : run->next;
    work.n = run->spans.starts[span + 1] - run->alone;
    if (work.n == 1)
        return sink_lost_one(run, 0, wait_status, error);
    work.workers = 1;
    work.map = worker_map_one;
    work.emit = sink_emit_one;
    work.lost = sink_lost_one;
    /* Of other deaths, sink_again was told at the first. */
    work.again = NULL;
    if (wait_status == BACKEND_OVER_TIME)
        run->stats->retried += work.n;
    return run->backend->run(&work, error) < 0 ? -1 : 0;
}

void sink_again(void *sink, uint64_t first, uint64_t n)
{
    struct run *run = sink;
    run->stats->retried += run->spans.starts[first + n] - run->spans.starts[first];
}

int sink_rest(struct run *run, struct thresh_error *error)
{
    int rc = 0;
    while (rc == 0 && run->over_total && !run->stopped && !has_failed(run) &&
           run->next < run->range.end)
        rc = sink_told(run, run->next, tell_total, 0, error);
    if (has_failed(run) && run->next < run->range.end) {
        run->stopped = true;
        run->stats->stopped_by = "fail-fast";
    }
    return rc;
}
