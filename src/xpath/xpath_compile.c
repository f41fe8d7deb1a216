/* SPDX-License-Identifier: MIT
 *
 * From text to a tree of operators, by recursive descent. At each place it is known whether an
 * operand or an operator is expected, so names and stars need no other rule (3.7).
 */
#include "xpath/xpath_steps.h"

#include "base/ascii.h"
#include "xpath/xpath_functions.h"
#include "xpath/xpath_number.h"
#include <stdlib.h>
#include <string.h>

/* Of operators in operators, and of brackets in brackets: the stack is to hold. */
enum { HEIGHT_MOST = 500 };

/* -- Operators ------------------------------------------------------------------------ */

static const struct operator_row {
    const char *text;
    enum xpath_op op;
    unsigned strength; /* the stronger binds first */
    enum xpath_type type;
} operators[] = {
    {"or", XPATH_OP_OR, 1, XPATH_TYPE_BOOLEAN},
    {"and", XPATH_OP_AND, 2, XPATH_TYPE_BOOLEAN},
    {"=", XPATH_OP_EQUAL, 3, XPATH_TYPE_BOOLEAN},
    {"!=", XPATH_OP_UNEQUAL, 3, XPATH_TYPE_BOOLEAN},
    {"<=", XPATH_OP_LESS_OR_EQUAL, 4, XPATH_TYPE_BOOLEAN},
    {"<", XPATH_OP_LESS, 4, XPATH_TYPE_BOOLEAN},
    {">=", XPATH_OP_GREATER_OR_EQUAL, 4, XPATH_TYPE_BOOLEAN},
    {">", XPATH_OP_GREATER, 4, XPATH_TYPE_BOOLEAN},
    {"+", XPATH_OP_ADD, 5, XPATH_TYPE_NUMBER},
    {"-", XPATH_OP_SUBTRACT, 5, XPATH_TYPE_NUMBER},
    {"*", XPATH_OP_MULTIPLY, 6, XPATH_TYPE_NUMBER},
    {"div", XPATH_OP_DIVIDE, 6, XPATH_TYPE_NUMBER},
    {"mod", XPATH_OP_MODULO, 6, XPATH_TYPE_NUMBER},
    {"|", XPATH_OP_UNION, 8, XPATH_TYPE_NODES},
};
enum { STRENGTH_NEGATE = 7 };

/* NULL: no operator stands here. */
static const struct operator_row *operator_at(struct xpath_compiler *compiler)
{
    const char *at = xpath_compiler_skip_space(compiler);
    size_t name = xpath_compiler_name_length(at);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t len = strlen(operators[i].text);
        bool is_name = ascii_is_letter(operators[i].text[0]);
        if (strncmp(at, operators[i].text, len) == 0 && (!is_name || name == len))
            return &operators[i];
    }
    return NULL;
}

/* -- The tree ------------------------------------------------------------------------- */

static struct xpath_expr *new_expr(struct xpath_compiler *compiler, enum xpath_op op,
                                   enum xpath_type type)
{
    struct xpath_expr *expr = xpath_compiler_alloc(compiler, sizeof *expr);
    if (!expr)
        return NULL;
    expr->op = op;
    expr->type = type;
    return expr;
}

/* Operators in operators, such as 1-1-1..., make a tree that is higher than the parser went
 * deep. */
static bool adopt(struct xpath_compiler *compiler, struct xpath_expr *parent,
                  const struct xpath_expr *child)
{
    parent->is_of_position |= child->is_of_position;
    if (child->height >= parent->height)
        parent->height = child->height + 1;
    return parent->height < HEIGHT_MOST ||
           xpath_compiler_fail(compiler, "operators stand more than %d deep in each other",
                               HEIGHT_MOST);
}

static struct xpath_expr *combine(struct xpath_compiler *compiler,
                                  const struct operator_row *row, struct xpath_expr *left,
                                  struct xpath_expr *right)
{
    bool is_chain =
        row->op == XPATH_OP_OR || row->op == XPATH_OP_AND || row->op == XPATH_OP_UNION;
    bool is_union = row->op == XPATH_OP_UNION;
    if (is_union && (left->type != XPATH_TYPE_NODES || right->type != XPATH_TYPE_NODES)) {
        xpath_compiler_fail(compiler, "both sides of '|' are to be nodes");
        return NULL;
    }
    struct xpath_expr *expr = left;
    if (!is_chain || left->op != row->op) {
        expr = new_expr(compiler, row->op, row->type);
        if (!expr || !adopt(compiler, expr, left))
            return NULL;
        expr->first = expr->last = left;
    }
    expr->last->next = right;
    expr->last = right;
    return adopt(compiler, expr, right) ? expr : NULL;
}

/* -- Operands ------------------------------------------------------------------------- */

static struct xpath_expr *read_expr(struct xpath_compiler *compiler, unsigned strength);

static struct xpath_expr *read_literal(struct xpath_compiler *compiler)
{
    const char *at = compiler->at, *end = strchr(at + 1, *at);
    if (!end) {
        xpath_compiler_fail(compiler, "the string that begins here has no end");
        return NULL;
    }
    struct xpath_expr *expr = new_expr(compiler, XPATH_OP_LITERAL, XPATH_TYPE_STRING);
    if (!expr ||
        !(expr->string = xpath_compiler_keep(compiler, at + 1, (size_t)(end - at - 1))))
        return NULL;
    compiler->at = end + 1;
    return expr;
}

static struct xpath_expr *read_number(struct xpath_compiler *compiler)
{
    size_t len = xpath_number_length(compiler->at);
    struct xpath_expr *expr = new_expr(compiler, XPATH_OP_NUMBER, XPATH_TYPE_NUMBER);
    if (expr)
        expr->number = xpath_number_of_literal(compiler->at, len);
    compiler->at += len;
    return expr;
}

static bool check_call(struct xpath_compiler *compiler, const struct xpath_expr *call,
                       unsigned n)
{
    const struct xpath_function *function = call->function;
    if (n < function->least || n > function->most)
        return xpath_compiler_fail(compiler, "%s() cannot be called with %u argument%s",
                                   function->name, n, n == 1 ? "" : "s");
    for (const struct xpath_expr *each = call->first; each; each = each->next)
        if (function->parameters[0] == XPATH_TYPE_NODES && each->type != XPATH_TYPE_NODES)
            return xpath_compiler_fail(compiler, "%s() takes nodes", function->name);
    return true;
}

static bool find_function(struct xpath_compiler *compiler, struct xpath_expr *call, size_t len)
{
    const char *near;
    int shown = len > 60 ? 60 : (int)len;
    call->function = xpath_function_find(compiler->at, len, &near);
    if (!call->function)
        return xpath_compiler_fail(compiler, "there is no function %.*s()%s%s%s", shown,
                                   compiler->at, near ? "; did you mean " : "",
                                   near ? near : "", near ? "()?" : "");
    call->type = call->function->type;
    call->is_of_position = call->function->is_of_position;
    return true;
}

static struct xpath_expr *read_call(struct xpath_compiler *compiler, size_t name_len)
{
    struct xpath_expr *call = new_expr(compiler, XPATH_OP_CALL, XPATH_TYPE_STRING);
    if (!call || !find_function(compiler, call, name_len))
        return NULL;
    const char *place = compiler->at;
    compiler->at += name_len;
    xpath_compiler_take(compiler, "(");
    unsigned n = 0;
    if (!xpath_compiler_take(compiler, ")")) {
        do {
            struct xpath_expr *argument = read_expr(compiler, 0);
            if (!argument || !adopt(compiler, call, argument))
                return NULL;
            *(n++ ? &call->last->next : &call->first) = argument;
            call->last = argument;
        } while (xpath_compiler_take(compiler, ","));
        if (!xpath_compiler_expect(compiler, ")"))
            return NULL;
    }
    const char *behind = compiler->at;
    compiler->at = place;
    if (!check_call(compiler, call, n))
        return NULL;
    compiler->at = behind;
    return call;
}

static struct xpath_expr *read_brackets(struct xpath_compiler *compiler)
{
    xpath_compiler_take(compiler, "(");
    struct xpath_expr *expr = read_expr(compiler, 0);
    return expr && xpath_compiler_expect(compiler, ")") ? expr : NULL;
}

/* NULL without an error: a location path stands here. */
static struct xpath_expr *read_primary(struct xpath_compiler *compiler)
{
    const char *at = xpath_compiler_skip_space(compiler);
    size_t len = xpath_compiler_name_length(at);
    if (*at == '(')
        return read_brackets(compiler);
    if (*at == '"' || *at == '\'')
        return read_literal(compiler);
    if (xpath_number_length(at))
        return read_number(compiler);
    if (*at == '$')
        xpath_compiler_fail(compiler, "there are no variables here");
    else if (len && *(const char *)xml_skip((const uint8_t *)at + len, XML_SPACE) == '(' &&
             !xpath_compiler_is_node_type(at, len))
        return read_call(compiler, len);
    return NULL;
}

/* -- Paths ---------------------------------------------------------------------------- */

static bool is_at_slash(struct xpath_compiler *compiler)
{
    return *xpath_compiler_skip_space(compiler) == '/';
}

/* What the predicates and steps behind a primary expression select of it. */
static struct xpath_expr *read_filter(struct xpath_compiler *compiler,
                                      struct xpath_expr *primary)
{
    bool is_bracket = *xpath_compiler_skip_space(compiler) == '[';
    if (!is_bracket && !is_at_slash(compiler))
        return primary;
    if (primary->type != XPATH_TYPE_NODES) {
        xpath_compiler_fail(compiler, "what stands before %s is to be nodes",
                            is_bracket ? "'['" : "'/'");
        return NULL;
    }
    struct xpath_expr *path = new_expr(compiler, XPATH_OP_PATH, XPATH_TYPE_NODES);
    if (!path || !adopt(compiler, path, primary))
        return NULL;
    path->first = primary;
    if (!xpath_compiler_predicates(compiler, path, &path->filters) ||
        (is_at_slash(compiler) && !xpath_compiler_steps(compiler, path)))
        return NULL;
    return path;
}

static struct xpath_expr *read_path(struct xpath_compiler *compiler)
{
    struct xpath_expr *primary = read_primary(compiler);
    if (primary || xpath_compiler_has_failed(compiler))
        return primary ? read_filter(compiler, primary) : NULL;
    struct xpath_expr *path = new_expr(compiler, XPATH_OP_PATH, XPATH_TYPE_NODES);
    if (!path)
        return NULL;
    path->is_absolute = is_at_slash(compiler);
    return xpath_compiler_steps(compiler, path) ? path : NULL;
}

/* -- Expressions ---------------------------------------------------------------------- */

static struct xpath_expr *read_operand(struct xpath_compiler *compiler)
{
    if (!xpath_compiler_take(compiler, "-"))
        return read_path(compiler);
    struct xpath_expr *expr = new_expr(compiler, XPATH_OP_NEGATE, XPATH_TYPE_NUMBER);
    struct xpath_expr *operand = expr ? read_expr(compiler, STRENGTH_NEGATE) : NULL;
    if (!operand || !adopt(compiler, expr, operand))
        return NULL;
    expr->first = operand;
    return expr;
}

/* With all operators that bind as strongly as this, or more so. */
static struct xpath_expr *read_expr(struct xpath_compiler *compiler, unsigned strength)
{
    struct xpath_expr *left = NULL;
    if (++compiler->depth < HEIGHT_MOST)
        left = read_operand(compiler);
    else
        xpath_compiler_fail(compiler, "brackets stand more than %d deep in each other",
                            HEIGHT_MOST);
    const struct operator_row *row;
    while (left && (row = operator_at(compiler)) && row->strength >= strength) {
        const char *place = compiler->at;
        compiler->at += strlen(row->text);
        struct xpath_expr *right = read_expr(compiler, row->strength + 1);
        const char *behind = compiler->at;
        if (right)
            compiler->at = place;
        left = right ? combine(compiler, row, left, right) : NULL;
        if (left)
            compiler->at = behind;
    }
    compiler->depth--;
    return left;
}

static struct xpath_expr *read_predicate(struct xpath_compiler *compiler)
{
    return read_expr(compiler, 0);
}

int xpath_compile(struct xpath **xpath, const char *text, const struct xpath_prefixes *prefixes,
                  struct xpath_error *error)
{
    *xpath = calloc(1, sizeof **xpath);
    if (!*xpath)
        return -1;
    struct xpath_compiler compiler = {.text = text,
                                      .at = text,
                                      .arena = &(*xpath)->arena,
                                      .prefixes = prefixes,
                                      .error = error,
                                      .read_expr = read_predicate};
    struct xpath_name_place *names = NULL;
    compiler.end_of_names = &names;
    error->text[0] = '\0';
    (*xpath)->root = read_expr(&compiler, 0);
    if ((*xpath)->root && *xpath_compiler_skip_space(&compiler)) {
        xpath_compiler_fail(&compiler, "an operator or the end is expected");
        (*xpath)->root = NULL;
    }
    (*xpath)->names = names;
    if ((*xpath)->root)
        return 0;
    xpath_free(*xpath);
    *xpath = NULL;
    return error->text[0] ? 1 : -1;
}

const struct xpath_name_place *xpath_names(const struct xpath *xpath)
{
    return xpath->names;
}

enum xpath_type xpath_type_of(const struct xpath *xpath)
{
    return xpath->root->type;
}

void xpath_free(struct xpath *xpath)
{
    if (!xpath)
        return;
    arena_free(&xpath->arena);
    free(xpath);
}
