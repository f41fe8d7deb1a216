/* SPDX-License-Identifier: MIT
 *
 * The conductor: inputs are listed, a plan is made, a backend spreads spans of entries over
 * workers, records come back in order and are counted and written. Nothing clever happens here.
 */
#include "thresh.h"

#include "backend.h"
#include "cpus.h"
#include "document/document.h"
#include "document/encodings.h"
#include "entry_record.h"
#include "isolation.h"
#include "libxml_memory.h"
#include "limit.h"
#include "plan.h"
#include "source/source.h"
#include "wire.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct thresh {
    const struct thresh_options *options;
    struct rules rules;
    struct cpus cpus;
    struct limits limits; /* while it is opened; a run's are its own */
};

/* One run, as its workers and its sink see it. */
struct run {
    struct thresh *thresh;
    struct source *source;
    struct spans spans;
    const struct backend *backend;
    const struct thresh_output *output;
    struct thresh_stats *stats;
    struct limits limits;
    struct guard guard;
    unsigned layers; /* of isolation, that all workers had */
    struct encodings *encodings;
    uint64_t done;  /* entries answered */
    uint64_t alone; /* spans are done; the n-th item is the entry alone + n */
    bool stopped;
    bool over_total; /* --max-total-bytes is used up: no further document is told of */
};

/* -- A worker --------------------------------------------------------------------------- */

struct worker {
    const struct run *run;
    struct reader *reader;
    struct document_parser *parser;
    struct record record;
    struct buf path;
};

static void worker_close(void *state)
{
    struct worker *worker = state;
    reader_close(worker->reader);
    document_close(worker->parser);
    record_free(&worker->record);
    buf_free(&worker->path);
    free(worker);
}

static void *worker_open(void *shared, struct error *error)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        error_no_memory(error);
        return NULL;
    }
    worker->run = shared;
    worker->reader = reader_open(worker->run->source, error);
    worker->parser = worker->reader ? document_open(&worker->run->thresh->rules, error) : NULL;
    if (!worker->parser) {
        worker_close(worker);
        return NULL;
    }
    return worker;
}

static int do_document(struct worker *worker, uint64_t index, struct error *error)
{
    const char *bytes;
    size_t len;
    struct trouble trouble;
    int rc = reader_read(worker->reader, index, &bytes, &len, &trouble, error);
    if (rc == 1) {
        record_unreadable(&worker->record, trouble.code, trouble.message);
        worker->record.bytes = len;
    } else if (rc == 0) {
        rc = document_process(worker->parser, bytes, len, &worker->record, error);
        if (libxml_memory_refused())
            rc = error_no_memory(error);
    }
    return rc < 0 ? -1 : 0;
}

static int do_entry(struct worker *worker, uint64_t index, struct buf *out, struct error *error)
{
    const struct run *run = worker->run;
    struct record *record = &worker->record;
    struct entry entry;
    if (entry_record_begin(record, run->source, index, &worker->path, &entry) < 0)
        return error_no_memory(error);
    if (entry.kind == ENTRY_DOCUMENT && do_document(worker, index, error) < 0)
        return -1;
    return entry_record_end(record, &run->thresh->rules.layout, &entry, out) < 0
               ? error_no_memory(error)
               : 0;
}

static int worker_map(void *state, uint64_t item, struct buf *out, struct error *error)
{
    struct worker *worker = state;
    const struct spans *spans = &worker->run->spans;
    for (uint64_t i = spans->starts[item]; i < spans->starts[item + 1]; i++)
        if (do_entry(worker, i, out, error) < 0)
            return -1;
    return 0;
}

/* A span that took its worker down is done again, an entry an item. */
static int worker_map_one(void *state, uint64_t item, struct buf *out, struct error *error)
{
    struct worker *worker = state;
    return do_entry(worker, worker->run->alone + item, out, error);
}

/* -- The sink --------------------------------------------------------------------------- */

static void count_reason(struct thresh_stats *stats, const char *reason, size_t len)
{
    size_t i = 0;
    if (len >= sizeof stats->reasons[0].name)
        len = sizeof stats->reasons[0].name - 1;
    while (i < stats->n_reasons && (strlen(stats->reasons[i].name) != len ||
                                    memcmp(stats->reasons[i].name, reason, len) != 0))
        i++;
    if (i == THRESH_REASONS)
        i--;
    if (i == stats->n_reasons) {
        memcpy(stats->reasons[i].name, reason, len);
        stats->n_reasons++;
    }
    stats->reasons[i].count++;
}

static int sink_record(struct run *run, const struct record_head *head, struct error *error)
{
    struct thresh_stats *stats = run->stats;
    run->done++;
    stats->verdicts[head->verdict]++;
    stats->documents += head->verdict != VERDICT_SKIPPED;
    stats->bytes_inflated += head->bytes;
    if (head->verdict == VERDICT_SKIPPED)
        count_reason(stats, head->reason, head->reason_len);
    return run->output->write(run->output->context, head->body, head->body_len, error);
}

/* The record of an entry whose document no worker has done, by what became of it; `tell` is for
 * documents only. */
static int sink_told(struct run *run, uint64_t index,
                     void (*tell)(struct record *, const struct limits *, int), int wait_status,
                     struct error *error)
{
    struct record record = {0};
    struct buf path = {0}, out = {0};
    struct entry entry;
    struct record_head head;
    int rc = entry_record_begin(&record, run->source, index, &path, &entry);
    if (rc == 0 && entry.kind == ENTRY_DOCUMENT)
        tell(&record, &run->limits, wait_status);
    if (rc == 0)
        rc = entry_record_end(&record, &run->thresh->rules.layout, &entry, &out);
    const char *next = out.data;
    size_t len = out.len;
    if (rc < 0 || record_next(&next, &len, &head) != 1)
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
    record_unreadable(record, "limit-total", message);
}

/* What is counted is what was really inflated, in the order of the entries, so that the first
 * document that is too much is the same whoever did it. */
static bool is_over_total(struct run *run, const struct record_head *head)
{
    uint64_t most = run->thresh->options->max_total_bytes;
    if (most &&
        (run->stats->bytes_inflated > most || head->bytes > most - run->stats->bytes_inflated))
        run->over_total = true;
    return run->over_total;
}

static int sink_emit(void *sink, uint64_t item, const void *bytes, size_t len,
                     struct error *error)
{
    struct run *run = sink;
    const char *next = bytes;
    struct record_head head;
    int rc;
    (void)item;
    while ((rc = record_next(&next, &len, &head)) == 1) {
        if (run->done == run->stats->entries)
            break;
        rc = is_over_total(run, &head) ? sink_told(run, run->done, tell_total, 0, error)
                                       : sink_record(run, &head, error);
        if (rc < 0)
            return -1;
    }
    if (rc != 0)
        return error_set(error, "a worker's answer is not a record; please report this");
    return 0;
}

/* The record of the one document that cannot be done: written here, for no worker can. */
static int sink_lost_one(void *sink, uint64_t item, int wait_status, struct error *error)
{
    struct run *run = sink;
    return sink_told(run, run->alone + item, run->over_total ? tell_total : isolation_lost,
                     wait_status, error);
}

static bool sink_stop(void *sink)
{
    struct run *run = sink;
    const struct thresh_output *output = run->output;
    if (!run->stopped && output->progress)
        run->stopped = output->progress(output->context, run->done, run->stats->entries,
                                        run->stats->bytes_inflated);
    return run->stopped || run->over_total;
}

static int sink_lost(void *sink, uint64_t item, int wait_status, struct error *error)
{
    struct run *run = sink;
    struct job job = {
        .workers = 1,
        .guard = run->guard.isolate ? &run->guard : NULL,
        .shared = run,
        .open = worker_open,
        .map = worker_map_one,
        .close = worker_close,
        .sink = run,
        .emit = sink_emit,
        .lost = sink_lost_one,
        .stop = sink_stop,
    };
    run->alone = run->spans.starts[item];
    job.n = run->spans.starts[item + 1] - run->alone;
    if (job.n == 1)
        return sink_lost_one(run, 0, wait_status, error);
    run->stats->retried += job.n;
    return run->backend->run(&job, error) < 0 ? -1 : 0;
}

/* -- A run ------------------------------------------------------------------------------ */

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int open_source(struct run *run, const char *const *inputs, size_t n_inputs,
                       struct error *error)
{
    const struct thresh_options *o = run->thresh->options;
    const struct limits *limits = &run->limits;
    struct source_options options = {
        .include = (const char *const *)o->include.items,
        .n_include = o->include.n,
        .exclude = (const char *const *)o->exclude.items,
        .n_exclude = o->exclude.n,
        .max_nesting = (int)o->max_nesting,
        .max_entries = limits->at[LIMIT_ENTRIES],
        .entries_remedy = limits_remedy(limits, LIMIT_ENTRIES),
        .max_document_bytes = limits->at[LIMIT_DOCUMENT_BYTES],
        .document_remedy = limits_remedy(limits, LIMIT_DOCUMENT_BYTES),
        .max_total_bytes = o->max_total_bytes,
        .max_ratio = o->max_ratio,
        .temp_dir = o->temp_dir,
        .max_spool_bytes = o->max_spool_bytes,
        .await = o->await,
        .await_context = o->await_context,
    };
    double begin = now_ms();
    int rc = source_open(&run->source, inputs, n_inputs, &options, error);
    run->stats->listing_ms = now_ms() - begin;
    if (rc == 0) {
        run->stats->entries = source_count(run->source);
        run->stats->bytes_in = source_bytes_in(run->source);
    }
    return rc;
}

/* What an entry weighs when spans are cut: as many bytes as will be parsed. */
static uint64_t weight(const void *source, uint64_t index)
{
    if (source_kind(source, index) != ENTRY_DOCUMENT)
        return 64;
    return source_size_bytes(source, index);
}

/* Under a guard an item is one document, for what it costs is put down to it. */
static uint64_t weight_alone(const void *source, uint64_t index)
{
    (void)source, (void)index;
    return UINT64_MAX / 2;
}

static int make_plan(struct run *run, struct plan *plan, struct error *error)
{
    const struct thresh_options *o = run->thresh->options;
    const struct cpus *cpus = &run->thresh->cpus;
    const char *why = isolation_why(o, &run->thresh->rules);
    const char *built[8] = {NULL};
    struct plan_inputs inputs = {
        .vcpus = cpus->vcpus,
        .affinity = cpus->affinity,
        .source = cpus->source,
        .built = built,
        .backend = o->backend ? o->backend : THRESH_DEFAULT_BACKEND,
        .jobs = (int)o->jobs,
        .threshold = o->threshold,
        .isolate = why != NULL,
        .isolate_why = why,
    };
    for (size_t i = 0; backends[i]; i++)
        built[i] = backends[i]->name;
    for (uint64_t i = 0; i < run->stats->entries; i++)
        if (source_kind(run->source, i) == ENTRY_DOCUMENT) {
            inputs.documents++;
            inputs.bytes += source_size_bytes(run->source, i);
        }
    if (plan_make(plan, &inputs, error) < 0)
        return -1;
    run->backend = backend_find(plan->backend);
    run->stats->backend = plan->backend;
    run->stats->workers = plan->workers;
    memcpy(run->stats->reason, plan->reason, sizeof run->stats->reason);
    if (why && strcmp(plan->backend, "fork") == 0)
        isolation_guard(&run->guard, o, &run->limits);
    return spans_make(&run->spans, run->stats->entries,
                      run->guard.isolate ? weight_alone : weight, run->source, plan->workers,
                      error);
}

static int write_begin(struct run *run, struct error *error)
{
    struct buf header = {0};
    int rc = format_begin(&run->thresh->rules.layout, &header);
    if (rc < 0)
        error_no_memory(error);
    else if (header.len)
        rc = run->output->write(run->output->context, header.data, header.len, error);
    buf_free(&header);
    return rc;
}

/* What isolated workers will need must be there before they are. */
static int prepare_guard(struct run *run, const char *const *inputs, size_t n_inputs,
                         struct error *error)
{
    if (!run->guard.isolate)
        return 0;
    run->layers = GUARD_LAYERS | GUARD_OPENS;
    run->guard.layers = &run->layers;
    run->encodings = encodings_open();
    if (!run->encodings)
        return error_no_memory(error);
    if (!source_hold(run->source)) {
        run->guard.files = inputs;
        run->guard.n_files = n_inputs;
    }
    return 0;
}

static int do_run(struct run *run, const char *const *inputs, size_t n_inputs,
                  struct error *error)
{
    struct plan plan;
    if (open_source(run, inputs, n_inputs, error) < 0 || make_plan(run, &plan, error) < 0 ||
        prepare_guard(run, inputs, n_inputs, error) < 0 || write_begin(run, error) < 0)
        return -1;
    struct job job = {
        .n = run->spans.n,
        .workers = plan.workers,
        .guard = run->guard.isolate ? &run->guard : NULL,
        .shared = run,
        .open = worker_open,
        .map = worker_map,
        .close = worker_close,
        .sink = run,
        .emit = sink_emit,
        .lost = sink_lost,
        .stop = sink_stop,
    };
    int rc = run->backend->run(&job, error);
    while (rc >= 0 && run->over_total && !run->stopped && run->done < run->stats->entries)
        rc = sink_told(run, run->done, tell_total, 0, error);
    if (job.guard)
        isolation_names(run->layers, run->stats->isolation);
    if (rc > 0 && !run->stopped)
        rc = 0;
    if (rc == 0 && run->stopped)
        rc = 1;
    if (rc == 0 && run->done != run->stats->entries)
        rc = error_set(error, "%llu of %llu entries were answered; please report this",
                       (unsigned long long)run->done, (unsigned long long)run->stats->entries);
    return rc;
}

static void run_init(struct run *run, struct thresh *thresh, const struct thresh_output *output,
                     struct thresh_stats *stats)
{
    *run = (struct run){.thresh = thresh, .output = output, .stats = stats};
    limits_make(&run->limits, thresh->options, thresh->rules.builds_tree);
    *stats = (struct thresh_stats){
        .schema_ms = thresh->rules.schema_ms,
        .vcpus = thresh->cpus.vcpus,
        .vcpus_source = thresh->cpus.source,
    };
}

static void run_close(struct run *run)
{
    spans_free(&run->spans);
    encodings_close(run->encodings);
    source_close(run->source);
}

int thresh_run(struct thresh *thresh, const char *const *inputs, size_t n_inputs,
               const struct thresh_output *output, struct thresh_stats *stats,
               struct error *error)
{
    struct run run;
    double begin = now_ms();
    run_init(&run, thresh, output, stats);
    int rc = do_run(&run, inputs, n_inputs, error);
    run_close(&run);
    stats->wall_ms = now_ms() - begin;
    return rc;
}

/* -- Explaining ------------------------------------------------------------------------- */

static void explain_text(struct buf *out, const char *before, const char *text)
{
    buf_append_string(out, before);
    text_escape(out, text, strlen(text));
}

static void explain_schemas(const struct rules *rules, struct buf *out)
{
    if (!rules->n_schemas)
        buf_append_string(out, "schemas    none: documents are checked for well-formedness\n");
    for (size_t i = 0; i < rules->n_schemas; i++) {
        const struct schema *schema = &rules->schemas[i];
        explain_text(out, "schema     ", schema->file);
        explain_text(out,
                     !schema->namespace_name   ? " for every root"
                     : *schema->namespace_name ? " for roots in "
                                               : " for roots in no namespace",
                     schema->namespace_name ? schema->namespace_name : "");
        buf_append_string(out, schema->xsd       ? ": XSD 1.0, thresh's engine"
                               : schema->relaxng ? ": RELAX NG, libxml2"
                                                 : ": XSD 1.0, libxml2's engine");
        if (schema->why_libxml)
            explain_text(out, " (", schema->why_libxml);
        buf_append_string(out, schema->why_libxml ? ")\n" : "\n");
    }
    if (rules->n_schemas)
        buf_append_format(out, "compiled   in %.1f ms\n", rules->schema_ms);
}

static void explain_tree(const struct rules *rules, struct buf *out)
{
    const char *name = rules_tree_extraction(rules);
    if (name)
        explain_text(out, "tree       built for each document, for the XPath of ", name);
    else
        buf_append_string(out, rules->builds_tree
                                   ? "tree       built for each document, for RELAX NG"
                                   : "tree       not built: all is found as it is read");
    buf_append_char(out, '\n');
}

static void explain_entries(const struct run *run, struct buf *out)
{
    uint64_t counts[3] = {0}, bytes = 0;
    for (uint64_t i = 0; i < run->stats->entries; i++) {
        enum entry_kind kind = source_kind(run->source, i);
        counts[kind]++;
        if (kind == ENTRY_DOCUMENT)
            bytes += source_size_bytes(run->source, i);
    }
    buf_append_format(
        out,
        "entries    %llu: %llu documents (%llu bytes as stated), %llu skipped, %llu "
        "unreadable\n",
        (unsigned long long)run->stats->entries, (unsigned long long)counts[ENTRY_DOCUMENT],
        (unsigned long long)bytes, (unsigned long long)counts[ENTRY_SKIPPED],
        (unsigned long long)counts[ENTRY_UNREADABLE]);
}

static int do_explain(struct run *run, const char *const *inputs, size_t n_inputs,
                      struct error *error)
{
    struct plan plan;
    struct buf out = {0};
    if (open_source(run, inputs, n_inputs, error) < 0 || make_plan(run, &plan, error) < 0)
        return -1;
    for (size_t i = 0; i < n_inputs; i++) {
        explain_text(&out, "input      ", inputs[i]);
        buf_append_char(&out, '\n');
    }
    explain_entries(run, &out);
    explain_schemas(&run->thresh->rules, &out);
    buf_append_format(&out, "vcpus      %g (%s), affinity %d\n", run->thresh->cpus.vcpus,
                      run->thresh->cpus.source, run->thresh->cpus.affinity);
    buf_append_string(&out, "backends  ");
    for (const struct backend *const *b = backends; *b; b++)
        buf_append_format(&out, " %s", (*b)->name);
    buf_append_char(&out, '\n');
    explain_tree(&run->thresh->rules, &out);
    limits_explain(&run->limits, run->guard.isolate, &out);
    buf_append_format(&out, "rule       %s\n", plan.reason);
    buf_append_format(&out, "plan       %s, %d worker%s, %llu spans\n", plan.backend,
                      plan.workers, plan.workers == 1 ? "" : "s",
                      (unsigned long long)run->spans.n);
    int rc = out.failed ? error_no_memory(error)
                        : run->output->write(run->output->context, out.data, out.len, error);
    buf_free(&out);
    return rc;
}

int thresh_explain(struct thresh *thresh, const char *const *inputs, size_t n_inputs,
                   const struct thresh_output *output, struct error *error)
{
    struct run run;
    struct thresh_stats stats;
    run_init(&run, thresh, output, &stats);
    int rc = do_explain(&run, inputs, n_inputs, error);
    run_close(&run);
    return rc;
}

/* -- Opening ---------------------------------------------------------------------------- */

static int try_rules(void *thresh, struct error *error)
{
    struct thresh *opened = thresh;
    return rules_load(&opened->rules, opened->options, error);
}

static int load_rules(struct thresh *thresh, struct error *error)
{
    const struct thresh_options *options = thresh->options;
    limits_make(&thresh->limits, options, false);
    thresh->rules.max_entity_bytes = thresh->limits.at[LIMIT_ENTITY_BYTES];
    const char *name = options->schema.n == 1 ? options->schema.items[0] : "--schema";
    if (!options->guard_schemas) {
        thresh->rules.trial = isolation_trial;
        thresh->rules.trial_with = &thresh->limits;
    } else if (isolation_trial(&thresh->limits, try_rules, thresh, name, error) < 0) {
        return -1;
    }
    return rules_load(&thresh->rules, options, error);
}

struct thresh *thresh_open(const struct thresh_options *options, struct error *error)
{
    struct thresh *thresh = calloc(1, sizeof *thresh);
    if (!thresh) {
        error_no_memory(error);
        return NULL;
    }
    thresh->options = options;
    int rc = cpus_detect(&thresh->cpus, "", options->lambda_memory_mb);
    if (options->vcpus > 0) {
        thresh->cpus.vcpus = options->vcpus;
        thresh->cpus.source = "--vcpus";
    }
    if (rc < 0)
        error_set(error, "the number of processors cannot be had: %m; give --vcpus");
    if (rc < 0 || load_rules(thresh, error) < 0) {
        thresh_close(thresh);
        return NULL;
    }
    return thresh;
}

void thresh_close(struct thresh *thresh)
{
    if (!thresh)
        return;
    rules_free(&thresh->rules);
    free(thresh);
}

const char *thresh_warnings(const struct thresh *thresh)
{
    return thresh->rules.warnings;
}

bool thresh_stats_good(const struct thresh_stats *stats)
{
    uint64_t seen = 0;
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++) {
        seen += stats->verdicts[verdict];
        if (stats->verdicts[verdict] && !verdict_is_good(verdict))
            return false;
    }
    return seen == stats->entries;
}

const char *thresh_verdict_name(int verdict)
{
    return verdict >= 0 && verdict < VERDICTS ? verdict_names[verdict] : NULL;
}
