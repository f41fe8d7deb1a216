/* SPDX-License-Identifier: MIT
 *
 * Strings, each kept once: the names and namespace URIs that documents are made of. One string
 * has one entry, and so one pointer, until the dictionary is cleared. The hash is seeded, so no
 * document can choose its collisions.
 */
#ifndef THRESH_SCANNER_DICTIONARY_H
#define THRESH_SCANNER_DICTIONARY_H

#include "base/arena.h"
#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A string, and what the scanner keeps with it. */
struct dictionary_entry {
    struct dictionary_entry *prefix; /* of a name with a colon; NULL: it has none */
    struct dictionary_entry *local;  /* the name without its prefix; NULL: not seen as a name */
    const xmlChar *binding;          /* of a prefix: the URI it stands for now; NULL: none */
    struct dtd_attlist *attlist;     /* of an element, in this document; NULL: none */
    struct dictionary_entry *next; /* of an element: the one that last came after it, or NULL */
    uint64_t tag;                  /* of an attribute: the last tag that had it */
    size_t len;
    xmlChar string[]; /* a NUL follows */
};

struct dictionary_slot {
    uint64_t hash;
    struct dictionary_entry *entry; /* NULL: free */
};

struct dictionary {
    struct dictionary_slot *slots;
    size_t mask;
    size_t n;
    size_t bytes; /* of all strings */
    uint64_t seed;
    struct arena arena;
};

/* False without memory. The dictionary is to be freed in either case. */
bool dictionary_init(struct dictionary *dictionary);
void dictionary_free(struct dictionary *dictionary);

/* Forgets all entries. */
void dictionary_clear(struct dictionary *dictionary);

/* The entry of a string of at least one byte. A new one has nothing but its string. NULL
 * without memory. */
struct dictionary_entry *dictionary_entry(struct dictionary *dictionary,
                                          const unsigned char *string, size_t len);

/* One to eight bytes as a number: two strings of one length have the same number if and only if
 * they are the same. The number means nothing else, so byte order does not matter. */
static inline uint64_t dictionary_load_up_to_8(const unsigned char *s, size_t len)
{
    if (len >= 4) {
        uint32_t first, last;
        memcpy(&first, s, 4);
        memcpy(&last, s + len - 4, 4);
        return (uint64_t)first << 32 | last;
    }
    return (uint64_t)s[0] << 16 | (uint64_t)s[len / 2] << 8 | s[len - 1];
}

static inline uint64_t dictionary_load_8(const unsigned char *s)
{
    uint64_t number;
    memcpy(&number, s, 8);
    return number;
}

/* Whether an entry's string is the `len` bytes at s, one or more. */
static inline bool dictionary_entry_is(const struct dictionary_entry *entry,
                                       const unsigned char *s, size_t len)
{
    if (entry->len != len)
        return false;
    if (len <= 8)
        return dictionary_load_up_to_8(entry->string, len) == dictionary_load_up_to_8(s, len);
    if (len <= 16)
        return dictionary_load_8(entry->string) == dictionary_load_8(s) &&
               dictionary_load_8(entry->string + len - 8) == dictionary_load_8(s + len - 8);
    return memcmp(entry->string, s, len) == 0;
}

#endif
