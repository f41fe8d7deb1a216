/* SPDX-License-Identifier: MIT
 *
 * Runs: their inputs, who listens to them, and their outcome.
 */
#include "library/library_run.h"

#include "base/array.h"
#include "library/opened.h"

#include <stdlib.h>
#include <string.h>

struct thresh_run {
    const struct thresh *thresh;
    struct source_input *inputs; /* whose names and paths are copies */
    size_t n, cap;
    bool no_memory; /* an input is missing */
    struct run_listener listener;
    atomic_bool cancelled;
    struct thresh_stats stats;
    struct findings findings; /* of the last time that it was run */
    struct buf warnings;      /* lines */
};

struct thresh_run *thresh_run_new(const struct thresh *thresh)
{
    struct thresh_run *run = thresh ? calloc(1, sizeof *run) : NULL;
    if (run)
        run->thresh = thresh;
    return run;
}

void thresh_run_free(struct thresh_run *run)
{
    if (!run)
        return;
    for (size_t i = 0; i < run->n; i++) {
        free((char *)run->inputs[i].name);
        free((char *)run->inputs[i].path);
    }
    free(run->inputs);
    findings_free(&run->findings);
    buf_free(&run->warnings);
    free(run);
}

/* -- Inputs --------------------------------------------------------------------------- */

static char *copy(struct thresh_run *run, const char *string)
{
    char *copied = string ? strdup(string) : NULL;
    run->no_memory |= string && !copied;
    return copied;
}

static void add(struct thresh_run *run, struct source_input input)
{
    struct source_input *inputs =
        run ? array_room(run->inputs, &run->cap, run->n + 1, sizeof *inputs) : NULL;
    if (!inputs) {
        if (run)
            run->no_memory = true;
        return;
    }
    run->inputs = inputs;
    input.name = copy(run, input.name);
    input.path = copy(run, input.path);
    inputs[run->n++] = input;
}

void thresh_run_add_path(struct thresh_run *run, const char *path, const char *name)
{
    add(run, (struct source_input){.kind = SOURCE_PATH, .path = path, .name = name});
}

void thresh_run_add_fd(struct thresh_run *run, int fd, const char *name)
{
    add(run, (struct source_input){.kind = SOURCE_FD, .fd = fd, .name = name});
}

void thresh_run_add_memory(struct thresh_run *run, const void *bytes, size_t len,
                           const char *name)
{
    add(run,
        (struct source_input){.kind = SOURCE_MEMORY, .bytes = bytes, .len = len, .name = name});
}

/* -- Listeners ------------------------------------------------------------------------ */

void thresh_run_on_record(struct thresh_run *run,
                          int (*record)(void *context, const struct thresh_record *record,
                                        struct thresh_error *error),
                          void *context)
{
    if (!run)
        return;
    run->listener.record = record;
    run->listener.record_context = context;
}

void thresh_run_on_text(struct thresh_run *run,
                        int (*text)(void *context, const void *bytes, size_t len,
                                    struct thresh_error *error),
                        void *context)
{
    if (!run)
        return;
    run->listener.text = text;
    run->listener.text_context = context;
}

void thresh_run_on_progress(struct thresh_run *run,
                            bool (*progress)(void *context, const struct thresh_stats *so_far),
                            void *context)
{
    if (!run)
        return;
    run->listener.progress = progress;
    run->listener.progress_context = context;
}

/* -- Running -------------------------------------------------------------------------- */

int library_run_begin(struct thresh_run *asked, struct run *run, struct thresh_error *error)
{
    if (!asked || asked->no_memory)
        return error_no_memory(error);
    *run = thresh_begin_run(asked->thresh, &asked->listener, &asked->cancelled, &asked->stats);
    findings_free(&asked->findings);
    buf_clear(&asked->warnings);
    asked->findings.rules = run->rules;
    run->findings = &asked->findings;
    run->warnings = &asked->warnings;
    run->inputs = asked->inputs;
    run->n_inputs = asked->n;
    return 0;
}

static int do_run(struct thresh_run *asked, int (*work)(struct run *, struct thresh_error *),
                  struct thresh_error *error)
{
    struct run run;
    if (library_run_begin(asked, &run, error) < 0)
        return -1;
    run.remembers = work == run_entries;
    int rc = run_open(&run, error);
    if (rc == 0)
        rc = work(&run, error);
    if (rc > 0 && !asked->stats.stopped_by)
        asked->stats.stopped_by = "cancel";
    run_close(&run);
    return rc;
}

int thresh_run(struct thresh_run *run, struct thresh_error *error)
{
    int rc = do_run(run, run_entries, error);
    if (rc == 0 && (findings_write_empty(&run->findings, &run->warnings) < 0 ||
                    !buf_string(&run->warnings)))
        rc = error_no_memory(error);
    return rc == 0 ? thresh_tell(run->thresh, thresh_run_warnings(run), error) : rc;
}

int thresh_explain(struct thresh_run *run, struct thresh_error *error)
{
    return do_run(run, run_explain, error);
}

static int await_entries(struct run *run, struct thresh_error *error)
{
    return source_await(run->source, run->range.first, run->range.end, error);
}

int thresh_run_await(struct thresh_run *run, struct thresh_error *error)
{
    return do_run(run, await_entries, error);
}

void thresh_cancel(struct thresh_run *run)
{
    if (run)
        atomic_store(&run->cancelled, true);
}

const struct thresh_stats *thresh_run_stats(const struct thresh_run *run)
{
    static const struct thresh_stats none;
    return run ? &run->stats : &none;
}

const char *thresh_run_warnings(const struct thresh_run *run)
{
    return run && run->warnings.len ? run->warnings.data : "";
}

const struct findings *thresh_run_findings(const struct thresh_run *run)
{
    static const struct findings none;
    return run ? &run->findings : &none;
}
