/* SPDX-License-Identifier: MIT
 *
 * XPath 1.0 expressions that can be answered while a document is read, without a tree. Their
 * context is the document, and they are:
 *
 *     expression  = paths, or count(), string(), boolean(), number() or sum() of paths
 *     paths       = path { "|" path }
 *     path        = [ "/" | "//" | "./" | ".//" ] step { ( "/" | "//" ) step }
 *     step        = test { predicate }, or "@" test { "[" name "]" } as the last one
 *     test        = "*" | prefix ":*" | [ prefix ":" | "*:" ] name
 *     predicate   = "[" condition { "and" condition } "]"
 *     condition   = "@" test [ "=" literal ] | name
 *     name        = ( "local-name()" | "namespace-uri()" ) "=" literal
 *
 * Axes by name that say the same are taken, too. All others need a tree: other axes, "..",
 * text(), positions, predicates with children or functions, operators.
 */
#ifndef THRESH_XPATH_XPATH_QUERY_H
#define THRESH_XPATH_XPATH_QUERY_H

#include "xpath/xpath.h"

enum xpath_query_result {
    QUERY_NODES,
    QUERY_COUNT,
    QUERY_STRING,
    QUERY_BOOLEAN,
    QUERY_NUMBER,
    QUERY_SUM,
};

/* Steps are bits of a number, and predicates are counted in a byte. */
enum { QUERY_STEPS = 64, QUERY_PREDICATES = 64 };

struct xpath_name_test {
    bool any_uri;
    const char *local; /* NULL: any */
    const char *uri;   /* "" for none */
};

struct xpath_step_test {
    bool attribute;  /* else a child */
    bool descendant; /* of the node or of any below it */
    bool last;       /* what it selects is the answer */
    struct xpath_name_test test;
    uint8_t first_predicate, n_predicates; /* all of which must hold */
};

/* Some attribute passes the test and has the value. */
struct xpath_predicate {
    struct xpath_name_test test;
    const char *value; /* NULL: any */
};

/* All paths of an expression, one behind the other. Never changes, shared by all workers. */
struct xpath_query {
    enum xpath_query_result result;
    uint64_t first; /* bits: the steps that begin a path */
    size_t n;
    struct xpath_step_test steps[QUERY_STEPS];
    size_t n_predicates;
    struct xpath_predicate predicates[QUERY_PREDICATES];
};

/* NULL where the expression needs a tree, or without memory: then a tree serves, too. The
 * expression outlives the query. */
struct xpath_query *xpath_query_new(const struct xpath *xpath);
void xpath_query_free(struct xpath_query *query);

#endif
