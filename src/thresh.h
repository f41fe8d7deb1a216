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
 * handlers nor the locale. Where SIGCHLD is ignored, processes leave no word of how they ended:
 * it is not ignored while thresh_open tries schemas or a run has processes; a pool leaves it
 * so, and says of a worker that died "exit status 0". During a run, entries of archives that
 * can only be decoded in order are kept in an unlinked file in /tmp, and what the options
 * resume, cache and schema-cache name is written.
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
 * "explain", "progress", the page of "report") have no effect here, and the format is NDJSON
 * unless it is set. 0, or -1 with the error filled in and the options unchanged ("job": but for
 * the members before the one that is wrong). Only the form of the value is checked here:
 * thresh_open says whether schemas can be read, XPaths are correct and the backend is built.
 * Any thread, one at a time for the same options. */
THRESH_API int thresh_options_set(struct thresh_options *options, const char *name,
                                  const char *value, struct thresh_error *error);

/* Who is told of what is wrong but stops nothing, a line a call, before the call returns that
 * found it: thresh_open tells the lines of thresh_warnings, and thresh_run, in its own thread,
 * those of thresh_run_warnings. NULL: nobody. */
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

/* Compiles the schemas of the options, which are XSD, into an image: bytes that, in a file, the
 * option "schema" takes in their place. An image has the namespaces that they were given for,
 * and their warnings; it is for the version of the library and the kind of machine that wrote
 * it, and thresh_open refuses any other. `write` is given the bytes, in one call or more, and
 * returns 0, or -1 with error->text filled in. Warnings are told as by thresh_open. 0, or -1
 * with the error filled in. */
THRESH_API int thresh_compile(const struct thresh_options *options,
                              int (*write)(void *context, const void *bytes, size_t len,
                                           struct thresh_error *error),
                              void *context, struct thresh_error *error);

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
    const char *sha256;    /* of the bytes, in hexadecimal; NULL: the option sha256 is not set,
                              or they were not read */
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
    THRESH_NULL = 4, /* it hangs on an entity that was not read, as an error says */
};

/* The value of one XPath. */
struct thresh_field {
    const char *name; /* as the option extract names it */
    enum thresh_field_kind kind;
    size_t n; /* values: as many as there are nodes; of THRESH_NULL 0; of other kinds 1 */
    const struct thresh_text *values; /* numbers and booleans as XPath's string() writes them,
                                         but that a number keeps all its digits; one that is
                                         not finite is of the kind THRESH_STRING */
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

/* What a run with this format writes before its first record: the heading of CSV, "" for the
 * others. As thresh_record_text in all else. */
THRESH_API const struct thresh_text *thresh_record_heading(const struct thresh_record *record,
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
    uint64_t retried;    /* documents that another worker was given after theirs had died */
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
    uint64_t bad;      /* documents whose verdict is no good one, or that are among `unread` */
    uint64_t unopened; /* entries that could not be looked into, whatever they hold */
    uint64_t max_bad;  /* the option, in thousandths of a percent */
    uint64_t known;    /* documents that an earlier run had done (options resume and cache) */
    /* Documents that an XSD judged in this run, and their bytes; of these, documents with start
     * tags that were looked at closely, because not all that they meant had been met before,
     * and the bytes of those tags. Each worker learns by itself. */
    uint64_t judged, judged_bytes;
    uint64_t judged_closely, closely_bytes;
    /* What stopped the run before its last entry: "fail-fast", the option; "cancel", whoever
     * called. NULL: nothing did. */
    const char *stopped_by;
};

/* Whether there were documents, every entry was answered and could be looked into, and no more
 * of the documents are bad than the option max-bad allows, which is none unless it is set: good
 * are the verdicts valid, wellformed and skipped, where nothing that the document refers to
 * went unread. Any thread. */
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
 * between these may be missing. (By the option fail-fast it is stopped behind the document that
 * is one too many: all before it are answered, and none behind it.) -1 with the error filled
 * in: it did not complete, and the records given so far are the first of the run.
 *
 * Runs of several threads may be done at once, of the same struct thresh, too; with the fork
 * backend see above. */
THRESH_API int thresh_run(struct thresh_run *run, struct thresh_error *error);

/* Stops the run: at the next entry where it lists its inputs, and then at the next document of
 * each worker. It stays stopped. Any thread, and any signal handler. */
THRESH_API void thresh_cancel(struct thresh_run *run);

/* What the run came to, whatever its outcome; all zeros before it. Valid until the run is freed
 * or done again. */
THRESH_API const struct thresh_stats *thresh_run_stats(const struct thresh_run *run);

/* What a run that is complete shows to be wrong with its options: the extractions that gave
 * nothing in any document, with what to ask instead where the namespaces tell it, and a cache
 * that could not be written; one line each, "" if there is nothing, or the run is not complete.
 * Valid as thresh_run_stats. */
THRESH_API const char *thresh_run_warnings(const struct thresh_run *run);

/* Lists the inputs and gives to thresh_run_on_text's listener, as text for people, what
 * thresh_run would do with them and why. No document is read. 0, 1 if it was stopped, or -1
 * with the error filled in. */
THRESH_API int thresh_explain(struct thresh_run *run, struct thresh_error *error);

/* -- Map ------------------------------------------------------------------------------ */

/* Work of your own on every vCPU: n independent items, or the entries of archives, through the
 * backends that do a run's documents. Nothing of it needs to be XML. */

/* What a worker has to say of an item: bytes that it appends. */
struct thresh_result;

/* 0, or -1 without memory, or beyond 1 GiB: the work then fails, whatever else is done, so
 * that this need not be looked at. In the call that was given the result. */
THRESH_API int thresh_result_append(struct thresh_result *result, const void *bytes,
                                    size_t len);

/* Why an item has no result. Only the library makes one. */
struct thresh_loss {
    enum thresh_loss_kind {
        THRESH_LOSS_SIGNAL = 0,     /* a signal took its worker down; its number */
        THRESH_LOSS_EXIT = 1,       /* its worker ended; the exit status */
        THRESH_LOSS_TIME = 2,       /* it took longer than item_ms */
        THRESH_LOSS_MEMORY = 3,     /* its worker took more than memory_bytes */
        THRESH_LOSS_ERROR = 4,      /* a pool's task returned -1 */
        THRESH_LOSS_TERMINATED = 5, /* the pool was terminated before it was done */
    } kind;
    int number;
    char text[1024]; /* the same in words: "its worker was killed by SIGSEGV" */
};

/* An entry of an archive, or a file. Only the library makes one. */
struct thresh_entry {
    uint64_t index;          /* in the inputs, from 0 */
    struct thresh_text path; /* "feed.zip!/orders/1.json" */
    const void *bytes;       /* unpacked, its checksum and its size checked, and a NUL behind
                                them; NULL: it cannot be had, or there are none (a directory) */
    size_t len;
    const char *code; /* why there are no bytes, a word of the record: "crc", "directory"... */
    const char *message; /* the same in words; NULL: `code` says it all */
};

/* Set `size` to sizeof(struct thresh_work), and all that is not needed to zero: so a program
 * that was compiled with an older header, whose struct was shorter, goes on to work.
 *
 * A worker is a thread, a process or the caller itself; each has a state of its own, and calls
 * of one worker are made one at a time. In a process, what the calls change besides their
 * result is lost. */
struct thresh_work {
    size_t size;
    const char *backend;   /* "sequential", "openmp", "fork"; NULL: by n, vCPUs and limits */
    int workers;           /* 0: as many as there are vCPUs */
    uint64_t item_ms;      /* these two need the fork backend: the most time for an item, ... */
    uint64_t memory_bytes; /* ... and the most that a worker may allocate; 0: no limit */
    bool may_crash;        /* an item may take its worker down: choose processes */

    /* Makes a worker's state. NULL with the error filled in: the work fails. Without `open` the
     * state is `shared`, and `close` is not called. */
    void *(*open)(void *shared, struct thresh_error *error);
    void *shared;
    /* Does item 0..n-1, or an entry: thresh_map calls the first, thresh_entries the second. -1
     * with the error filled in: the work fails; results of the items before it are given. */
    int (*map)(void *state, uint64_t item, struct thresh_result *result,
               struct thresh_error *error);
    int (*entry)(void *state, const struct thresh_entry *entry, struct thresh_result *result,
                 struct thresh_error *error);
    void (*close)(void *state);

    /* Given each item's result, in the order of the items, in the caller's process, and never
     * two at once; from any of its threads. The bytes are valid during the call. -1 with the
     * error filled in: the work fails. NULL: nobody is. */
    int (*emit)(void *sink, uint64_t item, const void *bytes, size_t len,
                struct thresh_error *error);
    /* Called in place of emit for an item that was lost. NULL: a lost item fails the work. */
    int (*lost)(void *sink, uint64_t item, const struct thresh_loss *loss,
                struct thresh_error *error);
    /* Asked between items; true stops the work. NULL: nothing does. */
    bool (*stop)(void *sink);
    void *sink;
};

/* Does items 0..n-1. 0: each was given to emit or lost. 1: it was stopped; what was done by
 * then was given, and items between may be missing. -1 with the error filled in. Any thread;
 * "fork" only in a process without others. */
THRESH_API int thresh_map(const struct thresh_work *work, uint64_t n,
                          struct thresh_error *error);

/* Does the entries of the inputs of a run: every file in them, XML or not; archives in archives
 * are opened, as the option max-nesting says. The run's options say what is left out and how
 * much may be unpacked, and where the work says nothing, its backend, workers and limits. The
 * run's listeners are not called; thresh_cancel stops it. Returns as thresh_map. */
THRESH_API int thresh_entries(struct thresh_run *run, const struct thresh_work *work,
                              struct thresh_error *error);

/* -- Pools ---------------------------------------------------------------------------- */

/* Workers that live across calls, and are given tasks: what multiprocessing.Pool is to Python,
 * and works where there is no shared memory and no semaphore. Workers are processes with two
 * pipes each, or threads. Nothing goes on behind the program's back: tasks are handed out and
 * results taken in, and listeners called, within the calls of this section, which one thread
 * makes at a time; workers work on meanwhile. */
struct thresh_pool;

/* Tasks that were given together, and what came of them. */
struct thresh_ticket;

struct thresh_bytes {
    const void *bytes;
    size_t len;
};

/* A task: what to do with its arguments, which begin at addresses that are multiples of 16. 0
 * with the result appended, or -1 with the error filled in: the task has failed, and nothing
 * else. A worker that is a process has what its program had when the pool was opened: the
 * function must have been there. */
typedef int thresh_function(void *state, const struct thresh_bytes *arguments, size_t n,
                            struct thresh_result *result, struct thresh_error *error);

/* Set `size` to sizeof(struct thresh_pool_work), and all that is not needed to zero. */
struct thresh_pool_work {
    size_t size;
    const char *backend;       /* "fork": processes; "openmp": threads; NULL: processes, or
                                  threads if there are others in this process already */
    uint64_t tasks_per_worker; /* then it is replaced; 0: never */
    /* The initialiser: makes a worker's state. NULL with the error filled in: the pool fails.
     * Without it the state is `shared`, and `close` is not called. */
    void *(*open)(void *shared, struct thresh_error *error);
    void *shared;
    void (*close)(void *state); /* not called in a worker that is killed */
};

/* Opens a pool. `workers`: so many; -1: as many as there are vCPUs; 0: none, tasks are done by
 * the caller while it waits for them. NULL with the error filled in. Processes can only be made
 * in a process without other threads; the same holds when one must be replaced. */
THRESH_API struct thresh_pool *thresh_pool_open(const struct thresh_pool_work *work,
                                                int workers, struct thresh_error *error);

/* Takes no more tasks. The tasks given before are done. */
THRESH_API void thresh_pool_close(struct thresh_pool *pool);
/* Takes no more tasks, and ends workers that are processes at once; threads end when the tasks
 * that they are at are done. All tasks that have no result fail. Does not wait. */
THRESH_API void thresh_pool_terminate(struct thresh_pool *pool);
/* After one of these two: waits until all tasks are done and all workers have ended. 0, or -1
 * with the error filled in: the pool is not closed, or it has failed. */
THRESH_API int thresh_pool_join(struct thresh_pool *pool, struct thresh_error *error);
/* Closes, joins and frees the pool and all tickets that are left: it waits for tasks, unless
 * the pool was terminated. Takes NULL, too. Not in a listener. */
THRESH_API void thresh_pool_free(struct thresh_pool *pool);

/* Workers that there are: of a pool without any, 0. */
THRESH_API int thresh_pool_workers(const struct thresh_pool *pool);

/* Gives a task with n arguments, which are copied, and returns at once, also where workers are
 * busy and the arguments are long. NULL with the error filled in: the pool is closed, or has
 * failed, or there is no memory. Free the ticket with thresh_ticket_free. */
THRESH_API struct thresh_ticket *thresh_pool_apply_async(struct thresh_pool *pool,
                                                         thresh_function *function,
                                                         const struct thresh_bytes *arguments,
                                                         size_t n, struct thresh_error *error);

/* Gives n_tasks tasks with n arguments each, one task's behind the other's. `chunk` of them go
 * to a worker together; 0: a fourth of a worker's fair share. As above. */
THRESH_API struct thresh_ticket *thresh_pool_map_async(struct thresh_pool *pool,
                                                       thresh_function *function,
                                                       const struct thresh_bytes *arguments,
                                                       size_t n, size_t n_tasks, size_t chunk,
                                                       struct thresh_error *error);

/* The same, and wait: NULL with the error filled in where a task failed, too, and then the
 * error is the task's (of the first, if several did). */
THRESH_API struct thresh_ticket *thresh_pool_apply(struct thresh_pool *pool,
                                                   thresh_function *function,
                                                   const struct thresh_bytes *arguments,
                                                   size_t n, struct thresh_error *error);
THRESH_API struct thresh_ticket *thresh_pool_map(struct thresh_pool *pool,
                                                 thresh_function *function,
                                                 const struct thresh_bytes *arguments, size_t n,
                                                 size_t n_tasks, size_t chunk,
                                                 struct thresh_error *error);

/* A descriptor that can be read from (poll, epoll) when thresh_pool_turn has something to do.
 * It is the pool's. */
THRESH_API int thresh_pool_fd(const struct thresh_pool *pool);
/* Takes in what has come, calls listeners, hands out tasks; waits up to timeout_ms for
 * something to come (-1: without end; 0: not at all). 0, or -1 with the error filled in: the
 * pool has failed, no worker can be had, and all tasks have failed with that error. */
THRESH_API int thresh_pool_turn(struct thresh_pool *pool, int64_t timeout_ms,
                                struct thresh_error *error);

/* Waits until all tasks of the ticket are done, up to timeout_ms (-1: without end). 1: they
 * are. 0: the time is up, and that is all that has happened. */
THRESH_API int thresh_ticket_wait(struct thresh_ticket *ticket, int64_t timeout_ms);
/* Whether all its tasks are done. */
THRESH_API bool thresh_ticket_ready(struct thresh_ticket *ticket);
/* Whether all its tasks have a result; -1: not all are done. */
THRESH_API int thresh_ticket_successful(struct thresh_ticket *ticket);

/* Task i's result, the same each time, as soon as that task is done, and valid as long as the
 * ticket is. NULL: it is not done, it has failed, or there is no such task. */
THRESH_API const struct thresh_bytes *thresh_ticket_result(const struct thresh_ticket *ticket,
                                                           size_t i);
/* Why task i has no result: it returned -1 (the text is its error's), its worker died, or the
 * pool was terminated. NULL: it has one, or is not done. */
THRESH_API const struct thresh_loss *thresh_ticket_loss(const struct thresh_ticket *ticket,
                                                        size_t i);

/* Who is told of each task as it is done, in whatever order they are, and of the ticket when
 * all are. Called from within calls of this section, which a listener may make itself, except
 * for thresh_pool_free; of tasks that are done already when it is set, within the next. NULL:
 * nobody. */
THRESH_API void thresh_ticket_on_result(struct thresh_ticket *ticket,
                                        void (*result)(void *context, size_t i,
                                                       const struct thresh_bytes *bytes),
                                        void *context);
THRESH_API void thresh_ticket_on_loss(struct thresh_ticket *ticket,
                                      void (*loss)(void *context, size_t i,
                                                   const struct thresh_loss *loss),
                                      void *context);
THRESH_API void thresh_ticket_on_done(struct thresh_ticket *ticket,
                                      void (*done)(void *context, struct thresh_ticket *ticket),
                                      void *context);

/* Frees the ticket. Tasks of it that are not done are done all the same, and nobody is told.
 * Takes NULL, too. */
THRESH_API void thresh_ticket_free(struct thresh_ticket *ticket);

#ifdef __cplusplus
}
#endif

#endif
