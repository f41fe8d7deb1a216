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
 * Strings are UTF-8 and end with NUL; those given are copied or used within the call, those
 * returned belong to the library. Sizes are in bytes, times in milliseconds unless an option
 * says seconds.
 *
 * Errors. A function that can fail takes a struct thresh_error; once it has failed, and only then, the
 * text is one line that names the file, the place and the remedy. What is wrong with a document
 * is no error: its record says it. Allocations that fail are errors, nothing here ends the
 * process.
 *
 * Threads. One call at a time, from whichever thread: the library makes its own workers, and
 * several struct thresh may be open at once. Workers that are processes (the fork backend:
 * isolation, a time or memory limit) are refused where the program has threads of its own; they
 * are waited for by name, so a program that waits for any child takes care not to take them.
 * The openmp backend ends the idle OpenMP threads of the process after each run; with gcc's,
 * OMP_WAIT_POLICY=passive in the environment keeps waiting threads from spinning.
 *
 * The process. libxml2's state is one for all: thresh_open watches its allocator, silences its
 * messages, leaves it no catalogs and of its input callbacks the one for files, and installs an
 * external entity loader that loads nothing from a network and, once schemas are read, nothing
 * at all, not even for xmlReadFile: read the file yourself and give xmlReadMemory the bytes.
 * The library reads no environment, prints nothing, and leaves signals and the locale as they
 * are. What can be decoded only once lies in an unlinked file in /tmp during a run.
 */
#ifndef THRESH_H
#define THRESH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define THRESH_API __attribute__((visibility("default")))

/* The version of this header, as `thresh --version` says it. */
#define THRESH_VERSION "0.1.0"

/* What a function that failed has to say: one line without a line feed, empty while all is well. */
struct thresh_error {
    char text[1024];
};

struct thresh_options;

/* NULL: no memory. */
THRESH_API struct thresh_options *thresh_options_new(void);
THRESH_API void thresh_options_free(struct thresh_options *options);
/* As `--name value` on the command line; see thresh --help for names, values and defaults. What
 * may be repeated there is added to, anything else is replaced. A switch takes "true", "false",
 * or NULL for "true". What only the command does ("output", "stats", "explain", "progress") has
 * no effect here, and the format is NDJSON unless set. 0 or -1. */
THRESH_API int thresh_options_set(struct thresh_options *options, const char *name,
                                  const char *value, struct thresh_error *error);

struct thresh;

/* Compiles schemas and XPaths. The options must outlive it and not change. NULL on failure. */
THRESH_API struct thresh *thresh_open(const struct thresh_options *options,
                                      struct thresh_error *error);
THRESH_API void thresh_close(struct thresh *thresh);
/* What is odd about the schemas, though it stops nothing: a line each, "" if there is nothing.
 * Until thresh_close. */
THRESH_API const char *thresh_warnings(const struct thresh *thresh);

/* Where a run's records go. Neither function is called from two threads at once, but from any;
 * neither may call the library. */
struct thresh_output {
    /* The next bytes, in order, yours until you return: one record a call, line feed and all;
     * in CSV, the heading before the first. 0, or -1 with error->text filled in: the run ends
     * and fails with it. */
    int (*write)(void *context, const void *bytes, size_t len, struct thresh_error *error);
    /* Told after each step how far the run is; true stops it. NULL: not asked. */
    bool (*progress)(void *context, uint64_t entries_done, uint64_t entries,
                     uint64_t bytes_inflated);
    void *context; /* handed to both */
};

enum { THRESH_VERDICTS = 9, THRESH_REASONS = 32 };

/* The proof that everything was looked at: verdicts, skipped among them, add up to entries.
 * Strings in it are constants. */
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

/* `inputs` are names of files and directories, or "-" for standard input. Stats are filled in,
 * whatever comes of it. 0: the run is complete; thresh_stats_good says whether all is well.
 * 1: stopped by progress. -1: it did not complete. */
THRESH_API int thresh_run(struct thresh *thresh, const char *const *inputs, size_t n_inputs,
                          const struct thresh_output *output, struct thresh_stats *stats,
                          struct thresh_error *error);

/* There are documents, every one is good, and nothing went unread. */
THRESH_API bool thresh_stats_good(const struct thresh_stats *stats);
/* "valid", "wellformed", ...; NULL past the last. */
THRESH_API const char *thresh_verdict_name(int verdict);

/* What a run would do and why, as text, without doing it: write is called as in a run, progress
 * is not. 0 or -1. */
THRESH_API int thresh_explain(struct thresh *thresh, const char *const *inputs, size_t n_inputs,
                              const struct thresh_output *output, struct thresh_error *error);

#ifdef __cplusplus
}
#endif

#endif
