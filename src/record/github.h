/* SPDX-License-Identifier: MIT
 *
 * Records as annotations of a GitHub workflow ("Workflow commands" in GitHub's documentation):
 * an ::error or ::warning a fault. GitHub shows ten of each kind a step and drops the others
 * without a word, so those are written as plain lines of the log, and the end says how many.
 *
 * Nothing that a document or an archive says becomes a command of its own. Lost memory is told
 * in out->failed.
 */
#ifndef THRESH_RECORD_GITHUB_H
#define THRESH_RECORD_GITHUB_H

#include "base/buf.h"
#include "record/record_view.h"

enum { GITHUB_ANNOTATIONS = 10 }; /* of a kind, that are shown for a step */

/* What was written so far. A zeroed one is of nothing. */
struct github {
    uint64_t errors, warnings; /* annotations and plain lines together */
};

void github_write(struct github *github, struct buf *out, const struct record_view *view);
/* `why` the run as a whole does not count: it was stopped, it failed, there was nothing to
 * check; NULL: it does. */
void github_end(const struct github *github, struct buf *out, const struct thresh_stats *stats,
                const char *why);

#endif
