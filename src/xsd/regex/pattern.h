/* SPDX-License-Identifier: MIT
 *
 * The regular expressions of XSD 1.0 (Part 2, appendix F), compiled to an immutable automaton
 * that any number of threads may match with. Matching takes time linear in the text, whatever
 * the pattern.
 */
#ifndef THRESH_XSD_REGEX_PATTERN_H
#define THRESH_XSD_REGEX_PATTERN_H

#include "base/buf.h"
#include "base/error.h"

struct pattern;

/* One pattern that matches what any of the sources matches. NULL with the error filled in
 * where a source cannot be read, is too large once its counts are written out, or memory
 * ends. *oddity, empty before, is filled in where a source goes beyond the grammar of
 * Appendix F and its meaning is plain all the same. */
struct pattern *pattern_compile(const char *const *sources, size_t n,
                                struct thresh_error *oddity, struct thresh_error *error);
void pattern_free(struct pattern *pattern);
/* The memory that it takes, about. */
size_t pattern_bytes(const struct pattern *pattern);

/* Whether the whole text matches: 1, 0, or -1 without memory. `work` is clobbered. */
int pattern_match(const struct pattern *pattern, const char *text, size_t len,
                  struct buf *work);

#endif
