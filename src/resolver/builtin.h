/* SPDX-License-Identifier: MIT
 *
 * Copies of the schemas that many others import, so that nobody needs to fetch them.
 */
#ifndef THRESH_RESOLVER_BUILTIN_H
#define THRESH_RESOLVER_BUILTIN_H

struct builtin {
    const char *namespace_name;
    const char *address; /* one of those that it is known by */
    const char *text;
};

/* The copy for a namespace, or NULL; the copy that an address leads to, or NULL. */
const struct builtin *builtin_of_namespace(const char *namespace_name);
const struct builtin *builtin_at(const char *address);

#endif
