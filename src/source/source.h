/* SPDX-License-Identifier: MIT
 *
 * The inputs of a run as one flat list of entries.
 *
 * source_open looks at each input once, in order: it lists archives, descends into archives
 * inside archives, walks directories, and decides by the bytes what is a document. What can be
 * decoded only once and in order (tar.gz, 7z, standard input from a pipe) is decoded then, its
 * documents into an unlinked temporary file, so that afterwards every document can be read at
 * random. From then on a source does not change: threads share it, forked workers inherit it,
 * and each worker reads through a reader of its own (source/reader.h).
 *
 * Nothing in an input is passed over in silence: what is not a document is an entry all the
 * same, with the reason.
 */
#ifndef THRESH_SOURCE_SOURCE_H
#define THRESH_SOURCE_SOURCE_H

#include "base/buf.h"
#include "base/error.h"
#include "source/entry_fault.h"
#include "source/slice.h"

#include <stdatomic.h>

enum entry_kind {
    ENTRY_DOCUMENT,   /* reader_read gives its bytes, or says why it cannot */
    ENTRY_SKIPPED,    /* not XML; `code` says what it is */
    ENTRY_UNREADABLE, /* cannot be looked into; `code` and `message` say why */
};

/* What is odd about an entry, and does not keep it from being read. */
enum entry_notice {
    ENTRY_NOTICE_DAMAGED_ARCHIVE = 1, /* a checksum over the whole archive is wrong */
    ENTRY_NOTICE_UNSAFE_NAME = 2,     /* as entry_name_is_unsafe has it */
    ENTRY_NOTICE_DUPLICATE_NAME = 4,  /* an earlier entry of the archive is named the same */
};

struct stat;

struct entry {
    enum entry_kind kind;
    const char *path; /* UTF-8, NUL-terminated: outer.zip!/inner.zip!/a.xml */
    size_t path_len;
    uint64_t size_bytes;  /* unpacked, as the container states it; 0 where it does not. To plan
                            by, never to be trusted */
    uint32_t crc;         /* CRC-32 of the document, as a ZIP archive states it; else 0 */
    enum entry_code code; /* ENTRY_CODE_NONE for a document */
    const char *message;  /* of an unreadable entry; lives as long as the source */
    unsigned notices;     /* enum entry_notice, or'ed */
};

/* The memory that an entry takes in the list, with its path, on average. */
enum { SOURCE_ENTRY_BYTES = 128 };

enum { SOURCE_OUTPUTS = 4 };

struct source_options {
    /* Globs (fnmatch without flags) on an entry's path, on the path within its input, and on
     * the last part of that: one match is enough. No `include` includes all. */
    const char *const *include;
    size_t n_include;
    const char *const *exclude;
    size_t n_exclude;
    bool takes_all;  /* every file is a document, whatever is in it */
    int max_nesting; /* archives within archives; 0: none is opened */
    /* Of the other limits, 0 is none. The remedies say in words what to raise. */
    uint64_t max_entries; /* over all inputs; each may take SOURCE_ENTRY_BYTES, with its path */
    const char *entries_remedy;
    uint64_t max_document_bytes; /* unpacked, and counted, not taken from a header */
    const char *document_remedy;
    uint64_t max_total_bytes;      /* unpacked while listing */
    uint64_t max_ratio;            /* unpacked : stored, asked only above 1 MiB unpacked */
    const struct arrival *arrival; /* of the input, a path; NULL: all inputs are complete */
    /* Files and directories that the run writes to: they may be none of the inputs, nor lie in
     * one that is a directory. */
    struct source_output {
        const char *option;       /* that names it: "output" */
        const struct stat *facts; /* NULL: it is not there */
        bool is_replaced;
    } outputs[SOURCE_OUTPUTS];
    const char
        *names_encoding;  /* of names in archives that do not say theirs; NULL: as usual */
    const char *temp_dir; /* for unlinked temporary files; NULL: /tmp */
    /* Bytes that fit there: what would take more is a fault of the entry. 0: it is not known,
     * and a full directory is an error of the run. */
    uint64_t max_spool_bytes;
    /* Set by anybody, at any time: listing is to end. NULL: nobody does. */
    const atomic_bool *cancelled;
};

/* Something to list. */
struct source_input {
    enum source_input_kind {
        SOURCE_PATH,   /* of a file or a directory */
        SOURCE_FD,     /* open for reading: a file, from where it stands, or a pipe or socket */
        SOURCE_MEMORY, /* as a file that holds these bytes */
    } kind;
    const char *name; /* what its entries' paths begin with; NULL: the path */
    const char *path;
    int fd;
    const void *bytes;
    size_t len;
};

struct source;

/* Lists the `inputs`, which live as long as the source. Sets *source and returns 0, or returns
 * 1 if that was cancelled, or -1 with the run's error (none of the inputs can be opened, an I/O
 * error, no room for the temporary file), which names the input and the remedy.
 * An input among others that cannot be opened is an unreadable entry. A descriptor stays the
 * caller's: of a file another is made, and a stream has been read to its end.
 *
 * A broken archive is not an error: all that can be read of it is listed, and an unreadable
 * entry under the archive's own path says that this is not all.
 *
 * To be called before there are threads. The options' strings and arrival must live as long as
 * the source, its arrays of globs only until this returns. */
int source_open(struct source **source, const struct source_input *inputs, size_t n_inputs,
                const struct source_options *options, struct thresh_error *error);
void source_close(struct source *source);

/* Opens the files that readers would open, and keeps them open, for workers that may open none.
 * To be called before there are readers. Returns whether readers now need to open nothing: not
 * so where there are too many files, or where a document is a file of its own. */
bool source_preopen(struct source *source);

/* Of an input that is arriving, and of entries from `first` on, before `end`. What reading them
 * takes is asked for; and waited for: 0, or -1 with an error, for it does not come. */
void source_want(const struct source *source, uint64_t first, uint64_t end);
int source_await(const struct source *source, uint64_t first, uint64_t end,
                 struct thresh_error *error);

/* All from here on may be called by any number of threads at once. */

uint64_t source_count(const struct source *source); /* entries of all kinds */
/* Bytes of the inputs, as they are stored. */
uint64_t source_bytes_in(const struct source *source);

/* Fills *entry. `scratch` is the caller's and holds the path, which is valid until the next
 * call with it. 0, or -1 without memory. */
int source_entry(const struct source *source, uint64_t index, struct buf *scratch,
                 struct entry *entry);
/* Two facts of it for planning, without the cost of the path. */
enum entry_kind source_kind(const struct source *source, uint64_t index);
uint64_t source_size_bytes(const struct source *source, uint64_t index);

#endif
