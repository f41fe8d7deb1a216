/* SPDX-License-Identifier: MIT
 *
 * A regular expression as a program: operations with relative jumps, so that a part of it can
 * be copied to another place as it is. Operation i is followed by operation i + 1 unless it
 * says otherwise; the last one is OP_MATCH.
 */
#ifndef THRESH_XSD_REGEX_PROGRAM_H
#define THRESH_XSD_REGEX_PROGRAM_H

#include "xsd/regex/charset.h"

enum op_kind {
    OP_TAKE,  /* a code point of the set `to` */
    OP_SPLIT, /* continue both at `to` and at `other` */
    OP_JUMP,  /* continue at `to` */
    OP_MATCH,
};

struct op {
    enum op_kind kind;
    int32_t to; /* relative to this operation, or the number of a set */
    int32_t other;
};

struct program {
    struct op *ops;
    size_t n_ops, cap_ops;
    struct charset *sets;
    size_t n_sets, cap_sets;
    int ascii_sets[128];     /* 1 + the number of the set of that character alone */
    const char *grown_large; /* why the program cannot be had; NULL: no memory */
};

#define PROGRAM_NO_LIMIT INT32_MAX

void program_free(struct program *program);

/* The functions that write a program return 0, or -1 with `grown_large` set. */

int program_append(struct program *program, enum op_kind kind, size_t to, size_t other);
/* Takes a code point of the set, which is freed. */
int program_take(struct program *program, struct charset *set);
int program_take_one(struct program *program, uint32_t code_point);
/* Makes the operations from `begin` on repeat, up to PROGRAM_NO_LIMIT times. */
int program_repeat(struct program *program, size_t begin, int32_t min, int32_t max);
/* Ends an alternative that began at `begin` and that another follows. Where all of them end is
 * not known yet, so their jumps to there form a chain: *last_jump, 0 at first. */
int program_end_alternative(struct program *program, size_t begin, size_t *last_jump);
/* Directs the jumps of the chain to here, the end of the last alternative. */
void program_join_alternatives(struct program *program, size_t last_jump);

/* Following a program: the operations that can be reached together are visited in rounds. */
struct program_walk {
    const struct op *ops;
    uint32_t *seen; /* per operation: the last round that reached it */
    uint32_t *stack;
    uint32_t round;
    size_t steps;
};

/* Adds to the n items of the list the operations OP_TAKE and OP_MATCH that `from` leads to,
 * less those reached before in this round. Returns the new n. */
size_t program_follow(struct program_walk *walk, uint32_t from, uint32_t *list, size_t n);

#endif
