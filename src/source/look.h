/* SPDX-License-Identifier: MIT
 *
 * Looking into inputs: what a run of bytes is, what is in it, and an entry for each thing
 * found. Used while a source is opened, by one thread.
 */
#ifndef THRESH_LOOK_H
#define THRESH_LOOK_H

#include "feed.h"
#include "name.h"
#include "sniff.h"
#include "spool.h"
#include "window.h"

struct source {
    struct listing listing;
    struct spool spool;
    struct source_options options; /* its globs only while listing */
    uint64_t bytes_in;
};

struct look {
    struct source *source;
    struct error *error;
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
struct place {
    struct name name;
    uint32_t container; /* in which it is named */
    int depth;          /* archives around it */
    uint64_t size;      /* of the bytes */
    int fd;
    uint64_t serial; /* of the fd, for the windows */
    uint64_t offset;
    uint32_t file;         /* to read it from later; SPOOL_FILE; NO_FILE for a whole file */
    const char *open_path; /* of a whole file, which is opened by its name later; or NULL */
    bool is_input;         /* named by the user */
};

int look_open(struct look *look, struct source *source, struct error *error);
void look_close(struct look *look);

/* All return 0, or -1 with the run's trouble; the trouble of what is looked at becomes entries.
 */

int look_at(struct look *look, const struct place *place);
int look_at_zip(struct look *look, const struct place *place);
int look_at_tar(struct look *look, const struct place *place, enum codec codec);
int look_at_sevenzip(struct look *look, const struct place *place);
/* The entries of the directory `path`, all under `container`. */
int look_at_directory(struct look *look, const char *path, uint32_t container);

int look_add_skipped(struct look *look, uint32_t container, const struct name *name,
                     uint64_t size, const char *code);
int look_add_unreadable(struct look *look, uint32_t container, const struct name *name,
                        const struct trouble *trouble);
/* What is no document: skipped as `why`, or unreadable if it is packed or is named as if. */
int look_add_leaf(struct look *look, uint32_t container, const struct name *name, uint64_t size,
                  enum sniff sniff, const char *why, const char *foreign);
int look_add_document(struct look *look, const struct place *place, enum codec codec,
                      uint64_t size);
int look_add(struct look *look, const struct record *record, const struct name *name);

/* Whether the globs leave out a leaf of this name; an archive only if `is_archive` and
 * excluded. */
int look_is_excluded(struct look *look, uint32_t container, const struct name *name,
                     bool is_archive, bool *excluded);
/* What a leaf is whose first bytes say `sniff`: NULL for a document, else why it is skipped. */
const char *look_judge(const struct name *name, enum sniff sniff);
/* The container for what is inside `place`: 0 and its index, 1 after an entry said why not. */
int look_enter(struct look *look, const struct place *place, uint32_t *container);
/* Whether the archive may be opened at its depth; if not an entry says so. 0 or 1. */
int look_check_depth(struct look *look, const struct place *place);

/* Makes a name fit to be shown; scratch holds it. */
int look_name(struct look *look, const char *raw, size_t len, struct buf *scratch,
              struct name *name);
/* Bounds what is spooled until look_unpacked by max_ratio times `stored`, however deep it lies,
 * if nothing around it is bound already. Whether it did, for look_unpacked to know. */
bool look_unpacking(struct look *look, uint64_t stored);
void look_unpacked(struct look *look, bool did);
/* Appends to the spool, within that bound and its room: 0, 1 with *trouble, -1. */
int look_keep(struct look *look, const void *bytes, size_t len, struct trouble *trouble);
/* Unpacks all of the feed into the spool; `to` is then the place of it there, named as `from`.
 * 0, 1 with *trouble, -1. */
int look_spool(struct look *look, struct feed *feed, const struct place *from, struct place *to,
               struct trouble *trouble);
/* What was appended to the spool since `start`, as a place. */
int look_spool_place(struct look *look, uint64_t start, const struct place *from,
                     struct place *to);
/* What `place` is called in an error. */
const char *look_what(const struct look *look, const struct place *place);
int look_failed(struct look *look, const struct place *place); /* -1, by errno */

#endif
