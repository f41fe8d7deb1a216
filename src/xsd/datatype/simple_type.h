/* SPDX-License-Identifier: MIT
 *
 * What a simple type is made of: builtin_types.c, list_union.c and facet.c make types, and
 * datatype_check.c checks texts against them.
 */
#ifndef THRESH_XSD_DATATYPE_SIMPLE_TYPE_H
#define THRESH_XSD_DATATYPE_SIMPLE_TYPE_H

#include "base/arena.h"
#include "base/xml_chars.h"
#include "xsd/datatype/datatype.h"
#include "xsd/datatype/primitive.h"
#include "xsd/regex/pattern.h"
#include <string.h>

enum variety { VARIETY_ATOMIC, VARIETY_LIST, VARIETY_UNION };

/* In the order in which a restriction may move. */
enum white_space { WHITE_SPACE_PRESERVE, WHITE_SPACE_REPLACE, WHITE_SPACE_COLLAPSE };

#define DATATYPE_UNLIMITED UINT64_MAX

/* minInclusive, minExclusive, maxInclusive or maxExclusive. */
struct bound {
    enum facet_kind kind;
    struct primitive_value value;
    const char *text;
};

/* A facet that keeps its value in all types derived from here on, and the bytes that stand for
 * the value. */
struct fixed_facet {
    enum facet_kind kind;
    const char *text; /* as the schema spells it */
    const char *key;
    size_t key_len;
    const struct fixed_facet *next; /* those of the base are the last */
};

/* The patterns of one step of derivation as one: a literal has to match one of them. */
struct pattern_step {
    const struct pattern *pattern;
    const char *text;
};

/* The values of an enumeration, in an open hash table that is at most half full: by their text
 * where the type is plain, else by their keys. */
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

/* What glance.h knows of a type. */
enum glance { GLANCE_NONE, GLANCE_TEXT, GLANCE_DECIMAL };
enum { GLANCE_DIGITS = 18 }; /* of a number: 64 bits hold them */

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
    bool exact_length;        /* by the facet length */
    bool has_min_length;      /* the facet minLength, or a list that is not to be empty */
    bool plain;               /* the text is the value: string, anyURI */
    bool enumeration_decides; /* plain, and its values are valid in any document */
    unsigned depth;           /* how deep lists and unions are nested in it */
    unsigned weight;          /* how many types a check may have to try */

    enum glance glance;
    uint64_t glance_least, glance_most; /* of the whole part of a decimal */

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
    const struct fixed_facet *fixed;
};

/* Of depth and weight. With these limits checks end soon, and do not use up the stack. */
enum { DATATYPE_DEPTH_MAX = 50, DATATYPE_WEIGHT_MAX = 10000 };

enum { DATATYPE_BUILTINS = 45 };

struct owned_pattern {
    struct pattern *pattern;
    struct owned_pattern *next;
};

struct datatypes {
    struct arena arena;
    struct owned_pattern *patterns;
    size_t pattern_bytes; /* of all of them */
    struct datatype builtins[DATATYPE_BUILTINS];
};

/* The next item of a list, from *at on, which moves behind it; false at the end. */
static inline bool simple_type_next_item(const char **at, const char *end, const char **item,
                                         size_t *len)
{
    while (*at < end && xml_is_space(**at))
        ++*at;
    *item = *at;
    while (*at < end && !xml_is_space(**at))
        ++*at;
    *len = (size_t)(*at - *item);
    return *len > 0;
}

static inline enum datatype_id simple_type_list_id(const struct datatype *item)
{
    if (item->id == DATATYPE_ENTITY)
        return DATATYPE_ENTITY;
    return item->id == DATATYPE_IDREF ? DATATYPE_IDREFS : DATATYPE_PLAIN;
}

static inline uint64_t enumeration_hash(const char *bytes, size_t len)
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
    uint64_t hash = enumeration_hash(bytes, len);
    for (uint64_t i = hash;; i++) {
        const struct enumeration_slot *slot = &enumeration->slots[i & enumeration->mask];
        if (!slot->bytes ||
            (slot->hash == hash && slot->len == len && memcmp(slot->bytes, bytes, len) == 0))
            return slot;
    }
}

/* white_space.c: the text with its white space processed as an atomic or list type says,
 * either part of `text` or in `normal`. NULL without memory. */
const char *white_space_normalize(const struct datatype *type, const char *text, size_t *len,
                                  struct buf *normal);

/* datatype_check.c: datatype_check without a message, for making types. Patterns restrict the
 * literals of a type; `without_patterns` asks whether some literal of the value may be
 * valid. */
int datatype_try(const struct datatype *type, const char *text, size_t len,
                 const struct prefixes *prefixes, bool without_patterns,
                 struct datatype_scratch *scratch);

#endif
