/* SPDX-License-Identifier: MIT */
#include "rules/schemas.h"

#include "libxml/libxml_errors.h"
#include "libxml/libxml_memory.h"
#include "resolver/local_file.h"
#include "rules/relaxng_schema.h"
#include <errno.h>
#include <libxml/xmlreader.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- Which language ------------------------------------------------------------------- */

static int read_file(const char *name, struct buf *bytes, struct thresh_error *error)
{
    struct local_file file;
    if (local_file_open(&file, name) < 0)
        return errno == ENXIO
                   ? error_set(error, "%s: is a device or a pipe; --schema names a file", name)
                   : error_set(error, "%s: the schema cannot be read: %m; check --schema",
                               name);
    int rc = local_file_read(&file, LOCAL_FILE_MOST, bytes, name, error);
    local_file_close(&file);
    return rc;
}

static void keep_first(void *context, libxml_error_argument from)
{
    struct thresh_error *first = context;
    const char *text = from->message ? from->message : "";
    if (!first->text[0] && from->level >= XML_ERR_ERROR)
        error_set(first, "%d: %.*s", from->line, (int)strcspn(text, "\n"), text);
}

/* 1: RELAX NG, 0: taken for XSD, -1: it cannot be read. Parses as far as the root's start
 * tag. */
static int is_relaxng(const char *file, struct thresh_error *error)
{
    struct thresh_error first = {{0}};
    struct buf bytes = {0};
    xmlTextReader *reader = NULL;
    int more = -1, rc = read_file(file, &bytes, error);
    if (rc == 0 && bytes.len) {
        reader = xmlReaderForMemory(bytes.data, (int)bytes.len, file, NULL, XML_PARSE_NONET);
        if (!reader)
            rc = error_no_memory(error);
    }
    if (reader) {
        xmlTextReaderSetStructuredErrorHandler(reader, (xmlStructuredErrorFunc)keep_first,
                                               &first);
        while ((more = xmlTextReaderRead(reader)) == 1 &&
               xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT)
            ;
    }
    const xmlChar *uri = more == 1 ? xmlTextReaderConstNamespaceUri(reader) : NULL;
    if (rc == 0 && more != 1)
        rc = error_set(error, "%s%s%s; a schema is an XML document, XSD or RELAX NG", file,
                       first.text[0] ? ":" : ": is empty", first.text);
    else if (rc == 0)
        rc = uri && strcmp((const char *)uri, RELAXNG_NAMESPACE) == 0;
    xmlFreeTextReader(reader);
    buf_free(&bytes);
    return rc;
}

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
    int rc = is_relaxng(schema->file, error);
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
    xsd_free(schema->xsd);
    xmlRelaxNGFree(schema->relaxng);
    free(schema->namespace_name);
    free(schema->file);
}
