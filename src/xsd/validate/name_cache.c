/* SPDX-License-Identifier: MIT
 *
 * Equal names of a document have equal pointers, since the parser keeps them in a dictionary.
 * So the schema is asked once for each name, and its answer found by pointer from then on.
 */
#include "xsd/validate/validator.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_MIN = 1024,
    SLOTS_MAX = 65536, /* at half as many names the cache starts over */
};

static uint32_t hash_pointers(const xmlChar *local, const xmlChar *uri)
{
    uint64_t hash = (uint64_t)(uintptr_t)local * UINT64_C(0x9e3779b97f4a7c15) ^
                    (uint64_t)(uintptr_t)uri * UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)(hash >> 32);
}

void name_cache_clear(struct xsd_validator *v)
{
    if (v->names)
        memset(v->names, 0, ((size_t)v->names_mask + 1) * sizeof *v->names);
    v->n_names = 0;
}

static bool grow(struct xsd_validator *v)
{
    uint32_t size = v->names ? (v->names_mask + 1) * 2 : SLOTS_MIN;
    if (size > SLOTS_MAX) {
        name_cache_clear(v);
        return true;
    }
    struct name_slot *names = calloc(size, sizeof *names);
    if (!names)
        return false;
    for (uint32_t i = 0; v->names && i <= v->names_mask; i++) {
        if (!v->names[i].local)
            continue;
        uint32_t at = hash_pointers(v->names[i].local, v->names[i].uri);
        while (names[at & (size - 1)].local)
            at++;
        names[at & (size - 1)] = v->names[i];
    }
    free(v->names);
    v->names = names;
    v->names_mask = size - 1;
    return true;
}

static void look_up(struct xsd_validator *v, const xmlChar *local, const xmlChar *uri,
                    uint32_t *symbol, uint32_t *ns)
{
    const struct names *names = &v->xsd->names;
    *ns = names_find_ns(names, (const char *)uri);
    const struct symbol *found =
        names_find(names, (const char *)local, strlen((const char *)local), *ns);
    *symbol = found ? found->id : 0;
    if ((!v->names || v->n_names * 2 >= v->names_mask) && !grow(v))
        return; /* without memory the name is looked up each time */
    uint32_t at = hash_pointers(local, uri);
    while (v->names[at & v->names_mask].local)
        at++;
    v->names[at & v->names_mask] = (struct name_slot){local, uri, *symbol, *ns};
    v->n_names++;
}

void name_cache_find(struct xsd_validator *v, const xmlChar *local, const xmlChar *uri,
                     uint32_t *symbol, uint32_t *ns)
{
    if (v->names)
        for (uint32_t at = hash_pointers(local, uri);; at++) {
            const struct name_slot *slot = &v->names[at & v->names_mask];
            if (slot->local == local && slot->uri == uri) {
                *symbol = slot->symbol;
                *ns = slot->ns;
                return;
            }
            if (!slot->local)
                break;
        }
    look_up(v, local, uri, symbol, ns);
}
