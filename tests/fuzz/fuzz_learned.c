/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a document, whose events are told to three validators of one schema: one that
 * has learned from all documents so far, one that has little room to learn, and one that has
 * none. They find the same faults.
 */
#include "fuzz.h"

#include "resolver/resolver.h"
#include "scanner/scanner.h"
#include "xsd/validate/validator.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 3 };
static const size_t room[WAYS] = {1000, 5, 0};

static struct xsd_validator *validators[WAYS];
static struct buf faults[WAYS];
static bool has_begun; /* the document at hand, with its first start tag */
static struct scanner *scanner;
static struct encoding *encoding;

static void on_schema_fault(void *context, const struct xsd_fault *fault)
{
    buf_append_format(context, "%s %ju %ju %s %s\n", fault->code, (uintmax_t)fault->element,
                      (uintmax_t)fault->place, fault->attribute ? fault->attribute : "-",
                      fault->message);
}

static uint64_t place_of(void *context, const xmlChar *text, int len)
{
    (void)context, (void)len;
    return scanner_place(scanner, text);
}

static bool has_unparsed_entity(void *context, const char *name, size_t len)
{
    (void)context;
    return scanner_has_unparsed_entity(scanner, name, len);
}

static void begin(void)
{
    static struct xsd_client clients[WAYS];
    for (int i = 0; i < WAYS; i++) {
        clients[i] = (struct xsd_client){.fault = on_schema_fault,
                                         .place = place_of,
                                         .context = &faults[i],
                                         .unparsed_entity = has_unparsed_entity};
        fuzz_check(xsd_begin(validators[i], &clients[i], scanner_epoch(scanner)) == 0);
    }
    has_begun = true;
}

static void on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, const xmlChar **attributes)
{
    (void)context;
    if (!has_begun)
        begin();
    for (int i = 0; i < WAYS; i++)
        fuzz_check(xsd_start(validators[i], localname, prefix, uri, n_namespaces, namespaces,
                             n_attributes, attributes) == 0);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    (void)context;
    for (int i = 0; i < WAYS; i++)
        fuzz_check(xsd_characters(validators[i], text, len) == 0);
}

static void on_end(void *context)
{
    (void)context;
    for (int i = 0; i < WAYS; i++)
        fuzz_check(xsd_end(validators[i]) == 0);
}

static void on_fault(void *context, const struct scanner_fault *fault)
{
    (void)context, (void)fault;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct scanner_limits limits = {50000, 200, 1 << 16};
    struct thresh_error error;
    struct xsd *xsd;
    (void)argc, (void)argv;
    xmlInitParser();
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    fuzz_check(xsd_compile(&xsd, THRESH_SOURCE_DIR "/tests/fuzz/fuzz.xsd", documents, NULL,
                           &error) == 0);
    xsd_documents_free(documents);
    resolver_close(resolver);
    for (int i = 0; i < WAYS; i++) {
        fuzz_check((validators[i] = xsd_validator_new(xsd)) != NULL);
        validators[i]->learned.max = room[i];
    }
    scanner = scanner_new(&limits);
    encoding = encoding_new();
    fuzz_check(scanner && encoding);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct scanner_events events = {
        .start = on_start, .text = on_text, .end = on_end, .fault = on_fault};
    struct utf8_document document;
    char *bytes = calloc(1, size + 16);
    fuzz_check(bytes);
    memcpy(bytes, data, size);
    fuzz_check(encoding_to_utf8(encoding, bytes, size, &document) == ENCODING_DONE);
    for (int i = 0; i < WAYS; i++)
        buf_clear(&faults[i]);
    has_begun = false;
    fuzz_check(scanner_run(scanner, &document, &events) >= 0);
    for (int i = 0; i < WAYS && has_begun; i++) {
        fuzz_check(xsd_finish(validators[i]) == 0);
        fuzz_check(!faults[i].failed && faults[i].len == faults[0].len);
        fuzz_check(!faults[i].len ||
                   memcmp(faults[i].data, faults[0].data, faults[0].len) == 0);
    }
    free(bytes);
    return 0;
}
