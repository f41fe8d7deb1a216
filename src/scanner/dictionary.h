/* SPDX-License-Identifier: MIT
 *
 * Strings, each kept once: the names and namespace URIs that documents are made of. One string
 * has one entry, and so one pointer, until the dictionary is cleared. The hash is seeded, so no
 * document can choose its collisions.
 */
#ifndef THRESH_SCANNER_DICTIONARY_H
#define THRESH_SCANNER_DICTIONARY_H

#include "base/arena.h"
#include "base/vector.h"
#include <libxml/xmlstring.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What stood in such a place the last time, and what did before that; NULL: nothing. */
struct dictionary_guess {
    struct dictionary_entry *last, *other;
};

/* A string, and what the scanner keeps with it. */
struct dictionary_entry {
    struct dictionary_entry *prefix; /* of a name with a colon; NULL: it has none */
    struct dictionary_entry *local;  /* the name without its prefix; NULL: not seen as a name */
    const xmlChar *binding;          /* of a prefix: the URI it stands for now; NULL: none */
    struct dtd_attlist *attlist;     /* of an element, in this document; NULL: none */
    struct dictionary_guess child;   /* of an element: the first that began in it */
    struct dictionary_guess sibling; /* likewise: the one that began behind its end */
    struct dictionary_guess attribute; /* likewise: the first of its tags; and of an attribute,
                                        * the next one there */
    uint64_t tag;                      /* of an attribute: the last tag that had it */
    size_t len;
    xmlChar string[]; /* a NUL follows, and as many as make DICTIONARY_SHORT bytes of it */
};

enum { DICTIONARY_SHORT = VECTOR_BYTES };

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

/* Whether s begins with the string of an entry: of one that has at most DICTIONARY_SHORT bytes,
 * and there are so many at s, whatever they are. */
static inline bool dictionary_entry_begins(const struct dictionary_entry *entry,
                                           const unsigned char *s)
{
    struct vector same = vector_same(vector_load(s), vector_load(entry->string));
    return vector_first_not(same) >= entry->len;
}

/* Whether an entry's string is the `len` bytes at s, one or more. */
static inline bool dictionary_entry_is(const struct dictionary_entry *entry,
                                       const unsigned char *s, size_t len)
{
    if (entry->len != len)
        return false;
    if (len <= 8)
        return swar_load_up_to_8(entry->string, len) == swar_load_up_to_8(s, len);
    if (len <= 16)
        return swar_load_8(entry->string) == swar_load_8(s) &&
               swar_load_8(entry->string + len - 8) == swar_load_8(s + len - 8);
    return memcmp(entry->string, s, len) == 0;
}

#endif
