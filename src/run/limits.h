/* SPDX-License-Identifier: MIT
 *
 * The limits that hold: those asked for, and defaults for the others. In a Lambda function the
 * defaults follow its memory and what is left of the invocation; they never rise above the
 * command's. docs/lambda.md has the rules, and the measurements behind them.
 */
#ifndef THRESH_RUN_LIMITS_H
#define THRESH_RUN_LIMITS_H

#include "base/buf.h"
#include "options/options.h"

struct limits {
    uint64_t at[LIMITS];  /* 0: none */
    bool follows[LIMITS]; /* it is as it is because of the function's size */
    /* How a function's memory was shared out; all 0 outside of Lambda. */
    struct {
        uint64_t bytes;
        uint64_t kept; /* of these, for all that is not a document */
        uint64_t workers;
        uint64_t share;    /* of each, for the document at hand */
        unsigned per_byte; /* what a byte of it is taken to need */
    } memory;
};

/* `builds_tree`: every document becomes a tree. The time left is counted from now. */
void limits_make(struct limits *limits, const struct thresh_options *options, bool builds_tree);

/* What to raise where the limit is met: "--max-entries", or what it follows and the option. */
const char *limits_remedy(const struct limits *limits, enum limit limit);

/* In words, for --explain; those that only isolation can hold are told `is_isolated`. */
void limits_explain(const struct limits *limits, bool is_isolated, struct buf *out);

#endif
