/* SPDX-License-Identifier: MIT
 *
 * The order of events in a run: list the inputs, plan, let the backend do the spans.
 */
#include "run/run.h"

#include "base/clock.h"
#include "record/format.h"
#include "run/sink.h"
#include "run/worker.h"
#include "source/reader.h"
#include <stdlib.h>
#include <string.h>

#define OPEN_MS 30000 /* what a worker makes ready takes milliseconds */

static int open_source(struct run *run, struct thresh_error *error)
{
    const struct thresh_options *o = run->options;
    const struct limits *limits = &run->limits;
    struct source_options options = {
        .include = (const char *const *)o->include.items,
        .n_include = o->include.n,
        .exclude = (const char *const *)o->exclude.items,
        .n_exclude = o->exclude.n,
        .takes_all = run->takes_all,
        .max_nesting = (int)o->max_nesting,
        .names_encoding = o->names_encoding,
        .max_entries = limits->at[LIMIT_ENTRIES],
        .entries_remedy = limits_remedy(limits, LIMIT_ENTRIES),
        .max_document_bytes = limits->at[LIMIT_DOCUMENT_BYTES],
        .document_remedy = limits_remedy(limits, LIMIT_DOCUMENT_BYTES),
        .max_total_bytes = o->max_total_bytes,
        .max_ratio = o->max_ratio,
        .temp_dir = run->host->temp_dir,
        .max_spool_bytes = run->host->max_spool_bytes,
        .arrival = run->host->arrival,
        .outputs = {{"output", run->host->output, true},
                    {"report", run->host->report, true},
                    {"resume", known_journal(run->known), false},
                    {"cache", known_cache(run->known), false}},
        .cancelled = run->cancelled,
    };
    int rc = source_open(&run->source, run->inputs, run->n_inputs, &options, error);
    run->stats->listing_ms = clock_ms() - run->begun_ms;
    if (rc == 0) {
        rc = shard_range(&o->shard, run->source, &run->range, error);
        if (rc == 0 && o->shard.n && shard_digest(run->source, run->stats->inputs_digest) < 0)
            rc = error_no_memory(error);
        source_want(run->source, run->range.first, run->range.end);
        run->stats->all_entries = source_count(run->source);
        run->next = run->stats->first_entry = run->stats->first_missing = run->range.first;
        run->stats->entries = run->range.end - run->range.first;
        run->stats->bytes_in = source_bytes_in(run->source);
    }
    return rc;
}

/* Under a guard every document is a span of its own, so that its time and memory are its
 * own. */
static uint64_t weight_alone(const void *source, uint64_t index)
{
    (void)source, (void)index;
    return UINT64_MAX / 2;
}

static int make_plan(struct run *run, struct thresh_error *error)
{
    const struct thresh_options *o = run->options;
    struct plan *plan = &run->plan;
    const char *why = isolation_why(o, run->rules);
    struct plan_backend built[8] = {{.name = NULL}};
    struct plan_inputs inputs = {
        .vcpus = run->cpus->vcpus,
        .affinity = run->cpus->affinity,
        .source = run->cpus->source,
        .built = built,
        .backend = o->backend ? o->backend : THRESH_DEFAULT_BACKEND,
        .jobs = (int)o->jobs,
        .threshold = o->threshold,
        .isolate = why != NULL,
        .isolate_why = why,
    };
    for (size_t i = 0; backends[i]; i++)
        built[i] = (struct plan_backend){backends[i]->name, backends[i]->is_parallel,
                                         backends[i]->isolates};
    for (uint64_t i = run->range.first; i < run->range.end; i++)
        if (source_kind(run->source, i) == ENTRY_DOCUMENT) {
            inputs.documents++;
            uint64_t bytes = source_size_bytes(run->source, i);
            inputs.bytes += bytes;
            inputs.unstated += bytes == 0;
        }
    if (plan_make(plan, &inputs, error) < 0)
        return -1;
    run->backend = backend_find(plan->backend);
    run->stats->backend = plan->backend;
    run->stats->workers = plan->workers;
    memcpy(run->stats->reason, plan->reason, sizeof run->stats->reason);
    if (why && run->backend->isolates)
        isolation_guard(&run->guard, o, &run->limits);
    return spans_make(&run->spans, run->range.first, run->range.end,
                      run->guard.isolate ? weight_alone : shard_weight, run->source,
                      plan->workers, error);
}

/* On a terminal good documents are listed as long as they leave the rest of it in sight. */
enum { MOST_LISTED = 12 };

/* What of a run has no such text. */
static int check_formats(const struct thresh_options *options, struct thresh_error *error)
{
    bool is_whole = whole_format_is(options->format);
    if (is_whole && options->shard.n)
        return error_set(error,
                         "--format: junit, sarif and github are of a whole run, and thresh "
                         "merge makes none of parts; with --shard take ndjson, csv or text");
    if (is_whole && options->group)
        return error_set(error,
                         "--format: junit, sarif and github are of records; with --group "
                         "take ndjson, csv or text");
    return 0;
}

static int open_known(struct run *run, struct thresh_error *error)
{
    const struct known_terms terms = {run->options, run->rules, &run->limits};
    return known_open(&run->known, &terms, error);
}

int run_list(struct run *run, struct thresh_error *error)
{
    run->begun_ms = clock_ms();
    *run->stats = (struct thresh_stats){
        .warnings = run->rules->set->warnings.data,
        .schema_ms = run->rules->schema_ms,
        .vcpus = run->cpus->vcpus,
        .vcpus_source = run->cpus->source,
        .max_bad = run->options->max_bad,
    };
    run->layout = run->rules->layout;
    run->writes_records = run->listener->text && !run->options->group;
    if (run->listener->record || (run->writes_records && whole_format_is(run->layout.format)))
        run->layout.format = FORMAT_DATA;
    else if (!run->writes_records)
        run->layout.format = FORMAT_NONE;
    if (check_formats(run->options, error) < 0)
        return -1;
    limits_make(&run->limits, run->options, run->host, run->rules->builds_tree);
    if (run->remembers && open_known(run, error) < 0)
        return -1;
    int rc = open_source(run, error);
    run->layout.only_bad |= run->options->is_brief && run->stats->entries > MOST_LISTED;
    return rc;
}

int run_open(struct run *run, struct thresh_error *error)
{
    int rc = run_list(run, error);
    return rc ? rc : make_plan(run, error);
}

/* Gives the listener a text that is no record's, and frees it. */
static int give_text(const struct run *run, struct buf *text, struct thresh_error *error)
{
    int rc = 0;
    if (text->failed)
        rc = error_no_memory(error);
    else if (text->len)
        rc = run->listener->text(run->listener->text_context, text->data, text->len, error);
    buf_free(text);
    return rc;
}

static int write_begin(struct run *run, struct thresh_error *error)
{
    const struct record_layout *layout = &run->rules->layout;
    struct buf text = {0};
    if (!run->writes_records)
        return 0;
    if (whole_format_is(layout->format))
        whole_format_begin(&text, layout->format, run->stats);
    else
        format_heading(&text, layout);
    return give_text(run, &text, error);
}

/* Ends the text, also that of a run which stopped or failed, and gives that run's outcome. */
static int write_end(struct run *run, int rc, struct thresh_error *error)
{
    enum format format = run->rules->layout.format;
    struct thresh_error why = {{0}};
    struct buf text = {0};
    if (!whole_format_is(format) || !run->writes_records)
        return rc;
    if (rc < 0)
        why = *error;
    else if (rc == 0 && !run->stats->documents)
        error_set(&why, "there was no document: nothing was checked");
    else if (rc)
        error_set(&why, "stopped%s after %llu of %llu entries",
                  run->stats->stopped_by ? " by --fail-fast" : "",
                  (unsigned long long)run->stats->answered,
                  (unsigned long long)run->stats->entries);
    whole_format_end(&run->whole, &text, format, run->stats, *why.text ? why.text : NULL);
    return give_text(run, &text, rc < 0 ? &why : error) < 0 ? -1 : rc;
}

/* What --group asks for, in place of records. */
static int write_groups(struct run *run, struct thresh_error *error)
{
    struct buf groups = {0};
    if (findings_write_groups(run->findings, &run->rules->layout, &groups) < 0)
        groups.failed = true;
    return give_text(run, &groups, error);
}

/* Loads and opens, before there are workers, what isolated workers could not: encodings,
 * inputs. */
static int prepare_guard(struct run *run, struct thresh_error *error)
{
    if (!run->guard.isolate)
        return 0;
    run->layers = GUARD_LAYERS | GUARD_OPENS;
    run->guard.layers = &run->layers;
    run->encodings = encoding_modules_open();
    if (!run->encodings)
        return error_no_memory(error);
    if (source_preopen(run->source))
        return 0;
    run->files = calloc(run->n_inputs, sizeof *run->files);
    if (!run->files)
        return error_no_memory(error);
    run->guard.files = run->files;
    for (size_t i = 0; i < run->n_inputs; i++)
        if (run->inputs[i].kind == SOURCE_PATH)
            run->files[run->guard.n_files++] = run->inputs[i].path;
    return 0;
}

static int do_entries(struct run *run, struct thresh_error *error)
{
    run->work = (struct backend_work){
        .n = run->spans.n,
        .workers = run->plan.workers,
        .guard = run->guard.isolate ? &run->guard : NULL,
        .others_rest = run->host->others_rest,
        .shared = run,
        .open = worker_open,
        .open_ms = OPEN_MS,
        .map = worker_map,
        .close = worker_close,
        .sink = run,
        .emit = sink_emit,
        .lost = sink_lost,
        .again = sink_again,
        .stop = sink_stop,
    };
    int rc = run->backend->run(&run->work, error);
    if (rc >= 0)
        rc = sink_rest(run, error);
    if (rc >= 0 && run->options->group && run->listener->text)
        rc = write_groups(run, error);
    if (run->guard.isolate)
        isolation_names(run->layers, run->stats->isolation);
    if (rc == 0 && run->stopped)
        return 1;
    if (rc == 0 && run->stats->answered != run->stats->entries)
        return error_set(error, "%llu of %llu entries were answered; please report this",
                         (unsigned long long)run->stats->answered,
                         (unsigned long long)run->stats->entries);
    return rc;
}

/* Whatever the run came to: that is known from now on. */
static int commit_known(struct run *run, int rc, struct thresh_error *error)
{
    struct thresh_error ignored; /* the run's own is told */
    if (known_commit(run->known, rc < 0 ? &ignored : error) < 0)
        return -1;
    const char *warning = known_warning(run->known);
    if (warning)
        buf_append_format(run->warnings, "%s\n", warning);
    return rc;
}

int run_entries(struct run *run, struct thresh_error *error)
{
    if (prepare_guard(run, error) < 0)
        return -1;
    int rc = write_begin(run, error);
    if (rc == 0)
        rc = do_entries(run, error);
    if (run->known)
        rc = commit_known(run, rc, error);
    return write_end(run, rc, error);
}

void run_close(struct run *run)
{
    spans_free(&run->spans);
    free(run->files);
    record_view_close(&run->view);
    whole_format_free(&run->whole);
    buf_free(&run->text);
    encoding_modules_close(run->encodings);
    reader_close(run->checker);
    source_close(run->source);
    known_close(run->known);
    run->stats->wall_ms = clock_ms() - run->begun_ms;
}
