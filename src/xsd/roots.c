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

const char *xsd_shared_root(const struct xsd *xsd, const struct xsd *other,
                            const char *namespace_name)
{
    for (uint32_t id = 1; id < xsd->names.n_symbols; id++) {
        const struct symbol *symbol = xsd->names.by_id[id];
        if (symbol->element && strcmp(symbol->uri, namespace_name) == 0 &&
            xsd_has_root(other, namespace_name, symbol->local))
            return symbol->local;
    }
    return NULL;
}
