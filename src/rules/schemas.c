/* SPDX-License-Identifier: MIT */
#include "rules/schemas.h"

#include "libxml/libxml_memory.h"
#include "rules/relaxng_schema.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- Compiling ------------------------------------------------------------------------ */

/* What a trial does, and is done again when it came to a good end. */
struct relaxng_work {
    struct schema *schema;
    struct resolver *resolver;
};

static int compile_relaxng(void *context, struct thresh_error *error)
{
    struct relaxng_work *work = context;
    return relaxng_schema_compile(&work->schema->relaxng, work->schema->file, work->resolver,
                                  error);
}

static int compile_xsd(struct schema *schema, struct xsd_documents *documents,
                       const struct xsd_limits *limits, struct thresh_error *error)
{
    struct thresh_error why = {{0}};
    int rc = xsd_compile(&schema->xsd, schema->file, documents, limits, &why);
    if (rc == 0)
        return 0;
    if (rc == 2)
        return error_set(error, "%s", why.text);
    if (rc < 0)
        return error_no_memory(error);
    /* What is not there is the likely reason why a reference leads nowhere. Of several the
     * whole catalog is told, as far as an error has room. */
    const char *missing = xsd_documents_missing(documents);
    size_t len = strlen(why.text) + strlen(missing);
    if (strstr(why.text, ": src-resolve") && strstr(missing, "/><") &&
        len < sizeof error->text - 300)
        return error_set(error,
                         "%s; the schema cannot be used until this is mended; nothing is "
                         "fetched: save what is not there, and give --catalog FILE "
                         "with " SCHEMA_CATALOG,
                         why.text, missing);
    const char *note = strstr(why.text, ": src-resolve") ? xsd_documents_notes(documents) : "";
    return error_set(error, "%s; the schema cannot be used until this is mended%s%.*s",
                     why.text, *note ? "; " : "", (int)strcspn(note, "\n"), note);
}

/* -- A schema ------------------------------------------------------------------------- */

int schema_compile(struct schema *schema, struct resolver *resolver,
                   struct xsd_documents *documents, const struct xsd_limits *limits,
                   const struct schema_trial *trial, struct thresh_error *error)
{
    struct relaxng_work work = {schema, resolver};
    int rc;
    if (!schema->is_relaxng)
        rc = compile_xsd(schema, documents, limits, error);
    else if (trial->run &&
             trial->run(trial->context, compile_relaxng, &work, schema->file, error) < 0)
        rc = -1;
    else
        rc = compile_relaxng(&work, error);
    return libxml_memory_refused() ? error_no_memory(error) : rc;
}

void schema_free(struct schema *schema)
{
    if (!schema->is_shared) {
        xsd_free(schema->xsd);
        xmlRelaxNGFree(schema->relaxng);
    }
    free(schema->root_name);
    free(schema->namespace_name);
    free(schema->target);
    free(schema->file);
}
