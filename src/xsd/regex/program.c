/* SPDX-License-Identifier: MIT */
#include "xsd/regex/program.h"

#include "base/array.h"
#include <stdlib.h>
#include <string.h>

enum { OPS_MAX = 1 << 18, SETS_MAX = 1 << 12 };

static const char many_ops[] = "it grows too large with its counts written out";
static const char many_sets[] = "it has too many different characters";

void program_free(struct program *program)
{
    for (size_t i = 0; i < program->n_sets; i++)
        charset_free(&program->sets[i]);
    free(program->sets);
    free(program->ops);
    *program = (struct program){0};
}

static int refuse(struct program *program, const char *why)
{
    program->grown_large = why;
    return -1;
}

/* -- Operations ----------------------------------------------------------------------- */

/* Makes room for n more operations at `at`, and moves those behind it. */
static int open_gap(struct program *program, size_t at, size_t n)
{
    if (n > OPS_MAX - program->n_ops)
        return refuse(program, many_ops);
    struct op *ops =
        array_room(program->ops, &program->cap_ops, program->n_ops + n, sizeof *ops);
    if (!ops)
        return -1;
    memmove(ops + at + n, ops + at, (program->n_ops - at) * sizeof *ops);
    program->ops = ops;
    program->n_ops += n;
    return 0;
}

static int insert(struct program *program, size_t at, enum op_kind kind, size_t to,
                  size_t other)
{
    if (open_gap(program, at, 1) < 0)
        return -1;
    program->ops[at] = (struct op){kind, (int32_t)to, (int32_t)other};
    return 0;
}

int program_append(struct program *program, enum op_kind kind, size_t to, size_t other)
{
    return insert(program, program->n_ops, kind, to, other);
}

static int append_copy(struct program *program, size_t from, size_t len)
{
    size_t at = program->n_ops;
    if (open_gap(program, at, len) < 0)
        return -1;
    memcpy(program->ops + at, program->ops + from, len * sizeof(struct op));
    return 0;
}

/* -- Sets ----------------------------------------------------------------------------- */

static bool same_sets(const struct charset *a, const struct charset *b)
{
    return a->n == b->n && memcmp(a->ranges, b->ranges, a->n * sizeof *a->ranges) == 0;
}

/* The number of the set in the program, which takes it over if it is new. */
static int number_of_set(struct program *program, struct charset *set)
{
    if (set->n == 0) /* memcmp must not see NULL; no text has this code point */
        charset_add(set, UTF8_MAX + 1, UTF8_MAX + 1);
    if (set->failed)
        return -1;
    for (size_t i = 0; i < program->n_sets; i++)
        if (same_sets(&program->sets[i], set))
            return (int)i;
    if (program->n_sets == SETS_MAX)
        return refuse(program, many_sets);
    struct charset *sets =
        array_room(program->sets, &program->cap_sets, program->n_sets + 1, sizeof *sets);
    if (!sets)
        return -1;
    program->sets = sets;
    program->sets[program->n_sets] = *set;
    *set = (struct charset){0};
    return (int)program->n_sets++;
}

int program_take(struct program *program, struct charset *set)
{
    int number = number_of_set(program, set);
    charset_free(set);
    return number < 0 ? -1 : program_append(program, OP_TAKE, (size_t)number, 0);
}

int program_take_one(struct program *program, uint32_t code_point)
{
    if (code_point < 128 && program->ascii_sets[code_point])
        return program_append(program, OP_TAKE, (size_t)program->ascii_sets[code_point] - 1, 0);
    struct charset set = {0};
    charset_add(&set, code_point, code_point);
    if (program_take(program, &set) < 0)
        return -1;
    if (code_point < 128)
        program->ascii_sets[code_point] = program->ops[program->n_ops - 1].to + 1;
    return 0;
}

/* -- Repetitions and alternatives ----------------------------------------------------- */

int program_repeat(struct program *program, size_t begin, int32_t min, int32_t max)
{
    size_t len = program->n_ops - begin;
    if (len == 0 || (min == 1 && max == 1))
        return 0;
    if (max == 0) {
        program->n_ops = begin;
        return 0;
    }
    if (max == PROGRAM_NO_LIMIT && min == 0) {
        if (insert(program, begin, OP_SPLIT, 1, len + 2) < 0)
            return -1;
        return program_append(program, OP_JUMP, -(len + 1), 0);
    }
    size_t copies = (size_t)(max == PROGRAM_NO_LIMIT ? min : max);
    if (copies * (len + 1) > OPS_MAX)
        return refuse(program, many_ops);
    size_t optional = copies - (size_t)min;
    size_t source = begin;
    if (min == 0) {
        if (insert(program, begin, OP_SPLIT, 1, optional * (len + 1)) < 0)
            return -1;
        source++;
        optional--;
    }
    for (int32_t i = 1; i < min; i++)
        if (append_copy(program, source, len) < 0)
            return -1;
    if (max == PROGRAM_NO_LIMIT)
        return program_append(program, OP_SPLIT, -len, 1);
    /* In front of each optional copy there is a way out to the end of the last. */
    for (; optional; optional--)
        if (program_append(program, OP_SPLIT, 1, optional * (len + 1)) < 0 ||
            append_copy(program, source, len) < 0)
            return -1;
    return 0;
}

int program_end_alternative(struct program *program, size_t begin, size_t *last_jump)
{
    size_t len = program->n_ops - begin;
    if (insert(program, begin, OP_SPLIT, 1, len + 2) < 0 ||
        program_append(program, OP_JUMP, *last_jump, 0) < 0)
        return -1;
    *last_jump = program->n_ops - 1;
    return 0;
}

void program_join_alternatives(struct program *program, size_t last_jump)
{
    while (last_jump) { /* a split comes first, so no jump is operation 0 */
        struct op *op = &program->ops[last_jump];
        size_t previous = (size_t)op->to;
        op->to = (int32_t)(program->n_ops - last_jump);
        last_jump = previous;
    }
}

/* -- Following ------------------------------------------------------------------------ */

size_t program_follow(struct program_walk *walk, uint32_t from, uint32_t *list, size_t n)
{
    size_t depth = 0;
    if (walk->seen[from] != walk->round) {
        walk->seen[from] = walk->round;
        walk->stack[depth++] = from;
    }
    while (depth) {
        uint32_t at = walk->stack[--depth];
        const struct op *op = &walk->ops[at];
        walk->steps++;
        if (op->kind == OP_TAKE || op->kind == OP_MATCH) {
            list[n++] = at;
            continue;
        }
        uint32_t ways[] = {at + (uint32_t)op->to, at + (uint32_t)op->other};
        for (size_t i = op->kind == OP_SPLIT ? 2 : 1; i-- > 0;) {
            if (walk->seen[ways[i]] == walk->round)
                continue;
            walk->seen[ways[i]] = walk->round;
            walk->stack[depth++] = ways[i];
        }
    }
    return n;
}
