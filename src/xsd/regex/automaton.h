/* SPDX-License-Identifier: MIT
 *
 * From a program (what a regular expression says, step by step) to an automaton (what a text is
 * run through).
 *
 * A program is a run of operations with relative jumps, so that a part of it can be copied to
 * another place as it is. Operation i is followed by operation i + 1 unless it says otherwise;
 * the last one is OP_MATCH.
 */
#ifndef THRESH_XSD_REGEX_AUTOMATON_H
#define THRESH_XSD_REGEX_AUTOMATON_H

#include "xsd/regex/charset.h"
#include "xsd/regex/pattern.h"

enum op_kind {
    OP_TAKE,  /* a code point of the set `to`, then on */
    OP_SPLIT, /* on at both to and other */
    OP_JUMP,  /* on at `to` */
    OP_MATCH,
};

struct op {
    enum op_kind kind;
    int32_t to; /* relative to this operation, or the number of a set */
    int32_t other;
};

enum {
    PROGRAM_MAX_OPS = 1 << 18,
    PROGRAM_MAX_SETS = 1 << 12,
};

struct program {
    struct op *ops;
    size_t n_ops, cap_ops;
    struct charset *sets;
    size_t n_sets, cap_sets;
};

void program_free(struct program *program);

/* Takes the operations out of the program; NULL: no memory. */
struct pattern *automaton_build(struct program *program);

#endif
