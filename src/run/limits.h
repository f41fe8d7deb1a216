/* SPDX-License-Identifier: MIT
 *
 * The limits in force: those asked for, and defaults for the others. In a Lambda function the
 * defaults follow its memory and the time left of the invocation, and are never above the
 * command's. docs/lambda.md has the rules and the measurements behind them.
 */
#ifndef THRESH_RUN_LIMITS_H
#define THRESH_RUN_LIMITS_H

#include "base/buf.h"
#include "options/options.h"
#include "run/host.h"

struct limits {
    uint64_t at[LIMITS];  /* 0: none */
    bool follows[LIMITS]; /* the value follows from the function's memory or time */
    /* How a function's memory is shared out; all 0 outside Lambda. */
    struct {
        uint64_t bytes;
        uint64_t kept; /* of these, for everything but documents */
        uint64_t runs; /* at a time, of as many workers each */
        uint64_t workers;
        uint64_t share;    /* for the document that a worker is doing */
        unsigned per_byte; /* bytes of memory reckoned for each byte of a document */
    } memory;
};

/* What of a function's memory is kept for everything but documents; 0 outside Lambda. Schemas
 * that are ready and not in use may have a fraction of it. */
uint64_t limits_kept_bytes(const char *lambda_memory_mb);
#define LIMITS_SCHEMAS_FRACTION 4

/* `builds_tree`: every document becomes a tree. The time left is counted from now. */
void limits_make(struct limits *limits, const struct thresh_options *options,
                 const struct host *host, bool builds_tree);

/* What to raise if the limit is met: "--max-entries", or what it follows from and the
 * option. */
const char *limits_remedy(const struct limits *limits, enum limit limit);

/* Appends the limits in words, for --explain; those that need isolation only if
 * `is_isolated`. */
void limits_explain(const struct limits *limits, bool is_isolated, struct buf *out);

#endif
