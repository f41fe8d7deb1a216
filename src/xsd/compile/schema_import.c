/* SPDX-License-Identifier: MIT
 *
 * Imports: which namespaces a document may refer to, and which of several places of one
 * namespace is read. Where there are several, XSD 1.0 lets a processor read the first and
 * leave out the rest (section 4.2.3).
 */
#include "xsd/compile/global.h"
#include "xsd/compile/node.h"
#include "xsd/compile/schema.h"
#include "xsd/compile/schema_document.h"

#include <stdio.h>
#include <string.h>

void schema_import_allow(struct xsd_compiler *c, struct schema_document *document, uint32_t ns)
{
    if (ns / 64 >= document->n_imports) {
        uint32_t n = ns / 64 + 1;
        uint64_t *imports = xsd_compile_alloc_draft(c, n * sizeof *imports);
        if (document->n_imports)
            memcpy(imports, document->imports, document->n_imports * sizeof *imports);
        document->imports = imports;
        document->n_imports = n;
    }
    document->imports[ns / 64] |= UINT64_C(1) << (ns & 63);
}

/* Where a namespace is imported from; after its first import, one that is left out. */
struct import {
    uint32_t ns;
    const char *uri;
    const char *first;   /* NULL: this is the first */
    const char *message; /* for people, if it is left out */
};

bool schema_import_is_here(struct xsd_compiler *c, const struct location *location, uint32_t ns,
                           const char *uri)
{
    char message[1024];
    struct import *import = xsd_compile_alloc_draft(c, sizeof *import);
    *import = (struct import){.ns = ns, .uri = uri};
    for (uint32_t i = 0; i < c->imports.n && !import->first; i++) {
        const struct import *other = c->imports.items[i];
        if (other->ns == ns && !other->first)
            import->first = other->uri;
    }
    if (!import->first || strcmp(import->first, uri) == 0 || c->shared->all_imports) {
        import->first = NULL;
    } else {
        snprintf(message, sizeof message,
                 "%s:%ld: the import of %s from %s is left out, for it is imported from %s "
                 "already; --all-imports reads both\n",
                 location->document->uri, location->node->line, c->xsd->names.uris[ns], uri,
                 import->first);
        import->message = xsd_compile_draft_string(c, message, strlen(message));
    }
    pointer_list_add(c, &c->imports, import);
    return !import->first;
}

/* What was left out here, and read all the same because another document names it, is not
 * missing. */
void schema_import_note(struct xsd_compiler *c)
{
    for (uint32_t i = 0; i < c->imports.n; i++) {
        const struct import *import = c->imports.items[i];
        bool read = !import->message;
        for (uint32_t k = 0; k < c->document_list.n && !read; k++)
            read = strcmp(((struct schema_document *)c->document_list.items[k])->uri,
                          import->uri) == 0;
        if (!read)
            schema_document_note(c, import->message);
    }
}
