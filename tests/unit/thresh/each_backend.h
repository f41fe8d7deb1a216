/* SPDX-License-Identifier: MIT
 *
 * Every backend of this build in turn, those whose workers are processes first: LLVM's OpenMP
 * leaves threads behind, beside which no process is forked.
 */
#ifndef THRESH_TESTS_EACH_BACKEND_H
#define THRESH_TESTS_EACH_BACKEND_H

#include "backends/backend.h"

static inline const struct backend *const *each_backend_next(const struct backend *const *at)
{
    bool isolates = !at || (*at)->isolates;
    for (const struct backend *const *next = at ? at + 1 : backends; *next; next++)
        if ((*next)->isolates == isolates)
            return next;
    for (const struct backend *const *next = backends; isolates && *next; next++)
        if (!(*next)->isolates)
            return next;
    return NULL;
}

#define EACH_BACKEND(backend)                                                                  \
    const struct backend *const *backend = each_backend_next(NULL);                            \
    backend;                                                                                   \
    backend = each_backend_next(backend)

#endif
