/* SPDX-License-Identifier: MIT
 *
 * Why an extraction gave nothing, where its namespaces show it, and what to ask instead.
 */
#ifndef THRESH_RULES_EXTRACTION_HINT_H
#define THRESH_RULES_EXTRACTION_HINT_H

#include "base/buf.h"
#include "rules/extractions.h"

/* `roots` are the namespaces of the documents' roots, "" for none. Appends the reason to `why`,
 * and to `instead` the options to give, quoted for a shell. Appends nothing where the names of
 * the expression are in a namespace that some root is in, or have none to be in. Lost memory is
 * told in `failed`. */
void extraction_hint(const struct extraction *extraction, const struct xpath_prefixes *prefixes,
                     const char *const *roots, size_t n_roots, struct buf *why,
                     struct buf *instead);

#endif
