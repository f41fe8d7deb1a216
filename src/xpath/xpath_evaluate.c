/* SPDX-License-Identifier: MIT
 *
 * Each function fills in what it is named after, of whatever type the expression is, and
 * returns 0, or -1 without memory. Nodes are in document order, each once.
 */
#include "xpath/xpath_compare.h"
#include "xpath/xpath_functions.h"
#include "xpath/xpath_number.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int boolean_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                      bool *boolean);
static int number_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                     double *number);
static int string_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                     struct buf *string);
static int nodes_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                    bool any_one, struct xpath_nodes *nodes);

void xpath_value_free(struct xpath_value *value)
{
    buf_free(&value->string);
    xpath_nodes_free(&value->nodes);
}

/* As the type that is set in the value, which is zeroed else. */
static int value_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                    struct xpath_value *value)
{
    switch (value->type) {
    case XPATH_TYPE_NODES:
        return nodes_of(expr, focus, false, &value->nodes);
    case XPATH_TYPE_BOOLEAN:
        return boolean_of(expr, focus, &value->boolean);
    case XPATH_TYPE_NUMBER:
        return number_of(expr, focus, &value->number);
    case XPATH_TYPE_STRING:
        return string_of(expr, focus, &value->string) == 0 && buf_string(&value->string) ? 0
                                                                                         : -1;
    }
    return -1;
}

/* -- Operators and calls -------------------------------------------------------------- */

static int compared(const struct xpath_expr *expr, const struct xpath_focus *focus, bool *holds)
{
    const struct xpath_expr *left = expr->first, *right = left->next;
    struct xpath_value values[2] = {{.type = left->type}, {.type = right->type}};
    int rc = value_of(left, focus, &values[0]);
    if (rc == 0)
        rc = value_of(right, focus, &values[1]);
    if (rc == 0)
        rc = xpath_compare(expr->op, &values[0], &values[1], holds);
    xpath_value_free(&values[0]);
    xpath_value_free(&values[1]);
    return rc;
}

static int called(const struct xpath_expr *expr, const struct xpath_focus *focus,
                  struct xpath_value *result)
{
    const struct xpath_function *function = expr->function;
    size_t n = 0, i = 0;
    for (const struct xpath_expr *each = expr->first; each; each = each->next)
        n++;
    struct xpath_value *arguments = calloc(n + 1, sizeof *arguments);
    int rc = arguments ? 0 : -1;
    for (const struct xpath_expr *each = expr->first; each && rc == 0; each = each->next, i++) {
        size_t last = XPATH_FUNCTION_PARAMETERS - 1;
        bool stays = function->takes_nodes_too && each->type == XPATH_TYPE_NODES;
        arguments[i].type = stays ? each->type : function->parameters[i < last ? i : last];
        rc = value_of(each, focus, &arguments[i]);
    }
    result->type = function->type;
    if (rc == 0)
        rc = function->call(&(struct xpath_call){focus, arguments, n}, result);
    for (i = 0; arguments && i < n; i++)
        xpath_value_free(&arguments[i]);
    free(arguments);
    return rc;
}

static double calculated(enum xpath_op op, double left, double right)
{
    switch (op) {
    case XPATH_OP_ADD:
        return left + right;
    case XPATH_OP_SUBTRACT:
        return left - right;
    case XPATH_OP_MULTIPLY:
        return left * right;
    case XPATH_OP_DIVIDE:
        return left / right;
    default:
        return fmod(left, right);
    }
}

/* -- Values --------------------------------------------------------------------------- */

/* True for `or`, when one operand is; false for `and`, when one is not. */
static int either(const struct xpath_expr *expr, const struct xpath_focus *focus, bool *boolean)
{
    bool decides = expr->op == XPATH_OP_OR;
    int rc = 0;
    *boolean = !decides;
    for (const struct xpath_expr *each = expr->first; each && rc == 0 && *boolean != decides;
         each = each->next)
        rc = boolean_of(each, focus, boolean);
    return rc;
}

static int boolean_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                      bool *boolean)
{
    struct xpath_value value = {.type = expr->type};
    int rc;
    if (expr->op == XPATH_OP_OR || expr->op == XPATH_OP_AND)
        return either(expr, focus, boolean);
    if (expr->op >= XPATH_OP_EQUAL && expr->op <= XPATH_OP_GREATER_OR_EQUAL)
        return compared(expr, focus, boolean);
    if (expr->type == XPATH_TYPE_BOOLEAN)
        rc = called(expr, focus, &value);
    else if (expr->type == XPATH_TYPE_NODES)
        rc = nodes_of(expr, focus, true, &value.nodes);
    else
        rc = value_of(expr, focus, &value);
    *boolean = value.boolean || value.nodes.n || value.string.len ||
               (value.number != 0 && !isnan(value.number));
    xpath_value_free(&value);
    return rc;
}

static int number_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                     double *number)
{
    struct xpath_value value = {.type = expr->type};
    double left, right;
    int rc;
    *number = NAN;
    if (expr->op == XPATH_OP_NUMBER) {
        *number = expr->number;
        return 0;
    }
    if (expr->op >= XPATH_OP_ADD && expr->op <= XPATH_OP_MODULO) {
        if (number_of(expr->first, focus, &left) < 0 ||
            number_of(expr->first->next, focus, &right) < 0)
            return -1;
        *number = calculated(expr->op, left, right);
        return 0;
    }
    if (expr->op == XPATH_OP_NEGATE) {
        rc = number_of(expr->first, focus, number);
        *number = -*number;
        return rc;
    }
    if (expr->type == XPATH_TYPE_NUMBER) {
        rc = called(expr, focus, &value);
        *number = value.number;
    } else if (expr->type == XPATH_TYPE_BOOLEAN) {
        rc = boolean_of(expr, focus, &value.boolean);
        *number = value.boolean;
    } else {
        value.type = XPATH_TYPE_STRING;
        rc = value_of(expr, focus, &value);
        *number = rc == 0 ? xpath_number_of_text(value.string.data) : NAN;
    }
    xpath_value_free(&value);
    return rc;
}

/* Appends. */
static int string_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                     struct buf *string)
{
    struct xpath_value value = {.type = expr->type};
    struct buf scratch = {0};
    int rc;
    if (expr->op == XPATH_OP_LITERAL)
        return buf_append_string(string, expr->string);
    rc = expr->type == XPATH_TYPE_STRING ? called(expr, focus, &value)
                                         : value_of(expr, focus, &value);
    const char *text = "";
    if (rc == 0 && expr->type == XPATH_TYPE_NUMBER)
        rc = xpath_number_write(string, value.number);
    else if (expr->type == XPATH_TYPE_STRING)
        text = buf_string(&value.string);
    else if (expr->type == XPATH_TYPE_BOOLEAN)
        text = value.boolean ? "true" : "false";
    else if (value.nodes.n)
        text = xpath_node_text(value.nodes.items[0], &scratch);
    if (rc == 0)
        rc = text ? buf_append_string(string, text) : -1;
    buf_free(&scratch);
    xpath_value_free(&value);
    return rc;
}

/* -- Nodes ---------------------------------------------------------------------------- */

static bool same_name(const struct xpath_step *step, struct xpath_node node)
{
    if (step->local && strcmp(step->local, xpath_node_local_name(node)) != 0)
        return false;
    return step->any_uri || strcmp(step->uri, xpath_node_namespace(node)) == 0;
}

static bool passes(const struct xpath_step *step, struct xpath_node node)
{
    bool is_principal =
        step->axis == XPATH_AXIS_ATTRIBUTE || (step->axis == XPATH_AXIS_NAMESPACE && node.ns);
    switch (step->test) {
    case XPATH_TEST_NAME:
        return (is_principal || xpath_node_is_element(node)) && same_name(step, node);
    case XPATH_TEST_NODE:
        return true;
    case XPATH_TEST_TEXT:
        return !node.ns && node.node->type == XML_TEXT_NODE;
    case XPATH_TEST_COMMENT:
        return !node.ns && node.node->type == XML_COMMENT_NODE;
    case XPATH_TEST_INSTRUCTION:
        return !node.ns && node.node->type == XML_PI_NODE &&
               (!step->local || strcmp(step->local, xpath_node_local_name(node)) == 0);
    }
    return false;
}

static int chosen(const struct xpath_expr *predicate, const struct xpath_focus *focus,
                  bool *boolean)
{
    if (predicate->type != XPATH_TYPE_NUMBER)
        return boolean_of(predicate, focus, boolean);
    double place;
    int rc = number_of(predicate, focus, &place);
    *boolean = rc == 0 && place == (double)focus->position;
    return rc;
}

/* Keeps of the nodes from `begin` on those for which all predicates hold. */
static int filter(const struct xpath_expr *predicate, struct xpath_nodes *nodes, size_t begin)
{
    for (; predicate; predicate = predicate->next) {
        size_t kept = begin, size = nodes->n - begin;
        for (size_t i = begin; i < nodes->n; i++) {
            const struct xpath_focus focus = {nodes->items[i], i - begin + 1, size};
            bool boolean;
            if (chosen(predicate, &focus, &boolean) < 0)
                return -1;
            if (boolean)
                nodes->items[kept++] = nodes->items[i];
        }
        nodes->n = kept;
    }
    return 0;
}

/* How many nodes of an axis are looked for at most: [3] asks for no fourth. */
static size_t most_of(const struct xpath_step *step, bool any_one)
{
    const struct xpath_expr *predicate = step->predicates;
    if (!predicate)
        return any_one ? 1 : SIZE_MAX;
    bool is_place =
        predicate->op == XPATH_OP_NUMBER && predicate->number >= 1 && predicate->number < 1e9;
    return is_place ? (size_t)predicate->number : SIZE_MAX;
}

static int take_step(const struct xpath_step *step, const struct xpath_nodes *from,
                     bool any_one, struct xpath_nodes *to)
{
    size_t most = most_of(step, any_one);
    for (size_t i = 0; i < from->n && !(any_one && to->n); i++) {
        struct xpath_walk walk = {.axis = step->axis, .origin = from->items[i]};
        size_t begin = to->n;
        while (to->n - begin < most && xpath_walk_next(&walk))
            if (passes(step, walk.at) && xpath_nodes_add(to, walk.at) < 0)
                return -1;
        if (filter(step->predicates, to, begin) < 0)
            return -1;
    }
    xpath_nodes_order(to);
    return 0;
}

static int path_begin(const struct xpath_expr *path, const struct xpath_focus *focus,
                      bool any_one, struct xpath_nodes *nodes)
{
    if (path->first) {
        bool all = path->steps || path->filters;
        int rc = nodes_of(path->first, focus, any_one && !all, nodes);
        return rc == 0 ? filter(path->filters, nodes, 0) : rc;
    }
    struct xpath_node node = focus->node;
    if (path->is_absolute)
        node = (struct xpath_node){(const xmlNode *)node.node->doc, NULL};
    return xpath_nodes_add(nodes, node);
}

static int path_of(const struct xpath_expr *path, const struct xpath_focus *focus, bool any_one,
                   struct xpath_nodes *nodes)
{
    int rc = path_begin(path, focus, any_one, nodes);
    for (const struct xpath_step *step = path->steps; step && rc == 0; step = step->next) {
        struct xpath_nodes next = {0};
        rc = take_step(step, nodes, any_one && !step->next, &next);
        xpath_nodes_free(nodes);
        *nodes = next;
    }
    return rc;
}

/* With `any_one`, whether there is one is all that is asked. */
static int nodes_of(const struct xpath_expr *expr, const struct xpath_focus *focus,
                    bool any_one, struct xpath_nodes *nodes)
{
    if (expr->op == XPATH_OP_PATH)
        return path_of(expr, focus, any_one, nodes);
    if (expr->op == XPATH_OP_CALL) {
        struct xpath_value value = {0};
        int rc = called(expr, focus, &value);
        *nodes = value.nodes;
        return rc;
    }
    int rc = 0;
    for (const struct xpath_expr *each = expr->first; each && rc == 0; each = each->next) {
        struct xpath_nodes some = {0};
        rc = nodes_of(each, focus, any_one, &some);
        for (size_t i = 0; i < some.n && rc == 0; i++)
            rc = xpath_nodes_add(nodes, some.items[i]);
        xpath_nodes_free(&some);
    }
    xpath_nodes_order(nodes);
    return rc;
}

int xpath_evaluate(const struct xpath *xpath, const xmlDoc *doc, struct xpath_value *value)
{
    const struct xpath_focus focus = {{(const xmlNode *)doc, NULL}, 1, 1};
    value->type = xpath->root->type;
    return value_of(xpath->root, &focus, value);
}
