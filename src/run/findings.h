/* SPDX-License-Identifier: MIT
 *
 * What a run came to beyond the verdicts, gathered from the notes of its records, in their
 * order: which rules were broken how often and where first, which roots had no schema, and
 * which extractions found nothing.
 */
#ifndef THRESH_RUN_FINDINGS_H
#define THRESH_RUN_FINDINGS_H

#include "options/options.h"
#include "record/record_codec.h"
#include "rules/rules.h"
#include <jansson.h>

/* All faults of one kind and code; or, of the code "unmapped", the roots of one namespace. */
struct finding_group {
    char *kind, *code;
    char *namespace_name; /* of unmapped roots; NULL: they are faults */
    uint64_t errors, documents;
    /* Of the first: */
    char *path, *message;
    uint64_t line, column; /* 0: not known */
};

struct finding_root {
    char *namespace_name; /* "": none */
    uint64_t documents;
};

enum { FINDINGS_SIZES = 24 };

/* All zeros but for the rules: nothing was found yet. */
struct findings {
    const struct rules *rules;    /* the caller's */
    struct finding_group *groups; /* in the order of first sight */
    size_t n_groups, cap_groups;
    struct finding_root *roots; /* of documents whose XPaths were answered; likewise */
    size_t n_roots, cap_roots;
    uint64_t *found; /* by extraction: documents in which its value is not empty */
    uint64_t sizes[FINDINGS_SIZES]; /* documents by size: up to 1 byte, 4, 16, 64 ... */
    uint64_t answered;              /* documents whose XPaths were answered */
};

void findings_free(struct findings *findings);

/* Takes in a record that has arrived. 0, 1 where its notes are none, or -1 without memory. */
int findings_add(struct findings *findings, const struct record_head *head);

/* What other findings have, of later records; strings are copied. 0, or -1 without memory. */
int findings_add_group(struct findings *findings, const struct finding_group *group);
int findings_add_root(struct findings *findings, const struct finding_root *root);
/* Makes room for `found`, where there is none yet. */
int findings_begin_fields(struct findings *findings);

/* The groups, those of most errors first; NULL without memory. Freed by the caller. */
const struct finding_group **findings_sort(const struct findings *findings);
/* Appends what the first of a group is told by. */
void findings_append_message(struct buf *out, const struct finding_group *group);

/* The groups in that order, in the format of the records: what --group writes. 0,
 * or -1 without memory. */
int findings_write_groups(const struct findings *findings, const struct record_layout *layout,
                          struct buf *out);
/* The same as a JSON array. NULL: no memory. */
json_t *findings_groups_json(const struct findings *findings);

/* A line for each extraction that gave nothing in any document, with why where it shows, and
 * what to ask instead. */
int findings_write_empty(const struct findings *findings, struct buf *out);

#endif
