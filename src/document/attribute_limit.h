/* SPDX-License-Identifier: MIT
 *
 * Start tags with more attributes than the limit, found before libxml2 parses them: before 2.12
 * it compares each attribute with each other before it reports any of them.
 */
#ifndef THRESH_DOCUMENT_ATTRIBUTE_LIMIT_H
#define THRESH_DOCUMENT_ATTRIBUTE_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether there is one in the document, which is in UTF-8, UTF-16, UTF-32 or another
 * encoding that holds ASCII, and the line of its `<`. Quick where tags are shorter than five
 * bytes for each attribute that is allowed. max 0: no limit. */
bool attribute_limit_exceeded(const char *bytes, size_t len, unsigned max, uint64_t *line);

#endif
