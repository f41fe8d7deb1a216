/* SPDX-License-Identifier: MIT */
#include "xsd/validate/validator.h"

#include <string.h>

int bindings_push(struct xsd_validator *v, int n, const xmlChar **namespaces)
{
    if (!VALIDATOR_ROOM(v, bindings, (size_t)n))
        return -1;
    for (int i = 0; i < n; i++)
        v->bindings[v->bindings_size.n++] =
            (struct prefix_binding){namespaces[2 * i], namespaces[2 * i + 1]};
    return 0;
}

const char *bindings_find(const struct xsd_validator *v, const char *prefix, size_t len)
{
    if (len == 3 && memcmp(prefix, "xml", 3) == 0)
        return "http://www.w3.org/XML/1998/namespace";
    for (size_t i = v->bindings_size.n; i-- > 0;) {
        const struct prefix_binding *binding = &v->bindings[i];
        const char *bound = binding->prefix ? (const char *)binding->prefix : "";
        if (strncmp(bound, prefix, len) == 0 && !bound[len])
            return binding->uri ? (const char *)binding->uri : "";
    }
    return len ? NULL : "";
}
