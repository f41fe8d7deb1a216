/* SPDX-License-Identifier: MIT
 *
 * Where --schema names an image of compiled schemas, which its first bytes tell.
 */
#ifndef THRESH_RULES_SCHEMA_IMAGE_H
#define THRESH_RULES_SCHEMA_IMAGE_H

#include "resolver/seen_files.h"
#include "xsd/image/image.h"

struct schema_image {
    struct image *image; /* NULL: the file is none */
    struct stat facts;
    uint8_t digest[DIGEST_BYTES]; /* of its bytes, where what was seen is remembered */
};

/* 0, with nothing opened where the file is no image, or cannot be read at all; or -1 with an
 * error that names the file and the remedy. max_bytes 0: no limit. */
int schema_image_open(struct schema_image *opened, const char *file, uint64_t max_bytes,
                      struct seen_files *seen, struct thresh_error *error);

#endif
