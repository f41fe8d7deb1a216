/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a schema, and behind a NUL a document held against it if it compiles.
 */
#include "fuzz.h"

#include "document/document.h"

#include "resolver/resolver.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Compiling ends in time and memory that follow the size of the schema: so none of the sizes
 * that a fuzzer makes is over these, also where a sanitizer is in the way. */
static const struct xsd_limits limits = {10000, UINT64_C(256) << 20, "", ""};

/* The schema's file, which may include itself. */
static int schema_file;
static char schema_name[32];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    xmlInitParser();
    schema_file = memfd_create("fuzz.xsd", MFD_CLOEXEC);
    snprintf(schema_name, sizeof schema_name, "/proc/self/fd/%d", schema_file);
    return schema_file < 0;
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
    size_t schema_len = nul ? (size_t)(nul - data) : size;
    fuzz_check(ftruncate(schema_file, 0) == 0 &&
               pwrite(schema_file, data, schema_len, 0) == (ssize_t)schema_len);
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    int rc = xsd_compile(&xsd, schema_name, documents, &limits, &error);
    xsd_documents_free(documents);
    resolver_close(resolver);
    fuzz_check(rc == 0 ? xsd != NULL : rc == 1 && error.text[0]);
    if (rc == 0)
        validate(xsd, nul ? nul + 1 : data, nul ? size - schema_len - 1 : size);
    xsd_free(xsd);
    xmlResetLastError();
    return 0;
}
