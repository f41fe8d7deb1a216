/* SPDX-License-Identifier: MIT
 *
 * A compiled XPath expression: a tree of operators, function calls, literals and paths, whose
 * types are known.
 */
#ifndef THRESH_XPATH_XPATH_EXPR_H
#define THRESH_XPATH_XPATH_EXPR_H

#include "base/arena.h"
#include "xpath/xpath.h"

enum xpath_op {
    XPATH_OP_OR,
    XPATH_OP_AND,
    XPATH_OP_EQUAL,
    XPATH_OP_UNEQUAL,
    XPATH_OP_LESS,
    XPATH_OP_LESS_OR_EQUAL,
    XPATH_OP_GREATER,
    XPATH_OP_GREATER_OR_EQUAL,
    XPATH_OP_ADD,
    XPATH_OP_SUBTRACT,
    XPATH_OP_MULTIPLY,
    XPATH_OP_DIVIDE,
    XPATH_OP_MODULO,
    XPATH_OP_UNION,
    XPATH_OP_NEGATE,
    XPATH_OP_NUMBER,
    XPATH_OP_LITERAL,
    XPATH_OP_CALL,
    XPATH_OP_PATH,
};

struct xpath_expr {
    enum xpath_op op;
    enum xpath_type type;
    unsigned height;     /* of the tree below */
    bool is_of_position; /* it asks for position() or last() of its own context */
    double number;       /* of XPATH_OP_NUMBER */
    const char *string;  /* of XPATH_OP_LITERAL */
    const struct xpath_function *function;
    struct xpath_expr *first; /* operands, linked by `next`; of a path the nodes that it begins
                               * at, NULL for the context node or, if it is absolute, the
                               * document */
    struct xpath_expr *last;
    struct xpath_expr *next;
    bool is_absolute;
    struct xpath_expr *filters; /* of `first`: predicates before the first step */
    struct xpath_step *steps;
};

enum xpath_test {
    XPATH_TEST_NAME,
    XPATH_TEST_NODE,
    XPATH_TEST_TEXT,
    XPATH_TEST_COMMENT,
    XPATH_TEST_INSTRUCTION,
};

struct xpath_step {
    enum xpath_axis axis;
    enum xpath_test test;
    bool any_uri;
    const char *local;             /* of an instruction its target; NULL: any */
    const char *uri;               /* "" for none */
    struct xpath_expr *predicates; /* linked by `next` */
    struct xpath_step *next;
};

struct xpath {
    struct arena arena;
    const struct xpath_name_place *names;
    const struct xpath_expr *root;
};

/* Whether a predicate chooses by the place of a node among the others. */
static inline bool xpath_expr_is_of_position(const struct xpath_expr *predicate)
{
    return predicate->type == XPATH_TYPE_NUMBER || predicate->is_of_position;
}

#endif
