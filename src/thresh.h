/* SPDX-License-Identifier: MIT
 *
 * thresh as a library: archives of XML in, one record for each entry out, in archive order.
 *
 *     struct thresh_options *options = thresh_options_new();
 *     thresh_options_set(options, "schema", "invoice.xsd", &error);
 *     struct thresh *thresh = thresh_open(options, &error);        compiles the schemas once
 *     thresh_run(thresh, inputs, n, &output, &stats, &error);      as often as you like
 *     thresh_close(thresh);
 *     thresh_options_free(options);
 *
 * Strings are UTF-8 and end with NUL. Strings and arrays that you pass are copied or used
 * during the call; strings that you get belong to the library. Sizes are in bytes, times in
 * milliseconds, except that an option may say seconds.
 *
 * Errors. A function that can fail takes a struct thresh_error, which must not be NULL. After a
 * failure its text is one line that names the file, the place and the remedy; otherwise it is
 * left as it was. What is wrong with a document is never an error: the document's record says
 * it. A failed allocation is an error. Nothing in the library ends the process.
 *
 * Threads. The library makes its own workers. Several threads, each with a struct thresh of
 * its own, may open and run at any time; calls for the same one are made one at a time, except
 * for functions that say otherwise. The fork backend (also chosen for isolation and for a time
 * or memory limit on documents) refuses to run in a process that has other threads. There a
 * schema in RELAX NG, which thresh_open compiles in a child first, is compiled without that
 * trial, though libxml2's compiler keeps to no limit, and guard-schemas, which asks for one, is
 * an error. The backend's workers are child processes that the library waits for by process id:
 * a program that waits for any child must leave them alone. The openmp backend ends the OpenMP
 * threads of the process after each run; with GCC's runtime, set OMP_WAIT_POLICY=passive in the
 * environment to keep waiting threads from spinning.
 *
 * The process. What others in it do with libxml2 is left alone: its entity loader, catalogs and
 * input callbacks are neither used nor changed, so that nothing that the host sets lets a
 * document reach anything; who hears of its errors is put back in a thread before a call
 * returns. One thing stays: the first thresh_open puts itself before libxml2's allocator, to
 * learn when it has no memory, and passes all on to the one that it found. Set another before
 * that. The library reads no environment variable, prints nothing, and changes neither signal
 * handlers nor the locale. During a run, entries of archives that can only be decoded in order
 * are kept in an unlinked file in /tmp.
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

/* The version of this header, which is the library's. */
#define THRESH_VERSION "0.1.0"

/* Why a call failed: one line without a line feed. */
struct thresh_error {
    char text[1024];
};

/* -- Options -------------------------------------------------------------------------- */

/* What a run does: schemas, XPaths, format, backend, limits. */
struct thresh_options;

/* Options with their defaults; free them with thresh_options_free. NULL: no memory. Any
 * thread. */
THRESH_API struct thresh_options *thresh_options_new(void);

/* Takes NULL, too. Every struct thresh opened with these options must be closed before. */
THRESH_API void thresh_options_free(struct thresh_options *options);

/* Sets an option as `--name value` does on the command line; `thresh --help` lists names,
 * values and defaults. A repeatable option is added to, any other is replaced. A switch takes
 * "true", "false", or NULL for "true". Options of the command itself ("output", "stats",
 * "explain", "progress") have no effect here, and the format is NDJSON unless it is set. 0, or
 * -1 with the error filled in and the options unchanged ("job": but for the members before the
 * one that is wrong). Only the form of the value is checked here: thresh_open says whether
 * schemas can be read, XPaths are correct and the backend is built. Any thread, one at a time
 * for the same options. */
THRESH_API int thresh_options_set(struct thresh_options *options, const char *name,
                                  const char *value, struct thresh_error *error);

/* -- Opening -------------------------------------------------------------------------- */

/* Compiled schemas and XPaths, ready to run. */
struct thresh;

/* Detects the vCPUs and compiles schemas and XPaths. The options must not change, and must not
 * be freed, until thresh_close. NULL with the error filled in: an option, a schema or an XPath
 * is wrong, or there is no memory. */
THRESH_API struct thresh *thresh_open(const struct thresh_options *options,
                                      struct thresh_error *error);

/* Takes NULL, too. Not during a run. */
THRESH_API void thresh_close(struct thresh *thresh);

/* What is wrong with the schemas but stops nothing: the constraints of XML Schema that they
 * break, with what is done instead, and the imports that are not there; one line each, "" if
 * there is nothing. With the option strict-schema constraints that are broken are an error of
 * thresh_open. Valid until thresh_close. Any thread. */
THRESH_API const char *thresh_warnings(const struct thresh *thresh);

/* -- Running -------------------------------------------------------------------------- */

/* Where the records of a run go. The two functions may be called from any thread, but never
 * both at once, and must not call the library. */
struct thresh_output {
    /* Takes the next bytes of the output, valid during the call: one record a call, with its
     * line feed; in CSV, the heading first. 0, or -1 with error->text filled in: the run then
     * ends and fails with that error. */
    int (*write)(void *context, const void *bytes, size_t len, struct thresh_error *error);
    /* Told from time to time how many entries are done, how many there are, and how many bytes
     * of documents have been inflated. Returning true stops the run. May be NULL. */
    bool (*progress)(void *context, uint64_t entries_done, uint64_t entries,
                     uint64_t bytes_inflated);
    void *context; /* the first argument of both */
};

enum {
    THRESH_VERDICTS = 9, /* how many verdicts there are */
    THRESH_REASONS = 32, /* how many reasons are counted; further ones count as the last */
};

/* What a run came to. After a complete run the verdicts add up to the entries. */
struct thresh_stats {
    uint64_t entries;                   /* found in the inputs, of every kind */
    uint64_t documents;                 /* of these, answered and not skipped */
    uint64_t first_missing;             /* index of the first that was not answered */
    uint64_t verdicts[THRESH_VERDICTS]; /* entries by verdict, in thresh_verdict_name's order */
    struct {
        char name[32];
        uint64_t count;
    } reasons[THRESH_REASONS]; /* why entries were skipped, in order of first occurrence */
    size_t n_reasons;
    uint64_t bytes_in;       /* of the inputs, compressed as they are */
    uint64_t bytes_inflated; /* of the documents, those that proved damaged included */
    uint64_t unread;     /* well-formed documents that refer to an entity that was not read */
    uint64_t retried;    /* documents that were done again after a worker had died */
    const char *backend; /* a constant, like the other strings here; NULL: none was chosen */
    int workers;
    double vcpus;             /* that this process can use */
    const char *vcpus_source; /* what says so: "affinity", "cgroup v2 cpu.max", ... */
    char reason[256];         /* why this backend and this number of workers, in words */
    const char *isolation[6]; /* the layers that all workers had ("seccomp", ...), then NULL */
    const char *warnings;     /* as thresh_warnings has them, valid as long */
    double schema_ms;         /* time thresh_open took to compile the schemas */
    double listing_ms;        /* time this run took to list its inputs */
    double wall_ms;           /* time this run took, listing included */
};

/* Does every document in `inputs`: names of files and directories, or "-" for standard input.
 * The output's functions are called before it returns; *stats is filled in whatever the
 * outcome. 0: every entry was answered; thresh_stats_good says whether all is well. 1: progress
 * stopped it, between two documents; every document that was done by then is answered, and
 * documents between these may be missing. -1 with the error filled in: it did not complete, and
 * the records written so far are the first of the run. */
THRESH_API int thresh_run(struct thresh *thresh, const char *const *inputs, size_t n_inputs,
                          const struct thresh_output *output, struct thresh_stats *stats,
                          struct thresh_error *error);

/* Whether there were documents, every entry was answered, every verdict is a good one (valid,
 * wellformed or skipped) and nothing that a document refers to went unread. Any thread. */
THRESH_API bool thresh_stats_good(const struct thresh_stats *stats);

/* The name of a verdict, "valid", "wellformed" and so on; NULL for a number that is none. Any
 * thread. */
THRESH_API const char *thresh_verdict_name(int verdict);

/* Lists the inputs and writes to the output, as text for people, what thresh_run would do with
 * them and why. No document is read, progress is not called. 0, or -1 with the error filled
 * in. */
THRESH_API int thresh_explain(struct thresh *thresh, const char *const *inputs, size_t n_inputs,
                              const struct thresh_output *output, struct thresh_error *error);

#ifdef __cplusplus
}
#endif

#endif
