/* SPDX-License-Identifier: MIT
 *
 * Entries of archives, each handed to a program's own work.
 */
#include "library/library_map.h"
#include "library/library_request.h"
#include "library/library_run.h"
#include "source/reader.h"
#include <stdlib.h>
#include <string.h>

/* What workers share. */
struct library_entries {
    const struct thresh_work *work;
    const struct source *source;
    uint64_t first; /* the entry that is the first item: not 0 in a shard */
};

struct library_entries_worker {
    struct library_map_state own; /* the caller's */
    const struct source *source;
    uint64_t first;
    struct reader *reader;
    struct buf path;
    struct entry_fault fault;
};

static void close_worker(void *context)
{
    struct library_entries_worker *worker = context;
    library_map_close(&worker->own);
    reader_close(worker->reader);
    buf_free(&worker->path);
    free(worker);
}

static void *open_worker(void *context, struct thresh_error *error)
{
    const struct library_entries *entries = context;
    struct library_entries_worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        error_no_memory(error);
        return NULL;
    }
    worker->source = entries->source;
    worker->first = entries->first;
    worker->reader = reader_open(entries->source, error);
    if (worker->reader && library_map_open(&worker->own, entries->work, error) == 0)
        return worker;
    reader_close(worker->reader);
    free(worker);
    return NULL;
}

/* Fills in the bytes, or why there are none. 0, or -1 with the error filled in. */
static int read_entry(struct library_entries_worker *worker, const struct entry *from,
                      struct thresh_entry *entry, struct thresh_error *error)
{
    const char *bytes = NULL;
    if (from->kind != ENTRY_DOCUMENT) {
        entry->code = entry_code_word(from->code);
        entry->message = from->message;
        if (from->code != ENTRY_CODE_EMPTY || from->kind == ENTRY_UNREADABLE)
            return 0;
        entry->code = NULL;
        entry->bytes = "";
        return 0;
    }
    int rc =
        reader_read(worker->reader, entry->index, &bytes, &entry->len, &worker->fault, error);
    entry->bytes = bytes;
    if (rc == 1) {
        entry->bytes = NULL;
        entry->len = 0;
        entry->code = entry_code_word(worker->fault.code);
        entry->message = worker->fault.message;
    }
    return rc < 0 ? -1 : 0;
}

static int map_entry(void *context, uint64_t item, const struct backend_turn *turn,
                     struct buf *out, struct thresh_error *error)
{
    struct library_entries_worker *worker = context;
    struct thresh_entry entry = {.index = worker->first + item};
    struct entry from;
    (void)turn;
    if (source_entry(worker->source, entry.index, &worker->path, &from) < 0)
        return error_no_memory(error);
    entry.path = (struct thresh_text){from.path, from.path_len};
    if (read_entry(worker, &from, &entry, error) < 0)
        return -1;
    struct thresh_error own;
    own.text[0] = '\0';
    int rc =
        worker->own.work->entry(worker->own.state, &entry, (struct thresh_result *)out, &own);
    return library_request_outcome(rc, out, &own, error);
}

static int do_entries(struct run *run, struct thresh_work *work, struct thresh_error *error)
{
    const struct thresh_options *options = run->options;
    struct library_entries entries = {work, run->source, run->range.first};
    struct library_map_plan plan = {.first = run->range.first,
                                    .backend = options->backend,
                                    .jobs = options->jobs,
                                    .cpus = *run->cpus,
                                    .cancelled = run->cancelled};
    struct backend_work mapped = {.n = run->stats->entries,
                                  .shared = &entries,
                                  .open = open_worker,
                                  .map = map_entry,
                                  .close = close_worker};
    if (!work->item_ms)
        work->item_ms = run->limits.at[LIMIT_DOCUMENT_MS];
    if (!work->memory_bytes)
        work->memory_bytes = run->limits.at[LIMIT_WORKER_MEMORY];
    return library_map_run(&plan, work, &mapped, error);
}

int thresh_entries(struct thresh_run *asked, const struct thresh_work *work,
                   struct thresh_error *error)
{
    struct thresh_work full = library_map_work(work);
    struct run run;
    if (!full.entry)
        return error_set(error,
                         "thresh_entries: the work has no entry, or its size is not set");
    if (library_run_begin(asked, &run, error) < 0)
        return -1;
    run.takes_all = true;
    int rc = run_list(&run, error);
    if (rc == 0)
        rc = do_entries(&run, &full, error);
    run_close(&run);
    return rc;
}
