/* SPDX-License-Identifier: MIT
 *
 * The core function library (4).
 */
#ifndef THRESH_XPATH_XPATH_FUNCTIONS_H
#define THRESH_XPATH_XPATH_FUNCTIONS_H

#include "xpath/xpath.h"

/* Where an expression is evaluated (1): the node, and its place in the list that it is from. */
struct xpath_focus {
    struct xpath_node node;
    size_t position, size;
};

struct xpath_call {
    const struct xpath_focus *focus;
    const struct xpath_value *arguments; /* n of them, and one that is zeroed */
    size_t n;
};

enum { XPATH_FUNCTION_PARAMETERS = 3 };

struct xpath_function {
    const char *name;
    enum xpath_type type; /* of the result */
    unsigned least, most; /* arguments */
    /* Of arguments, which are converted before the call; those behind have the last one's. */
    enum xpath_type parameters[XPATH_FUNCTION_PARAMETERS];
    /* Fills in the result, whose type is set. 0, or -1 without memory. */
    int (*call)(const struct xpath_call *call, struct xpath_value *result);
    bool is_of_position;  /* it asks for the context's position or size */
    bool takes_nodes_too; /* its first argument stays nodes where it is nodes */
};

/* NULL: there is none of that name; *near is one that was meant, or NULL. */
const struct xpath_function *xpath_function_find(const char *name, size_t len,
                                                 const char **near);

#endif
