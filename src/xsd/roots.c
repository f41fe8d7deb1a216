/* SPDX-License-Identifier: MIT
 *
 * Which roots a schema declares, for whoever chooses among schemas.
 */
#include "xsd/model.h"
#include "xsd/xsd.h"

#include <string.h>

bool xsd_has_root(const struct xsd *xsd, const char *namespace_name, const char *local)
{
    const struct symbol *symbol = names_find(&xsd->names, local, strlen(local),
                                             names_find_ns(&xsd->names, namespace_name));
    return symbol && symbol->element;
}

const char *xsd_next_root(const struct xsd *xsd, const char *namespace_name, uint32_t *at)
{
    while (++*at < xsd->names.n_symbols) {
        const struct symbol *symbol = xsd->names.by_id[*at];
        if (symbol->element && strcmp(symbol->uri, namespace_name) == 0)
            return symbol->local;
    }
    return NULL;
}

const char *xsd_shared_root(const struct xsd *xsd, const struct xsd *other,
                            const char *namespace_name)
{
    uint32_t at = 0;
    const char *root;
    while ((root = xsd_next_root(xsd, namespace_name, &at)) &&
           !xsd_has_root(other, namespace_name, root))
        continue;
    return root;
}
