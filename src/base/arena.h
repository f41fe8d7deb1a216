/* SPDX-License-Identifier: MIT
 *
 * Memory that is allocated in pieces and freed all at once, such as the components of a schema.
 * A zeroed struct is an empty arena.
 */
#ifndef THRESH_BASE_ARENA_H
#define THRESH_BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
    char *next;
    size_t left;  /* from `next` on, zeroed */
    size_t rest;  /* of the block behind that, not zeroed yet */
    size_t bytes; /* of all blocks */
};

/* For what `left` has no room for. */
void *arena_alloc_more(struct arena *arena, size_t size);

/* Zeroed memory, aligned for any type; NULL if there is none. Valid until arena_reset or
 * _free. */
static inline void *arena_alloc(struct arena *arena, size_t size)
{
    if (size >= arena->left || !size)
        return arena_alloc_more(arena, size);
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    void *memory = arena->next;
    arena->next += size;
    arena->left -= size; /* which is such a multiple, too */
    return memory;
}

/* Frees all pieces; one block is kept for the next use. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#endif
