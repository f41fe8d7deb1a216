/* SPDX-License-Identifier: MIT
 *
 * The schema documents that lie in a directory or an archive.
 */
#ifndef THRESH_RULES_SCHEMA_FOLDER_H
#define THRESH_RULES_SCHEMA_FOLDER_H

#include "base/buf.h"
#include "base/error.h"
#include "resolver/resolver.h"

#include <libxml/hash.h>

/* A zeroed struct is empty. */
struct schema_folder {
    char **files; /* paths, as archive.zip!/a.xsd where it is an archive; in their order. Of a
                   * compressed schema: its own */
    size_t n, cap;
    xmlHashTable *known; /* these */
};

/* Whether the path is a directory, an archive or something compressed, rather than a schema. */
bool schema_folder_is(const char *path);
/* Fills in the files whose names end in .xsd or .rng; all that an archive holds is put into the
 * resolver. 0, or -1 with the error filled in; freed in either case. */
int schema_folder_list(struct schema_folder *folder, const char *path,
                       struct resolver *resolver, struct thresh_error *error);
/* Where one of its schemas cannot be used: adds to the error, which says why, what to do. It
 * returns -1. */
int schema_folder_refuse(struct thresh_error *error);
void schema_folder_free(struct schema_folder *folder);

#endif
