/* SPDX-License-Identifier: MIT
 *
 * The user's XPath expressions, one a field of the records.
 */
#ifndef THRESH_RULES_EXTRACTIONS_H
#define THRESH_RULES_EXTRACTIONS_H

#include "base/error.h"
#include "xpath/xpath_query.h"

/* Never changes once it is compiled, shared by all workers. */
struct extraction {
    char *name; /* of the field */
    char *text;
    struct xpath *xpath;
    struct xpath_query *query; /* NULL: it needs a tree */
};

/* Sets name and expression of a zeroed extraction, which is to be freed in either case, from
 * NAME=XPATH. 0, or -1 without memory. */
int extraction_from_option(struct extraction *extraction, const char *option,
                           struct thresh_error *error);
/* 0, or -1 with what is wrong with the expression and where. The prefixes outlive it. */
int extraction_compile(struct extraction *extraction, const struct xpath_prefixes *prefixes,
                       struct thresh_error *error);
void extraction_free(struct extraction *extraction);

#endif
