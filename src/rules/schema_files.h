/* SPDX-License-Identifier: MIT
 *
 * From what --schema was given to the schemas to compile: a file, several for one schema, or
 * all those of a directory or an archive; or to those of an image, which are compiled.
 */
#ifndef THRESH_RULES_SCHEMA_FILES_H
#define THRESH_RULES_SCHEMA_FILES_H

#include "resolver/resolver.h"
#include "rules/schema_image.h"
#include "rules/schemas.h"

/* A zeroed struct is empty; freed by the caller with what is in it, the images last. */
struct schema_files {
    struct schema *items; /* not compiled, but for those of images */
    size_t n, cap;
    size_t included; /* documents of directories and archives that others include */
    struct schema_image *images;
    size_t n_images, cap_images;

    /* Set by the caller: */
    uint64_t max_bytes;      /* of an image; 0: no limit */
    struct seen_files *seen; /* is told of images; or NULL */
};

/* Adds the schemas of [SELECTOR=]FILE, where SELECTOR is a namespace or root:NAME, and FILE may
 * be FILE+FILE..., a directory, an archive or an image. What an archive holds, and the document
 * that puts several together, are put into the resolver. 0, or -1 with the error filled in. */
int schema_files_add(struct schema_files *files, const char *option, struct resolver *resolver,
                     struct thresh_error *error);

#endif
