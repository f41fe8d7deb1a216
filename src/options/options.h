/* SPDX-License-Identifier: MIT
 *
 * What a run was asked for: the value of every option. options/option_row.h has the options
 * themselves; facts of the machine and the program around a run are in run/host.h.
 */
#ifndef THRESH_OPTIONS_OPTIONS_H
#define THRESH_OPTIONS_OPTIONS_H

#include "base/error.h"
#include "thresh.h"

/* A list of strings, owned by the options. */
struct string_list {
    char **items;
    size_t n;
};

enum format {
    FORMAT_AUTO,
    FORMAT_NDJSON,
    FORMAT_CSV,
    FORMAT_TEXT,
    FORMAT_JUNIT,
    FORMAT_SARIF,
    FORMAT_GITHUB,
    /* No option's, but a run's: records as data, and none, where only counts are wanted. */
    FORMAT_DATA,
    FORMAT_NONE,
};

enum isolate { ISOLATE_NO, ISOLATE_YES, ISOLATE_REQUIRE };

enum progress { PROGRESS_AUTO, PROGRESS_NEVER, PROGRESS_ALWAYS }; /* auto: on a terminal */

/* The parts of a record, in the order they are written; --fields picks among them. */
enum part {
    PART_PATH,
    PART_INDEX,
    PART_VERDICT,
    PART_BYTES,
    PART_SHA256, /* where it is asked for */
    PART_ROOT,
    PART_NAMESPACES,
    PART_ELEMENTS,
    PART_ATTRIBUTES,
    PART_DEPTH,
    PART_TEXT_BYTES,
    PART_SCHEMA,
    PART_FIELDS,
    PART_ERRORS,
    PARTS,
};
extern const char *const part_names[PARTS];

/* Limits whose defaults follow the size of a Lambda function; run/limits.h says how. */
enum limit {
    LIMIT_ENTRIES,
    LIMIT_DOCUMENT_BYTES,
    LIMIT_ENTITY_BYTES,
    LIMIT_DOCUMENT_MS, /* these two need processes: who asks for them is isolated */
    LIMIT_WORKER_MEMORY,
    LIMIT_SCHEMA_MS,
    LIMIT_SCHEMA_MEMORY,
    LIMITS,
};
#define OPTION_NOT_ASKED UINT64_MAX

/* One slice of a run's entries: the k-th of n, from 1. */
struct shard {
    uint32_t k;   /* 0: the environment says which, and the command asks it */
    uint32_t n;   /* 0: there are no shards, or the environment says how many */
    bool is_auto; /* what is 0 is to be asked for */
};

/* Each member belongs to one row of the table, but for `progress`, which two switches set. */
struct thresh_options {
    struct string_list schema;   /* [ROOTS=]FILE */
    bool schema_location;        /* documents choose among them */
    struct string_list extract;  /* NAME=XPATH */
    struct string_list prefixes; /* PREFIX=URI */
    char *catalog;               /* NULL: none */
    char *schema_cache;          /* a directory, or "" for the user's own; NULL: none */
    bool strict_schema;
    bool guard_schemas;
    char *backend; /* "auto" or a name; NULL: the build's default */
    unsigned jobs; /* 0: as many as there are vCPUs */
    double vcpus;  /* 0: detect */
    unsigned threshold;
    enum isolate isolate;
    struct shard shard;
    struct string_list include;
    struct string_list exclude;
    char *names_encoding; /* NULL: as the archives have it */
    enum format format;
    char *output; /* NULL: standard output */
    char *report; /* NULL: none */
    char *resume; /* the journal; NULL: none */
    char *cache;  /* a directory; NULL: none */
    uint64_t cache_size;
    unsigned parts; /* bit set of enum part */
    bool sha256;
    bool csv_safe;
    uint64_t asked[LIMITS]; /* 0: none; OPTION_NOT_ASKED: the default */
    unsigned max_errors;
    uint64_t fail_fast; /* documents that are not good; 0: none is too much */
    uint64_t max_bad;   /* thousandths of a percent */
    unsigned max_nesting;
    unsigned max_depth;
    uint64_t max_total_bytes;
    uint64_t max_ratio;
    unsigned max_attributes; /* 0: no limit */
    uint64_t max_name_bytes;
    bool quiet;
    bool is_brief; /* no option's: of many documents, text has those that are not good */
    bool group;    /* groups of errors in place of records */
    bool stats;
    bool explain;
    enum progress progress;
    /* No option: as thresh_options_on_warning sets them. */
    void (*warning)(void *context, const char *line);
    void *warning_context;
};

/* As thresh_options_set, but that "job" is refused: who may be given one loads it with
 * options/job_file.h. */
int options_set(struct thresh_options *options, const char *name, const char *value,
                struct thresh_error *error);

/* What holds for a limit that is OPTION_NOT_ASKED, where no Lambda function says less. */
uint64_t options_limit_default(enum limit limit);

#endif
