/* SPDX-License-Identifier: MIT
 *
 * Arrays that grow by doubling.
 */
#ifndef THRESH_BASE_ARRAY_H
#define THRESH_BASE_ARRAY_H

#include <stddef.h>

/* For array_room. */
void *array_grow(void *items, size_t *cap, size_t need, size_t size);

/* Makes room for `need` items, at least one, of `size` bytes each. Returns the array, which may
 * have moved, and sets *cap to how many items it has room for. NULL if there is no memory:
 * nothing has changed then. */
static inline void *array_room(void *items, size_t *cap, size_t need, size_t size)
{
    return need <= *cap ? items : array_grow(items, cap, need, size);
}

#endif
