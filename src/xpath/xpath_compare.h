/* SPDX-License-Identifier: MIT
 *
 * The operators = != < <= > >= (3.4).
 */
#ifndef THRESH_XPATH_XPATH_COMPARE_H
#define THRESH_XPATH_XPATH_COMPARE_H

#include "xpath/xpath_expr.h"

/* 0 with whether it holds, or -1 without memory. */
int xpath_compare(enum xpath_op op, const struct xpath_value *left,
                  const struct xpath_value *right, bool *holds);

#endif
