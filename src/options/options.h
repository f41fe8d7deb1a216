/* SPDX-License-Identifier: MIT
 *
 * Every option of a run, by its long name: the one list that the command line, --help, a job
 * file and shell completion are made from.
 */
#ifndef THRESH_OPTIONS_OPTIONS_H
#define THRESH_OPTIONS_OPTIONS_H

#include "base/buf.h"
#include "base/error.h"
#include "thresh.h"

/* A list of strings, owned by the options. */
struct string_list {
    char **items;
    size_t n;
};

enum format { FORMAT_AUTO, FORMAT_NDJSON, FORMAT_CSV, FORMAT_TEXT };

/* The parts of a record, in the order they are written; --fields picks among them. */
enum part {
    PART_PATH,
    PART_INDEX,
    PART_VERDICT,
    PART_BYTES,
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

/* Limits whose defaults follow the size of a Lambda function; limit.h says how. */
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
#define NOT_ASKED UINT64_MAX

struct thresh_options {
    struct string_list schema;   /* [NAMESPACE=]FILE */
    struct string_list extract;  /* NAME=XPATH */
    struct string_list prefixes; /* PREFIX=URI */
    char *catalog;
    bool all_imports;
    char *backend; /* "auto" or a name */
    unsigned jobs; /* 0: as many as there are vCPUs */
    double vcpus;  /* 0: detect */
    unsigned threshold;
    enum format format;
    char *output;
    struct string_list include;
    struct string_list exclude;
    unsigned parts;         /* bit set of enum part */
    uint64_t asked[LIMITS]; /* 0: none; NOT_ASKED: the default */
    unsigned max_errors;
    unsigned max_nesting;
    unsigned max_depth;
    uint64_t max_total_bytes;
    uint64_t max_ratio;
    unsigned max_attributes;
    uint64_t max_name_bytes;
    bool guard_schemas;
    bool csv_safe;
    bool isolate;
    bool isolate_required;
    bool stats;
    bool explain;
    bool quiet;
    bool colour;  /* the output is a terminal that takes it */
    int progress; /* -1: where it serves, 0: never, 1: always */
    const char *temp_dir;
    bool (*await)(void *context, uint64_t offset, uint64_t len); /* as struct source_options' */
    void *await_context;
    uint64_t max_spool_bytes; /* as struct source_options' */
    int64_t end_ms; /* unix time by which the run should have ended; 0: that is not known */
    const char
        *lambda_memory_mb; /* AWS_LAMBDA_FUNCTION_MEMORY_SIZE as main found it, or NULL */
};

/* One row: the option as users see it. */
struct option_row {
    const char *name; /* long */
    int key;          /* its letter, or a number above any */
    const char
        *argument; /* as shown in --help; NULL: a switch; "[=WORD]": one that takes a word */
    const char *help;
    const char *choices; /* space-separated words for completion, or NULL */
};
extern const struct option_row option_rows[]; /* ends with a NULL name */

bool option_is_switch(const struct option_row *row);

/* Prints the completion script for "bash", "zsh" or "fish" into out. */
int options_completion(const char *shell, struct buf *out, struct thresh_error *error);

#endif
