/* SPDX-License-Identifier: MIT
 *
 * A set of byte strings in groups: the values of ID and IDREF, the key sequences of identity
 * constraints. A zeroed struct is an empty table. The hash is seeded, so that a document
 * cannot choose its collisions.
 */
#ifndef THRESH_XSD_VALIDATE_KEY_TABLE_H
#define THRESH_XSD_VALIDATE_KEY_TABLE_H

#include "base/buf.h"

struct key_table_entry {
    uint64_t hash;
    uint64_t element; /* of no meaning to the table, like `place` and `mark` */
    uint64_t place;
    size_t at; /* in table->bytes */
    uint32_t len;
    uint32_t group;
    uint32_t mark;
};

struct key_table {
    struct key_table_entry *entries;
    uint32_t *slots; /* entry number + 1, or 0 */
    uint32_t n;
    uint32_t cap;
    uint32_t mask;
    struct buf bytes;
};

#define KEY_TABLE_NONE UINT32_MAX

/* The same for every group. */
uint64_t key_table_hash(uint64_t seed, const char *bytes, size_t len);
/* The index of the entry, or KEY_TABLE_NONE. */
uint32_t key_table_find(const struct key_table *table, uint64_t hash, uint32_t group,
                        const char *bytes, size_t len);
/* The index of the entry, which is added if it is new, or KEY_TABLE_NONE where memory ends. */
uint32_t key_table_enter(struct key_table *table, uint64_t hash, uint32_t group,
                         const char *bytes, size_t len, bool *is_new);
/* Empties the table and keeps its memory, unless that is much. */
void key_table_clear(struct key_table *table);
void key_table_free(struct key_table *table);

#endif
