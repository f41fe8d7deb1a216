/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a schema, and behind a NUL a document held against it if it compiles.
 */
#include "fuzz.h"

#include "document/document.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

static const uint8_t *schema_bytes;
static size_t schema_len;

/* The schema, by whatever name, and once: one that includes itself is that, too. */
static xmlParserInputPtr load(const char *address, const char *id, xmlParserCtxtPtr ctxt)
{
    (void)id;
    if (!address || !strstr(address, "fuzz.xsd"))
        return NULL;
    xmlParserInputBufferPtr buffer = xmlParserInputBufferCreateMem(
        (const char *)schema_bytes, (int)schema_len, XML_CHAR_ENCODING_NONE);
    xmlParserInputPtr input =
        buffer ? xmlNewIOInputStream(ctxt, buffer, XML_CHAR_ENCODING_NONE) : NULL;
    if (input)
        input->filename = (const char *)xmlStrdup((const xmlChar *)"fuzz.xsd");
    return input;
}

static void quiet(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    xmlInitParser();
    xmlSetExternalEntityLoader(load);
    xmlSetGenericErrorFunc(NULL, quiet);
    return 0;
}

static void validate(struct xsd *xsd, const uint8_t *data, size_t size)
{
    struct schema schema = {.xsd = xsd, .name = "fuzz.xsd"};
    struct rules rules = {.schemas = &schema,
                          .n_schemas = 1,
                          .max_errors = 3,
                          .max_depth = 200,
                          .max_entity_bytes = 1 << 16};
    struct record record = {0};
    struct thresh_error error;
    struct document_parser *parser = document_open(&rules, &error);
    char *bytes = calloc(1, size + 16);
    fuzz_check(parser && bytes);
    memcpy(bytes, data, size);
    record_clear(&record);
    fuzz_check(document_process(parser, bytes, size, &record, &error) == 0);
    record_free(&record);
    document_close(parser);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xsd *xsd = NULL;
    struct thresh_error error = {{0}};
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    schema_bytes = data;
    schema_len = nul ? (size_t)(nul - data) : size;
    struct xsd_documents *documents = xsd_documents_new();
    int rc = xsd_compile(&xsd, "fuzz.xsd", documents, &error);
    xsd_documents_free(documents);
    fuzz_check(rc == 0 ? xsd != NULL : rc == 1 && error.text[0]);
    if (rc == 0)
        validate(xsd, nul ? nul + 1 : data, nul ? size - schema_len - 1 : size);
    xsd_free(xsd);
    xmlResetLastError();
    return 0;
}
