/* SPDX-License-Identifier: MIT
 *
 * What the functions of this room share while they list the inputs of a run, and the item that
 * they are at work on. One thread lists all inputs, before there are any workers.
 *
 * Where nothing else is said, a function of this room returns 0, or -1 with the run's error in
 * indexer->error. What is wrong with an item is not an error: it becomes an unreadable entry,
 * and the function returns 0.
 */
#ifndef THRESH_SOURCE_INDEX_INDEXER_H
#define THRESH_SOURCE_INDEX_INDEXER_H

#include "source/feed.h"
#include "source/index/name_encoding.h"
#include "source/source_private.h"
#include "source/window.h"
#include <sys/stat.h>

#define ZLIB_CONST
#include <zlib.h>

struct indexer {
    struct source *source;
    struct thresh_error *error;
    struct window directory; /* over the lists of entries of ZIP archives */
    struct window members;   /* over the bytes of items */
    struct name_encoding names;
    z_stream inflate; /* raw deflate, reset for each use */
    bool has_inflate;
    uint64_t left;         /* bytes that may still be unpacked: max_total_bytes less what was */
    uint64_t outer_stored; /* stored bytes of the outermost packed item that is open; 0: none */
    uint64_t outer_start;  /* the spool's length when that was opened */
    uint64_t last_file;    /* the number given last to an open file, for the windows */
    uint64_t prefix_bytes; /* over all entries: what their paths begin with, in bytes */
    uint64_t more_members; /* entries that the archive at hand has after this one */
    bool is_full;          /* the limit of entries is reached: nothing more is added */
};

/* Something to be listed: an input, a file in a directory, or a member of an archive. */
struct index_item {
    struct entry_name name;
    uint32_t container;    /* in which it is named */
    int depth;             /* archives around it */
    struct slice bytes;    /* its bytes as they are stored */
    uint64_t size;         /* in bytes once it is unpacked, as stated; 0: not stated */
    uint32_t file;         /* where to read it later: a file of the listing, LISTING_SPOOL, or
                           LISTING_NO_FILE for a whole file that has no place there yet */
    const char *open_path; /* of such a whole file; else NULL */
    bool is_input;         /* the user named it */
};

int indexer_open(struct indexer *indexer, struct source *source, struct thresh_error *error);
void indexer_close(struct indexer *indexer);

/* The item's file cannot be read, for the reason in errno. Returns -1. */
int indexer_cannot_read(struct indexer *indexer, const struct index_item *item);

/* Opens a feed of bytes that lie in the item's file. */
void indexer_feed(const struct indexer *indexer, const struct index_item *item,
                  const struct slice *bytes, struct slice_feed *feed);
/* 0, or -1 where the run is cancelled: whoever takes long asks now and then. */
int indexer_go_on(const struct indexer *indexer);

/* Makes a name fit to be shown. Where it is not, it is written anew into `scratch`, which must
 * live as long as the name. */
int indexer_name(struct indexer *indexer, const char *raw, size_t len, struct buf *scratch,
                 struct entry_name *name);

/* The same of a name in an archive that does not say how it is encoded: as the user says, if
 * they do, and it is. */
int indexer_unencoded_name(struct indexer *indexer, const char *raw, size_t len,
                           struct buf *scratch, struct entry_name *name);

/* Whether the run is to write to files that are there. */
bool indexer_has_outputs(const struct indexer *indexer);
/* Refuses one of them: 0, or -1 with the run's error, which names it. */
int indexer_check_output(struct indexer *indexer, const struct stat *facts, const char *path);

/* Whether the user's globs leave the item out. An archive is left out if it is excluded; what
 * is not included may be an archive with something in it that is. */
int indexer_is_excluded(struct indexer *indexer, const struct index_item *item, bool is_archive,
                        bool *excluded);

#endif
