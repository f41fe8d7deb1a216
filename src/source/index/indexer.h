/* SPDX-License-Identifier: MIT
 *
 * Looking into inputs: what a run of bytes is, what is in it, and an entry for each thing
 * found. Used while a source is opened, by one thread.
 */
#ifndef THRESH_SOURCE_INDEX_INDEXER_H
#define THRESH_SOURCE_INDEX_INDEXER_H

#include "source/feed.h"
#include "source/index/entry_name.h"
#include "source/index/sniff.h"
#include "source/spool.h"
#include "source/zip/window.h"

struct source {
    struct listing listing;
    struct spool spool;
    struct source_options options; /* its globs only while listing */
    uint64_t bytes_in;
};

struct indexer {
    struct source *source;
    struct thresh_error *error;
    struct window directory; /* reads ZIP directories */
    struct window members;   /* reads ahead in what is looked into */
    z_stream inflate;        /* raw deflate, reset for each use */
    bool has_inflate;
    uint64_t left;     /* bytes that may still be unpacked */
    uint64_t packed;   /* stored bytes of the outermost packed thing that is open; 0: none is */
    uint64_t spooled;  /* the spool's length when that was opened */
    uint64_t serial;   /* numbers open files for the windows */
    uint64_t prefixes; /* bytes of what the paths of the entries so far begin with */
    uint64_t more;     /* entries that the archive being listed says it has after this one */
    bool is_full;      /* the limit of entries is reached: nothing more is added */
};

/* A run of bytes with a name. */
struct named_bytes {
    struct entry_name name;
    uint32_t container; /* in which it is named */
    int depth;          /* archives around it */
    uint64_t size;      /* of the bytes */
    int fd;
    uint64_t serial; /* of the fd, for the windows */
    uint64_t offset;
    uint32_t file; /* to read it from later; LISTING_SPOOL; LISTING_NO_FILE for a whole file */
    const char *open_path; /* of a whole file, which is opened by its name later; or NULL */
    bool is_input;         /* named by the user */
};

int indexer_open(struct indexer *indexer, struct source *source, struct thresh_error *error);
void indexer_close(struct indexer *indexer);

/* All return 0, or -1 with the run's error; the fault of what is looked at becomes entries.
 */

int indexer_at(struct indexer *indexer, const struct named_bytes *place);
int indexer_at_zip(struct indexer *indexer, const struct named_bytes *place);
int indexer_at_tar(struct indexer *indexer, const struct named_bytes *place, enum codec codec);
int indexer_at_sevenzip(struct indexer *indexer, const struct named_bytes *place);
/* The entries of the directory `path`, all under `container`. */
int indexer_at_directory(struct indexer *indexer, const char *path, uint32_t container);

int indexer_add_skipped(struct indexer *indexer, uint32_t container,
                        const struct entry_name *name, uint64_t size, enum entry_code code);
int indexer_add_unreadable(struct indexer *indexer, uint32_t container,
                           const struct entry_name *name, const struct entry_fault *fault);
/* What is no document: skipped as `why`, or unreadable if it is packed or is named as if. */
int indexer_add_leaf(struct indexer *indexer, uint32_t container, const struct entry_name *name,
                     uint64_t size, enum sniff sniff, enum entry_code why, const char *foreign);
int indexer_add_document(struct indexer *indexer, const struct named_bytes *place,
                         enum codec codec, uint64_t size);
int indexer_add(struct indexer *indexer, const struct listing_record *record,
                const struct entry_name *name);

/* Whether the globs leave out a leaf of this name; an archive only if `is_archive` and
 * excluded. */
int indexer_is_excluded(struct indexer *indexer, uint32_t container,
                        const struct entry_name *name, bool is_archive, bool *excluded);
/* What a leaf is whose first bytes say `sniff`: ENTRY_CODE_NONE for a document, else why it is skipped. */
enum entry_code indexer_judge(const struct entry_name *name, enum sniff sniff);
/* The container for what is inside `place`: 0 and its index, 1 after an entry said why not. */
int indexer_enter(struct indexer *indexer, const struct named_bytes *place,
                  uint32_t *container);
/* Whether the archive may be opened at its depth; if not an entry says so. 0 or 1. */
int indexer_check_depth(struct indexer *indexer, const struct named_bytes *place);

/* Makes a name fit to be shown; scratch holds it. */
int indexer_name(struct indexer *indexer, const char *raw, size_t len, struct buf *scratch,
                 struct entry_name *name);
/* Bounds what is spooled until indexer_unpacked by max_ratio times `stored`, however deep it lies,
 * if nothing around it is bound already. Whether it did, for indexer_unpacked to know. */
bool indexer_unpacking(struct indexer *indexer, uint64_t stored);
void indexer_unpacked(struct indexer *indexer, bool did);
/* Appends to the spool, within that bound and its room: 0, 1 with *fault, -1. */
int indexer_keep(struct indexer *indexer, const void *bytes, size_t len,
                 struct entry_fault *fault);
/* Unpacks all of the feed into the spool; `to` is then the place of it there, named as `from`.
 * 0, 1 with *fault, -1. */
int indexer_spool(struct indexer *indexer, struct feed *feed, const struct named_bytes *from,
                  struct named_bytes *to, struct entry_fault *fault);
/* What was appended to the spool since `start`, as a place. */
int indexer_spool_place(struct indexer *indexer, uint64_t start, const struct named_bytes *from,
                        struct named_bytes *to);
/* What `place` is called in an error. */
const char *indexer_what(const struct indexer *indexer, const struct named_bytes *place);
int indexer_failed(struct indexer *indexer, const struct named_bytes *place); /* -1, by errno */

#endif
