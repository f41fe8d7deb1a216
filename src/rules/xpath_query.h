/* SPDX-License-Identifier: MIT
 *
 * XPath expressions that can be answered while a document is read, without a tree: location
 * paths made of child, descendant and attribute steps with name tests, their unions, and
 * count(), string() and boolean() of them.
 */
#ifndef THRESH_RULES_XPATH_QUERY_H
#define THRESH_RULES_XPATH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum query_result {
    RESULT_NODES,
    RESULT_COUNT,
    RESULT_STRING,
    RESULT_BOOLEAN,
    RESULT_NUMBER,
    RESULT_SUM,
};

enum { STEPS = 64, PREDICATES = 64 };

struct name_test {
    bool any_uri;
    const char *local; /* NULL: any */
    const char *uri;   /* "" for none */
};

struct query_step {
    bool attribute;  /* else a child */
    bool descendant; /* of the node or of any below it */
    bool last;       /* what it selects is the answer */
    struct name_test test;
    uint8_t first_predicate, n_predicates; /* all of which must hold */
};

/* Some attribute passes the test and has the value. */
struct query_predicate {
    struct name_test test;
    const char *value; /* NULL: any */
};

/* All paths of an expression, one behind the other. Never changes, shared by all workers. */
struct query {
    enum query_result result;
    uint64_t first; /* bits: the steps that begin a path */
    size_t n;
    struct query_step steps[STEPS];
    size_t n_predicates;
    struct query_predicate predicates[PREDICATES];
    char strings[]; /* names and values */
};

/* NULL where the expression, which is XPath 1.0, needs a tree, or without memory. `prefixes`
 * are those of the rules: prefix, URI, prefix, URI, ... They outlive the query. */
struct query *query_compile(const char *xpath, char *const *prefixes, size_t n_prefixes);
void query_free(struct query *query);

#endif
