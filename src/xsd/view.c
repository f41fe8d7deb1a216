/* SPDX-License-Identifier: MIT
 *
 * A schema that is a part of another: its tables, with fewer global components. Whatever a
 * validator asks for by a name of a document goes through names.by_id.
 */
#include "xsd/model.h"

#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)64 << 20) /* of all views of a whole */

static size_t bytes_of(const struct names *names, uint32_t n_hidden)
{
    return sizeof(struct xsd) + names->n_symbols * sizeof *names->by_id +
           n_hidden * sizeof **names->by_id;
}

bool xsd_may_have_view(const struct xsd *whole, uint32_t n_hidden)
{
    return whole->view_bytes + bytes_of(&whole->names, n_hidden) <= MOST_BYTES;
}

static void hide(struct symbol *symbol, uint32_t what)
{
    if (what & XSD_HIDES_ELEMENT)
        symbol->element = NULL;
    if (what & XSD_HIDES_ATTRIBUTE)
        symbol->attribute = NULL;
    if (what & XSD_HIDES_TYPE)
        symbol->type = NULL;
}

struct xsd *xsd_view_new(struct xsd *whole, const uint32_t *hidden, uint32_t n_hidden)
{
    const struct names *names = &whole->names;
    size_t bytes = names->n_symbols * sizeof *names->by_id;
    struct xsd *view = malloc(sizeof *view);
    struct symbol **by_id = malloc(bytes + n_hidden * sizeof **by_id);
    if (!view || !by_id) {
        free(view);
        free(by_id);
        return NULL;
    }
    struct symbol *copies = (void *)(by_id + names->n_symbols);
    memcpy(by_id, names->by_id, bytes);
    for (uint32_t i = 0; i < n_hidden; i++) {
        struct symbol **symbol = &by_id[hidden[i] >> XSD_HIDES];
        copies[i] = **symbol;
        *symbol = &copies[i];
        hide(*symbol, hidden[i]);
    }
    *view = *whole;
    view->names.by_id = by_id;
    view->whole = whole;
    view->hidden = hidden;
    view->n_hidden = n_hidden;
    view->view_bytes = bytes_of(names, n_hidden);
    whole->n_views++;
    whole->view_bytes += view->view_bytes;
    return view;
}

void xsd_view_free(struct xsd *view)
{
    if (!view)
        return;
    view->whole->n_views--;
    view->whole->view_bytes -= view->view_bytes;
    free(view->names.by_id);
    free(view);
}
