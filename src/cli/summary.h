/* SPDX-License-Identifier: MIT
 *
 * What a run came to, for people: the verdicts first, then what they are about, then how it was
 * done.
 */
#ifndef THRESH_CLI_SUMMARY_H
#define THRESH_CLI_SUMMARY_H

#include "base/buf.h"
#include "cli/rate.h"
#include "run/findings.h"
#include "thresh.h"

/* `findings`, `rate`: NULL where they are not known. Groups of errors are left out where the
 * output has them. For a terminal, with bars, and in colours where it has them. */
void summary_append(const struct thresh_stats *stats, const struct findings *findings,
                    bool has_groups, const struct rate *rate, bool is_for_terminal,
                    struct buf *out);

#endif
