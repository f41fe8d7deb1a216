/* SPDX-License-Identifier: MIT
 *
 * thresh as a library: archives of XML in, one record a document out, in archive order.
 *
 *     struct thresh_options *options = thresh_options_new();
 *     thresh_options_set(options, "schema", "invoice.xsd", &error);
 *     struct thresh *thresh = thresh_open(options, &error);        compiles schemas once
 *     thresh_run(thresh, inputs, n, &output, &stats, &error);      as often as you like
 *     thresh_close(thresh);
 *     thresh_options_free(options);
 *
 * One thread uses a struct thresh at a time. libxml2 has one external entity loader a process,
 * and thresh_open installs one that loads nothing from a network and, once schemas are read,
 * nothing at all; of libxml2's input callbacks it leaves the one for files. Strings are UTF-8.
 * Every function that can fail fills in *error, one line that names the file, the place and the
 * remedy.
 */
#ifndef THRESH_H
#define THRESH_H

#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THRESH_API __attribute__((visibility("default")))

struct thresh_options;

/* NULL: no memory. */
THRESH_API struct thresh_options *thresh_options_new(void);
THRESH_API void thresh_options_free(struct thresh_options *options);
/* As `--name value` on the command line; see thresh --help. 0 or -1. */
THRESH_API int thresh_options_set(struct thresh_options *options, const char *name,
                                  const char *value, struct error *error);

struct thresh;

/* Compiles schemas and XPaths. The options must outlive it and not change. NULL on failure. */
THRESH_API struct thresh *thresh_open(const struct thresh_options *options,
                                      struct error *error);
THRESH_API void thresh_close(struct thresh *thresh);
/* What is odd about the schemas, though it stops nothing: a line each, "" if there is nothing.
 */
THRESH_API const char *thresh_warnings(const struct thresh *thresh);

/* Where a run's records go. */
struct thresh_output {
    /* The next bytes, in order, never from two threads at once (but from any). 0, or -1 with
     * the error filled in: the run ends. */
    int (*write)(void *context, const void *bytes, size_t len, struct error *error);
    /* Told after each step how far the run is; true stops it. NULL: not asked. */
    bool (*progress)(void *context, uint64_t entries_done, uint64_t entries,
                     uint64_t bytes_inflated);
    void *context;
};

enum { THRESH_VERDICTS = 9, THRESH_REASONS = 32 };

/* The proof that everything was looked at: verdicts and skipped add up to entries. */
struct thresh_stats {
    uint64_t entries;
    uint64_t documents;                 /* entries that were not skipped */
    uint64_t verdicts[THRESH_VERDICTS]; /* in the order of thresh_verdict_name */
    struct {
        char name[32];
        uint64_t count;
    } reasons[THRESH_REASONS]; /* why entries were skipped, in order of first sight */
    size_t n_reasons;
    uint64_t bytes_in;       /* of the inputs as they lie there */
    uint64_t bytes_inflated; /* of the documents, also where what came out was no good */
    uint64_t retried;        /* documents given a second try after a worker died */
    const char *backend;
    int workers;
    double vcpus;
    const char *vcpus_source;
    char reason[256]; /* why this backend and so many workers */
    /* What was between the workers and the system, "seccomp" and the like; NULL behind the
     * last. */
    const char *isolation[6];
    double schema_ms; /* compiling, when this thresh was opened */
    double listing_ms;
    double wall_ms; /* of this run: listing and work */
};

/* 0: the run is complete; thresh_stats_good says whether all is well. 1: stopped by progress.
 * -1: it did not complete. Stats tell what was done in each case. `inputs` are file and
 * directory names, or
 * "-" for standard input. */
THRESH_API int thresh_run(struct thresh *thresh, const char *const *inputs, size_t n_inputs,
                          const struct thresh_output *output, struct thresh_stats *stats,
                          struct error *error);

/* Every document is good and nothing went unread. */
THRESH_API bool thresh_stats_good(const struct thresh_stats *stats);
/* "valid", "wellformed", ...; NULL past the last. */
THRESH_API const char *thresh_verdict_name(int verdict);

/* What a run would do and why, as text, without doing it: write is called as in a run. */
THRESH_API int thresh_explain(struct thresh *thresh, const char *const *inputs, size_t n_inputs,
                              const struct thresh_output *output, struct error *error);

#endif
