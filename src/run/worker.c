/* SPDX-License-Identifier: MIT */
#include "run/worker.h"

#include "base/clock.h"
#include "document/document.h"
#include "libxml/libxml_memory.h"
#include "record/record_pack.h"
#include "run/entry_record.h"
#include "source/reader.h"
#include <stdlib.h>

/* A longer record is not kept: it would take its memory twice more, and so be too much under
 * --max-memory where it is not remembered and is none. */
enum { MOST_KEPT = 1 << 20 };

struct worker {
    const struct run *run;
    struct reader *reader;
    struct document_parser *parser;
    struct record record;
    struct buf path;
    uint64_t paused_at; /* the entry that the span at hand goes on with; 0: it is not paused */
    /* Where the run remembers: */
    struct reader_knowledge knowledge;
    struct record_memo memo; /* of the document at hand, whose key is kept first */
    struct buf answer;       /* what is known of it */
    struct record_view view; /* and that as a record */
};

void worker_close(void *state)
{
    struct worker *worker = state;
    reader_close(worker->reader);
    document_close(worker->parser);
    record_free(&worker->record);
    record_view_close(&worker->view);
    buf_free(&worker->path);
    buf_free(&worker->memo.kept);
    buf_free(&worker->answer);
    free(worker);
}

/* As struct reader_knowledge has it. What is kept is not from this process: it is looked at as
 * what comes from a worker is. */
static bool is_known(void *context, const uint8_t digest[DIGEST_BYTES])
{
    struct worker *worker = context;
    struct record_memo *memo = &worker->memo;
    memo->is_known = known_find(worker->run->known, digest, &worker->answer) &&
                     record_view_open(&worker->view, worker->answer.data, worker->answer.len,
                                      &worker->run->rules->layout) == 0;
    if (!memo->is_known)
        buf_append(&memo->kept, digest, DIGEST_BYTES);
    return memo->is_known;
}

void *worker_open(void *shared, struct thresh_error *error)
{
    libxml_memory_watch();
    struct worker *worker = libxml_memory_refused() ? NULL : calloc(1, sizeof *worker);
    if (!worker) {
        error_no_memory(error);
        return NULL;
    }
    worker->run = shared;
    worker->reader = reader_open(worker->run->source, error);
    worker->parser = worker->reader ? document_open(worker->run->rules, error) : NULL;
    if (!worker->parser) {
        worker_close(worker);
        return NULL;
    }
    if (worker->run->known) {
        worker->knowledge = (struct reader_knowledge){*known_terms_digest(worker->run->known),
                                                      is_known, worker};
        reader_ask(worker->reader, &worker->knowledge);
    }
    return worker;
}

/* What a later run is to know of a document: all but where it was found. */
static int remember(struct worker *worker, struct thresh_error *error)
{
    struct record record = worker->record;
    if (record.text.len > MOST_KEPT)
        buf_clear(&worker->memo.kept);
    if (!worker->memo.kept.len)
        return 0;
    record.path = (struct text_span){0};
    record.index = 0;
    return record_pack(&worker->memo.kept, &record) < 0 ? error_no_memory(error) : 0;
}

/* The record of a document that is known. */
static int recall(struct worker *worker, const struct entry *entry, uint64_t index,
                  struct thresh_error *error)
{
    struct record *record = &worker->record;
    record_clear(record);
    record_view_unpack(&worker->view, record);
    record->index = index;
    record->path = record_add_text(record, entry->path, entry->path_len);
    return record->text.failed ? error_no_memory(error) : 0;
}

static int do_document(struct worker *worker, const struct entry *entry, uint64_t index,
                       struct thresh_error *error)
{
    const char *bytes;
    size_t len;
    struct entry_fault fault;
    int rc = reader_read(worker->reader, index, &bytes, &len, &fault, error);
    if (rc == 2)
        return recall(worker, entry, index, error);
    if (rc == 1) {
        entry_record_unreadable(&worker->record, entry_code_word(fault.code), fault.message);
        worker->record.bytes = len;
    } else if (rc == 0) {
        rc = document_process(worker->parser, bytes, len, &worker->record, error);
        if (layout_has(&worker->run->layout, PART_SHA256))
            record_add_sha256(&worker->record, bytes, len);
        if (libxml_memory_refused())
            rc = error_no_memory(error);
        if (document_is_of_process(worker->parser))
            buf_clear(&worker->memo.kept);
    }
    return rc < 0 ? -1 : remember(worker, error);
}

static int do_entry(struct worker *worker, uint64_t index, struct buf *out,
                    struct thresh_error *error)
{
    const struct run *run = worker->run;
    struct record *record = &worker->record;
    struct entry entry;
    worker->memo.is_known = false;
    buf_clear(&worker->memo.kept);
    if (entry_record_begin(record, run->source, index, &worker->path, &entry) < 0)
        return error_no_memory(error);
    int64_t begun_ns = run->options->report ? clock_ns() : 0;
    if (entry.kind == ENTRY_DOCUMENT && do_document(worker, &entry, index, error) < 0)
        return -1;
    if (entry.kind == ENTRY_DOCUMENT && run->options->report)
        record->spent_us = (uint64_t)(clock_ns() - begun_ns) / 1000 + 1;
    return entry_record_end(record, &run->layout, &entry, &worker->memo, out) < 0
               ? error_no_memory(error)
               : 0;
}

int worker_map(void *state, uint64_t item, const struct backend_turn *turn, struct buf *out,
               struct thresh_error *error)
{
    struct worker *worker = state;
    const struct spans *spans = &worker->run->spans;
    uint64_t first = spans->starts[item], end = spans->starts[item + 1];
    uint64_t i = worker->paused_at ? worker->paused_at : first;
    worker->paused_at = 0;
    for (; i < end; i++) {
        if (do_entry(worker, i, out, error) < 0)
            return -1;
        if (i + 1 < end && backend_turn_is_over(turn)) {
            worker->paused_at = i + 1;
            return 1;
        }
    }
    return 0;
}

int worker_map_one(void *state, uint64_t item, const struct backend_turn *turn, struct buf *out,
                   struct thresh_error *error)
{
    struct worker *worker = state;
    (void)turn;
    return do_entry(worker, worker->run->alone + item, out, error);
}
