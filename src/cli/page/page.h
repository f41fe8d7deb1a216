/* SPDX-License-Identifier: MIT
 *
 * --report: one page of HTML that says what a run has looked at and what came of it. It needs
 * no other file and no network, and nothing that a document or an archive says can run in it:
 * its policy (CSP) lets no script run but its own, and texts are put in as text.
 *
 * The page is written as records come, so a million documents take no more memory than one. It
 * is there complete or not at all; that of a run which was stopped says so.
 */
#ifndef THRESH_CLI_PAGE_H
#define THRESH_CLI_PAGE_H

#include "cli/output.h"
#include "cli/page/page_rows.h"
#include "options/options.h"
#include "run/findings.h"

struct page {
    struct output output; /* made by the caller, by output_open */
    char nonce[33]; /* of the policy: what carries it is ours; "": nothing is written yet */
    struct page_rows rows;
};

/* What is told of a run at its end. */
struct page_run {
    const struct thresh_options *options;
    const char *const *inputs;
    size_t n_inputs;
    const struct thresh_stats *stats;
    const struct findings *findings;
    const char *why; /* it is not complete; NULL: it is */
};

/* These give 0, or -1 with the error filled in. Records come in their order. */
int page_add(struct page *page, const struct thresh_record *record, struct thresh_error *error);
/* Gives the file its name. */
int page_end(struct page *page, const struct page_run *run, struct thresh_error *error);

/* Frees, and closes the output; what was not ended leaves no trace. */
void page_close(struct page *page);

#endif
