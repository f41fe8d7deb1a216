/* SPDX-License-Identifier: MIT
 *
 * What a catalog says: its entries, as they are written.
 */
#ifndef THRESH_RESOLVER_CATALOG_READ_H
#define THRESH_RESOLVER_CATALOG_READ_H

#include "base/buf.h"
#include "base/error.h"

#include <libxml/hash.h>
#include <stdbool.h>

/* In the order in which they are asked (section 7). */
enum catalog_entry_kind {
    CATALOG_EXACT,
    CATALOG_REWRITE,
    CATALOG_SUFFIX,
    CATALOG_DELEGATE,
    CATALOG_PUBLIC,
    CATALOG_DELEGATE_PUBLIC,
    CATALOG_NEXT,
};

struct catalog_entry {
    enum catalog_entry_kind kind;
    char *name;              /* what is asked for, or how it begins or ends; NULL: anything */
    char *target;            /* an address, made absolute by the base of the entry */
    struct catalog *catalog; /* that at the target, once it was needed */
    bool is_tried;
};

struct catalog_entries {
    struct catalog_entry *items; /* of the other kinds */
    size_t n, cap;
    xmlHashTable
        *exact; /* the targets of CATALOG_EXACT and CATALOG_PUBLIC, the first of each */
};

/* NULL: there is none. */
const char *catalog_exact(const struct catalog_entries *entries, enum catalog_entry_kind kind,
                          const char *name);

/* Appends the entries of the catalog at `path`, which is where relative addresses in it start
 * from. 0, or -1 with the error filled in. */
int catalog_read(struct catalog_entries *entries, const char *path, struct buf *bytes,
                 struct thresh_error *error);
void catalog_entries_free(struct catalog_entries *entries);

#endif
