/* SPDX-License-Identifier: MIT
 *
 * XPath 1.0 (https://www.w3.org/TR/1999/REC-xpath-19991116/; numbers of sections and
 * productions are its) over the trees of libxml2. An expression is compiled once; types are
 * known by then, so nothing but memory can fail when it is evaluated. Number literals may have
 * an exponent, which is no part of XPath 1.0 but common; text has none. So is *:name, which
 * XPath 2.0 has.
 */
#ifndef THRESH_XPATH_XPATH_H
#define THRESH_XPATH_XPATH_H

#include "base/buf.h"
#include "xpath/xpath_nodes.h"

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

/* What is wrong with an expression: the character where it is, from 1, and what. */
struct xpath_error {
    size_t character;
    char text[200];
};

struct xpath; /* compiled; never changes, shared by all workers */

/* 0; 1: it is wrong, and the error says why; -1: no memory. The prefixes outlive it. */
int xpath_compile(struct xpath **xpath, const char *text, const struct xpath_prefixes *prefixes,
                  struct xpath_error *error);
void xpath_free(struct xpath *xpath);

enum xpath_type { XPATH_TYPE_NODES, XPATH_TYPE_BOOLEAN, XPATH_TYPE_NUMBER, XPATH_TYPE_STRING };

/* The name of an element, or p:*, where it stands in an expression. */
struct xpath_name_place {
    size_t begin, local, end; /* bytes of the text; begin is local where there is no prefix */
    const char *uri;          /* "" for none */
    struct xpath_name_place *next;
};

/* All of them, but for *:name and *, in the order of the text; NULL: there are none. */
const struct xpath_name_place *xpath_names(const struct xpath *xpath);
/* The type of its value. */
enum xpath_type xpath_type_of(const struct xpath *xpath);

struct xpath_value {
    enum xpath_type type;
    bool boolean;
    double number;
    struct buf string;
    struct xpath_nodes nodes; /* in document order, each once */
};
void xpath_value_free(struct xpath_value *value);

/* With the document as the context. Its nodes have their places (xpath_nodes_number). Fills in
 * a zeroed value, which is freed by the caller in either case. 0, or -1 without memory. */
int xpath_evaluate(const struct xpath *xpath, const xmlDoc *doc, struct xpath_value *value);

#endif
