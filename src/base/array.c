/* SPDX-License-Identifier: MIT */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { ITEMS_MIN = 16 };

void *array_grow(void *items, size_t *cap, size_t need, size_t size)
{
    size_t more = *cap < ITEMS_MIN / 2 ? ITEMS_MIN : *cap * 2;
    if (more < need)
        more = need;
    void *grown = more <= PTRDIFF_MAX / size ? realloc(items, more * size) : NULL;
    if (grown)
        *cap = more;
    return grown;
}
