/* SPDX-License-Identifier: MIT
 *
 * Start tags with more attributes than the limit, found before the parser meets them: libxml2
 * before 2.12 compares each attribute with each before it tells anyone of them.
 */
#ifndef THRESH_DOCUMENT_ATTRIBUTE_LIMIT_H
#define THRESH_DOCUMENT_ATTRIBUTE_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether there is one in UTF-8, UTF-16, UTF-32 or what else has ASCII in it, and the line of
 * its
 * `<`. Costs next to nothing where tags are shorter than five bytes an allowed attribute. */
bool attribute_limit_exceeded(const char *bytes, size_t len, unsigned max, uint64_t *line);

#endif
