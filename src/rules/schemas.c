/* SPDX-License-Identifier: MIT */
#include "rules/schemas.h"

#include "libxml/libxml_memory.h"
#include "rules/relaxng_schema.h"
#include "rules/schema_language.h"
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
    /* What is not there is the likely reason why a reference leads nowhere. */
    const char *note = strstr(why.text, ": src-resolve") ? xsd_documents_notes(documents) : "";
    return error_set(error, "%s; the schema cannot be used until this is mended%s%.*s",
                     why.text, *note ? "; " : "", (int)strcspn(note, "\n"), note);
}

/* -- A schema ------------------------------------------------------------------------- */

/* Splits at the last equals sign, for a namespace may have some. But where the whole is the
 * name of a file, it is that. */
int schema_from_option(struct schema *schema, const char *option, struct thresh_error *error)
{
    const char *equals = access(option, F_OK) == 0 ? NULL : strrchr(option, '=');
    schema->file = strdup(equals ? equals + 1 : option);
    if (!schema->file)
        return error_no_memory(error);
    const char *slash = strrchr(schema->file, '/');
    schema->name = slash && slash[1] ? slash + 1 : schema->file;
    if (equals && !(schema->namespace_name = strndup(option, (size_t)(equals - option))))
        return error_no_memory(error);
    return 0;
}

int schema_compile(struct schema *schema, struct resolver *resolver,
                   struct xsd_documents *documents, const struct xsd_limits *limits,
                   const struct schema_trial *trial, struct thresh_error *error)
{
    struct relaxng_work work = {schema, resolver};
    int rc = schema_is_relaxng(schema->file, resolver, error);
    if (rc == 0)
        rc = compile_xsd(schema, documents, limits, error);
    else if (rc > 0 && trial->run &&
             trial->run(trial->context, compile_relaxng, &work, schema->file, error) < 0)
        rc = -1;
    else if (rc > 0)
        rc = compile_relaxng(&work, error);
    return libxml_memory_refused() ? error_no_memory(error) : rc;
}

void schema_free(struct schema *schema)
{
    if (!schema->is_shared) {
        xsd_free(schema->xsd);
        xmlRelaxNGFree(schema->relaxng);
    }
    free(schema->namespace_name);
    free(schema->file);
}
