/* SPDX-License-Identifier: MIT
 *
 * Strings, each kept once: the names and the namespace URIs that documents are made of. One
 * string has one entry, and so one pointer, for as long as the dictionary is not cleared. The
 * hash is seeded, so that a document cannot choose its collisions.
 */
#ifndef THRESH_DOCUMENT_SCANNER_DICTIONARY_H
#define THRESH_DOCUMENT_SCANNER_DICTIONARY_H

#include "base/arena.h"
#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A string, and what its user keeps with it. */
struct dictionary_entry {
    struct dictionary_entry *prefix; /* of a name with a colon; NULL: it has none */
    struct dictionary_entry
        *local;             /* the name without its prefix; NULL: not known to be a name */
    const xmlChar *binding; /* the URI that it stands for now, as a prefix; NULL: none */
    struct dictionary_entry *next; /* the element that last came after this one, or NULL */
    uint64_t tag;                  /* the last tag that it was an attribute of */
    size_t len;
    xmlChar string[]; /* with a NUL behind it */
};

struct dictionary {
    struct dictionary_slot {
        uint64_t hash;
        struct dictionary_entry *entry; /* NULL: free */
    } * slots;
    size_t mask;
    size_t n;
    size_t bytes; /* of all strings */
    uint64_t seed;
    struct arena arena;
};

/* False without memory. */
bool dictionary_init(struct dictionary *dictionary);
void dictionary_free(struct dictionary *dictionary);

/* Forgets all entries. */
void dictionary_clear(struct dictionary *dictionary);

/* The entry of a string of at least one byte, a new one with nothing but its string if there
 * was none. NULL: no memory. */
struct dictionary_entry *dictionary_entry(struct dictionary *dictionary,
                                          const unsigned char *string, size_t len);

/* Up to eight bytes as a number. Two strings of one length have the same numbers if and only if
 * they are the same, and that is all it is for: no byte order matters. */
static inline uint64_t up_to_8(const unsigned char *s, size_t len)
{
    if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, s, 4);
        memcpy(&last, s + len - 4, 4);
        return (uint64_t)first << 32 | last;
    }
    return (uint64_t)s[0] << 16 | (uint64_t)s[len / 2] << 8 | s[len - 1];
}

static inline uint64_t exactly_8(const unsigned char *s)
{
    uint64_t number;
    memcpy(&number, s, 8);
    return number;
}

/* Whether an entry is the `len` bytes at s, one or more. */
static inline bool entry_is(const struct dictionary_entry *entry, const unsigned char *s,
                            size_t len)
{
    if (entry->len != len)
        return false;
    if (len <= 8)
        return up_to_8(entry->string, len) == up_to_8(s, len);
    if (len <= 16)
        return exactly_8(entry->string) == exactly_8(s) &&
               exactly_8(entry->string + len - 8) == exactly_8(s + len - 8);
    return memcmp(entry->string, s, len) == 0;
}

#endif
