/* SPDX-License-Identifier: MIT
 *
 * The table of options, and the one function that gives each its value.
 */
#include "options/options.h"

#include "options/job_file.h"

#include "run/plan.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const part_names[PARTS] = {
    "path",       "index", "verdict",    "bytes",  "root",   "namespaces", "elements",
    "attributes", "depth", "text_bytes", "schema", "fields", "errors",
};

enum {
    KEY_VCPUS = 0x100,
    KEY_THRESHOLD,
    KEY_INCLUDE,
    KEY_EXCLUDE,
    KEY_FIELDS,
    KEY_CATALOG,
    KEY_ALL_IMPORTS,
    KEY_MAX_ERRORS,
    KEY_MAX_NESTING,
    KEY_MAX_DEPTH,
    KEY_MAX_ENTRIES,
    KEY_MAX_DOCUMENT_BYTES,
    KEY_MAX_TOTAL_BYTES,
    KEY_MAX_RATIO,
    KEY_MAX_ENTITY_BYTES,
    KEY_MAX_ATTRIBUTES,
    KEY_MAX_NAME_BYTES,
    KEY_TIMEOUT,
    KEY_MAX_MEMORY,
    KEY_SCHEMA_TIMEOUT,
    KEY_SCHEMA_MEMORY,
    KEY_GUARD_SCHEMAS,
    KEY_CSV_SAFE,
    KEY_ISOLATE,
    KEY_STATS,
    KEY_EXPLAIN,
    KEY_PROGRESS,
    KEY_NO_PROGRESS,
    KEY_JOB,
};

/* The most that may be asked for: what was tried, and ends well. */
enum {
    MOST_JOBS = 1024,
    MOST_ERRORS = 10000,
    MOST_NESTING = 100, /* each is a recursion, and holds the buffers of its archive */
    MOST_DEPTH = 1000000,
    MOST_OF_ANYTHING = 1000000000,
};

/* clang-format off */
const struct option_row option_rows[] = {
    {"schema", 's', "[NAMESPACE=]FILE",
     "Validate against this XSD or RELAX NG (.rng) schema; with NAMESPACE=, only documents whose "
     "root is in that namespace (repeatable)",
     NULL},
    {"extract", 'x', "NAME=XPATH", "Put the value of an XPath 1.0 expression in the record, as "
     "field NAME (repeatable)", NULL},
    {"namespace", 'N', "PREFIX=URI", "Bind a prefix for the XPaths (repeatable)", NULL},
    {"catalog", KEY_CATALOG, "FILE",
     "OASIS XML catalog that maps the addresses schemas import to local files", NULL},
    {"all-imports", KEY_ALL_IMPORTS, NULL,
     "Read every document that a schema imports a namespace from, not only the first", NULL},
    {"backend", 'b', "NAME", "auto, sequential, openmp or fork (default auto)",
     "auto sequential openmp fork"},
    {"jobs", 'j', "N", "Workers, up to 1024; 0: as many as there are vCPUs (default 0)", NULL},
    {"vcpus", KEY_VCPUS, "X", "Take the machine to have X vCPUs, a fraction, instead of detecting",
     NULL},
    {"threshold", KEY_THRESHOLD, "N", "Fewer documents than N, of less than 1 MiB in all, are done sequentially (default 5)",
     NULL},
    {"isolate", KEY_ISOLATE, "[=require]",
     "Keep each worker in a process of its own that can open, reach and start nothing; with "
     "=require, fail where the system cannot do all of that",
     NULL},
    {"format", 'f', "FORMAT", "ndjson, csv or text (default: text on a terminal, else ndjson)",
     "ndjson csv text"},
    {"output", 'o', "FILE", "Write to FILE, complete or not at all", NULL},
    {"fields", KEY_FIELDS, "LIST", "Parts of the record to write, separated by commas: path, index, "
     "verdict, bytes, root, namespaces, elements, attributes, depth, text_bytes, schema, fields, "
     "errors; with a minus sign before the first, all but these", NULL},
    {"include", KEY_INCLUDE, "GLOB", "Only documents whose path or name matches (repeatable)", NULL},
    {"exclude", KEY_EXCLUDE, "GLOB", "No documents whose path or name matches (repeatable)", NULL},
    {"max-errors", KEY_MAX_ERRORS, "N", "Errors told a document (default 20, at most 10000); all are counted",
     NULL},
    {"max-nesting", KEY_MAX_NESTING, "N", "Archives inside archives, to this depth (default 3, at most 100)",
     NULL},
    {"max-depth", KEY_MAX_DEPTH, "N", "Elements inside elements, to this depth (default 1000, at most 1000000)",
     NULL},
    {"max-entries", KEY_MAX_ENTRIES, "N", "Entries of all inputs together (default 10000000)", NULL},
    {"max-document-bytes", KEY_MAX_DOCUMENT_BYTES, "SIZE",
     "Bytes of one document, inflated (default 1G)", NULL},
    {"max-total-bytes", KEY_MAX_TOTAL_BYTES, "SIZE",
     "Bytes of all documents, inflated (default 1T)", NULL},
    {"max-ratio", KEY_MAX_RATIO, "N",
     "Inflated bytes for a stored one, above 1 MiB (default 1000)", NULL},
    {"max-entity-bytes", KEY_MAX_ENTITY_BYTES, "SIZE",
     "Bytes that the entities of one document may expand to (default 10M)", NULL},
    {"max-attributes", KEY_MAX_ATTRIBUTES, "N",
     "Attributes of one element, namespaces among them (default 10000; 0: no limit)", NULL},
    {"max-name-bytes", KEY_MAX_NAME_BYTES, "SIZE",
     "Bytes of a name, without its prefix (default 1M)", NULL},
    {"timeout", KEY_TIMEOUT, "SECONDS",
     "Time for one document, such as 2.5; isolates (default 0: no limit)", NULL},
    {"max-memory", KEY_MAX_MEMORY, "SIZE",
     "Memory that a worker takes for its documents; isolates (default 0: no limit)", NULL},
    {"schema-timeout", KEY_SCHEMA_TIMEOUT, "SECONDS",
     "Time for compiling a schema that needs libxml2's compiler (default 60; 0: no limit)", NULL},
    {"schema-memory", KEY_SCHEMA_MEMORY, "SIZE",
     "Memory for compiling such a schema (default 4G; 0: no limit)", NULL},
    {"guard-schemas", KEY_GUARD_SCHEMAS, NULL,
     "Compile every schema in a process of its own first, under these two limits: for schemas "
     "from strangers",
     NULL},
    {"csv-safe", KEY_CSV_SAFE, NULL,
     "CSV: an apostrophe before a cell that a spreadsheet would take for a formula", NULL},
    {"quiet", 'q', NULL, "No summary, and in text format only documents that are not good", NULL},
    {"stats", KEY_STATS, NULL, "One JSON object about the run on standard error, at its end", NULL},
    {"explain", KEY_EXPLAIN, NULL, "Say what would be done and why, without doing it", NULL},
    {"progress", KEY_PROGRESS, NULL, "Show progress on standard error in any case", NULL},
    {"no-progress", KEY_NO_PROGRESS, NULL, "Never show progress", NULL},
    {"job", KEY_JOB, "FILE",
     "Take options from a JSON file, {\"schema\": \"a.xsd\"}; those given here come on top", NULL},
    {NULL, 0, NULL, NULL, NULL},
};
/* clang-format on */

struct thresh_options *thresh_options_new(void)
{
    struct thresh_options *options = malloc(sizeof *options);
    if (!options)
        return NULL;
    *options = (struct thresh_options){
        .threshold = PLAN_THRESHOLD,
        .parts = (1u << PARTS) - 1,
        .max_errors = 20,
        .max_nesting = 3,
        .max_depth = 1000,
        .max_attributes = 10000,
        .max_name_bytes = 1 << 20,
        .max_total_bytes = UINT64_C(1) << 40,
        .max_ratio = 1000,
        .progress = -1,
        .temp_dir = "/tmp",
    };
    for (int i = 0; i < LIMITS; i++)
        options->asked[i] = NOT_ASKED;
    return options;
}

static void strings_free(struct string_list *strings)
{
    for (size_t i = 0; i < strings->n; i++)
        free(strings->items[i]);
    free(strings->items);
}

void thresh_options_free(struct thresh_options *options)
{
    if (!options)
        return;
    strings_free(&options->schema);
    strings_free(&options->extract);
    strings_free(&options->prefixes);
    strings_free(&options->include);
    strings_free(&options->exclude);
    free(options->catalog);
    free(options->backend);
    free(options->output);
    free(options);
}

bool option_is_switch(const struct option_row *row)
{
    return !row->argument || strncmp(row->argument, "[=", 2) == 0;
}

static int strings_add(struct string_list *strings, const char *value,
                       struct thresh_error *error)
{
    char **items = realloc(strings->items, (strings->n + 1) * sizeof *items);
    if (!items)
        return error_no_memory(error);
    strings->items = items;
    if (!(items[strings->n] = strdup(value)))
        return error_no_memory(error);
    strings->n++;
    return 0;
}

static int string_set(char **string, const char *value, struct thresh_error *error)
{
    char *copy = strdup(value);
    if (!copy)
        return error_no_memory(error);
    free(*string);
    *string = copy;
    return 0;
}

static int number_set(uint64_t *number, const char *name, const char *value, uint64_t max,
                      struct thresh_error *error)
{
    char *end;
    errno = 0;
    unsigned long long parsed = strtoull(value, &end, 10);
    if (errno || end == value || *end || *value < '0' || *value > '9' || parsed > max)
        return error_set(error, "--%s: '%s' is not a whole number from 0 to %llu", name, value,
                         (unsigned long long)max);
    *number = parsed;
    return 0;
}

static int unsigned_set(unsigned *number, const char *name, const char *value, unsigned max,
                        struct thresh_error *error)
{
    uint64_t parsed;
    if (number_set(&parsed, name, value, max, error) < 0)
        return -1;
    *number = (unsigned)parsed;
    return 0;
}

static int size_set(uint64_t *size, const char *name, const char *value,
                    struct thresh_error *error)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    unsigned long long parsed = strtoull(value, &end, 10);
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (errno || end == value || *value < '0' || *value > '9' || (*end && (!unit || end[1])) ||
        parsed > UINT64_MAX >> 1 >> shift)
        return error_set(error, "--%s: '%s' is not a size such as 1500000, 512K, 64M, 2G", name,
                         value);
    *size = (uint64_t)parsed << shift;
    return 0;
}

static int pair_add(struct string_list *strings, const char *name, const char *value,
                    const char *shape, struct thresh_error *error)
{
    const char *equals = strchr(value, '=');
    if (!equals || equals == value || !equals[1])
        return error_set(error, "--%s: '%s' is not of the form %s", name, value, shape);
    return strings_add(strings, value, error);
}

static int parts_set(unsigned *parts, const char *value, struct thresh_error *error)
{
    bool all_but = *value == '-';
    unsigned named = 0;
    for (const char *word = value + all_but; *word;) {
        size_t len = strcspn(word, ",");
        int part = 0;
        while (part < PARTS &&
               (strlen(part_names[part]) != len || memcmp(part_names[part], word, len) != 0))
            part++;
        if (part == PARTS)
            return error_set(
                error,
                "--fields: a record has no part '%.*s'; it has path, index, verdict, "
                "bytes, root, namespaces, elements, attributes, depth, text_bytes, "
                "schema, fields, errors",
                (int)len, word);
        named |= 1u << part;
        word += len + (word[len] == ',');
    }
    *parts = all_but ? ((1u << PARTS) - 1) & ~named : named;
    if (!*parts)
        return error_set(error, "--fields: '%s' leaves nothing of the record", value);
    return 0;
}

static int format_set(enum format *format, const char *value, struct thresh_error *error)
{
    static const char *const names[] = {"auto", "ndjson", "csv", "text"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i]) == 0) {
            *format = (enum format)i;
            return 0;
        }
    return error_set(error, "--format: no format '%s'; there are ndjson, csv and text", value);
}

static int vcpus_set(double *vcpus, const char *value, struct thresh_error *error)
{
    char *end;
    double parsed = strtod(value, &end);
    if (end == value || *end || !isfinite(parsed) || parsed <= 0 || parsed > 4096)
        return error_set(error, "--vcpus: '%s' is not a number above 0, such as 1.5", value);
    *vcpus = parsed;
    return 0;
}

static int seconds_set(uint64_t *ms, const char *name, const char *value,
                       struct thresh_error *error)
{
    char *end;
    double parsed = strtod(value, &end);
    if (end == value || *end || !isfinite(parsed) || parsed < 0 || parsed > 1e9)
        return error_set(error, "--%s: '%s' is not a number of seconds, such as 2.5", name,
                         value);
    *ms = (uint64_t)(parsed * 1000);
    if (!*ms && parsed > 0)
        *ms = 1;
    return 0;
}

static int schema_add(struct thresh_options *options, const char *value,
                      struct thresh_error *error)
{
    if (!*value || value[strlen(value) - 1] == '=')
        return error_set(error, "--schema: '%s' names no file; it is [NAMESPACE=]FILE", value);
    return strings_add(&options->schema, value, error);
}

static int switch_value(const char *name, const char *value, struct thresh_error *error)
{
    if (!value || strcmp(value, "true") == 0)
        return 1;
    if (strcmp(value, "false") == 0)
        return 0;
    return error_set(error, "--%s: '%s' is neither true nor false", name, value);
}

static int switch_set(struct thresh_options *options, int key, const char *name,
                      const char *value, struct thresh_error *error)
{
    bool require = key == KEY_ISOLATE && value && strcmp(value, "require") == 0;
    int on = require ? 1 : switch_value(name, value, error);
    if (on < 0)
        return -1;
    switch (key) {
    case KEY_ALL_IMPORTS:
        options->all_imports = on;
        break;
    case KEY_ISOLATE:
        options->isolate = on;
        options->isolate_required = require;
        break;
    case KEY_GUARD_SCHEMAS:
        options->guard_schemas = on;
        break;
    case KEY_CSV_SAFE:
        options->csv_safe = on;
        break;
    case 'q':
        options->quiet = on;
        break;
    case KEY_STATS:
        options->stats = on;
        break;
    case KEY_EXPLAIN:
        options->explain = on;
        break;
    case KEY_PROGRESS:
        options->progress = on;
        break;
    default:
        options->progress = !on;
        break;
    }
    return 0;
}

static int value_set(struct thresh_options *o, int key, const char *name, const char *value,
                     struct thresh_error *error)
{
    switch (key) {
    case 's':
        return schema_add(o, value, error);
    case 'x':
        return pair_add(&o->extract, name, value, "NAME=XPATH", error);
    case 'N':
        return pair_add(&o->prefixes, name, value, "PREFIX=URI", error);
    case KEY_CATALOG:
        return string_set(&o->catalog, value, error);
    case 'b':
        return string_set(&o->backend, value, error);
    case 'j':
        return unsigned_set(&o->jobs, name, value, MOST_JOBS, error);
    case KEY_VCPUS:
        return vcpus_set(&o->vcpus, value, error);
    case KEY_THRESHOLD:
        return unsigned_set(&o->threshold, name, value, MOST_OF_ANYTHING, error);
    case 'f':
        return format_set(&o->format, value, error);
    case 'o':
        return string_set(&o->output, value, error);
    case KEY_FIELDS:
        return parts_set(&o->parts, value, error);
    case KEY_INCLUDE:
        return strings_add(&o->include, value, error);
    case KEY_EXCLUDE:
        return strings_add(&o->exclude, value, error);
    case KEY_MAX_ERRORS:
        return unsigned_set(&o->max_errors, name, value, MOST_ERRORS, error);
    case KEY_MAX_NESTING:
        return unsigned_set(&o->max_nesting, name, value, MOST_NESTING, error);
    case KEY_MAX_DEPTH:
        return unsigned_set(&o->max_depth, name, value, MOST_DEPTH, error);
    case KEY_MAX_ATTRIBUTES:
        return unsigned_set(&o->max_attributes, name, value, MOST_OF_ANYTHING, error);
    case KEY_MAX_NAME_BYTES:
        return size_set(&o->max_name_bytes, name, value, error);
    case KEY_TIMEOUT:
        return seconds_set(&o->asked[LIMIT_DOCUMENT_MS], name, value, error);
    case KEY_MAX_MEMORY:
        return size_set(&o->asked[LIMIT_WORKER_MEMORY], name, value, error);
    case KEY_SCHEMA_TIMEOUT:
        return seconds_set(&o->asked[LIMIT_SCHEMA_MS], name, value, error);
    case KEY_SCHEMA_MEMORY:
        return size_set(&o->asked[LIMIT_SCHEMA_MEMORY], name, value, error);
    case KEY_MAX_ENTRIES:
        return number_set(&o->asked[LIMIT_ENTRIES], name, value, UINT32_MAX, error);
    case KEY_MAX_DOCUMENT_BYTES:
        return size_set(&o->asked[LIMIT_DOCUMENT_BYTES], name, value, error);
    case KEY_MAX_TOTAL_BYTES:
        return size_set(&o->max_total_bytes, name, value, error);
    case KEY_MAX_RATIO:
        return number_set(&o->max_ratio, name, value, UINT32_MAX, error);
    case KEY_JOB:
        return job_load(value, o, error);
    default:
        return size_set(&o->asked[LIMIT_ENTITY_BYTES], name, value, error);
    }
}

int thresh_options_set(struct thresh_options *options, const char *name, const char *value,
                       struct thresh_error *error)
{
    for (const struct option_row *row = option_rows; row->name; row++) {
        if (strcmp(row->name, name) != 0)
            continue;
        if (option_is_switch(row))
            return switch_set(options, row->key, name, value, error);
        if (!value)
            return error_set(error, "--%s needs a value: %s", name, row->argument);
        return value_set(options, row->key, name, value, error);
    }
    return error_set(error, "there is no option '%s'; thresh --help lists them", name);
}

/* -- Completion ------------------------------------------------------------------------------
 */

static void completion_bash(struct buf *out)
{
    buf_append_string(out, "_thresh() {\n    local current=${COMP_WORDS[COMP_CWORD]} "
                           "previous=${COMP_WORDS[COMP_CWORD-1]}\n    case $previous in\n");
    for (const struct option_row *row = option_rows; row->name; row++)
        if (row->choices)
            buf_append_format(out,
                              "    --%s|-%c) COMPREPLY=($(compgen -W '%s' -- \"$current\")); "
                              "return;;\n",
                              row->name, row->key, row->choices);
    buf_append_string(out, "    esac\n    if [[ $current == -* ]]; then\n        "
                           "COMPREPLY=($(compgen -W '--help --version --completion");
    for (const struct option_row *row = option_rows; row->name; row++)
        buf_append_format(out, " --%s", row->name);
    buf_append_string(out,
                      "' -- \"$current\"))\n    else\n        COMPREPLY=($(compgen -f -- "
                      "\"$current\"))\n    fi\n}\ncomplete -o filenames -F _thresh thresh\n");
}

/* A help text as a zsh description: brackets, colons and quotes have a meaning there. */
static void zsh_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_append_string(out, "'\\'");
        else if (strchr("[]:\\", *text))
            buf_append_char(out, '\\');
        buf_append_char(out, *text);
    }
}

static void completion_zsh(struct buf *out)
{
    buf_append_string(out, "#compdef thresh\n_arguments -s");
    for (const struct option_row *row = option_rows; row->name; row++) {
        buf_append_format(out, " \\\n    '*--%s%s[", row->name,
                          option_is_switch(row) ? "" : "=");
        zsh_text(out, row->help);
        buf_append_char(out, ']');
        if (!option_is_switch(row)) {
            buf_append_char(out, ':');
            zsh_text(out, row->argument);
            if (row->choices)
                buf_append_format(out, ":(%s)", row->choices);
            else
                buf_append_string(out, ":_files");
        }
        buf_append_char(out, '\'');
    }
    buf_append_string(out, " \\\n    '*:input:_files'\n");
}

static void completion_fish(struct buf *out)
{
    for (const struct option_row *row = option_rows; row->name; row++) {
        buf_append_format(out, "complete -c thresh -l %s", row->name);
        if (row->key < 0x100)
            buf_append_format(out, " -s %c", row->key);
        if (row->choices)
            buf_append_format(out, " -x -a '%s'", row->choices);
        else if (!option_is_switch(row))
            buf_append_string(out, " -r");
        buf_append_string(out, " -d '");
        for (const char *c = row->help; *c; c++) {
            if (*c == '\'' || *c == '\\')
                buf_append_char(out, '\\');
            buf_append_char(out, *c);
        }
        buf_append_string(out, "'\n");
    }
}

int options_completion(const char *shell, struct buf *out, struct thresh_error *error)
{
    if (strcmp(shell, "bash") == 0)
        completion_bash(out);
    else if (strcmp(shell, "zsh") == 0)
        completion_zsh(out);
    else if (strcmp(shell, "fish") == 0)
        completion_fish(out);
    else
        return error_set(
            error, "--completion: no script for '%s'; there are bash, zsh and fish", shell);
    return out->failed ? error_no_memory(error) : 0;
}
