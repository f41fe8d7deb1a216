/* SPDX-License-Identifier: MIT
 *
 * Reads the regular expressions of XSD 1.0 and writes them out as programs. The grammar is that
 * of appendix F, followed literally where it has an answer; beyond it, an escaped punctuation
 * mark that needs no escape stands for itself, as in "\/", because schemas in use have it so.
 */
#include "xsd/regex/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "xsd/regex/automaton.h"

enum {
    MAX_DEPTH = 250,
    MAX_BYTES = 1 << 16,
    NO_LIMIT = INT32_MAX,
    COUNT_MAX = 100000000, /* larger counts in {n,m} are all the same: too large */
};

struct parser {
    const unsigned char *source;
    const unsigned char *at;
    const unsigned char *end;
    struct program program;
    struct thresh_error *error;
    int ascii_sets[128]; /* 1 + the number of the set of just that character */
    int depth;
};

static int refuse_as(struct parser *parser, const char *label, const char *why)
{
    size_t len = (size_t)(parser->end - parser->source);
    return error_set(parser->error, "%s: the pattern '%.*s%s': %s at byte %zu", label,
                     len > 300 ? 300 : (int)len, (const char *)parser->source,
                     len > 300 ? "..." : "", why, (size_t)(parser->at - parser->source) + 1);
}

/* It is no regular expression as Appendix F of Part 2 has them. */
static int refuse(struct parser *parser, const char *why)
{
    return refuse_as(parser, "src-pattern-value", why);
}

static int refuse_size(struct parser *parser, const char *why)
{
    return refuse_as(parser, "not covered", why);
}

static bool next_is(const struct parser *parser, char c)
{
    return parser->at < parser->end && *parser->at == (unsigned char)c;
}

static bool skip(struct parser *parser, char c)
{
    bool found = next_is(parser, c);
    parser->at += found;
    return found;
}

/* Makes room for n more operations at `at`, moving what is behind. */
static int open_gap(struct parser *parser, size_t at, size_t n)
{
    struct program *program = &parser->program;
    if (n > PROGRAM_MAX_OPS - program->n_ops)
        return refuse_size(parser, "it grows too large with its counts written out");
    size_t need = program->n_ops + n;
    if (need > program->cap_ops) {
        size_t cap = need < 32 ? 64 : need * 2;
        struct op *ops = realloc(program->ops, cap * sizeof *ops);
        if (!ops)
            return error_no_memory(parser->error);
        program->ops = ops;
        program->cap_ops = cap;
    }
    memmove(program->ops + at + n, program->ops + at,
            (program->n_ops - at) * sizeof(struct op));
    program->n_ops = need;
    return 0;
}

static int insert(struct parser *parser, size_t at, enum op_kind kind, size_t to, size_t other)
{
    if (open_gap(parser, at, 1) < 0)
        return -1;
    parser->program.ops[at] = (struct op){kind, (int32_t)to, (int32_t)other};
    return 0;
}

static int append(struct parser *parser, enum op_kind kind, size_t to, size_t other)
{
    return insert(parser, parser->program.n_ops, kind, to, other);
}

static bool same_sets(const struct charset *a, const struct charset *b)
{
    return a->n == b->n && memcmp(a->ranges, b->ranges, a->n * sizeof *a->ranges) == 0;
}

/* The number of the set in the program, which takes it over, or -1. */
static int intern(struct parser *parser, struct charset *set)
{
    struct program *program = &parser->program;
    if (set->failed)
        return error_no_memory(parser->error);
    if (set->n == 0) /* so that memcmp never sees NULL; nothing holds this code point */
        charset_add(set, UTF8_MAX + 1, UTF8_MAX + 1);
    if (set->failed)
        return error_no_memory(parser->error);
    for (size_t i = 0; i < program->n_sets; i++) {
        if (same_sets(&program->sets[i], set)) {
            charset_free(set);
            return (int)i;
        }
    }
    if (program->n_sets == PROGRAM_MAX_SETS)
        return refuse_size(parser, "it has too many different characters");
    if (program->n_sets == program->cap_sets) {
        size_t cap = program->cap_sets ? program->cap_sets * 2 : 16;
        struct charset *sets = realloc(program->sets, cap * sizeof *sets);
        if (!sets)
            return error_no_memory(parser->error);
        program->sets = sets;
        program->cap_sets = cap;
    }
    program->sets[program->n_sets] = *set;
    *set = (struct charset){0};
    return (int)program->n_sets++;
}

static int append_take(struct parser *parser, struct charset *set)
{
    int number = intern(parser, set);
    charset_free(set);
    return number < 0 ? -1 : append(parser, OP_TAKE, (size_t)number, 0);
}

static int append_literal(struct parser *parser, uint32_t c)
{
    if (c < 128 && parser->ascii_sets[c])
        return append(parser, OP_TAKE, (size_t)parser->ascii_sets[c] - 1, 0);
    struct charset set = {0};
    charset_add(&set, c, c);
    if (append_take(parser, &set) < 0)
        return -1;
    if (c < 128)
        parser->ascii_sets[c] = parser->program.ops[parser->program.n_ops - 1].to + 1;
    return 0;
}

static int read_char(struct parser *parser, uint32_t *c)
{
    *c = UTF8_BAD;
    if (parser->at == parser->end)
        return refuse(parser, "it ends too early");
    *c = utf8_next(&parser->at, parser->end);
    return *c == UTF8_BAD ? refuse(parser, "it is not UTF-8") : 0;
}

/* \p{...} behind its p. */
static int read_property(struct parser *parser, struct charset *set)
{
    if (!skip(parser, '{'))
        return refuse(parser, "\\p lacks its '{'");
    const char *name = (const char *)parser->at;
    while (parser->at < parser->end && *parser->at != '}')
        parser->at++;
    size_t len = (size_t)((const char *)parser->at - name);
    if (!skip(parser, '}'))
        return refuse(parser, "\\p{ lacks its '}'");
    bool block = len > 2 && name[0] == 'I' && name[1] == 's';
    if (block ? !charset_add_block(set, name + 2, len - 2)
              : !charset_add_category(set, name, len))
        return refuse(parser, "there is no such category or block");
    return 0;
}

/* The lower-case letter of a multi-character escape. */
static int read_class_letter(struct parser *parser, char letter, struct charset *set)
{
    switch (letter) {
    case 's':
        charset_add(set, '\t', '\n');
        charset_add(set, '\r', '\r');
        charset_add(set, ' ', ' ');
        return 0;
    case 'i':
        charset_add_name_start(set);
        return 0;
    case 'c':
        charset_add_name_char(set);
        return 0;
    case 'd':
        charset_add_category(set, "Nd", 2);
        return 0;
    case 'w':
        charset_add_category(set, "P", 1);
        charset_add_category(set, "Z", 1);
        charset_add_category(set, "C", 1);
        charset_complement(set);
        return 0;
    default:
        return read_property(parser, set);
    }
}

/* An escape behind its backslash: one character in *c, or, with *c UTF8_BAD, those of the
 * set. */
static int read_escape(struct parser *parser, uint32_t *c, struct charset *set)
{
    uint32_t letter;
    if (read_char(parser, &letter) < 0)
        return -1;
    *c = letter;
    if (letter == 'n' || letter == 'r' || letter == 't') {
        *c = letter == 'n' ? '\n' : letter == 'r' ? '\r' : '\t';
        return 0;
    }
    if (letter < 0x80 && strchr("sSiIcCdDwWpP", (int)letter)) {
        *c = UTF8_BAD;
        if (read_class_letter(parser, (char)(letter | 0x20), set) < 0)
            return -1;
        charset_settle(set);
        if (!(letter & 0x20))
            charset_complement(set);
        return 0;
    }
    bool alphanumeric =
        (letter >= '0' && letter <= '9') || ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z');
    if (letter <= ' ' || letter >= 0x7f || alphanumeric)
        return refuse(parser, "there is no such escape");
    return 0;
}

/* One character or escape of a class, other than a '-' that nothing escapes. */
static int read_class_char(struct parser *parser, uint32_t *c, struct charset *set)
{
    if (read_char(parser, c) < 0)
        return -1;
    if (*c == '[')
        return refuse(parser, "'[' in a character class needs a backslash");
    return *c == '\\' ? read_escape(parser, c, set) : 0;
}

/* Whether the '-' here stands between the ends of a range: neither before the end of the class,
 * nor another '-', nor a class to subtract, nor an escape for many characters. */
static bool range_follows(const struct parser *parser)
{
    if (!next_is(parser, '-') || parser->end - parser->at < 2)
        return false;
    unsigned char next = parser->at[1];
    if (next == '\\')
        return parser->end - parser->at < 3 || !strchr("sSiIcCdDwWpP", parser->at[2]);
    return next != ']' && next != '[' && next != '-';
}

/* A character, a range or an escape of a class. A '-' that is no part of a range stands for
 * itself. */
static int read_class_part(struct parser *parser, struct charset *set)
{
    struct charset escaped = {0};
    uint32_t first, last;
    if (skip(parser, '-')) {
        charset_add(set, '-', '-');
        return 0;
    }
    int status = read_class_char(parser, &first, &escaped);
    if (status == 0 && first == UTF8_BAD) {
        charset_add_all(set, &escaped);
    } else if (status == 0) {
        last = first;
        if (range_follows(parser)) {
            parser->at++;
            status = read_class_char(parser, &last, &escaped);
        }
        if (status == 0 && last < first)
            status = refuse(parser, "a range ends before it begins");
        if (status == 0)
            charset_add(set, first, last);
    }
    charset_free(&escaped);
    return status;
}

/* A class behind its '['. */
static int read_class(struct parser *parser, struct charset *set)
{
    if (++parser->depth > MAX_DEPTH)
        return refuse_size(parser, "it is nested too deeply");
    bool negative = skip(parser, '^');
    bool empty = true;
    struct charset without = {0};
    int status = 0;
    while (status == 0 && !next_is(parser, ']')) {
        if (!empty && parser->end - parser->at > 1 && parser->at[0] == '-' &&
            parser->at[1] == '[') {
            parser->at += 2;
            status = read_class(parser, &without);
            break;
        }
        status = read_class_part(parser, set);
        empty = false;
    }
    if (status == 0 && empty)
        status = refuse(parser, "a character class is empty");
    if (status == 0 && !skip(parser, ']'))
        status = refuse(parser, "a character class lacks its ']'");
    charset_settle(set);
    if (negative)
        charset_complement(set);
    if (without.n)
        charset_subtract(set, &without);
    set->failed |= without.failed;
    charset_free(&without);
    parser->depth--;
    return status;
}

static int read_number(struct parser *parser, int32_t *number)
{
    const unsigned char *start = parser->at;
    *number = 0;
    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9') {
        if (*number < COUNT_MAX)
            *number = *number * 10 + (*parser->at - '0');
        parser->at++;
    }
    return parser->at > start ? 0 : refuse(parser, "a count is not a number");
}

/* A quantifier, if there is one; {1,1} if not. */
static int read_quantifier(struct parser *parser, int32_t *min, int32_t *max)
{
    *min = *max = 1;
    if (skip(parser, '?')) {
        *min = 0;
    } else if (skip(parser, '*')) {
        *min = 0;
        *max = NO_LIMIT;
    } else if (skip(parser, '+')) {
        *max = NO_LIMIT;
    } else if (skip(parser, '{')) {
        if (read_number(parser, min) < 0)
            return -1;
        *max = *min;
        if (skip(parser, ',')) {
            *max = NO_LIMIT;
            if (!next_is(parser, '}') && read_number(parser, max) < 0)
                return -1;
        }
        if (!skip(parser, '}'))
            return refuse(parser, "a count lacks its '}'");
        if (*max < *min)
            return refuse(parser, "a count's end is below its start");
    }
    return 0;
}

static int append_copy(struct parser *parser, size_t from, size_t len)
{
    size_t at = parser->program.n_ops;
    if (open_gap(parser, at, len) < 0)
        return -1;
    memcpy(parser->program.ops + at, parser->program.ops + from, len * sizeof(struct op));
    return 0;
}

/* Makes the operations from `begin` on repeat. */
static int repeat(struct parser *parser, size_t begin, int32_t min, int32_t max)
{
    size_t len = parser->program.n_ops - begin;
    if (len == 0 || (min == 1 && max == 1))
        return 0;
    if (max == 0) {
        parser->program.n_ops = begin;
        return 0;
    }
    if (max == NO_LIMIT && min == 0) {
        if (insert(parser, begin, OP_SPLIT, 1, len + 2) < 0)
            return -1;
        return append(parser, OP_JUMP, -(len + 1), 0);
    }
    size_t copies = (size_t)(max == NO_LIMIT ? min : max);
    if (copies * (len + 1) > PROGRAM_MAX_OPS)
        return refuse_size(parser, "it grows too large with its counts written out");
    size_t optional = copies - (size_t)min;
    size_t source = begin;
    if (min == 0) {
        if (insert(parser, begin, OP_SPLIT, 1, optional * (len + 1)) < 0)
            return -1;
        source++;
        optional--;
    }
    for (int32_t i = 1; i < min; i++)
        if (append_copy(parser, source, len) < 0)
            return -1;
    if (max == NO_LIMIT)
        return append(parser, OP_SPLIT, -len, 1);
    /* From each of the optional copies the way out leads to the end of the last. */
    for (; optional; optional--)
        if (append(parser, OP_SPLIT, 1, optional * (len + 1)) < 0 ||
            append_copy(parser, source, len) < 0)
            return -1;
    return 0;
}

static int read_alternatives(struct parser *parser);

static int read_atom(struct parser *parser)
{
    struct charset set = {0};
    uint32_t c;
    if (read_char(parser, &c) < 0)
        return -1;
    switch (c) {
    case '(':
        if (read_alternatives(parser) < 0)
            return -1;
        return skip(parser, ')') ? 0 : refuse(parser, "a '(' lacks its ')'");
    case '[':
        if (read_class(parser, &set) == 0)
            return append_take(parser, &set);
        charset_free(&set);
        return -1;
    case '.':
        charset_add(&set, '\n', '\n');
        charset_add(&set, '\r', '\r');
        charset_complement(&set);
        return append_take(parser, &set);
    case '\\':
        if (read_escape(parser, &c, &set) == 0)
            return c == UTF8_BAD ? append_take(parser, &set) : append_literal(parser, c);
        charset_free(&set);
        return -1;
    case '?':
    case '*':
    case '+':
    case '{':
        return refuse(parser, "a quantifier has nothing before it");
    case ']':
        return refuse(parser, "']' needs a backslash");
    default:
        return append_literal(parser, c);
    }
}

static int read_branch(struct parser *parser)
{
    while (parser->at < parser->end && !next_is(parser, '|') && !next_is(parser, ')')) {
        size_t begin = parser->program.n_ops;
        int32_t min, max;
        if (read_atom(parser) < 0 || read_quantifier(parser, &min, &max) < 0 ||
            repeat(parser, begin, min, max) < 0)
            return -1;
    }
    return 0;
}

/* Behind a branch that began at `begin` and has another to follow. The jump from its end to the
 * end of all branches is not known yet: the jumps form a chain until then. */
static int close_branch(struct parser *parser, size_t begin, size_t *last_jump)
{
    size_t len = parser->program.n_ops - begin;
    if (insert(parser, begin, OP_SPLIT, 1, len + 2) < 0 ||
        append(parser, OP_JUMP, *last_jump, 0) < 0)
        return -1;
    *last_jump = parser->program.n_ops - 1;
    return 0;
}

static void aim_jumps(struct parser *parser, size_t last_jump)
{
    while (last_jump) { /* no jump is the first operation: a split comes before it */
        struct op *op = &parser->program.ops[last_jump];
        size_t previous = (size_t)op->to;
        op->to = (int32_t)(parser->program.n_ops - last_jump);
        last_jump = previous;
    }
}

static int read_alternatives(struct parser *parser)
{
    if (++parser->depth > MAX_DEPTH)
        return refuse_size(parser, "it is nested too deeply");
    size_t last_jump = 0;
    for (;;) {
        size_t begin = parser->program.n_ops;
        if (read_branch(parser) < 0)
            return -1;
        if (!skip(parser, '|'))
            break;
        if (close_branch(parser, begin, &last_jump) < 0)
            return -1;
    }
    aim_jumps(parser, last_jump);
    parser->depth--;
    return 0;
}

static int read_source(struct parser *parser, const char *source)
{
    parser->source = parser->at = (const unsigned char *)source;
    parser->end = parser->at + strlen(source);
    if (parser->end - parser->at > MAX_BYTES)
        return refuse_size(parser, "it is longer than 64 KiB");
    if (read_alternatives(parser) < 0)
        return -1;
    return parser->at == parser->end ? 0 : refuse(parser, "a ')' lacks its '('");
}

static int read_sources(struct parser *parser, const char *const *sources, size_t n)
{
    size_t last_jump = 0;
    for (size_t i = 0; i < n; i++) {
        size_t begin = parser->program.n_ops;
        if (read_source(parser, sources[i]) < 0)
            return -1;
        if (i + 1 < n && close_branch(parser, begin, &last_jump) < 0)
            return -1;
    }
    aim_jumps(parser, last_jump);
    return append(parser, OP_MATCH, 0, 0);
}

struct pattern *pattern_compile(const char *const *sources, size_t n,
                                struct thresh_error *error)
{
    struct parser parser = {.error = error};
    struct pattern *pattern = NULL;
    if (read_sources(&parser, sources, n) == 0) {
        pattern = automaton_build(&parser.program);
        if (!pattern)
            error_no_memory(error);
    }
    program_free(&parser.program);
    return pattern;
}
