/* SPDX-License-Identifier: MIT
 *
 * Images: compiled schemas as bytes of one file, which say what they were made of and are ready
 * for validators once they are read.
 *
 * An image is for the version and the kind of machine that wrote it, and is trusted no more
 * than a document: one that is damaged, cut short, foreign or made to harm is refused.
 */
#ifndef THRESH_XSD_IMAGE_IMAGE_H
#define THRESH_XSD_IMAGE_IMAGE_H

#include "base/digest.h"
#include "xsd/xsd.h"

/* A schema of an image. */
struct image_schema {
    const char *root_name;      /* what it was given for; NULL: it was not said */
    const char *namespace_name; /* likewise */
    const char *target;         /* its target namespace */
    const char *file;           /* that it was compiled from, as it was given */
    bool is_of_folder;          /* which was given as a directory or an archive */
    /* image_write sets these: */
    uint32_t block;         /* the number of what it is, or is a view of, from 1 */
    uint32_t n_hidden;      /* of a view: */
    const uint32_t *hidden; /* what it does not have, as xsd/model.h has it */
    const struct xsd *xsd;
};

/* A file that the schemas were made of, or that was looked for and not there. */
struct image_source {
    const char *path;
    uint32_t kind;                /* enum image_source_kind */
    uint32_t first;               /* the number of the first source that is the same file */
    uint64_t bytes;               /* these two of what was read: */
    uint8_t digest[DIGEST_BYTES]; /* SHA-256 */
};

enum image_source_kind { IMAGE_SOURCE_ABSENT, IMAGE_SOURCE_FOUND, IMAGE_SOURCE_READ };

struct image_contents {
    const struct image_schema *schemas;
    uint32_t n_schemas;
    uint32_t n_sources;
    const struct image_source *sources;
    const char *notes;   /* xsd_documents_notes() */
    const char *missing; /* xsd_documents_missing() */
    const char *key;     /* what a cache knows it by; NULL: it is in none */
};

/* Appends the image of what is compiled. The same schemas give the same bytes. 0, or -1 without
 * memory. */
int image_write(const struct image_contents *contents, struct buf *bytes);

/* The first bytes of a file that is taken for an image. */
enum { IMAGE_MAGIC = 8 };
bool image_has_magic(const void *bytes, size_t len);

struct image; /* never changes; any thread may use its schemas */

/* Reads the open file, of `size` bytes, which messages call `name`, and digests them (`digest`
 * NULL: nobody wants to know). NULL with an error that says what is wrong with the image and
 * what to do. */
struct image *image_read(int fd, uint64_t size, const char *name, uint8_t *digest,
                         struct thresh_error *error);
void image_free(struct image *image); /* and all its schemas; takes NULL */
const struct image_contents *image_contents(const struct image *image);
size_t image_bytes(const struct image *image); /* the memory that it takes */

#endif
