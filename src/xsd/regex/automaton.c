/* SPDX-License-Identifier: MIT
 *
 * Code points that no set of a program tells apart form one class. Where it stays small, the
 * program becomes a table: a row for each set of operations that can be reached together, a
 * column for each class. Otherwise the matcher follows all of those operations at once as it
 * reads.
 */
#include "xsd/regex/automaton.h"

#include <stdlib.h>
#include <string.h>

enum {
    TABLE_MAX_CELLS = 1 << 19,
    BUILD_MAX_STEPS = 1 << 22,
};

struct pattern {
    uint32_t ascii[128]; /* the class of each ASCII character */
    uint32_t *starts;    /* where runs of code points of one class begin */
    uint32_t *classes;   /* and which class that is */
    size_t n_runs;
    size_t n_classes;
    uint32_t *table; /* NULL: follow the operations */
    struct op *ops;
    size_t n_ops;
    uint64_t *set_classes; /* for each set of the program, one bit for each class */
    size_t set_words;
};

void program_free(struct program *program)
{
    for (size_t i = 0; i < program->n_sets; i++)
        charset_free(&program->sets[i]);
    free(program->sets);
    free(program->ops);
    *program = (struct program){0};
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    free(pattern->starts);
    free(pattern->classes);
    free(pattern->table);
    free(pattern->ops);
    free(pattern->set_classes);
    free(pattern);
}

static bool takes(const struct pattern *pattern, const struct op *op, size_t class)
{
    const uint64_t *words = pattern->set_classes + (size_t)op->to * pattern->set_words;
    return words[class / 64] >> (class % 64) & 1;
}

/* -- Classes -------------------------------------------------------------------------- */

static int compare_u32(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Cuts the code points wherever a set begins or ends. */
static int find_runs(struct pattern *pattern, const struct program *program)
{
    size_t n = 1;
    for (size_t i = 0; i < program->n_sets; i++)
        n += 2 * program->sets[i].n;
    uint32_t *starts = pattern->starts = malloc(n * sizeof *starts);
    pattern->classes = calloc(n, sizeof *pattern->classes);
    if (!starts || !pattern->classes)
        return -1;
    n = 0;
    starts[n++] = 0;
    for (size_t i = 0; i < program->n_sets; i++) {
        for (size_t k = 0; k < program->sets[i].n; k++) {
            starts[n++] = program->sets[i].ranges[k].first;
            starts[n++] = program->sets[i].ranges[k].last + 1;
        }
    }
    qsort(starts, n, sizeof *starts, compare_u32);
    pattern->n_runs = 1;
    for (size_t i = 1; i < n; i++)
        if (starts[i] != starts[pattern->n_runs - 1])
            starts[pattern->n_runs++] = starts[i];
    return 0;
}

static size_t run_of(const struct pattern *pattern, uint32_t code_point)
{
    size_t low = 0, high = pattern->n_runs;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (pattern->starts[middle] <= code_point)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Splits the classes that lie partly in the set. sizes: the runs of each class; inside and
 * fresh, zeroed here and zeroed again at the end: those of them in the set, and the class they
 * go to. */
static void split_classes(struct pattern *pattern, const struct charset *set, uint32_t *sizes,
                          uint32_t *inside, uint32_t *fresh)
{
    for (int pass = 0; pass < 3; pass++) {
        for (size_t k = 0; k < set->n; k++) {
            size_t run = run_of(pattern, set->ranges[k].first);
            for (; run < pattern->n_runs && pattern->starts[run] <= set->ranges[k].last;
                 run++) {
                uint32_t class = pattern->classes[run];
                if (pass == 0) {
                    inside[class]++;
                } else if (pass == 2) {
                    inside[class] = fresh[class] = 0;
                } else if (inside[class] && (fresh[class] || inside[class] < sizes[class])) {
                    if (!fresh[class])
                        fresh[class] = (uint32_t)pattern->n_classes++;
                    pattern->classes[run] = fresh[class];
                    sizes[fresh[class]]++;
                    sizes[class]--;
                    if (--inside[class] == 0)
                        fresh[class] = 0;
                }
            }
        }
    }
}

static int find_classes(struct pattern *pattern, const struct program *program)
{
    if (find_runs(pattern, program) < 0)
        return -1;
    size_t n = pattern->n_runs;
    uint32_t *counts = calloc(3 * n, sizeof *counts);
    if (!counts)
        return -1;
    counts[0] = (uint32_t)n;
    pattern->n_classes = 1;
    for (size_t i = 0; i < program->n_sets; i++)
        split_classes(pattern, &program->sets[i], counts, counts + n, counts + 2 * n);
    free(counts);
    for (uint32_t c = 0; c < 128; c++)
        pattern->ascii[c] = pattern->classes[run_of(pattern, c)];

    pattern->set_words = pattern->n_classes / 64 + 1;
    pattern->set_classes = calloc((program->n_sets + 1) * pattern->set_words, sizeof(uint64_t));
    if (!pattern->set_classes)
        return -1;
    for (size_t i = 0; i < program->n_sets; i++) {
        uint64_t *words = pattern->set_classes + i * pattern->set_words;
        for (size_t k = 0; k < program->sets[i].n; k++) {
            size_t run = run_of(pattern, program->sets[i].ranges[k].first);
            uint32_t last = program->sets[i].ranges[k].last;
            for (; run < n && pattern->starts[run] <= last; run++)
                words[pattern->classes[run] / 64] |= 1ull << (pattern->classes[run] % 64);
        }
    }
    return 0;
}

/* -- Following the operations --------------------------------------------------------- */

struct automaton_walk {
    const struct op *ops;
    uint32_t *seen; /* per operation: the round that has reached it */
    uint32_t *stack;
    uint32_t round;
    size_t steps;
};

/* Adds to the list the operations that take or match and that `from` leads to, less those
 * reached before in this round. */
static size_t follow(struct automaton_walk *walk, uint32_t from, uint32_t *list, size_t n)
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

/* -- The table ------------------------------------------------------------------------ */

/* Row 0 stands for no operation at all: no way to match. A row's last cell tells whether a text
 * may end there; the others hold where the next row begins. */
struct table_builder {
    const struct pattern *pattern;
    struct automaton_walk walk;
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
    for (size_t class = 0; class < pattern->n_classes; class ++) {
        size_t n = 0;
        builder->walk.round++;
        builder->walk.steps += end - begin;
        if (builder->walk.steps > BUILD_MAX_STEPS)
            return 0;
        for (size_t i = begin; i < end; i++) {
            uint32_t at = ((const uint32_t *)(const void *)builder->members.data)[i];
            const struct op *op = &pattern->ops[at];
            if (op->kind == OP_MATCH)
                accepts = 1;
            else if (takes(pattern, op, class))
                n = follow(&builder->walk, at + 1, builder->list, n);
        }
        int64_t next = find_row(builder, n);
        if (next < 0)
            return -1;
        uint32_t cell = (uint32_t)next * (uint32_t)(pattern->n_classes + 1);
        if (buf_append(&builder->cells, &cell, sizeof cell) < 0)
            return -1;
    }
    return buf_append(&builder->cells, &accepts, sizeof accepts) < 0 ? -1 : 1;
}

/* 1: the table is in builder->cells. 0: it grew too large. -1: no memory. */
static int fill_table(struct table_builder *builder)
{
    size_t n_ops = builder->pattern->n_ops, stride = builder->pattern->n_classes + 1;
    builder->list = calloc(3 * n_ops, sizeof *builder->list);
    if (!builder->list)
        return -1;
    builder->walk = (struct automaton_walk){
        .ops = builder->pattern->ops,
        .seen = builder->list + n_ops,
        .stack = builder->list + 2 * n_ops,
        .round = 1,
    };
    if (find_row(builder, 0) < 0)
        return -1;
    size_t n = follow(&builder->walk, 0, builder->list, 0);
    if (find_row(builder, n) < 0)
        return -1;
    int status = 1;
    for (size_t row = 0; status == 1 && row < builder->n_rows; row++)
        status = builder->n_rows * stride > TABLE_MAX_CELLS ? 0 : fill_row(builder, row);
    return status;
}

static int make_table(struct pattern *pattern)
{
    struct table_builder builder = {.pattern = pattern};
    int status = fill_table(&builder);
    if (status == 1) {
        pattern->table = realloc(builder.cells.data, builder.cells.len);
        if (pattern->table)
            builder.cells.data = NULL;
        else
            status = -1;
    }
    buf_free(&builder.cells);
    buf_free(&builder.members);
    buf_free(&builder.ends);
    free(builder.slots);
    free(builder.list);
    return status;
}

struct pattern *automaton_build(struct program *program)
{
    struct pattern *pattern = calloc(1, sizeof *pattern);
    if (!pattern)
        return NULL;
    pattern->ops = program->ops;
    pattern->n_ops = program->n_ops;
    program->ops = NULL;
    int status = find_classes(pattern, program);
    if (status == 0)
        status = make_table(pattern);
    if (status < 0) {
        pattern_free(pattern);
        return NULL;
    }
    if (status == 1) { /* the table is all that matching needs */
        free(pattern->ops);
        free(pattern->set_classes);
        pattern->ops = NULL;
        pattern->set_classes = NULL;
    }
    return pattern;
}

/* -- Matching ------------------------------------------------------------------------- */

static int match_table(const struct pattern *pattern, const unsigned char *at,
                       const unsigned char *end)
{
    const uint32_t *table = pattern->table;
    uint32_t row = (uint32_t)pattern->n_classes + 1;
    while (at < end) {
        uint32_t class;
        if (*at < 0x80) {
            class = pattern->ascii[*at++];
        } else {
            uint32_t c = utf8_next(&at, end);
            if (c == UTF8_BAD)
                return 0;
            class = pattern->classes[run_of(pattern, c)];
        }
        row = table[row + class];
        if (!row)
            return 0;
    }
    return (int)table[row + pattern->n_classes];
}

static int match_ops(const struct pattern *pattern, const unsigned char *at,
                     const unsigned char *end, struct buf *work)
{
    size_t n_ops = pattern->n_ops;
    buf_clear(work);
    if (buf_reserve(work, 4 * n_ops * sizeof(uint32_t)) < 0)
        return -1;
    uint32_t *now = (void *)work->data, *next = now + n_ops;
    struct automaton_walk walk = {pattern->ops, next + n_ops, next + 2 * n_ops, 1, 0};
    memset(walk.seen, 0, n_ops * sizeof *walk.seen);
    size_t n_now = follow(&walk, 0, now, 0);
    while (at < end && n_now) {
        uint32_t c = utf8_next(&at, end);
        if (c == UTF8_BAD)
            return 0;
        size_t class = pattern->classes[run_of(pattern, c)], n_next = 0;
        if (++walk.round == 0) { /* the rounds have come full circle: forget them all */
            memset(walk.seen, 0, n_ops * sizeof *walk.seen);
            walk.round = 1;
        }
        for (size_t i = 0; i < n_now; i++) {
            const struct op *op = &pattern->ops[now[i]];
            if (op->kind == OP_TAKE && takes(pattern, op, class))
                n_next = follow(&walk, now[i] + 1, next, n_next);
        }
        uint32_t *swap = now;
        now = next;
        next = swap;
        n_now = n_next;
    }
    for (size_t i = 0; i < n_now; i++)
        if (pattern->ops[now[i]].kind == OP_MATCH)
            return 1;
    return 0;
}

int pattern_match(const struct pattern *pattern, const char *text, size_t len, struct buf *work)
{
    const unsigned char *at = (const unsigned char *)text;
    if (pattern->table)
        return match_table(pattern, at, at + len);
    return match_ops(pattern, at, at + len, work);
}
