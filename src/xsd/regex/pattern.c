/* SPDX-License-Identifier: MIT */
#include "xsd/regex/pattern.h"

#include "xsd/regex/automaton.h"
#include "xsd/regex/pattern_parser.h"

#include <stdlib.h>
#include <string.h>

struct pattern *pattern_compile(const char *const *sources, size_t n,
                                struct thresh_error *oddity, struct thresh_error *error)
{
    struct program program = {0};
    struct pattern *pattern = NULL;
    if (pattern_parse(&program, sources, n, oddity, error) == 0) {
        pattern = calloc(1, sizeof *pattern);
        if (!pattern || automaton_build(pattern, &program) < 0) {
            pattern_free(pattern);
            pattern = NULL;
            error_no_memory(error);
        }
    }
    program_free(&program);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern)
        automaton_free(pattern);
    free(pattern);
}

size_t pattern_bytes(const struct pattern *pattern)
{
    const struct code_classes *classes = &pattern->classes;
    return sizeof *pattern + pattern->table_bytes + pattern->n_ops * sizeof *pattern->ops +
           classes->n_runs * (sizeof *classes->starts + sizeof *classes->numbers) +
           classes->n * classes->set_words * sizeof *classes->members;
}

/* -- Matching ------------------------------------------------------------------------- */

static int match_table(const struct pattern *pattern, const unsigned char *at,
                       const unsigned char *end)
{
    const uint32_t *table = pattern->table;
    uint32_t row = (uint32_t)pattern->classes.n + 1;
    while (at < end) {
        uint32_t class;
        if (*at < 0x80) {
            class = pattern->classes.ascii[*at++];
        } else {
            uint32_t c = utf8_next(&at, end);
            if (c == UTF8_BAD)
                return 0;
            class = code_classes_of(&pattern->classes, c);
        }
        row = table[row + class];
        if (!row)
            return 0;
    }
    return (int)table[row + pattern->classes.n];
}

static int match_ops(const struct pattern *pattern, const unsigned char *at,
                     const unsigned char *end, struct buf *work)
{
    size_t n_ops = pattern->n_ops;
    buf_clear(work);
    if (buf_reserve(work, 4 * n_ops * sizeof(uint32_t)) < 0)
        return -1;
    uint32_t *now = (void *)work->data, *next = now + n_ops;
    struct program_walk walk = {pattern->ops, next + n_ops, next + 2 * n_ops, 1, 0};
    memset(walk.seen, 0, n_ops * sizeof *walk.seen);
    size_t n_now = program_follow(&walk, 0, now, 0);
    while (at < end && n_now) {
        uint32_t c = utf8_next(&at, end);
        if (c == UTF8_BAD)
            return 0;
        size_t class = code_classes_of(&pattern->classes, c), n_next = 0;
        if (++walk.round == 0) { /* the count of rounds has overflowed */
            memset(walk.seen, 0, n_ops * sizeof *walk.seen);
            walk.round = 1;
        }
        for (size_t i = 0; i < n_now; i++) {
            const struct op *op = &pattern->ops[now[i]];
            if (op->kind == OP_TAKE && automaton_takes(pattern, op, class))
                n_next = program_follow(&walk, now[i] + 1, next, n_next);
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
