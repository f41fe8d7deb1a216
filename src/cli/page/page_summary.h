/* SPDX-License-Identifier: MIT
 *
 * The parts of the page that are there without its script: what came of the run, what was
 * looked at, and the most frequent errors. `bad` is how many entries are not good. They fail as
 * appending to a buf does.
 */
#ifndef THRESH_CLI_PAGE_SUMMARY_H
#define THRESH_CLI_PAGE_SUMMARY_H

#include "cli/page/page.h"

void page_summary_head(struct buf *out, const struct page_run *run, uint64_t bad);
void page_summary_coverage(struct buf *out, const struct page_run *run, uint64_t bad);
void page_summary_errors(struct buf *out, const struct page_run *run, uint64_t bad);
void page_summary_foot(struct buf *out, const struct page_run *run, uint64_t bad);

#endif
