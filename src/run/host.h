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
struct schema_store;
struct stat;

struct host {
    const char *temp_dir;         /* for unlinked temporary files; NULL: /tmp */
    const char *lambda_memory_mb; /* AWS_LAMBDA_FUNCTION_MEMORY_SIZE as it was found, or NULL */
    /* AWS_LAMBDA_MAX_CONCURRENCY, on managed instances: so many runs at a time share memory
     * and CPUs; 0: not on one. */
    unsigned lambda_concurrency;
    /* Where calls of the library go on in several threads, each is between these two, and forks
     * only where it is there `alone`: a child has the locks that other threads held at that
     * moment, and nobody who lets go of them. NULL: no other thread calls the library. */
    void (*enter)(void *turns, bool alone);
    void (*leave)(void *turns);
    void *turns;
    struct schema_store *schemas; /* that are kept from one open to the next; NULL: none are */
    bool colour;                  /* text goes to a terminal that takes colours */

    /* These may change from one run to the next. */
    int64_t end_ms; /* unix time by which the run should have ended; 0: that is not known */
    uint64_t max_spool_bytes;                                    /* as source_options' */
    bool (*await)(void *context, uint64_t offset, uint64_t len); /* as source_options' */
    void *await_context;
    const struct stat *output; /* as source_options' */
    const struct stat *report; /* as source_options' */
};

/* All that a call of the library does is between these two: listing, compiling and freeing take
 * locks of libraries as reading does. */
void host_begin(const struct host *host);
void host_end(const struct host *host);
/* Within them, what is between these two may fork. */
void host_begin_alone(const struct host *host);
void host_end_alone(const struct host *host);

/* thresh_open on this host, which must outlive what is opened. */
struct thresh *thresh_open_on(const struct host *host, const struct thresh_options *options,
                              struct thresh_error *error);

/* Whether its runs may be done by processes. */
bool thresh_may_fork(const struct thresh *thresh);
/* What a run came to beyond its stats; it has the run's life. */
const struct findings *thresh_run_findings(const struct thresh_run *run);
/* Whether this file is one of those that its schemas were made of. */
bool thresh_has_read(const struct thresh *thresh, const struct stat *file);

#endif
