/* SPDX-License-Identifier: MIT */
#include "xpath/xpath_compare.h"

#include "xpath/xpath_number.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool numbers_hold(enum xpath_op op, double left, double right)
{
    switch (op) {
    case XPATH_OP_EQUAL:
        return left == right;
    case XPATH_OP_UNEQUAL:
        return left != right;
    case XPATH_OP_LESS:
        return left < right;
    case XPATH_OP_LESS_OR_EQUAL:
        return left <= right;
    case XPATH_OP_GREATER:
        return left > right;
    default:
        return left >= right;
    }
}

static bool is_equality(enum xpath_op op)
{
    return op == XPATH_OP_EQUAL || op == XPATH_OP_UNEQUAL;
}

static bool texts_hold(enum xpath_op op, const char *left, const char *right)
{
    if (is_equality(op))
        return (strcmp(left, right) == 0) == (op == XPATH_OP_EQUAL);
    return numbers_hold(op, xpath_number_of_text(left), xpath_number_of_text(right));
}

static enum xpath_op mirrored(enum xpath_op op)
{
    switch (op) {
    case XPATH_OP_LESS:
        return XPATH_OP_GREATER;
    case XPATH_OP_LESS_OR_EQUAL:
        return XPATH_OP_GREATER_OR_EQUAL;
    case XPATH_OP_GREATER:
        return XPATH_OP_LESS;
    case XPATH_OP_GREATER_OR_EQUAL:
        return XPATH_OP_LESS_OR_EQUAL;
    default:
        return op;
    }
}

static bool boolean_of(const struct xpath_value *value)
{
    switch (value->type) {
    case XPATH_TYPE_NODES:
        return value->nodes.n > 0;
    case XPATH_TYPE_BOOLEAN:
        return value->boolean;
    case XPATH_TYPE_NUMBER:
        return value->number != 0 && !isnan(value->number);
    default:
        return value->string.len > 0;
    }
}

/* Of a value that is no nodes. */
static double number_of(const struct xpath_value *value)
{
    if (value->type == XPATH_TYPE_STRING)
        return xpath_number_of_text(value->string.data);
    return value->type == XPATH_TYPE_NUMBER ? value->number : value->boolean;
}

/* Some node, or some two of them, must make it hold. */
static int nodes_hold(enum xpath_op op, const struct xpath_nodes *nodes,
                      const struct xpath_value *other, bool *holds)
{
    struct buf scratch = {0};
    int rc = 0;
    for (size_t i = 0; i < nodes->n && rc == 0 && !*holds; i++) {
        const char *text = xpath_node_text(nodes->items[i], &scratch);
        if (!text)
            rc = -1;
        else if (other->type == XPATH_TYPE_NUMBER)
            *holds = numbers_hold(op, xpath_number_of_text(text), other->number);
        else
            *holds = texts_hold(op, text, other->string.data);
    }
    buf_free(&scratch);
    return rc;
}

static int pairs_hold(enum xpath_op op, const struct xpath_nodes *left,
                      const struct xpath_nodes *right, bool *holds)
{
    struct xpath_value one = {.type = XPATH_TYPE_STRING};
    struct buf scratch = {0};
    int rc = 0;
    for (size_t i = 0; i < left->n && rc == 0 && !*holds; i++) {
        const char *text = xpath_node_text(left->items[i], &scratch);
        buf_clear(&one.string);
        buf_append_string(&one.string, text ? text : "");
        rc =
            text && buf_string(&one.string) ? nodes_hold(mirrored(op), right, &one, holds) : -1;
    }
    buf_free(&scratch);
    buf_free(&one.string);
    return rc;
}

int xpath_compare(enum xpath_op op, const struct xpath_value *left,
                  const struct xpath_value *right, bool *holds)
{
    bool left_nodes = left->type == XPATH_TYPE_NODES,
         right_nodes = right->type == XPATH_TYPE_NODES;
    bool booleans = left->type == XPATH_TYPE_BOOLEAN || right->type == XPATH_TYPE_BOOLEAN;
    *holds = false;
    if (left_nodes && right_nodes)
        return pairs_hold(op, &left->nodes, &right->nodes, holds);
    if (booleans && (left_nodes || right_nodes || is_equality(op)))
        *holds = numbers_hold(op, boolean_of(left), boolean_of(right));
    else if (left_nodes)
        return nodes_hold(op, &left->nodes, right, holds);
    else if (right_nodes)
        return nodes_hold(mirrored(op), &right->nodes, left, holds);
    else if (is_equality(op) && left->type == XPATH_TYPE_STRING &&
             right->type == XPATH_TYPE_STRING)
        *holds = texts_hold(op, left->string.data, right->string.data);
    else
        *holds = numbers_hold(op, number_of(left), number_of(right));
    return 0;
}
