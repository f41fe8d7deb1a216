/* SPDX-License-Identifier: MIT
 *
 * Where memory is refused, libxml2 goes on more often than not: with a grammar that lacks
 * something and finds every document invalid, with half an entity, without UTF-16. So whatever
 * it asks for is watched, and what was done short of memory is not believed.
 */
#ifndef THRESH_LIBXML_LIBXML_MEMORY_H
#define THRESH_LIBXML_LIBXML_MEMORY_H

#include <stdbool.h>

/* Begins to watch, whichever allocator libxml2 has. Before there are threads; once or often. */
void libxml_memory_watch(void);

/* Whether this thread was refused memory since it last asked. */
bool libxml_memory_refused(void);

#endif
