/* SPDX-License-Identifier: MIT */
#include "rules/schemas.h"

#include "libxml/libxml_errors.h"
#include "libxml/libxml_loader.h"
#include <errno.h>
#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RELAXNG_NAMESPACE "http://relaxng.org/ns/structure/1.0"

/* The first message of a compiler, as file, line, text. */
struct first_message {
    const char *file; /* where the message names none */
    struct thresh_error error;
};

static void keep_first(void *context, libxml_error_argument from)
{
    struct first_message *first = context;
    const char *text = from->message ? from->message : "";
    int len = (int)strcspn(text, "\n");
    if (first->error.text[0] || from->level < XML_ERR_ERROR)
        return;
    if (from->file && from->line > 0)
        error_set(&first->error, "%s:%d: %.*s", from->file, from->line, len, text);
    else
        error_set(&first->error, "%s: %.*s", first->file, len, text);
}

/* -- Which language ------------------------------------------------------------------- */

/* Whether the file can be read; else errno says why not. */
static bool is_readable(const char *file)
{
    struct stat status;
    if (access(file, R_OK) != 0)
        return false;
    if (stat(file, &status) != 0 || !S_ISDIR(status.st_mode))
        return true;
    errno = EISDIR;
    return false;
}

/* 1: RELAX NG, 0: taken for XSD, -1: it cannot be read. Reads as far as the root's start
 * tag. */
static int is_relaxng(const char *file, struct thresh_error *error)
{
    struct first_message first = {.file = file};
    if (!is_readable(file))
        return error_set(error, "%s: the schema cannot be read: %m; check --schema", file);
    xmlTextReader *reader = xmlReaderForFile(file, NULL, XML_PARSE_NONET);
    if (!reader)
        return error_no_memory(error);
    xmlTextReaderSetStructuredErrorHandler(reader, (xmlStructuredErrorFunc)keep_first, &first);
    int more;
    while ((more = xmlTextReaderRead(reader)) == 1 &&
           xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT)
        ;
    const xmlChar *uri = more == 1 ? xmlTextReaderConstNamespaceUri(reader) : NULL;
    int rc = uri && strcmp((const char *)uri, RELAXNG_NAMESPACE) == 0;
    if (more != 1)
        rc = error_set(error, "%s; a schema is an XML document, XSD or RELAX NG",
                       first.error.text[0] ? first.error.text : file);
    xmlFreeTextReader(reader);
    return rc;
}

/* -- Compiling ------------------------------------------------------------------------ */

static int compile_relaxng(void *context, struct thresh_error *error)
{
    struct schema *schema = context;
    struct first_message first = {.file = schema->file};
    xmlRelaxNGParserCtxt *ctxt = xmlRelaxNGNewParserCtxt(schema->file);
    if (!ctxt)
        return error_no_memory(error);
    xmlRelaxNGSetParserStructuredErrors(ctxt, (xmlStructuredErrorFunc)keep_first, &first);
    schema->relaxng = xmlRelaxNGParse(ctxt);
    xmlRelaxNGFreeParserCtxt(ctxt);
    if (libxml_loader_check(schema->file, error) < 0)
        return -1;
    if (!schema->relaxng)
        return error_set(error, "%s; the schema cannot be used until this is mended",
                         first.error.text);
    return 0;
}

/* What is said of an import that is not there is the likely reason why a reference leads
 * nowhere. */
static int compile_xsd(struct schema *schema, struct xsd_documents *documents,
                       struct thresh_error *error)
{
    struct thresh_error why = {{0}};
    int rc = xsd_compile(&schema->xsd, schema->file, documents, &why);
    if (rc == 0) {
        libxml_loader_forget(); /* imports of which nothing is needed: a warning names them */
        return libxml_loader_check(schema->file, error);
    }
    if (rc < 0)
        return error_no_memory(error);
    if (libxml_loader_check(schema->file, error) < 0)
        return -1;
    return error_set(error, "%s; the schema cannot be used until this is mended", why.text);
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

int schema_compile(struct schema *schema, struct xsd_documents *documents,
                   const struct schema_trial *trial, struct thresh_error *error)
{
    int relaxng = is_relaxng(schema->file, error);
    if (relaxng <= 0)
        return relaxng < 0 ? -1 : compile_xsd(schema, documents, error);
    if (trial->run &&
        trial->run(trial->context, compile_relaxng, schema, schema->file, error) < 0)
        return -1;
    return compile_relaxng(schema, error);
}

void schema_free(struct schema *schema)
{
    xsd_free(schema->xsd);
    xmlRelaxNGFree(schema->relaxng);
    free(schema->namespace_name);
    free(schema->file);
}
