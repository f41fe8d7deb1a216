/* SPDX-License-Identifier: MIT
 *
 * All schemas of a job, compiled together: those of one family include the same documents, and
 * each of these is read once.
 */
#ifndef THRESH_RULES_SCHEMA_SET_H
#define THRESH_RULES_SCHEMA_SET_H

#include "options/options.h"
#include "resolver/resolver.h"
#include "rules/schema_image.h"
#include "rules/schemas.h"

/* Never changes once it is loaded; any number of rules may have it. */
struct schema_set {
    struct schema *schemas;
    size_t n_schemas;
    struct schema_image *images;
    size_t n_images;
    struct image *cached; /* what was found in the cache, or NULL */
    size_t n_included;    /* documents of directories and archives that others include */
    bool has_relaxng;
    /* Of documents that are not there, but for those of `images`: */
    struct buf notes;          /* a line each */
    struct buf missing;        /* as xsd_documents_missing has them */
    struct buf warnings;       /* these and others, a line each, a NUL behind the last */
    struct resolver *resolver; /* which found the documents */
    struct seen_files seen;    /* of a set that is kept: all that it was made of */
    uint64_t bytes;            /* of memory, about */

    /* The store's: */
    char *key;
    unsigned users;
    uint64_t used;
    struct schema_set *next;
};

/* `is_kept`: for a store, or for schema_set_to_image. NULL with an error that names the file,
 * the place and the remedy. */
struct schema_set *schema_set_load(const struct thresh_options *options,
                                   const struct xsd_limits *limits,
                                   const struct schema_trial *trial, bool is_kept,
                                   struct thresh_error *error);
void schema_set_free(struct schema_set *set); /* takes NULL */
/* Only the trial. 0, or -1 with the error filled in. */
int schema_set_try(const struct thresh_options *options, const struct xsd_limits *limits,
                   const struct schema_trial *trial, struct thresh_error *error);
/* Appends the image of its schemas, which was loaded to be kept. 0, or -1 with the error filled
 * in: RELAX NG has no image. */
int schema_set_to_image(const struct schema_set *set, struct buf *bytes,
                        struct thresh_error *error);
/* Appends the lines and elements of documents that are not there, with a NUL behind them: all,
 * or those that were missed here. 0, or -1 without memory. */
int schema_set_notes(const struct schema_set *set, bool are_all, struct buf *notes,
                     struct buf *missing);
/* Appends that of the schemas that were compiled here, for a cache that knows it by `key`. 0,
 * or -1 without memory. */
int schema_set_to_cached(const struct schema_set *set, const char *key, struct buf *bytes);
/* Appends what it was made of, which was loaded to be kept: the names of all files, and the
 * digests of what they held. Sets that were made of other things print as others, and one that
 * was found in the cache as the one that was put there. */
void schema_set_print(const struct schema_set *set, struct buf *out);
/* Whether this file is one of those that it was made of. */
bool schema_set_has(const struct schema_set *set, const struct stat *file);

#endif
