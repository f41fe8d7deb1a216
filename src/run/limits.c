/* SPDX-License-Identifier: MIT */
#include "run/limits.h"

#include "base/clock.h"
#include "run/cpus.h"
#include "run/plan.h"
#include "source/source.h"
#include <limits.h>
#include <time.h>

#define MIB (UINT64_C(1) << 20)

/* The part of a function's memory for everything but documents (program, schemas, list of
 * entries, records of an answer): a quarter, and at least so much. */
#define KEPT_FRACTION 4
#define KEPT_LEAST    (64 * MIB)

/* Bytes of memory that a worker needs for a byte of XML, measured and rounded up. */
#define PARSED_BYTES                                                                           \
    4 /* parsed only; worst: 3.8, Latin 1 with nothing but letters above ASCII */
#define TREE_BYTES   16 /* with a tree; orders: 15.7, MusicXML: 14.6 */
#define MARKUP_BYTES 42 /* expanded entities; worst: 41, a tree of small tags */

static const struct {
    const char *option;
    const char *both;
} rows[LIMITS] = {
    [LIMIT_ENTRIES] = {"--max-entries", "the function's memory or --max-entries"},
    [LIMIT_DOCUMENT_BYTES] = {"--max-document-bytes",
                              "the function's memory or --max-document-bytes"},
    [LIMIT_ENTITY_BYTES] = {"--max-entity-bytes",
                            "the function's memory or --max-entity-bytes"},
    [LIMIT_DOCUMENT_MS] = {"--timeout", "the function's timeout or --timeout"},
    [LIMIT_WORKER_MEMORY] = {"--max-memory", "the function's memory or --max-memory"},
    [LIMIT_SCHEMA_MS] = {"--schema-timeout", "the function's timeout or --schema-timeout"},
    [LIMIT_SCHEMA_MEMORY] = {"--schema-memory", "the function's memory or --schema-memory"},
};

static void follow(struct limits *limits, const struct thresh_options *options,
                   enum limit limit, uint64_t value)
{
    if (options->asked[limit] != OPTION_NOT_ASKED ||
        (limits->at[limit] && limits->at[limit] <= value))
        return;
    limits->at[limit] = value ? value : 1;
    limits->follows[limit] = true;
}

/* Follows from the options and the function's memory alone, not from the machine or the number
 * of documents: the same archive meets the same limits wherever it is done. */
static uint64_t workers(const struct thresh_options *options, const struct host *host)
{
    double vcpus = options->vcpus;
    if (options->jobs)
        return options->jobs;
    if (vcpus <= 0)
        vcpus = cpus_lambda_vcpus(host->lambda_memory_mb, host->lambda_concurrency);
    return (uint64_t)plan_workers(vcpus, INT_MAX);
}

static uint64_t memory_bytes(const char *lambda_memory_mb)
{
    double mb = cpus_lambda_mb(lambda_memory_mb);
    return mb < 1 || mb > 1e9 ? 0 : (uint64_t)mb * MIB;
}

uint64_t limits_kept_bytes(const char *lambda_memory_mb)
{
    uint64_t memory = memory_bytes(lambda_memory_mb), kept = memory / KEPT_FRACTION;
    uint64_t least = KEPT_LEAST < memory / 2 ? KEPT_LEAST : memory / 2;
    return kept < least ? least : kept;
}

static void share_memory(struct limits *limits, const struct thresh_options *options,
                         const struct host *host, bool builds_tree)
{
    uint64_t runs = host->lambda_concurrency ? host->lambda_concurrency : 1;
    uint64_t memory = memory_bytes(host->lambda_memory_mb);
    uint64_t kept = limits_kept_bytes(host->lambda_memory_mb);
    if (!memory)
        return;
    limits->memory.bytes = memory;
    limits->memory.kept = kept;
    limits->memory.runs = runs;
    limits->memory.workers = workers(options, host);
    limits->memory.share = (memory - kept) / (runs * limits->memory.workers);
    limits->memory.per_byte = builds_tree ? TREE_BYTES : PARSED_BYTES;
}

static void follow_memory(struct limits *limits, const struct thresh_options *options)
{
    uint64_t kept = limits->memory.kept, share = limits->memory.share;
    follow(limits, options, LIMIT_ENTRIES, kept / (SOURCE_ENTRY_BYTES * limits->memory.runs));
    follow(limits, options, LIMIT_DOCUMENT_BYTES, share / limits->memory.per_byte);
    follow(limits, options, LIMIT_ENTITY_BYTES, share / MARKUP_BYTES);
    follow(limits, options, LIMIT_WORKER_MEMORY, share);
    follow(limits, options, LIMIT_SCHEMA_MEMORY, limits->memory.bytes - kept);
}

/* Half of the time left: if one document never ends, the others have the rest; and a schema
 * that is tried first is compiled twice. */
static void follow_time(struct limits *limits, const struct thresh_options *options,
                        const struct host *host)
{
    int64_t left = host->end_ms - clock_unix_ms();
    uint64_t half = left > 0 ? (uint64_t)left / 2 : 0;
    follow(limits, options, LIMIT_DOCUMENT_MS, half);
    follow(limits, options, LIMIT_SCHEMA_MS, half);
}

void limits_make(struct limits *limits, const struct thresh_options *options,
                 const struct host *host, bool builds_tree)
{
    *limits = (struct limits){.at = {0}};
    for (enum limit i = 0; i < LIMITS; i++)
        limits->at[i] = options->asked[i] == OPTION_NOT_ASKED ? options_limit_default(i)
                                                              : options->asked[i];
    share_memory(limits, options, host, builds_tree);
    if (limits->memory.bytes)
        follow_memory(limits, options);
    if (host->end_ms)
        follow_time(limits, options, host);
}

const char *limits_remedy(const struct limits *limits, enum limit limit)
{
    return limits->follows[limit] ? rows[limit].both : rows[limit].option;
}

void limits_explain(const struct limits *limits, bool is_isolated, struct buf *out)
{
    const char *before = "limits     ";
    for (int i = 0; i < LIMITS; i++) {
        bool is_time = i == LIMIT_DOCUMENT_MS || i == LIMIT_SCHEMA_MS;
        if (!is_isolated && (i == LIMIT_DOCUMENT_MS || i == LIMIT_WORKER_MEMORY))
            continue;
        buf_append_format(out, "%s%s ", before, rows[i].option);
        buf_append_format(out, "%.15g", (double)limits->at[i] / (is_time ? 1e3 : 1));
        before = ", ";
    }
    buf_append_char(out, '\n');
    if (!limits->memory.bytes)
        return;
    buf_append_format(
        out,
        "function   %llu MB: %llu for program, schemas, entries and records, %llu for each of "
        "%llu worker%s, at %u bytes for a byte of its document\n",
        (unsigned long long)(limits->memory.bytes / MIB),
        (unsigned long long)(limits->memory.kept / MIB),
        (unsigned long long)(limits->memory.share / MIB),
        (unsigned long long)limits->memory.workers, limits->memory.workers == 1 ? "" : "s",
        limits->memory.per_byte);
}
