/* SPDX-License-Identifier: MIT
 *
 * thresh as a library: archives of XML in, one record for each entry out, in archive order.
 *
 *     struct thresh_options *options = thresh_options_new();
 *     thresh_options_set(options, "schema", "invoice.xsd", &error);
 *     struct thresh *thresh = thresh_open(options, &error);        compiles the schemas once
 *     struct thresh_run *run = thresh_run_new(thresh);             as often as you like
 *     thresh_run_add_path(run, "invoices.zip", NULL);
 *     thresh_run_on_record(run, look_at_record, &mine);
 *     thresh_run(run, &error);
 *     thresh_run_free(run);
 *     thresh_close(thresh);
 *     thresh_options_free(options);
 *
 * Strings are UTF-8 and end with NUL. Strings and arrays that you pass are copied or used
 * during the call, unless a function says otherwise; strings that you get belong to the
 * library. Sizes are in bytes, times in milliseconds, except that an option may say seconds.
 *
 * Growth. A struct that only the library makes, and hands out by its address, may have members
 * added at its end in a later version: never make, copy or measure one. Each function says
 * since which version it is there, unless that is 0.1.0.
 *
 * Errors. A function that can fail takes a struct thresh_error, which must not be NULL. After a
 * failure its text is one line that names the file, the place and the remedy; otherwise it is
 * left as it was. What is wrong with a document is never an error: the document's record says
 * it. A failed allocation is an error. Nothing in the library ends the process.
 *
 * Threads. The library makes its own workers. Several threads may open and run at any time,
 * also with the same struct thresh, which does not change once it is open; calls for the same
 * run are made one at a time, except for functions that say otherwise. The fork backend (also
 * chosen for isolation and for a time or memory limit on documents) refuses to run in a process
 * that has other threads. There a schema in RELAX NG, which thresh_open compiles in a child
 * first, is compiled without that trial, though libxml2's compiler keeps to no limit, and
 * guard-schemas, which asks for one, is an error. The backend's workers are child processes
 * that the library waits for by process id: a program that waits for any child must leave them
 * alone. The openmp backend ends the OpenMP threads of the process after each run; with GCC's
 * runtime, set OMP_WAIT_POLICY=passive in the environment to keep waiting threads from
 * spinning.
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

/* The version of the library that is linked, as THRESH_VERSION is that of the header. Any
 * thread. */
THRESH_API const char *thresh_version(void);

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

/* Who is told of what is wrong but stops nothing, a line a call: thresh_open tells the lines of
 * thresh_warnings before it returns. NULL: nobody. */
THRESH_API void thresh_options_on_warning(struct thresh_options *options,
                                          void (*warning)(void *context, const char *line),
                                          void *context);

/* -- Opening -------------------------------------------------------------------------- */

/* Compiled schemas and XPaths, ready to run; it does not change any more. */
struct thresh;

/* Detects the vCPUs and compiles schemas and XPaths. The options must not change, and must not
 * be freed, until thresh_close. NULL with the error filled in: an option, a schema or an XPath
 * is wrong, or there is no memory. */
THRESH_API struct thresh *thresh_open(const struct thresh_options *options,
                                      struct thresh_error *error);

/* Takes NULL, too. When its runs are freed. */
THRESH_API void thresh_close(struct thresh *thresh);

/* What is wrong with the schemas but stops nothing: the constraints of XML Schema that they
 * break, with what is done instead, and the imports that are not there; one line each, "" if
 * there is nothing. With the option strict-schema constraints that are broken are an error of
 * thresh_open. Valid until thresh_close. Any thread. */
THRESH_API const char *thresh_warnings(const struct thresh *thresh);

/* -- Records -------------------------------------------------------------------------- */

/* What is said of one entry, in one word. Numbers are added behind these, never changed. */
enum thresh_verdict {
    THRESH_VALID = 0,
    THRESH_WELLFORMED = 1, /* no schema was given */
    THRESH_INVALID = 2,
    THRESH_MALFORMED = 3,
    THRESH_UNMAPPED = 4,   /* schemas were given, none for this root */
    THRESH_UNREADABLE = 5, /* its bytes cannot be had, or it is over a limit */
    THRESH_TIMEOUT = 6,
    THRESH_LOST = 7, /* the worker that had it died */
    THRESH_SKIPPED = 8,
};

/* The name of a verdict, "valid", "wellformed" and so on; NULL for a number that is none. Any
 * thread. */
THRESH_API const char *thresh_verdict_name(int verdict);

/* UTF-8 with a NUL behind it, which `len` does not count. */
struct thresh_text {
    const char *bytes;
    size_t len;
};

/* What is known of one entry. Only the library makes one. Texts and what the functions below
 * point to are valid as long as the record is. */
struct thresh_record {
    uint64_t index; /* of the entry in the run, from 0 */
    enum thresh_verdict verdict;
    const char *reason;      /* why it was skipped; NULL: it was not */
    struct thresh_text path; /* "feed.zip!/orders/1.xml" */
    const char *schema;      /* the file it was held against; NULL: none was */
    bool is_read;            /* it is a document whose `bytes` were read */
    bool is_wellformed;      /* what follows `bytes` is known; else it is 0 and "" */
    bool is_unread;          /* it refers to an entity that was not read: an error says which */
    uint64_t bytes;          /* of the document, unpacked */
    uint64_t spent_us; /* microseconds that its worker took; 0: it was not measured, for the
                                option report is not set */
    const char *root_namespace; /* "": none */
    const char *root_name;      /* without a prefix */
    uint64_t elements;
    uint64_t attributes;
    uint64_t depth;      /* of elements; 1: the root is alone */
    uint64_t text_bytes; /* of character data, white space included, as UTF-8 */
    size_t n_namespaces;
    size_t n_fields;       /* one for each of the option extract, or none if it was not read */
    size_t n_errors;       /* those that are kept: the option max-errors */
    uint64_t errors_total; /* all that were found */
};

/* A prefix that was declared in the document for a namespace; each pair once. */
struct thresh_namespace {
    const char *prefix; /* "": the default namespace */
    const char *uri;
};

enum thresh_field_kind {
    THRESH_NODES = 0, /* a set of nodes: the text of each */
    THRESH_STRING = 1,
    THRESH_NUMBER = 2,
    THRESH_BOOLEAN = 3,
};

/* The value of one XPath. */
struct thresh_field {
    const char *name; /* as the option extract names it */
    enum thresh_field_kind kind;
    size_t n; /* values: as many as there are nodes; 1 for the other kinds */
    const struct thresh_text *values; /* numbers and booleans as XPath's string() writes them,
                                         but that a number keeps all its digits, and that what
                                         is not a finite number is "null" */
};

/* One thing that is wrong with the entry. */
struct thresh_fault {
    const char *kind; /* "xml", "namespace", "entity", "schema", "archive", "limit" ... */
    const char *code; /* the rule that is broken: "cvc-datatype-valid.1.2.1" */
    struct thresh_text message;
    const char *path; /* XPath of the node; NULL: not known */
    uint64_t line;    /* from 1; 0: not known */
    uint64_t column;  /* from 1, in characters; 0: not known */
};

/* NULL where there are no more than `i`, and no field of that name. Any thread. */
THRESH_API const struct thresh_namespace *
thresh_record_namespace(const struct thresh_record *record, size_t i);
THRESH_API const struct thresh_field *thresh_record_field(const struct thresh_record *record,
                                                          size_t i);
THRESH_API const struct thresh_field *
thresh_record_field_named(const struct thresh_record *record, const char *name);
THRESH_API const struct thresh_fault *thresh_record_error(const struct thresh_record *record,
                                                          size_t i);

/* The record as text in `format`, "ndjson", "csv" or "text": the bytes that a run with this
 * format writes for it, line feed included, with the parts that the options ask for. NULL: no
 * such format, or no memory. The text is the record's, valid until the next text of it. One
 * thread at a time for the same record. */
THRESH_API const struct thresh_text *thresh_record_text(const struct thresh_record *record,
                                                        const char *format);

/* A copy that stays when the call that it was given to has returned, for as long as the struct
 * thresh is open. Free it with thresh_record_free. NULL: no memory. Any thread. */
THRESH_API struct thresh_record *thresh_record_copy(const struct thresh_record *record);
/* Takes NULL, too. Only for copies. */
THRESH_API void thresh_record_free(struct thresh_record *record);

/* -- Runs ----------------------------------------------------------------------------- */

enum {
    THRESH_VERDICTS = 9, /* how many verdicts there are */
    THRESH_REASONS = 32, /* how many reasons are counted; further ones count as the last */
};

/* What a run came to, or has come to so far. Only the library makes one. After a complete run
 * the verdicts add up to the entries. */
struct thresh_stats {
    uint64_t entries;       /* of every kind, in the inputs or in the shard */
    uint64_t documents;     /* of these, answered and not skipped */
    uint64_t first_missing; /* index of the first that was not answered */
    uint64_t verdicts[16];  /* answered entries by enum thresh_verdict */
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
    const char *isolation[8]; /* the layers that all workers had ("seccomp", ...), then NULL */
    const char *warnings;     /* as thresh_warnings has them, valid as long */
    double schema_ms;         /* time thresh_open took to compile the schemas */
    double listing_ms;        /* time this run took to list its inputs */
    double wall_ms;           /* time this run took, listing included */
    uint64_t answered;        /* entries that have their record */
    uint64_t first_entry;     /* index of the first: not 0 in a shard (option) */
    uint64_t all_entries;     /* in the inputs: more than `entries` in a shard */
    char inputs_digest[65];   /* of the list of all_entries, in a shard; else "" */
};

/* Whether there were documents, every entry was answered, every verdict is a good one (valid,
 * wellformed or skipped) and nothing that a document refers to went unread. Any thread. */
THRESH_API bool thresh_stats_good(const struct thresh_stats *stats);

/* Inputs, and who is told of what is in them. A run is made, given inputs and listeners, done,
 * and freed; done again, it reads its inputs again. Without memory thresh_run_new gives NULL:
 * all functions take that, and thresh_run says what it means, as it says what an earlier call
 * had no memory for. So only thresh_run needs to be checked. One thread at a time for the same
 * run, but for thresh_cancel. */
struct thresh_run;

/* The struct thresh must stay open until thresh_run_free. Any thread. */
THRESH_API struct thresh_run *thresh_run_new(const struct thresh *thresh);
THRESH_API void thresh_run_free(struct thresh_run *run);

/* Adds an input: all of a file, or of what is in a directory and below it. `name` is what the
 * paths in its records begin with; NULL: `path` itself. Both are copied. */
THRESH_API void thresh_run_add_path(struct thresh_run *run, const char *path, const char *name);
/* A descriptor that is open for reading, and stays the caller's. A file is read from where the
 * descriptor stands, and that does not move; a pipe or a socket is read to its end. */
THRESH_API void thresh_run_add_fd(struct thresh_run *run, int fd, const char *name);
/* Bytes as a file would hold them: an archive, or a document. They are not copied, and must not
 * change, until the run is freed. */
THRESH_API void thresh_run_add_memory(struct thresh_run *run, const void *bytes, size_t len,
                                      const char *name);

/* Who is given the records: one call for each entry, in the order of the inputs. Set one or
 * both (NULL: nobody); without either the run only counts. `context` is the first argument of
 * each call; calls come from any thread, but never two of a run at once, and may call what this
 * header lets any thread call. They return 0, or -1 with error->text filled in: the run then
 * ends and fails with that error.
 *
 * As data, valid during the call. No text is made unless thresh_record_text is asked for it. */
THRESH_API void thresh_run_on_record(struct thresh_run *run,
                                     int (*record)(void *context,
                                                   const struct thresh_record *record,
                                                   struct thresh_error *error),
                                     void *context);
/* As text in the options' format, made by the workers where a record's text does not hang on
 * those before it: one record a call, with its line feed; what comes before the first and, in
 * "junit", "sarif" and "github", behind the last is a call of its own, also where the run is
 * stopped or fails. Entries of which the options want no text are left out. Where both are set,
 * an entry's text comes first. */
THRESH_API void thresh_run_on_text(struct thresh_run *run,
                                   int (*text)(void *context, const void *bytes, size_t len,
                                               struct thresh_error *error),
                                   void *context);

/* Who is told, as often as the workers answer, how far the run is. Returning true stops it, as
 * thresh_cancel does. Called as the two above are. */
THRESH_API void thresh_run_on_progress(struct thresh_run *run,
                                       bool (*progress)(void *context,
                                                        const struct thresh_stats *so_far),
                                       void *context);

/* Does every document in the inputs, and returns when the last call to a listener has returned.
 * 0: every entry was answered; thresh_stats_good says whether all is well. 1: it was stopped,
 * between two documents; every document that was done by then is answered, and documents
 * between these may be missing. -1 with the error filled in: it did not complete, and the
 * records given so far are the first of the run.
 *
 * Runs of several threads may be done at once, of the same struct thresh, too; with the fork
 * backend see above. */
THRESH_API int thresh_run(struct thresh_run *run, struct thresh_error *error);

/* Stops the run at the next document of each worker, or, if it has not begun, as soon as its
 * inputs are listed; it stays stopped. Any thread, and any signal handler. */
THRESH_API void thresh_cancel(struct thresh_run *run);

/* What the run came to, whatever its outcome; all zeros before it. Valid until the run is freed
 * or done again. */
THRESH_API const struct thresh_stats *thresh_run_stats(const struct thresh_run *run);

/* Lists the inputs and gives to thresh_run_on_text's listener, as text for people, what
 * thresh_run would do with them and why. No document is read. 0, or -1 with the error filled
 * in. */
THRESH_API int thresh_explain(struct thresh_run *run, struct thresh_error *error);

#ifdef __cplusplus
}
#endif

#endif
