/* SPDX-License-Identifier: MIT
 *
 * A compiled pattern. Where it stays small, its program becomes a table: a row for each set of
 * operations that can be reached together, a column for each class of code points. Otherwise
 * the matcher follows all of those operations at once as it reads.
 */
#ifndef THRESH_XSD_REGEX_AUTOMATON_H
#define THRESH_XSD_REGEX_AUTOMATON_H

#include "xsd/regex/code_classes.h"
#include "xsd/regex/program.h"

struct pattern {
    struct code_classes classes;
    /* NULL: follow the operations. Row 0 stands for no operation at all, which cannot match.
     * The last cell of a row says whether a text may end there, the others where the next row
     * begins. The start is row 1. */
    uint32_t *table;
    size_t table_bytes;
    struct op *ops; /* only without a table */
    size_t n_ops;
};

/* Whether the operation, an OP_TAKE, takes code points of the class. */
static inline bool automaton_takes(const struct pattern *pattern, const struct op *op,
                                   size_t class)
{
    return code_classes_has(&pattern->classes, (size_t)op->to, class);
}

/* Fills in a zeroed struct, and takes the operations out of the program: 0, or -1 without
 * memory. */
int automaton_build(struct pattern *pattern, struct program *program);
void automaton_free(struct pattern *pattern);

#endif
