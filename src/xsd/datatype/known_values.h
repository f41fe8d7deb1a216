/* SPDX-License-Identifier: MIT
 *
 * Values repeat themselves: short texts that were found valid, each in the one slot that its
 * seeded hash gives it, where it gives way to the next. A text is known if all of it is what
 * stands in the slot.
 */
#ifndef THRESH_XSD_DATATYPE_KNOWN_VALUES_H
#define THRESH_XSD_DATATYPE_KNOWN_VALUES_H

#include "base/swar.h"
#include "xsd/datatype/glance.h"

enum { KNOWN_BITS = 10, KNOWN_TEXT = 32 };

struct known_value {
    const struct datatype *type; /* NULL: none */
    uint64_t first, last;        /* all bytes of a text of this length, */
    uint64_t second, third;      /* with these where it has more than 16 */
    size_t len;
};

struct known_values {
    uint64_t seed;
    struct known_value slots[1 << KNOWN_BITS];
};

/* Whether it may be kept that a text is valid: it is short, and is so in any document. No two
 * IDs of a document are the same. */
static inline bool known_values_take(const struct datatype *type, size_t len)
{
    return len > 0 && len <= KNOWN_TEXT && !type->needs_prefixes &&
           type->id != DATATYPE_ENTITY && type->id != DATATYPE_ID;
}

static inline struct known_value known_value_of(const struct datatype *type, const char *text,
                                                size_t len)
{
    if (len <= 8)
        return (struct known_value){type, swar_load_up_to_8(text, len), 0, 0, 0, len};
    uint64_t first = swar_load_8(text), last = swar_load_8(text + len - 8);
    if (len <= 16)
        return (struct known_value){type, first, last, 0, 0, len};
    return (struct known_value){
        type, first, last, swar_load_8(text + 8), swar_load_8(text + len - 16), len};
}

static inline size_t known_values_place(const struct known_values *known,
                                        const struct known_value *value)
{
    uint64_t hash = (value->first ^ known->seed) * UINT64_C(0x9e3779b97f4a7c15);
    if (value->len > 16)
        hash =
            (hash ^ hash >> 32 ^ value->second ^ value->third) * UINT64_C(0xc2b2ae3d27d4eb4f);
    hash = (hash ^ hash >> 32 ^ value->last ^ (uintptr_t)value->type) *
           UINT64_C(0xd6e8feb86659fd93);
    return (size_t)(hash >> (64 - KNOWN_BITS));
}

static inline bool known_value_is(const struct known_value *a, const struct known_value *b)
{
    return a->type == b->type && a->first == b->first && a->last == b->last &&
           a->len == b->len &&
           (a->len <= 16 || (a->second == b->second && a->third == b->third));
}

/* Whether the text is a value for sure: at a glance, or because it was one before. */
static inline bool known_values_accept(const struct known_values *known,
                                       const struct datatype *type, const char *text,
                                       size_t len)
{
    if (type->anything || glance_accepts(type, text, len))
        return true;
    if (!known || !known_values_take(type, len))
        return false;
    struct known_value value = known_value_of(type, text, len);
    return known_value_is(&known->slots[known_values_place(known, &value)], &value);
}

#endif
