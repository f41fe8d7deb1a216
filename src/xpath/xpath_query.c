/* SPDX-License-Identifier: MIT */
#include "xpath/xpath_query.h"

#include "xpath/xpath_expr.h"
#include "xpath/xpath_functions.h"
#include <stdlib.h>
#include <string.h>

static bool is_any_node(const struct xpath_step *step)
{
    return step->test == XPATH_TEST_NODE && !step->predicates;
}

static struct xpath_name_test name_of(const struct xpath_step *step)
{
    return (struct xpath_name_test){step->any_uri, step->local, step->uri};
}

/* [@name], or NULL. */
static const struct xpath_step *attribute_alone(const struct xpath_expr *expr)
{
    const struct xpath_step *step = expr->op == XPATH_OP_PATH ? expr->steps : NULL;
    bool is_alone = step && !expr->first && !expr->is_absolute && !step->next &&
                    step->axis == XPATH_AXIS_ATTRIBUTE && step->test == XPATH_TEST_NAME &&
                    !step->predicates;
    return is_alone ? step : NULL;
}

/* A call of this function for the context node: without an argument, or with ".". */
static bool asks_for(const struct xpath_expr *expr, const char *function)
{
    if (expr->op != XPATH_OP_CALL || strcmp(expr->function->name, function) != 0)
        return false;
    const struct xpath_expr *node = expr->first;
    return !node || (node->op == XPATH_OP_PATH && !node->first && !node->is_absolute &&
                     node->steps->axis == XPATH_AXIS_SELF && is_any_node(node->steps) &&
                     !node->steps->next);
}

/* [local-name()='value'] and [namespace-uri()='value'] leave less of the names that the step's
 * test passes; no name has a local part of "". False: the predicate is about no name. */
static bool narrow(struct xpath_name_test *test, const struct xpath_expr *expr,
                   const char *value)
{
    bool is_local = asks_for(expr, "local-name");
    if (!is_local && !asks_for(expr, "namespace-uri"))
        return false;
    if (is_local ? test->local && strcmp(test->local, value) != 0
                 : !test->any_uri && strcmp(test->uri, value) != 0) {
        test->local = "";
    } else if (is_local) {
        test->local = value;
    } else {
        test->any_uri = false;
        test->uri = value;
    }
    return true;
}

/* [@name], [@name='value'], a name that the node is to have, or several of them with "and". */
static bool add_predicate(struct xpath_query *query, struct xpath_step_test *step,
                          const struct xpath_expr *expr)
{
    const char *value = NULL;
    if (expr->op == XPATH_OP_AND) {
        const struct xpath_expr *each = expr->first;
        while (each && add_predicate(query, step, each))
            each = each->next;
        return !each;
    }
    if (expr->op == XPATH_OP_EQUAL) {
        const struct xpath_expr *left = expr->first, *right = left->next;
        bool is_swapped = left->op == XPATH_OP_LITERAL;
        const struct xpath_expr *literal = is_swapped ? left : right;
        if (literal->op != XPATH_OP_LITERAL)
            return false;
        value = literal->string;
        expr = is_swapped ? right : left;
        if (narrow(&step->test, expr, value))
            return true;
    }
    const struct xpath_step *attribute = attribute_alone(expr);
    if (!attribute || step->attribute || query->n_predicates == QUERY_PREDICATES)
        return false;
    query->predicates[query->n_predicates++] =
        (struct xpath_predicate){name_of(attribute), value};
    step->n_predicates++;
    return true;
}

static bool add_step(struct xpath_query *query, const struct xpath_step *from, bool descendant)
{
    bool is_attribute = from->axis == XPATH_AXIS_ATTRIBUTE;
    bool is_child = from->axis == XPATH_AXIS_CHILD || from->axis == XPATH_AXIS_DESCENDANT;
    if (from->test != XPATH_TEST_NAME || query->n == QUERY_STEPS ||
        (!is_child && !is_attribute))
        return false;
    struct xpath_step_test *step = &query->steps[query->n++];
    step->attribute = is_attribute;
    step->descendant = descendant || from->axis == XPATH_AXIS_DESCENDANT;
    step->test = name_of(from);
    step->first_predicate = (uint8_t)query->n_predicates;
    for (const struct xpath_expr *each = from->predicates; each; each = each->next)
        if (!add_predicate(query, step, each))
            return false;
    return true;
}

static bool add_path(struct xpath_query *query, const struct xpath_expr *path)
{
    size_t begin = query->n;
    bool descendant = false;
    if (path->op != XPATH_OP_PATH || path->first)
        return false;
    for (const struct xpath_step *step = path->steps; step; step = step->next) {
        if (step->axis == XPATH_AXIS_SELF && is_any_node(step))
            continue;
        if (step->axis == XPATH_AXIS_DESCENDANT_OR_SELF && is_any_node(step)) {
            descendant = true;
            continue;
        }
        bool is_below_attribute = query->n > begin && query->steps[query->n - 1].attribute;
        if (is_below_attribute || !add_step(query, step, descendant))
            return false;
        descendant = false;
    }
    if (query->n == begin || descendant)
        return false;
    query->first |= UINT64_C(1) << begin;
    query->steps[query->n - 1].last = true;
    return true;
}

/* The functions of paths that are answered, and their paths. */
static const struct xpath_expr *argument_of(const struct xpath_expr *expr,
                                            enum xpath_query_result *result)
{
    static const struct {
        const char *name;
        enum xpath_query_result result;
    } functions[] = {{"count", QUERY_COUNT},
                     {"string", QUERY_STRING},
                     {"boolean", QUERY_BOOLEAN},
                     {"number", QUERY_NUMBER},
                     {"sum", QUERY_SUM}};
    *result = QUERY_NODES;
    for (size_t i = 0; i < sizeof functions / sizeof *functions && expr->op == XPATH_OP_CALL;
         i++)
        if (strcmp(functions[i].name, expr->function->name) == 0 && expr->first) {
            *result = functions[i].result;
            return expr->first;
        }
    return expr;
}

struct xpath_query *xpath_query_new(const struct xpath *xpath)
{
    struct xpath_query *query = calloc(1, sizeof *query);
    if (!query)
        return NULL;
    const struct xpath_expr *expr = argument_of(xpath->root, &query->result);
    bool is_union = expr->op == XPATH_OP_UNION, answers = true;
    for (const struct xpath_expr *path = is_union ? expr->first : expr; path && answers;
         path = is_union ? path->next : NULL)
        answers = add_path(query, path);
    if (answers)
        return query;
    free(query);
    return NULL;
}

void xpath_query_free(struct xpath_query *query)
{
    free(query);
}
