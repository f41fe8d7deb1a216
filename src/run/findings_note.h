/* SPDX-License-Identifier: MIT
 *
 * Findings as the note of a shard has them, and the findings of a run out of its shards'.
 */
#ifndef THRESH_RUN_FINDINGS_NOTE_H
#define THRESH_RUN_FINDINGS_NOTE_H

#include "run/findings.h"

/* All that findings hold, and the extractions that they are of. It is as large as there are
 * rules that were broken, and namespaces, of which findings keep few; not as there are
 * documents. NULL without memory. */
json_t *findings_to_note(const struct findings *findings);

/* Gives the options the extractions and prefixes of a note. 0; 1 where it is no note, or -1
 * without memory. */
int findings_note_options(const json_t *note, struct thresh_options *options);

/* Takes in the findings of a note, whose records follow on those that are in already; the rules
 * are of its extractions. 0, 1 where it is no such note, or -1 without memory. After 1 and -1
 * findings can only be freed. */
int findings_add_note(struct findings *findings, const json_t *note);

#endif
