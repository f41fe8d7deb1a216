/* SPDX-License-Identifier: MIT
 *
 * What a simple type is made of: shared by what makes types (builtin.c, facet.c) and what
 * checks against them (datatype.c).
 */
#ifndef THRESH_XSD_DATATYPE_SIMPLE_TYPE_H
#define THRESH_XSD_DATATYPE_SIMPLE_TYPE_H

#include <string.h>

#include "base/arena.h"
#include "base/xml_chars.h"
#include "xsd/datatype/datatype.h"
#include "xsd/datatype/primitive.h"
#include "xsd/regex/pattern.h"

enum variety { VARIETY_ATOMIC, VARIETY_LIST, VARIETY_UNION };

/* In the order in which a restriction may move. */
enum white_space { WHITE_SPACE_PRESERVE, WHITE_SPACE_REPLACE, WHITE_SPACE_COLLAPSE };

#define LENGTH_UNLIMITED UINT64_MAX

/* One of minInclusive and its kin. */
struct bound {
    enum facet_kind kind;
    struct value value;
    const char *text;
};

/* The pattern facets of one step of derivation, of which one has to match. */
struct pattern_step {
    const struct pattern *pattern;
    const char *text;
};

/* The values of an enumeration in an open hash table of at least twice their number: as normal
 * text where `plain`, else as the keys of values. */
struct enumeration {
    struct enumeration_slot {
        uint64_t hash;
        const char *bytes; /* NULL: free */
        size_t len;
    } * slots;
    size_t mask;
    const char **texts; /* as the schema spells them */
    size_t n;
};

struct datatype {
    const char *name;
    const struct datatype *base; /* NULL: anySimpleType */
    enum variety variety;
    enum primitive primitive;
    enum shape shape;
    enum white_space white_space;
    enum datatype_id id;
    bool anything;            /* datatype_takes_anything */
    bool needs_prefixes;      /* datatype_needs_prefixes */
    bool exact_length;        /* by the facet length; min_length is max_length */
    bool plain;               /* the normal text is the value: string, anyURI */
    bool enumeration_decides; /* plain, and its values meet all other facets, too */
    unsigned depth;           /* of lists and unions within each other */
    unsigned weight;          /* types that a check may have to try */

    const struct datatype *item; /* of a list */
    const struct datatype *const *members;
    size_t n_members; /* of a union */

    uint64_t min_length;
    uint64_t max_length;
    uint64_t total_digits;
    uint64_t fraction_digits;
    const struct bound *bounds;
    size_t n_bounds;
    const struct pattern_step *patterns;
    size_t n_patterns;
    const struct enumeration *enumeration;
};

enum { BUILTIN_COUNT = 45 };

struct owned_pattern {
    struct pattern *pattern;
    struct owned_pattern *next;
};

struct datatypes {
    struct arena arena;
    struct owned_pattern *patterns;
    struct datatype builtins[BUILTIN_COUNT];
};

/* The next item of a list from *at on: false at the end. */
static inline bool next_item(const char **at, const char *end, const char **item, size_t *len)
{
    while (*at < end && xml_is_space(**at))
        ++*at;
    *item = *at;
    while (*at < end && !xml_is_space(**at))
        ++*at;
    *len = (size_t)(*at - *item);
    return *len > 0;
}

static inline uint64_t hash_bytes(const char *bytes, size_t len)
{
    uint64_t hash = len, word;
    for (; len >= 8; bytes += 8, len -= 8) {
        memcpy(&word, bytes, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    word = 0;
    for (size_t i = 0; i < len; i++)
        word = word << 8 | (unsigned char)bytes[i];
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

static inline const struct enumeration_slot *
enumeration_slot(const struct enumeration *enumeration, const char *bytes, size_t len)
{
    uint64_t hash = hash_bytes(bytes, len);
    for (uint64_t i = hash;; i++) {
        const struct enumeration_slot *slot = &enumeration->slots[i & enumeration->mask];
        if (!slot->bytes ||
            (slot->hash == hash && slot->len == len && memcmp(slot->bytes, bytes, len) == 0))
            return slot;
    }
}

/* datatype_check without a message, for making types. Patterns are left out where the value
 * space is asked for and a pattern says nothing about it. */
int datatype_try(const struct datatype *type, const char *text, size_t len,
                 const struct prefixes *prefixes, bool without_patterns,
                 struct datatype_scratch *scratch);

#endif
