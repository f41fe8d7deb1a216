/* SPDX-License-Identifier: MIT
 *
 * The options of a run, in the order in which help shows them.
 */
#include "options/option_row.h"
#include "options/options.h"

const char *const option_section_titles[OPTION_SECTIONS] = {
    [OPTION_MEASURING] = "Measuring", [OPTION_SCHEMAS] = "Schemas and XPaths",
    [OPTION_RECORDS] = "Records",     [OPTION_WORKERS] = "Workers",
    [OPTION_LIMITS] = "Limits",       [OPTION_REPORTS] = "Reports",
    [OPTION_OTHER] = "Other",
};

/* The most that may be asked for. Jobs, errors, nesting and depth: what was tried, and ends
 * well. (Each nesting is a recursion, and holds the buffers of its archive.) */
#define MOST_JOBS    1024
#define MOST_ERRORS  10000
#define MOST_NESTING 100
#define MOST_DEPTH   1000000
#define MOST_VCPUS   4096
#define MOST_NUMBER  1000000000
#define MOST_BYTES   (UINT64_MAX >> 1)
#define MOST_MS      UINT64_C(1000000000000)
#define MOST_PERCENT 100

static const struct option_word formats[] = {
    {"auto", FORMAT_AUTO},     {"ndjson", FORMAT_NDJSON},
    {"csv", FORMAT_CSV},       {"text", FORMAT_TEXT},
    {"junit", FORMAT_JUNIT},   {"sarif", FORMAT_SARIF},
    {"github", FORMAT_GITHUB}, {NULL, 0}};
static const struct option_word isolations[] = {
    {"false", ISOLATE_NO}, {"true", ISOLATE_YES}, {"require", ISOLATE_REQUIRE}, {NULL, 0}};
static const struct option_word progress[] = {
    {"false", PROGRESS_NEVER}, {"true", PROGRESS_ALWAYS}, {NULL, 0}};
static const struct option_word no_progress[] = {
    {"false", PROGRESS_ALWAYS}, {"true", PROGRESS_NEVER}, {NULL, 0}};
/* For completion: which of them a build has, the run says. */
static const struct option_word backend_names[] = {
    {"auto", 0}, {"sequential", 0}, {"openmp", 0}, {"fork", 0}, {NULL, 0}};

/* Likewise: those that archives are made with. */
static const struct option_word name_encodings[] = {
    {"cp437", 0},        {"cp850", 0},        {"cp852", 0},      {"cp866", 0},
    {"windows-1251", 0}, {"windows-1252", 0}, {"iso-8859-1", 0}, {"shift_jis", 0},
    {"gbk", 0},          {"big5", 0},         {"euc-kr", 0},     {NULL, 0}};

#define HOLDER struct thresh_options

/* clang-format off */
const struct option_row option_rows[] = {
    /* Schemas and XPaths */
    {"schema", 's', "[ROOTS=]FILE", OPTION_SCHEMAS,
     "Validate against this XSD or RELAX NG (.rng) schema, several together (a.xsd+b.xsd), or "
     "all those of a directory or an archive. Where there are more, each is for roots in its "
     "own target namespace, or for ROOTS: a namespace, or root:NAME in any",
     .is_common = true, OPTION_STRINGS(schemas, HOLDER, schema)},
    {"schema-location", 0, NULL, OPTION_SCHEMAS,
     "Let a document choose among the schemas given, by the base name of the one that its "
     "xsi:schemaLocation or xsi:noNamespaceSchemaLocation names; nothing is fetched",
     OPTION_SWITCH(HOLDER, schema_location)},
    {"extract", 'x', "NAME=XPATH", OPTION_SCHEMAS,
     "Put the value of an XPath 1.0 expression in the record, as field NAME",
     .is_common = true, OPTION_STRINGS(pairs, HOLDER, extract)},
    {"namespace", 'N', "PREFIX=URI", OPTION_SCHEMAS,
     "Bind a prefix for the XPaths",
     .is_common = true, OPTION_STRINGS(pairs, HOLDER, prefixes)},
    {"catalog", 0, "FILE", OPTION_SCHEMAS,
     "OASIS XML catalog that maps the addresses schemas import to local files",
     .is_common = true, OPTION_LANDS(file, HOLDER, catalog, char *)},
    {"schema-cache", 0, "[=DIR]", OPTION_SCHEMAS,
     "Keep compiled schemas in DIR, and load them in milliseconds as long as no file that they "
     "were made of has changed; without DIR in ~/.cache/thresh",
     OPTION_LANDS(place, HOLDER, schema_cache, char *)},
    {"strict-schema", 0, NULL, OPTION_SCHEMAS,
     "A schema that breaks a constraint and could be used all the same, with a warning, is an "
     "error",
     OPTION_SWITCH(HOLDER, strict_schema)},
    {"guard-schemas", 0, NULL, OPTION_SCHEMAS,
     "Compile every schema in a process of its own first, under --schema-timeout and "
     "--schema-memory: for schemas from strangers",
     OPTION_SWITCH(HOLDER, guard_schemas)},

    /* Records */
    {"format", 'f', "FORMAT", OPTION_RECORDS,
     "ndjson, csv, text; for other tools junit, sarif or github (annotations of a workflow); "
     "or auto: text on a terminal (of many documents, those that are not good), else ndjson",
     .is_common = true, .otherwise = "auto", OPTION_WORD(HOLDER, format, enum format, formats)},
    {"output", 'o', "FILE", OPTION_RECORDS,
     "Write to FILE, complete or not at all; - is standard output",
     .is_common = true, OPTION_TEXT(HOLDER, output)},
    {"fields", 0, "LIST", OPTION_RECORDS,
     "Parts of the record to write, separated by commas: path, index, verdict, bytes, sha256, "
     "root, namespaces, elements, attributes, depth, text_bytes, schema, fields, errors; with "
     "a minus sign before the first, all but these and sha256",
     .otherwise = "all", OPTION_LANDS(parts, HOLDER, parts, unsigned)},
    {"sha256", 0, NULL, OPTION_RECORDS,
     "Put the SHA-256 of each document, unpacked, in its record",
     OPTION_SWITCH(HOLDER, sha256)},
    {"include", 0, "GLOB", OPTION_RECORDS,
     "Only documents whose path or name matches",
     OPTION_STRINGS(list, HOLDER, include)},
    {"exclude", 0, "GLOB", OPTION_RECORDS,
     "No documents whose path or name matches",
     OPTION_STRINGS(list, HOLDER, exclude)},
    {"shard", 0, "K/N", OPTION_RECORDS,
     "Only the K-th of N slices of the entries, balanced by bytes and the same on every "
     "machine; auto: as the job arrays of Slurm, AWS Batch, Grid Engine and others, or MPI, "
     "have it; auto/N where they do not say N. thresh merge puts the outputs together",
     OPTION_LANDS(shard, HOLDER, shard, struct shard)},
    {"names-encoding", 0, "NAME", OPTION_RECORDS,
     "Encoding of names in archives that do not say theirs (ZIP without the UTF-8 flag, tar "
     "that is not pax), such as cp866 or shift_jis; iconv -l lists all",
     .words = name_encodings, OPTION_TEXT(HOLDER, names_encoding)},
    {"csv-safe", 0, NULL, OPTION_RECORDS,
     "CSV: an apostrophe before a cell that a spreadsheet would compute; a number is left "
     "alone",
     OPTION_SWITCH(HOLDER, csv_safe)},

    /* Workers */
    {"backend", 'b', "NAME", OPTION_WORKERS,
     "auto, sequential, openmp or fork",
     .otherwise = THRESH_DEFAULT_BACKEND, .is_deferred = true, .words = backend_names,
     OPTION_TEXT(HOLDER, backend)},
    {"jobs", 'j', "N", OPTION_WORKERS,
     "Workers",
     .is_common = true, .otherwise = "0", .zero = "as many as there are vCPUs",
     .most = MOST_JOBS,
     OPTION_NUMBER(HOLDER, jobs, unsigned)},
    {"vcpus", 0, "X", OPTION_WORKERS,
     "Take the machine to have X vCPUs, a fraction, instead of detecting",
     .most = MOST_VCPUS, OPTION_DECIMAL(HOLDER, vcpus)},
    /* Below so many documents, starting workers takes longer than what they could save:
     * docs/performance.md has the measurements. */
    {"threshold", 0, "N", OPTION_WORKERS,
     "Fewer documents than N, of less than 1 MiB in all, are done sequentially",
     .otherwise = "5", .most = MOST_NUMBER, OPTION_NUMBER(HOLDER, threshold, unsigned)},
    {"resume", 0, "FILE", OPTION_WORKERS,
     "Keep a journal of what is done in FILE, and go on where a run that was stopped or killed "
     "had come to; what has changed since is done again",
     OPTION_TEXT(HOLDER, resume)},
    {"cache", 0, "DIR", OPTION_WORKERS,
     "Keep what is found out about documents in DIR, and do none again whose bytes, schemas "
     "and options are those of an earlier run",
     OPTION_TEXT(HOLDER, cache)},
    {"cache-size", 0, "SIZE", OPTION_WORKERS,
     "Bytes that the files of each cache may take; the oldest goes first",
     .otherwise = "256M", .most = MOST_BYTES, OPTION_SIZE(HOLDER, cache_size)},
    {"isolate", 0, "[=require]", OPTION_WORKERS,
     "Keep each worker in a process of its own that can open, reach and start nothing; with "
     "=require, fail where the system cannot do all of that",
     OPTION_WORD(HOLDER, isolate, enum isolate, isolations)},

    /* Limits */
    {"max-document-bytes", 0, "SIZE", OPTION_LIMITS,
     "Bytes of one document, inflated; the parser takes 2G at most",
     .otherwise = "1G", .is_deferred = true, .most = MOST_BYTES,
     OPTION_SIZE(HOLDER, asked[LIMIT_DOCUMENT_BYTES])},
    {"max-total-bytes", 0, "SIZE", OPTION_LIMITS,
     "Bytes of all documents, inflated",
     .otherwise = "1T", .most = MOST_BYTES, OPTION_SIZE(HOLDER, max_total_bytes)},
    {"max-ratio", 0, "N", OPTION_LIMITS,
     "Inflated bytes for a stored one, above 1 MiB, layer by layer and in all",
     .otherwise = "1000", .most = UINT32_MAX, OPTION_NUMBER(HOLDER, max_ratio, uint64_t)},
    {"max-entries", 0, "N", OPTION_LIMITS,
     "Entries of all inputs together; with their paths 128 bytes for each, or 16 MiB",
     .otherwise = "10000000", .is_deferred = true, .most = UINT32_MAX,
     OPTION_NUMBER(HOLDER, asked[LIMIT_ENTRIES], uint64_t)},
    {"max-nesting", 0, "N", OPTION_LIMITS,
     "Archives inside archives, to this depth",
     .otherwise = "3", .most = MOST_NESTING, OPTION_NUMBER(HOLDER, max_nesting, unsigned)},
    {"max-depth", 0, "N", OPTION_LIMITS,
     "Elements inside elements, to this depth",
     .otherwise = "1000", .most = MOST_DEPTH, OPTION_NUMBER(HOLDER, max_depth, unsigned)},
    {"max-attributes", 0, "N", OPTION_LIMITS,
     "Attributes of one element, namespaces among them",
     .otherwise = "10000", .zero = "no limit", .most = MOST_NUMBER,
     OPTION_NUMBER(HOLDER, max_attributes, unsigned)},
    {"max-entity-bytes", 0, "SIZE", OPTION_LIMITS,
     "Bytes that the entities of one document may expand to",
     .otherwise = "10M", .is_deferred = true, .most = MOST_BYTES,
     OPTION_SIZE(HOLDER, asked[LIMIT_ENTITY_BYTES])},
    {"max-name-bytes", 0, "SIZE", OPTION_LIMITS,
     "Bytes of a name, without its prefix",
     .otherwise = "1M", .most = MOST_BYTES, OPTION_SIZE(HOLDER, max_name_bytes)},
    {"max-errors", 0, "N", OPTION_LIMITS,
     "Errors told a document; all are counted",
     .otherwise = "20", .most = MOST_ERRORS, OPTION_NUMBER(HOLDER, max_errors, unsigned)},
    {"max-bad", 0, "PERCENT", OPTION_LIMITS,
     "The run is good as long as no more of its documents than PERCENT in 100 are not; of what "
     "could not be looked into, none may be",
     .otherwise = "0", .most = MOST_PERCENT, OPTION_PERCENT(HOLDER, max_bad)},
    {"fail-fast", 0, "N", OPTION_LIMITS,
     "Stop at the N-th document that is not good, with the records up to it",
     .otherwise = "0", .zero = "go on", .most = MOST_NUMBER,
     OPTION_NUMBER(HOLDER, fail_fast, uint64_t)},
    {"timeout", 0, "SECONDS", OPTION_LIMITS,
     "Time for one document, such as 2.5; isolates",
     .otherwise = "0", .is_deferred = true, .zero = "no limit", .most = MOST_MS,
     OPTION_SECONDS(HOLDER, asked[LIMIT_DOCUMENT_MS])},
    {"max-memory", 0, "SIZE", OPTION_LIMITS,
     "Memory that a worker takes for its documents; isolates",
     .otherwise = "0", .is_deferred = true, .zero = "no limit", .most = MOST_BYTES,
     OPTION_SIZE(HOLDER, asked[LIMIT_WORKER_MEMORY])},
    {"schema-timeout", 0, "SECONDS", OPTION_LIMITS,
     "Time for compiling a schema",
     .otherwise = "60", .is_deferred = true, .zero = "no limit", .most = MOST_MS,
     OPTION_SECONDS(HOLDER, asked[LIMIT_SCHEMA_MS])},
    {"schema-memory", 0, "SIZE", OPTION_LIMITS,
     "Memory for compiling a schema",
     .otherwise = "4G", .is_deferred = true, .zero = "no limit", .most = MOST_BYTES,
     OPTION_SIZE(HOLDER, asked[LIMIT_SCHEMA_MEMORY])},

    /* Reports */
    {"report", 0, "FILE", OPTION_REPORTS,
     "Write a page of HTML for people to FILE, beside the records: what was looked at, what is "
     "wrong, and a table of all documents",
     OPTION_TEXT(HOLDER, report)},
    {"quiet", 'q', NULL, OPTION_REPORTS,
     "No summary, and in text format only documents that are not good",
     .is_common = true, OPTION_SWITCH(HOLDER, quiet)},
    {"group", 0, NULL, OPTION_REPORTS,
     "In place of records, what is wrong by rule: how often, in how many documents, and where "
     "first",
     .is_common = true, OPTION_SWITCH(HOLDER, group)},
    {"stats", 0, NULL, OPTION_REPORTS,
     "One JSON object about the run on standard error, at its end",
     OPTION_SWITCH(HOLDER, stats)},
    {"explain", 0, NULL, OPTION_REPORTS,
     "Say what would be done and why, without doing it",
     .is_common = true, OPTION_SWITCH(HOLDER, explain)},
    {"progress", 0, NULL, OPTION_REPORTS,
     "Show progress on standard error in any case",
     OPTION_WORD(HOLDER, progress, enum progress, progress)},
    {"no-progress", 0, NULL, OPTION_REPORTS,
     "Never show progress",
     OPTION_WORD(HOLDER, progress, enum progress, no_progress)},

    /* Other */
    {"job", 0, "FILE", OPTION_OTHER,
     "Take options from a JSON file, {\"schema\": \"a.xsd\"}; those given here come on top",
     .kind = &option_kind_job},
    {.name = NULL},
};
/* clang-format on */
