/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a document, whose XPaths are answered as it is read, and once more from a tree,
 * which another XPath asks for: the two records are one. And libxml2, which reads the bytes
 * alone, takes what the scanner takes and no more.
 */
#include "fuzz.h"

#include "document/document.h"
#include "libxml/libxml_errors.h"
#include "options/options.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum way { STREAM, TREE, WAYS };
static const char *const xpaths[] = {"a=//*",
                                     "j=//*[@v]",
                                     "k=//item[@id='1'][@*]/@id",
                                     "b=//@*",
                                     "c=/*/*/@*",
                                     "d=string(//t | /*//@v)",
                                     "e=count(//a//b | //item)",
                                     "f=sum(//n | //@id)",
                                     "g=number(//*)",
                                     "h=boolean(//b/c)",
                                     "i=//@xml:lang | */item/t"};
enum { FIELDS = sizeof xpaths / sizeof *xpaths };
static struct rules rules[WAYS];
static struct document_parser *parsers[WAYS];
static struct thresh_options *options_of[WAYS]; /* kept, that they are not taken for a leak */
static struct record records[WAYS];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct thresh_error error;
    (void)argc, (void)argv;
    for (int i = 0; i < WAYS; i++) {
        struct thresh_options *options = thresh_options_new();
        fuzz_check(options);
        options_of[i] = options;
        thresh_options_set(options, "schema", THRESH_SOURCE_DIR "/tests/fuzz/fuzz.xsd", &error);
        thresh_options_set(options, "max-entity-bytes", "64K", &error);
        for (size_t k = 0; k < FIELDS; k++)
            thresh_options_set(options, "extract", xpaths[k], &error);
        if (i == TREE)
            thresh_options_set(options, "extract", "z=//*[false()]", &error);
        fuzz_check(rules_load(&rules[i], options, &error) == 0);
        fuzz_check((parsers[i] = document_open(&rules[i], &error)) != NULL);
    }
    return 0;
}

static void same_text(struct text_span a, struct text_span b)
{
    fuzz_check(a.len == b.len);
    fuzz_check(!a.len || memcmp(records[STREAM].text.data + a.at,
                                records[TREE].text.data + b.at, a.len) == 0);
}

static void same_fault(const struct fault *a, const struct fault *b)
{
    fuzz_check(strcmp(a->kind, b->kind) == 0 && strcmp(a->code, b->code) == 0);
    fuzz_check(a->line == b->line && a->column == b->column && a->element == b->element);
    same_text(a->message, b->message);
    same_text(a->path, b->path);
    same_text(a->attribute, b->attribute);
}

static void same_record(const struct record *a, const struct record *b)
{
    fuzz_check(a->verdict == b->verdict && a->has_summary == b->has_summary);
    fuzz_check(a->faults_total == b->faults_total && a->n_faults == b->n_faults);
    for (size_t i = 0; i < a->n_faults; i++)
        same_fault(&a->faults[i], &b->faults[i]);
    if (!a->has_summary)
        return;
    fuzz_check(a->elements == b->elements && a->attributes == b->attributes);
    fuzz_check(a->depth == b->depth && a->text_bytes == b->text_bytes);
    same_text(a->root_name, b->root_name);
    same_text(a->root_namespace, b->root_namespace);
    fuzz_check(a->n_fields == FIELDS && b->n_fields == FIELDS + 1);
    for (size_t i = 0; i < FIELDS; i++) {
        fuzz_check(a->fields[i].type == b->fields[i].type && a->fields[i].n == b->fields[i].n);
        for (size_t k = 0; k < a->fields[i].n; k++)
            same_text(a->values[a->fields[i].first + k], b->values[b->fields[i].first + k]);
    }
    fuzz_check(a->n_bindings == b->n_bindings);
    for (size_t i = 0; i < a->n_bindings; i++) {
        same_text(a->bindings[i].prefix, b->bindings[i].prefix);
        same_text(a->bindings[i].uri, b->bindings[i].uri);
    }
}

/* -- libxml2 -------------------------------------------------------------------------- */

/* Advice on namespaces, such as that a URI should have no letters but those of ASCII, is no
 * fault. */
static void on_error(void *faults, libxml_error_argument from)
{
    bool is_namespace = from->domain == XML_FROM_NAMESPACE &&
                        from->code >= XML_NS_ERR_XML_NAMESPACE &&
                        from->code <= XML_NS_ERR_COLON;
    *(int *)faults += from->level == XML_ERR_FATAL || is_namespace;
}

static bool libxml_takes(const char *bytes, size_t size)
{
    int faults = 0;
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    fuzz_check(ctxt);
    xmlSAXHandler *own = ctxt->sax;
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .serror = (xmlStructuredErrorFunc)on_error};
    ctxt->sax = &sax;
    ctxt->userData = &faults;
    xmlCtxtReadMemory(ctxt, bytes, (int)size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
    bool takes = ctxt->wellFormed && !faults;
    ctxt->sax = own;
    xmlFreeParserCtxt(ctxt);
    return takes;
}

/* Declarations, encodings and what stands behind a NUL are where libxml2 goes its own ways. */
static bool is_plain(const char *bytes, size_t size)
{
    return strlen(bytes) == size && size > 4 && !strstr(bytes, "<!DOCTYPE") &&
           !strstr(bytes, "encoding") && (unsigned char)bytes[0] < 0x80 &&
           strncmp(bytes, "<o\xa7\x94", 4) != 0;
}

/* libxml2 does not miss the white space between the parts of an XML declaration, and takes
 * versions for numbers. */
static bool is_lenient(const struct record *record)
{
    const char *code = record->n_faults ? record->faults[0].code : "";
    return strcmp(code, "space-required") == 0 || strcmp(code, "unknown-version") == 0 ||
           strcmp(code, "limit-depth") == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct thresh_error error;
    /* Just as long as the document and its NUL, that nothing is read past it. */
    char *bytes = malloc(size + 1);
    fuzz_check(bytes);
    memcpy(bytes, data, size);
    bytes[size] = '\0';
    for (int i = 0; i < WAYS; i++) {
        record_clear(&records[i]);
        fuzz_check(document_process(parsers[i], bytes, size, &records[i], &error) == 0);
    }
    same_record(&records[STREAM], &records[TREE]);
    if (is_plain(bytes, size) && !is_lenient(&records[STREAM]))
        fuzz_check(libxml_takes(bytes, size) == records[STREAM].has_summary);
    free(bytes);
    return 0;
}
