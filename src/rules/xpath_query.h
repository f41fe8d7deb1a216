/* SPDX-License-Identifier: MIT
 *
 * XPath 1.0 expressions that can be answered while a document is read, without a tree. Their
 * context is the document, and they are:
 *
 *     expression  = paths, or count(), string(), boolean(), number() or sum() of paths
 *     paths       = path { "|" path }
 *     path        = [ "/" | "//" | "./" | ".//" ] step { ( "/" | "//" ) step }
 *     step        = test { predicate }, or "@" test as the last one
 *     test        = "*" | prefix ":*" | [ prefix ":" ] name
 *     predicate   = "[" "@" test [ "=" literal ] "]"
 *
 * All others need a tree: axes by name, "..", positions, predicates with children or functions,
 * operators.
 */
#ifndef THRESH_RULES_XPATH_QUERY_H
#define THRESH_RULES_XPATH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the user's prefixes stand for. "xml" is bound without being listed. */
struct xpath_prefix {
    char *prefix;
    char *uri;
};

struct xpath_prefixes {
    struct xpath_prefix *items;
    size_t n;
};

/* NULL: the prefix is not bound. */
const char *xpath_prefixes_find(const struct xpath_prefixes *prefixes, const char *prefix,
                                size_t len);

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

struct xpath_step {
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
    struct xpath_step steps[QUERY_STEPS];
    size_t n_predicates;
    struct xpath_predicate predicates[QUERY_PREDICATES];
    char strings[]; /* names and values */
};

/* NULL where the expression, which is XPath 1.0, needs a tree, or without memory: then a tree
 * serves, too. The prefixes outlive the query. */
struct xpath_query *xpath_query_compile(const char *xpath,
                                        const struct xpath_prefixes *prefixes);
void xpath_query_free(struct xpath_query *query);

#endif
