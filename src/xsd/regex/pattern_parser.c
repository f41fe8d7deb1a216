/* SPDX-License-Identifier: MIT
 *
 * The grammar of Part 2, Appendix F. Two things that schemas in use have go beyond it, and are
 * told: a punctuation mark that needs no backslash and has one, as in "\/", and a '-' within a
 * character class that stands for itself.
 */
#include "xsd/regex/pattern_parser.h"

#include <string.h>

enum {
    DEPTH_MAX = 250,
    BYTES_MAX = 1 << 16,
    COUNT_MAX = 100000000, /* a larger count in {n,m} is too large anyway */
};

struct pattern_parser {
    const unsigned char *source;
    const unsigned char *at;
    const unsigned char *end;
    struct program *program;
    struct thresh_error *oddity; /* the first that goes beyond the grammar; else empty */
    struct thresh_error *error;
    int depth;
};

static int say(const struct pattern_parser *parser, struct thresh_error *to, const char *label,
               const char *why)
{
    size_t len = (size_t)(parser->end - parser->source);
    return error_set(to, "%sthe pattern '%.*s%s': %s at byte %zu", label,
                     len > 300 ? 300 : (int)len, (const char *)parser->source,
                     len > 300 ? "..." : "", why, (size_t)(parser->at - parser->source) + 1);
}

static int refuse(struct pattern_parser *parser, const char *why)
{
    return say(parser, parser->error, "src-pattern-value: ", why);
}

static int refuse_size(struct pattern_parser *parser, const char *why)
{
    return say(parser, parser->error, "not covered: ", why);
}

static void tell_oddity(struct pattern_parser *parser, const char *what)
{
    if (!parser->oddity->text[0])
        say(parser, parser->oddity, "", what);
}

/* What a function that writes to the program has returned. */
static int written(struct pattern_parser *parser, int rc)
{
    if (rc == 0)
        return 0;
    const char *why = parser->program->grown_large;
    return why ? refuse_size(parser, why) : error_no_memory(parser->error);
}

static bool next_is(const struct pattern_parser *parser, char c)
{
    return parser->at < parser->end && *parser->at == (unsigned char)c;
}

static bool skip(struct pattern_parser *parser, char c)
{
    bool found = next_is(parser, c);
    parser->at += found;
    return found;
}

static int read_char(struct pattern_parser *parser, uint32_t *c)
{
    *c = UTF8_BAD;
    if (parser->at == parser->end)
        return refuse(parser, "it ends too early");
    *c = utf8_next(&parser->at, parser->end);
    return *c == UTF8_BAD ? refuse(parser, "it is not UTF-8") : 0;
}

/* \p{...} behind its p. */
static int read_property(struct pattern_parser *parser, struct charset *set)
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
static int read_class_letter(struct pattern_parser *parser, char letter, struct charset *set)
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
static int read_escape(struct pattern_parser *parser, uint32_t *c, struct charset *set)
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
    if (!strchr("\\|.-^?*+{}()[]", (int)letter))
        tell_oddity(parser, "a backslash before a character that needs none");
    return 0;
}

/* One character or escape of a class, other than a '-' that nothing escapes. */
static int read_class_char(struct pattern_parser *parser, uint32_t *c, struct charset *set)
{
    if (read_char(parser, c) < 0)
        return -1;
    if (*c == '[')
        return refuse(parser, "'[' in a character class needs a backslash");
    return *c == '\\' ? read_escape(parser, c, set) : 0;
}

/* Whether the '-' here stands between the ends of a range: neither before the end of the
 * class, nor another '-', nor a class to subtract, nor an escape for many characters. */
static bool range_follows(const struct pattern_parser *parser)
{
    if (!next_is(parser, '-') || parser->end - parser->at < 2)
        return false;
    unsigned char next = parser->at[1];
    if (next == '\\')
        return parser->end - parser->at < 3 || !strchr("sSiIcCdDwWpP", parser->at[2]);
    return next != ']' && next != '[' && next != '-';
}

/* A class to subtract. */
static bool subtraction_follows(const struct pattern_parser *parser)
{
    return next_is(parser, '-') && parser->end - parser->at > 1 && parser->at[1] == '[';
}

/* A character, a range or an escape of a class. A '-' that is no part of a range stands for
 * itself, which Appendix F has only at the beginning and the end of the characters. */
static int read_class_part(struct pattern_parser *parser, struct charset *set, bool at_start)
{
    struct charset escaped = {0};
    uint32_t first, last;
    if (skip(parser, '-')) {
        charset_add(set, '-', '-');
        if (!at_start && !next_is(parser, ']') && !subtraction_follows(parser))
            tell_oddity(parser, "a '-' within a character class needs a backslash");
        return 0;
    }
    int rc = read_class_char(parser, &first, &escaped);
    if (rc == 0 && first == UTF8_BAD) {
        charset_add_all(set, &escaped);
    } else if (rc == 0) {
        last = first;
        if (range_follows(parser)) {
            parser->at++;
            rc = read_class_char(parser, &last, &escaped);
        }
        if (rc == 0 && last < first)
            rc = refuse(parser, "a range ends before it begins");
        if (rc == 0)
            charset_add(set, first, last);
    }
    charset_free(&escaped);
    return rc;
}

/* A class behind its '['. */
static int read_class(struct pattern_parser *parser, struct charset *set)
{
    if (++parser->depth > DEPTH_MAX)
        return refuse_size(parser, "it is nested too deeply");
    bool negative = skip(parser, '^');
    bool empty = true;
    struct charset without = {0};
    int rc = 0;
    while (rc == 0 && !next_is(parser, ']')) {
        if (!empty && subtraction_follows(parser)) {
            parser->at += 2;
            rc = read_class(parser, &without);
            break;
        }
        rc = read_class_part(parser, set, empty);
        empty = false;
    }
    if (rc == 0 && empty)
        rc = refuse(parser, "a character class is empty");
    if (rc == 0 && !skip(parser, ']'))
        rc = refuse(parser, "a character class lacks its ']'");
    charset_settle(set);
    if (negative)
        charset_complement(set);
    if (without.n)
        charset_subtract(set, &without);
    set->failed |= without.failed;
    charset_free(&without);
    parser->depth--;
    return rc;
}

static int read_number(struct pattern_parser *parser, int32_t *number)
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
static int read_quantifier(struct pattern_parser *parser, int32_t *min, int32_t *max)
{
    *min = *max = 1;
    if (skip(parser, '?')) {
        *min = 0;
    } else if (skip(parser, '*')) {
        *min = 0;
        *max = PROGRAM_NO_LIMIT;
    } else if (skip(parser, '+')) {
        *max = PROGRAM_NO_LIMIT;
    } else if (skip(parser, '{')) {
        if (read_number(parser, min) < 0)
            return -1;
        *max = *min;
        if (skip(parser, ',')) {
            *max = PROGRAM_NO_LIMIT;
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

static int read_alternatives(struct pattern_parser *parser);

static int read_atom(struct pattern_parser *parser)
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
            return written(parser, program_take(parser->program, &set));
        charset_free(&set);
        return -1;
    case '.':
        charset_add(&set, '\n', '\n');
        charset_add(&set, '\r', '\r');
        charset_complement(&set);
        return written(parser, program_take(parser->program, &set));
    case '\\':
        if (read_escape(parser, &c, &set) == 0)
            return c == UTF8_BAD ? written(parser, program_take(parser->program, &set))
                                 : written(parser, program_take_one(parser->program, c));
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
        return written(parser, program_take_one(parser->program, c));
    }
}

static int read_branch(struct pattern_parser *parser)
{
    while (parser->at < parser->end && !next_is(parser, '|') && !next_is(parser, ')')) {
        size_t begin = parser->program->n_ops;
        int32_t min, max;
        if (read_atom(parser) < 0 || read_quantifier(parser, &min, &max) < 0 ||
            written(parser, program_repeat(parser->program, begin, min, max)) < 0)
            return -1;
    }
    return 0;
}

static int read_alternatives(struct pattern_parser *parser)
{
    if (++parser->depth > DEPTH_MAX)
        return refuse_size(parser, "it is nested too deeply");
    size_t last_jump = 0;
    for (;;) {
        size_t begin = parser->program->n_ops;
        if (read_branch(parser) < 0)
            return -1;
        if (!skip(parser, '|'))
            break;
        if (written(parser, program_end_alternative(parser->program, begin, &last_jump)) < 0)
            return -1;
    }
    program_join_alternatives(parser->program, last_jump);
    parser->depth--;
    return 0;
}

static int read_source(struct pattern_parser *parser, const char *source)
{
    parser->source = parser->at = (const unsigned char *)source;
    parser->end = parser->at + strlen(source);
    if (parser->end - parser->at > BYTES_MAX)
        return refuse_size(parser, "it is longer than 64 KiB");
    if (read_alternatives(parser) < 0)
        return -1;
    return parser->at == parser->end ? 0 : refuse(parser, "a ')' lacks its '('");
}

int pattern_parse(struct program *program, const char *const *sources, size_t n,
                  struct thresh_error *oddity, struct thresh_error *error)
{
    struct pattern_parser reader = {.program = program, .oddity = oddity, .error = error};
    struct pattern_parser *parser = &reader;
    size_t last_jump = 0;
    for (size_t i = 0; i < n; i++) {
        size_t begin = parser->program->n_ops;
        if (read_source(parser, sources[i]) < 0)
            return -1;
        if (i + 1 < n &&
            written(parser, program_end_alternative(parser->program, begin, &last_jump)) < 0)
            return -1;
    }
    program_join_alternatives(parser->program, last_jump);
    return written(parser, program_append(parser->program, OP_MATCH, 0, 0));
}
