/* SPDX-License-Identifier: MIT
 *
 * From the file of an image to its schemas. It is read, not mapped: nearly all of its pages are
 * written to when pointers are made, and a file that is cut or changed while it is in use is
 * then nobody's trouble.
 */
#include "xsd/image/image_file.h"

#include "base/io.h"
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* As PNG's: no text, and spoilt by whatever takes it for text. */
const unsigned char image_magic[IMAGE_MAGIC] = {0x89, 'T', 'H', 'X', '\r', '\n', 0x1a, '\n'};

#define REMEDY "; make it anew with thresh compile"

enum { HUGE_BYTES = 2 << 20 };

struct image {
    void *bytes;
    size_t size;
    struct image_contents *contents;
};

bool image_has_magic(const void *bytes, size_t len)
{
    return len >= IMAGE_MAGIC && memcmp(bytes, image_magic, IMAGE_MAGIC) == 0;
}

uint32_t image_crc32(const void *image, size_t bytes)
{
    size_t at = offsetof(struct image_head, pointer);
    return libdeflate_crc32(0, (const char *)image + at, bytes - at);
}

/* -- The head ------------------------------------------------------------------------- */

/* 0, or -1 with what is wrong with the image. */
static int check_head(const struct image_head *head, uint64_t size, const char *name,
                      struct thresh_error *error)
{
    if (size < sizeof *head || !image_has_magic(head->magic, sizeof head->magic))
        return error_set(error, "%s: is no schema image, or cut short" REMEDY, name);
    if (memchr(head->version, 0, sizeof head->version) &&
        strcmp(head->version, THRESH_VERSION) != 0)
        return error_set(
            error,
            "%s: is a schema image of thresh %s, and this is " THRESH_VERSION REMEDY
            " " THRESH_VERSION,
            name, head->version);
    if (head->pointer != sizeof(void *) || head->layout != image_layout())
        return error_set(
            error,
            "%s: is a schema image of another build of thresh, or for another kind "
            "of machine; make it anew with thresh compile of this one",
            name);
    if (head->bytes != size)
        return error_set(error,
                         "%s: is a schema image of %llu bytes, and the file has %llu" REMEDY,
                         name, (unsigned long long)head->bytes, (unsigned long long)size);
    if (head->crc32 != image_crc32(head, size))
        return error_set(error, "%s: is a damaged schema image: its checksum is wrong" REMEDY,
                         name);
    return 0;
}

/* -- Blocks --------------------------------------------------------------------------- */

/* A name without components is as safe as one with them. NULL, or what is not in order. */
static const char *make_view(struct image_schema *schema, struct xsd *whole)
{
    if (!xsd_may_have_view(whole, schema->n_hidden))
        return "size of views";
    for (uint32_t i = 0; i < schema->n_hidden; i++)
        if (!(schema->hidden[i] >> XSD_HIDES) ||
            schema->hidden[i] >> XSD_HIDES >= whole->names.n_symbols)
            return "hidden components";
    schema->xsd = xsd_view_new(whole, schema->hidden, schema->n_hidden);
    return schema->xsd ? NULL : image_no_memory;
}

/* Gives each schema the block that it is, or a view of it. */
static const char *hand_out(struct image *image, struct xsd *const *blocks, uint64_t n)
{
    const char *wrong = NULL;
    for (uint32_t i = 0; i < image->contents->n_schemas && !wrong; i++) {
        struct image_schema *schema = (struct image_schema *)&image->contents->schemas[i];
        if (!schema->block || schema->block > n)
            return "number of schemas";
        if (schema->n_hidden)
            wrong = make_view(schema, blocks[schema->block - 1]);
        else
            schema->xsd = blocks[schema->block - 1];
    }
    return wrong;
}

/* What the image says of itself, which is its first block. NULL, or what is not in order. */
static const char *settle_contents(struct image *image, uint64_t *at)
{
    char *block = (char *)image->bytes + *at;
    struct image_graph graph;
    const char *wrong =
        *at < image->size ? image_block_settle(block, image->size - *at, &graph) : "contents";
    if (wrong)
        return wrong;
    if (graph.counts[KIND_image_contents] != 1 || graph.counts[KIND_xsd])
        return "root";
    image->contents = graph.first[KIND_image_contents];
    *at += ((const struct image_block *)block)->bytes;
    return !image_are_lines(image->contents->notes) ? "notes"
           : strchr(image->contents->missing, '\n') ? "missing"
                                                    : NULL;
}

/* The others, of which each is a schema. */
static const char *settle_schemas(struct image *image, uint64_t at, struct xsd **blocks)
{
    const struct image_head *head = image->bytes;
    struct image_graph graph;
    const char *wrong = NULL;
    uint64_t n = 0;
    for (; !wrong && at < image->size; n++) {
        char *block = (char *)image->bytes + at;
        if (n == image->contents->n_schemas)
            return "number of schemas";
        wrong = image_block_settle(block, image->size - at, &graph);
        if (wrong)
            return wrong;
        if (graph.counts[KIND_image_contents] || graph.counts[KIND_xsd] != 1)
            return "root";
        wrong = image_check(&graph);
        blocks[n] = graph.first[KIND_xsd];
        at += ((const struct image_block *)block)->bytes;
    }
    if (!wrong && (!n || n + 1 != head->n_blocks))
        return "number of blocks";
    return wrong ? wrong : hand_out(image, blocks, n);
}

/* NULL, or what is not in order. */
static const char *settle_blocks(struct image *image)
{
    uint64_t at = image_align(sizeof(struct image_head));
    const char *wrong = settle_contents(image, &at);
    if (wrong)
        return wrong;
    struct xsd **blocks = calloc(image->contents->n_schemas + UINT64_C(1), sizeof *blocks);
    wrong = blocks ? settle_schemas(image, at, blocks) : image_no_memory;
    free(blocks);
    return wrong;
}

/* -- The file ------------------------------------------------------------------------- */

/* Large images are put in huge pages, each of which costs one page fault. */
static void *allocate(size_t size)
{
    size_t huge = (size + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
    bool is_large = size >= HUGE_BYTES;
    void *bytes = aligned_alloc(is_large ? HUGE_BYTES : IMAGE_ALIGNMENT,
                                is_large ? huge : image_align(size + 1));
    if (bytes && is_large)
        madvise(bytes, huge, MADV_HUGEPAGE);
    return bytes;
}

static int load(struct image *image, int fd, const char *name, uint8_t *digest,
                struct thresh_error *error)
{
    image->bytes = allocate(image->size);
    if (!image->bytes)
        return error_no_memory(error);
    ptrdiff_t n = io_pread_all(fd, image->bytes, image->size, 0);
    if (n < 0)
        return error_set(error, "%s: the schema image cannot be read: %m; check --schema",
                         name);
    if (check_head(image->bytes, (uint64_t)n, name, error) < 0)
        return -1;
    image->size = (size_t)n;
    if (digest)
        digest_of(image->bytes, image->size, digest);
    const char *wrong = settle_blocks(image);
    if (wrong == image_no_memory)
        return error_no_memory(error);
    if (wrong)
        return error_set(error,
                         "%s: is a damaged schema image, or was not made by thresh (%s)" REMEDY,
                         name, wrong);
    return 0;
}

struct image *image_read(int fd, uint64_t size, const char *name, uint8_t *digest,
                         struct thresh_error *error)
{
    struct image *image = calloc(1, sizeof *image);
    if (!image || size > PTRDIFF_MAX - HUGE_BYTES) {
        free(image);
        error_no_memory(error);
        return NULL;
    }
    image->size = (size_t)size;
    if (load(image, fd, name, digest, error) == 0)
        return image;
    image_free(image);
    return NULL;
}

void image_free(struct image *image)
{
    if (!image)
        return;
    for (uint32_t i = 0; image->contents && i < image->contents->n_schemas; i++) {
        struct xsd *xsd = (struct xsd *)image->contents->schemas[i].xsd;
        if (xsd && xsd->whole)
            xsd_view_free(xsd);
    }
    free(image->bytes);
    free(image);
}

const struct image_contents *image_contents(const struct image *image)
{
    return image->contents;
}

size_t image_bytes(const struct image *image)
{
    size_t bytes = sizeof *image + image->size;
    for (uint32_t i = 0; i < image->contents->n_schemas; i++)
        if (image->contents->schemas[i].xsd->whole)
            bytes += image->contents->schemas[i].xsd->view_bytes;
    return bytes;
}
