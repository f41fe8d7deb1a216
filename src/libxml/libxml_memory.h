/* SPDX-License-Identifier: MIT
 *
 * When an allocation fails, libxml2 often goes on without saying so: with a grammar that
 * lacks a part and finds every document invalid, with half an entity, without UTF-16. So its
 * allocations are watched, and results that were made while one failed are not used.
 */
#ifndef THRESH_LIBXML_LIBXML_MEMORY_H
#define THRESH_LIBXML_LIBXML_MEMORY_H

#include <stdbool.h>

/* Begins to watch, whichever allocator libxml2 has: what it does is what is done from here on,
 * for everybody in the process. Each thread calls it before anything of libxml2, which ends
 * the process where it finds no memory for what it keeps of a thread, unless it was asked. */
void libxml_memory_watch(void);

/* Whether an allocation of this thread failed since it last asked. */
bool libxml_memory_refused(void);

#endif
