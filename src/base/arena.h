/* SPDX-License-Identifier: MIT
 *
 * Memory that is allocated in pieces and freed all at once, such as the components of a schema.
 * A zeroed struct is an empty arena.
 */
#ifndef THRESH_BASE_ARENA_H
#define THRESH_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
    char *next;
    size_t left;
    size_t bytes; /* of all blocks */
};

/* Zeroed memory, aligned for any type; NULL if there is none. Valid until arena_reset or
 * _free. */
void *arena_alloc(struct arena *arena, size_t size);
/* Frees all pieces; one block is kept for the next use. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#endif
