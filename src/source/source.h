/* SPDX-License-Identifier: MIT
 *
 * The inputs of a run as one flat list of entries, and the bytes of each document.
 *
 * source_open looks at every input once, in order: it lists archives, descends into archives
 * inside archives, walks directories, and decides by content what is a document. What can be
 * decoded only once and in order (tar.gz, 7z, standard input from a pipe) is decoded then, its
 * documents into an unlinked temporary file, so that afterwards every document can be read at
 * random. After that a source never changes: threads share it, forked workers inherit it, and
 * each worker reads through a reader of its own.
 *
 * Nothing in an input is silently passed over: whatever is not a document to be parsed is an
 * entry all the same, with the reason.
 */
#ifndef THRESH_SOURCE_SOURCE_H
#define THRESH_SOURCE_SOURCE_H

#include "base/buf.h"
#include "base/error.h"
#include "source/entry_fault.h"

enum entry_kind {
    ENTRY_DOCUMENT,   /* reader_read gives its bytes, or says why it cannot */
    ENTRY_SKIPPED,    /* not XML, and `code` says what it is */
    ENTRY_UNREADABLE, /* could not be looked into; `code` and `message` say why */
};

struct entry {
    enum entry_kind kind;
    const char *path; /* UTF-8, NUL-terminated: outer.zip!/inner.zip!/a.xml; valid until the
                         next call with the same scratch buf */
    size_t path_len;
    uint64_t size_bytes; /* as the container states it; 0 where it does not: plan by it, never
                            trust it */
    enum entry_code code;    /* skipped, unreadable: the reason */
    const char *message; /* unreadable: for people */
    const char *notices[4]; /* what is odd and does not stop it: "damaged-archive",
                               "unsafe-name", "duplicate-name"; NULL behind the last */
};

/* What an entry takes in the list, with its path, one with another. */
enum { ENTRY_BYTES = 128 };

struct source_options {
    const char *const
        *include; /* globs on the path (fnmatch, also on its last part); none: all */
    size_t n_include;
    const char *const *exclude;
    size_t n_exclude;
    int max_nesting; /* archives within archives, 0: none are opened */
    /* The other limits: 0 is none. */
    uint64_t max_entries;        /* over all inputs; with paths, ENTRY_BYTES for each */
    const char *entries_remedy;  /* what to raise, in words */
    uint64_t max_document_bytes; /* inflated and counted, never taken from a header */
    const char *document_remedy; /* as above */
    uint64_t max_total_bytes;    /* inflated, over the whole run, as far as listing inflates */
    uint64_t max_ratio;          /* inflated : stored, asked only above 1 MiB inflated */
    /* A ZIP archive that is still being written to its file, which has its final size and its
     * list of entries: returns once `len` bytes from `offset` (or to the end) are there, false
     * where they will never be. Any number of threads at once. NULL: the inputs are complete.
     */
    bool (*await)(void *context, uint64_t offset, uint64_t len);
    void *await_context;
    const char *temp_dir; /* where unlinked temporary files go */
    /* Room there: what does not fit is an entry's fault. 0: not known, and that there is none
     * is the run's. */
    uint64_t max_spool_bytes;
};

struct source;

/* `inputs` are file and directory names, "-" for standard input. 0, or -1 for a run's error
 * (an input that cannot be opened, an I/O error, no room for the temporary file), naming the
 * input and the remedy. What is broken is not the run's error: all that can be read of it is
 * listed, and an unreadable entry of the archive's own path says that this is not all. Call it
 * before any thread exists. */
int source_open(struct source **source, const char *const *inputs, size_t n_inputs,
                const struct source_options *options, struct thresh_error *error);
void source_close(struct source *source);

/* Opens what readers would open when they need it, and keeps it open. Whether all of it could
 * be: readers then open nothing. To be called before there are any. */
bool source_preopen(struct source *source);

uint64_t source_count(const struct source *source); /* entries of every kind */
uint64_t
source_bytes_in(const struct source *source); /* bytes of the inputs as they lie there */
/* Fills *entry; `scratch` is the caller's and holds the path. Any number of threads at once. */
int source_entry(const struct source *source, uint64_t index, struct buf *scratch,
                 struct entry *entry);
/* Cheap facts for planning, without the path. */
enum entry_kind source_kind(const struct source *source, uint64_t index);
uint64_t source_size_bytes(const struct source *source, uint64_t index);

/* A worker's way to the bytes: its own buffers and decoders, over the shared source. */
struct reader;
struct reader *reader_open(const struct source *source, struct thresh_error *error);
void reader_close(struct reader *reader);

/* The bytes of document `index`, checked (CRC, stated size): 0 with *bytes and *len, valid
 * until the next call and followed by at least one NUL byte that is not counted; 1 with
 * *fault, for the document's own fault, *len being what was unpacked for nothing; -1 for
 * the run's. */
int reader_read(struct reader *reader, uint64_t index, const char **bytes, size_t *len,
                struct entry_fault *fault, struct thresh_error *error);

#endif
