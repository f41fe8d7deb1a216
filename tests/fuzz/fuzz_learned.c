/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a document, whose events are told to three validators of one schema: one that
 * has learned from all documents so far and takes whole elements, one that has little room to
 * learn, and one that has none. They find the same faults. Read again, each event by itself,
 * the document is the same.
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

/* -- The document as it is told ------------------------------------------------------- */

static struct buf told[2]; /* at once, and each event by itself */
static uint64_t text_bytes[2];
static struct scanner_blanks blanks;
static int reading;

static void tell(const void *bytes, size_t len)
{
    buf_append(&told[reading], bytes, len);
}

/* White space between tags may only be counted. */
static void tell_text(const xmlChar *text, int len)
{
    text_bytes[reading] += (uint64_t)len;
    for (int i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\n' && text[i] != '\t')
            tell(text + i, 1);
}

static void tell_start(const xmlChar *localname, const xmlChar *uri, int n_namespaces,
                       int n_attributes, const xmlChar **attributes)
{
    buf_append_format(&told[reading], "<%s %s %d", (const char *)localname,
                      uri ? (const char *)uri : "", n_namespaces);
    for (int i = 0; i < n_attributes; i++, attributes += 5) {
        buf_append_format(&told[reading], " %s %s=", (const char *)attributes[0],
                          attributes[2] ? (const char *)attributes[2] : "");
        tell(attributes[3], (size_t)(attributes[4] - attributes[3]));
    }
    buf_append_format(&told[reading], ">%ju", (uintmax_t)scanner_place(scanner, NULL));
}

/* -- Events --------------------------------------------------------------------------- */

static bool on_leaf(void *context, const struct scanner_leaf *leaf)
{
    (void)context;
    if (!has_begun)
        begin();
    tell_start(leaf->localname, leaf->uri, 0, leaf->n_attributes, leaf->attributes);
    int taken = xsd_leaf(validators[0], leaf);
    fuzz_check(taken >= 0);
    for (int i = 1; i < WAYS; i++) {
        fuzz_check(xsd_start(validators[i], leaf->localname, leaf->prefix, leaf->uri, 0, NULL,
                             leaf->n_attributes, leaf->attributes) == 0);
        if (!taken)
            continue;
        fuzz_check(xsd_characters(validators[i], leaf->text, leaf->len) == 0);
        fuzz_check(xsd_end(validators[i]) == 0);
    }
    if (taken) {
        tell_text(leaf->text, leaf->len);
        tell("/", 1);
    }
    blanks.counted = xsd_takes_blank(validators[0]);
    return taken;
}

static void on_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                     int n_attributes, const xmlChar **attributes)
{
    (void)context;
    tell_start(localname, uri, n_namespaces, n_attributes, attributes);
    if (reading)
        return;
    if (!has_begun)
        begin();
    for (int i = 0; i < WAYS; i++)
        fuzz_check(xsd_start(validators[i], localname, prefix, uri, n_namespaces, namespaces,
                             n_attributes, attributes) == 0);
    blanks.counted = xsd_takes_blank(validators[0]);
}

static void on_text(void *context, const xmlChar *text, int len)
{
    (void)context;
    tell_text(text, len);
    for (int i = 0; i < WAYS && !reading; i++)
        fuzz_check(xsd_characters(validators[i], text, len) == 0);
}

static void on_end(void *context)
{
    (void)context;
    tell("/", 1);
    for (int i = 0; i < WAYS && !reading; i++)
        fuzz_check(xsd_end(validators[i]) == 0);
    blanks.counted = xsd_takes_blank(validators[0]);
}

static void on_fault(void *context, const struct scanner_fault *fault)
{
    (void)context;
    buf_append_format(&told[reading], "!%s %ju %ju %d %s", fault->code, (uintmax_t)fault->line,
                      (uintmax_t)fault->column, fault->in_tag, fault->message);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct scanner_limits limits = {50000, 200, 1 << 16, ""};
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
    static const struct scanner_events by_themselves = {
        .start = on_start, .text = on_text, .end = on_end, .fault = on_fault};
    static const struct scanner_events at_once = {.start = on_start,
                                                  .leaf = on_leaf,
                                                  .text = on_text,
                                                  .end = on_end,
                                                  .fault = on_fault,
                                                  .blanks = &blanks};
    struct utf8_document document;
    char *bytes = calloc(1, size + 16);
    fuzz_check(bytes);
    memcpy(bytes, data, size);
    fuzz_check(encoding_to_utf8(encoding, bytes, size, &document) == ENCODING_DONE);
    for (int i = 0; i < WAYS; i++)
        buf_clear(&faults[i]);
    has_begun = false;
    buf_clear(&told[0]);
    buf_clear(&told[1]);
    text_bytes[0] = text_bytes[1] = 0;
    blanks = (struct scanner_blanks){.counted = true};
    reading = 0;
    int rc = scanner_run(scanner, &document, &at_once);
    fuzz_check(rc >= 0);
    for (int i = 0; i < WAYS && has_begun; i++) {
        fuzz_check(xsd_finish(validators[i]) == 0);
        fuzz_check(!faults[i].failed && faults[i].len == faults[0].len);
        fuzz_check(!faults[i].len ||
                   memcmp(faults[i].data, faults[0].data, faults[0].len) == 0);
    }
    reading = 1;
    fuzz_check(scanner_run(scanner, &document, &by_themselves) == rc);
    fuzz_check(text_bytes[0] + blanks.bytes == text_bytes[1]);
    fuzz_check(!told[0].failed && told[0].len == told[1].len);
    fuzz_check(!told[0].len || memcmp(told[0].data, told[1].data, told[0].len) == 0);
    free(bytes);
    return 0;
}
