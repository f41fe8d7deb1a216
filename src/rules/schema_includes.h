/* SPDX-License-Identifier: MIT
 *
 * Which documents of a directory or an archive are schemas by themselves: those that none of
 * the others includes.
 */
#ifndef THRESH_RULES_SCHEMA_INCLUDES_H
#define THRESH_RULES_SCHEMA_INCLUDES_H

#include "rules/schema_head.h"

/* A document, and what it includes. */
struct schema_includer {
    const char *place; /* the resolver's */
    size_t end;        /* of what it includes, which begins where that of the one before ends */
};

/* A zeroed struct is empty. */
struct schema_includes {
    struct schema_includer *items; /* in the order in which they were added */
    size_t n, cap;
    const char **included; /* places of documents, also of some that were not added */
    size_t n_included, cap_included;
};

/* Adds the document that has this head, and finds what it includes. 0, or -1 without memory. */
int schema_includes_add(struct schema_includes *includes, const struct schema_head *head,
                        struct resolver *resolver);
/* Fills in for each document whether it is a schema by itself. Of those that include each other
 * the first is, where nothing else includes one of them; so each document is one, or is
 * included by one. 0, or -1 without memory. */
int schema_includes_find_roots(const struct schema_includes *includes, bool *is_root);
void schema_includes_free(struct schema_includes *includes);

#endif
