/* SPDX-License-Identifier: MIT
 *
 * A schema that is a part of another: its tables, with fewer names. All that validators ask for
 * by a name of a document goes through names.by_id.
 */
#include "xsd/model.h"

#include <stdlib.h>
#include <string.h>

#define MOST_BYTES (64 << 20)

bool xsd_may_have_views(const struct xsd *whole, uint64_t n)
{
    return n <= MOST_BYTES / sizeof(struct symbol *) / whole->names.n_symbols;
}

/* A symbol without some of its components, or none: what it has in place of `symbol`. */
static struct symbol *left_of(struct symbol *symbol, uint32_t what, struct symbol *copy)
{
    if (!what || !symbol)
        return NULL;
    *copy = *symbol;
    if (what & XSD_HIDES_ELEMENT)
        copy->element = NULL;
    if (what & XSD_HIDES_ATTRIBUTE)
        copy->attribute = NULL;
    if (what & XSD_HIDES_TYPE)
        copy->type = NULL;
    return copy;
}

struct xsd *xsd_view_new(struct xsd *whole, const uint32_t *hidden, uint32_t n_hidden)
{
    enum { MASK = (1 << XSD_HIDES) - 1 };
    const struct names *names = &whole->names;
    size_t n_copies = 0, bytes = names->n_symbols * sizeof *names->by_id;
    for (uint32_t i = 0; i < n_hidden; i++)
        n_copies += (hidden[i] & MASK) != 0;
    struct xsd *view = malloc(sizeof *view);
    struct symbol **by_id = malloc(bytes + n_copies * sizeof **by_id);
    if (!view || !by_id) {
        free(view);
        free(by_id);
        return NULL;
    }
    struct symbol *copies = (void *)(by_id + names->n_symbols);
    memcpy(by_id, names->by_id, bytes);
    for (uint32_t i = 0; i < n_hidden; i++) {
        struct symbol **symbol = &by_id[hidden[i] >> XSD_HIDES];
        *symbol = left_of(*symbol, hidden[i] & MASK, copies);
        copies += *symbol == copies;
    }
    *view = *whole;
    view->names.by_id = by_id;
    view->whole = whole;
    view->hidden = hidden;
    view->n_hidden = n_hidden;
    whole->n_views++;
    return view;
}

void xsd_view_free(struct xsd *view)
{
    if (!view)
        return;
    view->whole->n_views--;
    free(view->names.by_id);
    free(view);
}
