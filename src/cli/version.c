/* SPDX-License-Identifier: MIT */
#include "cli/version.h"

#include "backends/backend.h"
#include "thresh.h"
#include <archive.h>
#include <libxml/parser.h>
#ifdef THRESH_HAVE_OPENMP
#include <omp.h>
#endif

void version_append(struct buf *out)
{
    buf_append_format(out, "thresh %s\nlibxml2 %s (built with %s)\n%s\n", THRESH_VERSION,
                      xmlParserVersion, LIBXML_DOTTED_VERSION, archive_version_details());
#ifdef THRESH_HAVE_OPENMP
    buf_append_format(out, "OpenMP %d, up to %d threads\n", _OPENMP, omp_get_thread_limit());
#endif
    buf_append_string(out, "backends:");
    for (const struct backend *const *backend = backends; *backend; backend++)
        buf_append_format(out, " %s", (*backend)->name);
    buf_append_format(out, " (default %s)\n", THRESH_DEFAULT_BACKEND);
#if defined THRESH_HAVE_FORK && defined THRESH_HAVE_SECCOMP
    buf_append_string(out, "isolation: rlimits, no-new-privileges, Landlock, seccomp\n");
#elif defined THRESH_HAVE_FORK
    buf_append_string(
        out, "isolation: rlimits, no-new-privileges, Landlock (built without seccomp)\n");
#endif
}
