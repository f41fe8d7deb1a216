/* SPDX-License-Identifier: MIT
 *
 * Memory that is given out piece by piece and taken back all at once: the components of a
 * schema live and die together. A zeroed struct is an empty arena.
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

/* Zeroed memory for any type, or NULL. */
void *arena_alloc(struct arena *arena, size_t size);
/* Takes everything back; one block stays for the next use. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#endif
