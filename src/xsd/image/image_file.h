/* SPDX-License-Identifier: MIT
 *
 * The file of an image: a head, and blocks of which each is a graph of structs of its own. The
 * first block is what the image says of itself (struct image_contents), each further one is a
 * schema (struct xsd).
 *
 * A block is a row of counts and, for each kind, all structs of that kind. They stand as in
 * memory but for their pointers. One to a single struct is the number of that in its kind,
 * from 1; 0 is NULL. Arrays lie in their kind in the order of those that point to them, so a
 * pointer to one is 1, or 0 for NULL, and to a string 1 and its length. So no two structs can
 * have an array in common, and wherever a block lies, one pass makes pointers of it all.
 */
#ifndef THRESH_XSD_IMAGE_IMAGE_FILE_H
#define THRESH_XSD_IMAGE_IMAGE_FILE_H

#include "xsd/image/image_members.h"

#include <string.h>

enum {
    IMAGE_FORMAT = 1, /* to be raised when what is in an image changes its meaning */
    IMAGE_ALIGNMENT = 64,
};

#define IMAGE_NAME_KIND(kind)    KIND_##kind,
#define IMAGE_NAME_POINTER(kind) KIND_POINTER_##kind,
enum image_kind {
    IMAGE_SINGLES(IMAGE_NAME_KIND) IMAGE_ITEMS(IMAGE_NAME_KIND)
        IMAGE_POINTERS(IMAGE_NAME_POINTER) KIND_TEXT,
    KIND_uint64_t,
    KIND_uint32_t,
    KIND_char,
    IMAGE_KINDS,
};
#undef IMAGE_NAME_KIND
#undef IMAGE_NAME_POINTER

struct image_head {
    unsigned char magic[IMAGE_MAGIC];
    uint32_t crc32;   /* of all behind it */
    uint32_t pointer; /* bytes of one; in another order of bytes it is not so few */
    uint64_t layout;  /* image_layout() */
    char version[24]; /* of thresh */
    uint64_t bytes;   /* of the file */
    uint64_t n_blocks;
};

struct image_block {
    uint64_t bytes;               /* with this */
    uint64_t counts[IMAGE_KINDS]; /* of structs, pointers, numbers, bytes */
};

/* The bytes of one of each kind, for both passes. */
extern const size_t image_kind_sizes[IMAGE_KINDS];

static inline uint64_t image_align(uint64_t bytes)
{
    return (bytes + IMAGE_ALIGNMENT - 1) & ~(uint64_t)(IMAGE_ALIGNMENT - 1);
}

extern const unsigned char image_magic[IMAGE_MAGIC];
uint64_t image_layout(void);
/* Of the image of that many bytes. */
uint32_t image_crc32(const void *image, size_t bytes);

/* Whether the text, if there is one, is lines, each with its line feed. */
static inline bool image_are_lines(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    return !len || text[len - 1] == '\n';
}

/* -- image_block.c -------------------------------------------------------------------- */

/* A block whose pointers are made. */
struct image_graph {
    void *first[IMAGE_KINDS];
    uint64_t counts[IMAGE_KINDS];
    uint64_t taken[IMAGE_KINDS]; /* of arrays: how many have an owner */
};

/* Makes the pointers of the block that begins at `bytes`, which is aligned, and of which there
 * are at most `room`. NULL, or what is not as it has to be. */
const char *image_block_settle(void *bytes, uint64_t room, struct image_graph *graph);

/* -- image_check.c -------------------------------------------------------------------- */

/* Whether all that validators rely on is so in the schema that is the block's root, and sets
 * what is left out of the file. NULL, or what is not; image_no_memory where that ends. */
const char *image_check(struct image_graph *graph);
extern const char image_no_memory[];

#endif
