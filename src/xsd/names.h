/* SPDX-License-Identifier: MIT
 *
 * Names as symbols: one struct, and one small integer, for each pair of local name and
 * namespace. Namespaces are small integers too; 0 is "no namespace".
 */
#ifndef THRESH_XSD_NAMES_H
#define THRESH_XSD_NAMES_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define XSD_NS_UNKNOWN UINT32_MAX /* a namespace that the schema does not know */

struct symbol {
    const char *local;
    const char *uri; /* "" for none */
    uint32_t local_len;
    uint32_t hash;
    uint32_t id; /* from 1 */
    uint32_t ns;
    struct element *element; /* the global components of this name, or NULL */
    struct attribute *attribute;
    struct type *type;
    bool selected; /* the selector of some identity constraint ends in it */
};

struct names {
    struct symbol **slots; /* open addressing, at most half full */
    struct symbol **by_id; /* by_id[0] is NULL; others are what a slot of that id stands for */
    const char **uris;     /* by namespace number */
    uint32_t *uri_slots;   /* these numbers, likewise at most half full; 0: free */
    uint32_t mask;
    uint32_t uri_mask;
    uint32_t n_symbols; /* with the missing symbol 0 */
    uint32_t n_uris;
    uint32_t cap_symbols;
    uint32_t cap_uris;
};

/* Where a symbol is in a table hashed by symbols, before it is masked. */
static inline uint32_t names_slot(uint32_t symbol)
{
    return (symbol * 0x9e3779b1u) >> 7;
}

/* The number of a namespace (NULL or "": none), or XSD_NS_UNKNOWN; the symbol, or NULL. */
uint32_t names_find_ns(const struct names *names, const char *uri);
const struct symbol *names_find(const struct names *names, const char *local, size_t local_len,
                                uint32_t ns);
/* The same, made where they are missing; the strings are copied. XSD_NS_UNKNOWN and NULL
 * without memory. */
uint32_t names_add_ns(struct names *names, struct arena *arena, const char *uri);
struct symbol *names_add(struct names *names, struct arena *arena, const char *local,
                         size_t local_len, uint32_t ns);
void names_free(struct names *names);

#endif
