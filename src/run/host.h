/* SPDX-License-Identifier: MIT
 *
 * Facts about what is around a run: no options of it, but known to the command and the Lambda
 * function, and told to the library, which reads no environment. A program that embeds the
 * library need not care: thresh_open assumes a machine with a /tmp, and nothing else.
 */
#ifndef THRESH_RUN_HOST_H
#define THRESH_RUN_HOST_H

#include "thresh.h"

struct findings;
struct buf;
struct arrival;
struct schema_store;
struct stat;

struct host {
    const char *temp_dir;         /* for unlinked temporary files; NULL: /tmp */
    const char *lambda_memory_mb; /* AWS_LAMBDA_FUNCTION_MEMORY_SIZE as it was found, or NULL */
    /* AWS_LAMBDA_MAX_CONCURRENCY, on managed instances: so many runs at a time share memory
     * and CPUs; 0: not on one. */
    unsigned lambda_concurrency;
    /* The process may have other threads, and forks all the same: they are at rest, or in
     * nothing that a child needs. (A child has the locks that other threads held at that
     * moment, and nobody who lets go of them.) */
    bool others_rest;
    /* Tries the schemas that are being opened, in a process that this one need not fork. 0, or
     * -1 with the error filled in. NULL: it forks. */
    int (*try_schemas)(void *context, struct thresh_error *error);
    void *try_context;
    struct schema_store *schemas; /* that are kept from one open to the next; NULL: none are */
    bool colour;                  /* text goes to a terminal that takes colours */
    unsigned columns;             /* of the terminal that text goes to; 0: it goes to none */
    bool keeps_sources;           /* for thresh_write_image */

    /* These may change from one run to the next. */
    /* Unix time by which an open or a run should have ended, and until which another thread's
     * compiling is waited for; 0: that is not known. */
    int64_t end_ms;
    uint64_t max_spool_bytes;      /* as source_options' */
    const struct arrival *arrival; /* as source_options' */
    const struct stat *output;     /* the file that the records will replace, and ... */
    const struct stat *report;     /* ... that of the page; NULL: there is none */
};

/* thresh_open on this host, which must outlive what is opened. */
struct thresh *thresh_open_on(const struct host *host, const struct thresh_options *options,
                              struct thresh_error *error);

/* Appends the image of its schemas, which were opened on a host that keeps sources. 0, or -1
 * with the error filled in. */
int thresh_write_image(const struct thresh *thresh, struct buf *bytes,
                       struct thresh_error *error);

/* Tries the schemas of these options in a process of its own, as guard-schemas has it. 0, or -1
 * with the error filled in. */
int thresh_try_on(const struct host *host, const struct thresh_options *options,
                  struct thresh_error *error);

/* Lists the inputs, and waits until all that its shard is made of has arrived. As
 * thresh_run. */
int thresh_run_await(struct thresh_run *run, struct thresh_error *error);

/* Whether schemas were compiled for it, and not found among those that are kept. */
bool thresh_has_compiled(const struct thresh *thresh);
/* Whether its runs may be done by processes. */
bool thresh_may_fork(const struct thresh *thresh);
/* What a run came to beyond its stats; it has the run's life. */
const struct findings *thresh_run_findings(const struct thresh_run *run);
/* Whether this file is one of those that its schemas were made of. */
bool thresh_has_read(const struct thresh *thresh, const struct stat *file);

#endif
