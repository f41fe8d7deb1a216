/* SPDX-License-Identifier: MIT
 *
 * The schema documents that lie in a directory or an archive.
 */
#ifndef THRESH_RULES_SCHEMA_FOLDER_H
#define THRESH_RULES_SCHEMA_FOLDER_H

#include "base/buf.h"
#include "base/error.h"
#include "resolver/resolver.h"

/* A zeroed struct is empty. */
struct schema_folder {
    char **files; /* paths, as archive.zip!/a.xsd where it is an archive; in their order */
    size_t n, cap;
    char **included; /* paths of those that others include */
    size_t n_included, cap_included;
};

/* Whether the path is a directory or an archive, rather than a schema. */
bool schema_folder_is(const char *path);
/* Fills in the files whose names end in .xsd or .rng; all that an archive holds is put into the
 * resolver. 0, or -1 with the error filled in; freed in either case. */
int schema_folder_list(struct schema_folder *folder, const char *path,
                       struct resolver *resolver, struct thresh_error *error);
/* The addresses that a file of it includes, a NUL behind each. 0, or -1 without memory. */
int schema_folder_add_included(struct schema_folder *folder, const char *file,
                               const struct buf *addresses);
bool schema_folder_is_included(const struct schema_folder *folder, const char *file);
void schema_folder_free(struct schema_folder *folder);

#endif
