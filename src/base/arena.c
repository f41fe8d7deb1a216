/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    BLOCK_BYTES = 128 << 10,
    HUGE_BYTES = 2 << 20,        /* a huge page of x86-64 and arm64 */
    HUGE_AFTER = 2 * HUGE_BYTES, /* an arena of so many bytes is given huge pages */
    ZEROED_BYTES = 1 << 10,      /* at a time: no page is touched long before it is used */
};

struct arena_block {
    struct arena_block *older;
    size_t size;
    alignas(max_align_t) char bytes[];
};

/* Large schemas are put in huge pages: each costs one page fault to fill and one page table
 * entry to copy at fork, where small pages would cost 512 of both. */
static struct arena_block *new_huge(size_t *size)
{
    struct arena_block *block = aligned_alloc(HUGE_BYTES, HUGE_BYTES);
    if (block)
        madvise(block, HUGE_BYTES, MADV_HUGEPAGE);
    *size = HUGE_BYTES - sizeof *block;
    return block;
}

static int add_block(struct arena *arena, size_t need)
{
    size_t size = need > BLOCK_BYTES / 4 ? need : BLOCK_BYTES;
    bool huge = arena->bytes >= HUGE_AFTER && need <= HUGE_BYTES / 4;
    if (size > PTRDIFF_MAX - sizeof(struct arena_block))
        return -1;
    struct arena_block *block = huge ? new_huge(&size) : malloc(sizeof *block + size);
    if (!block)
        return -1;
    arena->bytes += size;
    block->older = arena->blocks;
    block->size = size;
    arena->blocks = block;
    arena->next = block->bytes;
    arena->left = 0;
    arena->rest = size;
    return 0;
}

void *arena_alloc_more(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size > PTRDIFF_MAX - align)
        return NULL;
    size = size ? (size + align - 1) & ~(align - 1) : align;
    if (size > arena->left + arena->rest && add_block(arena, size) < 0)
        return NULL;
    if (size > arena->left) {
        size_t more = size - arena->left > ZEROED_BYTES ? size - arena->left : ZEROED_BYTES;
        more = more < arena->rest ? more : arena->rest;
        memset(arena->next + arena->left, 0, more);
        arena->left += more;
        arena->rest -= more;
    }
    void *memory = arena->next;
    arena->next += size;
    arena->left -= size;
    return memory;
}

void arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    if (!block)
        return;
    if (block->older) {
        arena->left = 0;
        while (block->older) {
            struct arena_block *older = block->older;
            free(block);
            block = older;
        }
    } else {
        size_t used = (size_t)(arena->next - block->bytes);
        memset(block->bytes, 0, used);
        arena->left += used;
    }
    arena->blocks = block;
    arena->bytes = block->size;
    arena->next = block->bytes;
    arena->rest = block->size - arena->left;
}

void arena_free(struct arena *arena)
{
    for (struct arena_block *block = arena->blocks, *older; block; block = older) {
        older = block->older;
        free(block);
    }
    *arena = (struct arena){0};
}
