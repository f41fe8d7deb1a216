/* SPDX-License-Identifier: MIT */
#include "xsd/regex/automaton.h"

#include "base/buf.h"
#include <stdlib.h>
#include <string.h>

/* Where the table takes more, it is given up. */
enum { CELLS_MAX = 1 << 19, STEPS_MAX = 1 << 22 };

struct table_builder {
    const struct pattern *pattern;
    struct program_walk walk;
    struct buf cells;   /* uint32_t */
    struct buf members; /* uint32_t: the operations of row 0, row 1, ... */
    struct buf ends;    /* size_t: where those of each row end in `members`, as an index */
    size_t n_rows;
    uint32_t *slots; /* open hashing: 1 + a row */
    size_t n_slots;
    uint32_t *list;
};

static void members_of(const struct table_builder *builder, size_t row, size_t *begin,
                       size_t *end)
{
    const size_t *ends = (const void *)builder->ends.data;
    *begin = row ? ends[row - 1] : 0;
    *end = ends[row];
}

static int compare_u32(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static uint64_t hash_list(const uint32_t *list, size_t n)
{
    uint64_t hash = n;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ list[i]) * 0x9e3779b97f4a7c15u, hash ^= hash >> 29;
    return hash;
}

static uint32_t *find_slot(const struct table_builder *builder, const uint32_t *list, size_t n)
{
    const uint32_t *members = (const void *)builder->members.data;
    for (uint64_t i = hash_list(list, n);; i++) {
        uint32_t *slot = &builder->slots[i & (builder->n_slots - 1)];
        if (!*slot)
            return slot;
        size_t begin, end;
        members_of(builder, *slot - 1, &begin, &end);
        if (end - begin == n && memcmp(members + begin, list, n * sizeof *list) == 0)
            return slot;
    }
}

static int grow_slots(struct table_builder *builder)
{
    size_t n_slots = builder->n_slots ? builder->n_slots * 2 : 64;
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (!slots)
        return -1;
    free(builder->slots);
    builder->slots = slots;
    builder->n_slots = n_slots;
    for (size_t row = 0; row < builder->n_rows; row++) {
        size_t begin, end;
        members_of(builder, row, &begin, &end);
        const uint32_t *members = (const void *)builder->members.data;
        *find_slot(builder, members + begin, end - begin) = (uint32_t)row + 1;
    }
    return 0;
}

/* The row for the n operations of builder->list, added if it is new. -1: no memory. */
static int64_t find_row(struct table_builder *builder, size_t n)
{
    uint32_t *list = builder->list;
    if (n > 1)
        qsort(list, n, sizeof *list, compare_u32);
    if (builder->n_rows * 2 >= builder->n_slots && grow_slots(builder) < 0)
        return -1;
    uint32_t *slot = builder->n_rows ? find_slot(builder, list, n) : builder->slots;
    if (builder->n_rows && *slot)
        return *slot - 1;
    size_t end = builder->members.len / sizeof *list + n;
    if (buf_append(&builder->members, list, n * sizeof *list) < 0 ||
        buf_append(&builder->ends, &end, sizeof end) < 0)
        return -1;
    size_t row = builder->n_rows++;
    *find_slot(builder, list, n) = (uint32_t)row + 1;
    return (int64_t)row;
}

/* Appends the cells of a row. 1, 0 where that takes too long, or -1 without memory. */
static int fill_row(struct table_builder *builder, size_t row)
{
    const struct pattern *pattern = builder->pattern;
    size_t begin, end;
    members_of(builder, row, &begin, &end);
    uint32_t accepts = 0;
    for (size_t class = 0; class < pattern->classes.n; class ++) {
        size_t n = 0;
        builder->walk.round++;
        builder->walk.steps += end - begin;
        if (builder->walk.steps > STEPS_MAX)
            return 0;
        for (size_t i = begin; i < end; i++) {
            uint32_t at = ((const uint32_t *)(const void *)builder->members.data)[i];
            const struct op *op = &pattern->ops[at];
            if (op->kind == OP_MATCH)
                accepts = 1;
            else if (automaton_takes(pattern, op, class))
                n = program_follow(&builder->walk, at + 1, builder->list, n);
        }
        int64_t next = find_row(builder, n);
        if (next < 0)
            return -1;
        uint32_t cell = (uint32_t)next * (uint32_t)(pattern->classes.n + 1);
        if (buf_append(&builder->cells, &cell, sizeof cell) < 0)
            return -1;
    }
    return buf_append(&builder->cells, &accepts, sizeof accepts) < 0 ? -1 : 1;
}

/* 1: the table is in builder->cells. 0: it grew too large. -1: no memory. */
static int fill_table(struct table_builder *builder)
{
    size_t n_ops = builder->pattern->n_ops, stride = builder->pattern->classes.n + 1;
    builder->list = calloc(3 * n_ops, sizeof *builder->list);
    if (!builder->list)
        return -1;
    builder->walk = (struct program_walk){
        .ops = builder->pattern->ops,
        .seen = builder->list + n_ops,
        .stack = builder->list + 2 * n_ops,
        .round = 1,
    };
    if (find_row(builder, 0) < 0)
        return -1;
    size_t n = program_follow(&builder->walk, 0, builder->list, 0);
    if (find_row(builder, n) < 0)
        return -1;
    int rc = 1;
    for (size_t row = 0; rc == 1 && row < builder->n_rows; row++)
        rc = builder->n_rows * stride > CELLS_MAX ? 0 : fill_row(builder, row);
    return rc;
}

static int make_table(struct pattern *pattern)
{
    struct table_builder builder = {.pattern = pattern};
    int rc = fill_table(&builder);
    if (rc == 1) {
        pattern->table = realloc(builder.cells.data, builder.cells.len);
        pattern->table_bytes = builder.cells.len;
        if (pattern->table)
            builder.cells.data = NULL;
        else
            rc = -1;
    }
    buf_free(&builder.cells);
    buf_free(&builder.members);
    buf_free(&builder.ends);
    free(builder.slots);
    free(builder.list);
    return rc;
}

int automaton_build(struct pattern *pattern, struct program *program)
{
    pattern->ops = program->ops;
    pattern->n_ops = program->n_ops;
    program->ops = NULL;
    int rc = code_classes_make(&pattern->classes, program->sets, program->n_sets);
    if (rc == 0)
        rc = make_table(pattern);
    if (rc < 0)
        return -1;
    if (rc == 1) { /* matching needs no more than the table */
        free(pattern->ops);
        free(pattern->classes.members);
        pattern->ops = NULL;
        pattern->classes.members = NULL;
    }
    return 0;
}

void automaton_free(struct pattern *pattern)
{
    code_classes_free(&pattern->classes);
    free(pattern->table);
    free(pattern->ops);
}
