/* SPDX-License-Identifier: MIT
 *
 * Names that somebody takes for the same: one system has them decomposed, another composed, a
 * third does not tell letter case. What Unicode calls a canonical caseless match (3.13, D145).
 */
#ifndef THRESH_SOURCE_INDEX_CASELESS_H
#define THRESH_SOURCE_INDEX_CASELESS_H

#include "base/buf.h"

/* In `out`, emptied before, the name's characters as code points (uint32_t), decomposed, folded
 * and in canonical order; two names match where these are the same. `name` is UTF-8. 0, or -1
 * without memory. */
int caseless_fold(struct buf *out, const char *name, size_t len);

#endif
