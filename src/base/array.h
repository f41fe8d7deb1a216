/* SPDX-License-Identifier: MIT
 *
 * Arrays that grow by doubling.
 */
#ifndef THRESH_BASE_ARRAY_H
#define THRESH_BASE_ARRAY_H

#include <stddef.h>

void *array_grow(void *items, size_t *cap, size_t need, size_t size);

/* Room for `need` items, at least one, of `size` bytes each: the array, which may have moved,
 * with *cap as large as that or larger. NULL without memory, and then all is as it was. */
static inline void *array_room(void *items, size_t *cap, size_t need, size_t size)
{
    return need <= *cap ? items : array_grow(items, cap, need, size);
}

#endif
