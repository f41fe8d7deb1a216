/* SPDX-License-Identifier: MIT
 *
 * The backends of this build. No other file knows which exist.
 */
#include "backends/backend.h"
#include "backends/crew.h"

#include <string.h>

const struct backend *const backends[] = {
    &backend_sequential,
#ifdef THRESH_HAVE_OPENMP
    &backend_openmp,
#endif
#ifdef THRESH_HAVE_FORK
    &backend_fork,
#endif
    NULL,
};

const struct crew_kind *const backend_crews[] = {
#ifdef THRESH_HAVE_FORK
    &fork_crew_kind,
#endif
#ifdef THRESH_HAVE_OPENMP
    &thread_crew_kind,
#endif
    NULL,
};

const struct backend *backend_find(const char *name)
{
    for (const struct backend *const *row = backends; *row; row++)
        if (strcmp((*row)->name, name) == 0)
            return *row;
    return NULL;
}

#ifndef THRESH_HAVE_FORK
int backend_try(const struct backend_trial *trial, int *wait_status, struct thresh_error *error)
{
    (void)trial, (void)wait_status, (void)error;
    return 0;
}
#endif
