/* SPDX-License-Identifier: MIT
 *
 * What the tests of schemas and of documents against schemas share: a directory to write
 * schemas to, and a run of a document against one, which gives the faults as text.
 */
#ifndef THRESH_TESTS_XSD_TEST_H
#define THRESH_TESTS_XSD_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "resolver/resolver.h"
#include "scanner/scanner.h"
#include "xsd/image/image.h"
#include "xsd/xsd.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char directory[] = "/tmp/test_xsd.XXXXXX";

static inline int set_up(void **state)
{
    (void)state;
    xmlInitParser();
    return mkdtemp(directory) ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"a.xsd", "b.xsd", "c.xsd", "d.xsd"};
    char path[sizeof directory + 16];
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        snprintf(path, sizeof path, "%s/%s", directory, NAMES[i]);
        unlink(path);
    }
    return rmdir(directory);
}

static inline const char *write_schema(const char *name, const char *text)
{
    static char path[sizeof directory + 16];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* A schema without target namespace around declarations. */
static inline const char *wrap(const char *body)
{
    static char text[65536];
    snprintf(text, sizeof text,
             "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>%s</xs:schema>", body);
    return text;
}

/* -- A run ---------------------------------------------------------------------------- */

struct run {
    struct xsd_validator *validator;
    struct xsd_validator *by_leaves; /* of what our scanner tells */
    struct scanner *scanner;
    struct scanner_blanks blanks;
    bool scans; /* now */
    xmlParserCtxtPtr parser;
    struct buf faults; /* "code:line " for each */
    struct buf messages;
    int rc;
};

static inline void on_fault(void *context, const struct xsd_fault *fault)
{
    struct run *run = context;
    /* It begins with its element, and with nothing of the fault before. */
    if (strncmp(fault->message, "Element '", 9) != 0 || strstr(fault->message, ".Element '"))
        fail_msg("%s", fault->message);
    buf_append_format(&run->faults, "%s%s:%u", run->faults.len ? " " : "", fault->code,
                      (unsigned)fault->place);
    buf_append_format(&run->messages, "%s\n", fault->message);
}

/* Places are lines here. Those of a text end where it does. */
static uint64_t on_place(void *context, const xmlChar *text, int len)
{
    const struct run *run = context;
    if (run->scans)
        return scanner_line(run->scanner, scanner_place(run->scanner, text));
    uint64_t line = run->parser->input ? (uint64_t)run->parser->input->line : 0;
    for (int i = 0; i < len; i++)
        line -= text[i] == '\n';
    return line;
}

static bool on_entity(void *context, const char *name, size_t len)
{
    const struct run *run = context;
    char copy[256];
    if (run->scans)
        return scanner_has_unparsed_entity(run->scanner, name, len);
    snprintf(copy, sizeof copy, "%.*s", (int)len, name);
    const xmlEntity *entity = xmlGetDocEntity(run->parser->myDoc, (const xmlChar *)copy);
    return entity && entity->etype == XML_EXTERNAL_GENERAL_UNPARSED_ENTITY;
}

static inline void events_on_start(void *context, const xmlChar *localname,
                                   const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
                                   const xmlChar **namespaces, int n_attributes,
                                   int n_defaulted, const xmlChar **attributes)
{
    struct run *run = ((xmlParserCtxtPtr)context)->_private;
    (void)n_defaulted;
    if (run->rc == 0)
        run->rc = xsd_start(run->validator, localname, prefix, uri, n_namespaces, namespaces,
                            n_attributes, attributes);
}

static inline void events_on_end(void *context, const xmlChar *localname, const xmlChar *prefix,
                                 const xmlChar *uri)
{
    struct run *run = ((xmlParserCtxtPtr)context)->_private;
    (void)localname;
    (void)prefix;
    (void)uri;
    if (run->rc == 0)
        run->rc = xsd_end(run->validator);
}

static inline void events_on_text(void *context, const xmlChar *text, int len)
{
    struct run *run = ((xmlParserCtxtPtr)context)->_private;
    if (run->rc == 0)
        run->rc = xsd_characters(run->validator, text, len);
}

/* -- The same by our scanner, which tells whole elements ------------------------------ */

static inline void scan_start(void *context, const xmlChar *localname, const xmlChar *prefix,
                              const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
                              int n_attributes, const xmlChar **attributes)
{
    struct run *run = context;
    run->rc |= xsd_start(run->by_leaves, localname, prefix, uri, n_namespaces, namespaces,
                         n_attributes, attributes);
    run->blanks.counted = xsd_takes_blank(run->by_leaves);
}

static inline bool scan_leaf(void *context, const struct scanner_leaf *leaf)
{
    struct run *run = context;
    int taken = xsd_leaf(run->by_leaves, leaf);
    run->rc |= taken < 0 ? -1 : 0;
    run->blanks.counted = xsd_takes_blank(run->by_leaves);
    return taken > 0;
}

static inline void scan_text(void *context, const xmlChar *text, int len)
{
    struct run *run = context;
    run->rc |= xsd_characters(run->by_leaves, text, len);
}

static inline void scan_end(void *context)
{
    struct run *run = context;
    run->rc |= xsd_end(run->by_leaves);
    run->blanks.counted = xsd_takes_blank(run->by_leaves);
}

static inline void scan_fault(void *context, const struct scanner_fault *fault)
{
    (void)context, (void)fault;
}

/* Fills in run->faults and run->messages. */
static inline void scan_document(struct run *run, const char *document)
{
    struct scanner_events events = {.start = scan_start,
                                    .leaf = scan_leaf,
                                    .text = scan_text,
                                    .end = scan_end,
                                    .fault = scan_fault,
                                    .blanks = &run->blanks,
                                    .context = run};
    struct xsd_client client = {on_fault, on_place, run, on_entity, NULL};
    const struct utf8_document text = {.bytes = document, .len = strlen(document)};
    buf_clear(&run->faults);
    buf_clear(&run->messages);
    run->scans = true;
    run->rc = xsd_begin(run->by_leaves, &client, scanner_epoch(run->scanner));
    assert_int_equal(scanner_run(run->scanner, &text, &events), 1);
    assert_int_equal(run->rc, 0);
    assert_int_equal(xsd_finish(run->by_leaves), 0);
    run->scans = false;
}

/* -- Runs ----------------------------------------------------------------------------- */

static inline struct run *run_new(const struct xsd *xsd)
{
    static const struct scanner_limits limits = {50000, 0, 1 << 24, ""};
    struct run *run = calloc(1, sizeof *run);
    assert_non_null(run);
    run->validator = xsd_validator_new(xsd);
    run->by_leaves = xsd_validator_new(xsd);
    run->scanner = scanner_new(&limits);
    run->parser = xmlNewParserCtxt();
    assert_non_null(run->validator);
    assert_non_null(run->by_leaves);
    assert_non_null(run->scanner);
    assert_non_null(run->parser);
    xmlSAXHandler *sax = run->parser->sax;
    sax->startElementNs = events_on_start;
    sax->endElementNs = events_on_end;
    sax->characters = sax->cdataBlock = sax->ignorableWhitespace = events_on_text;
    run->parser->_private = run;
    return run;
}

static inline void run_free(struct run *run)
{
    xsd_validator_free(run->validator);
    xsd_validator_free(run->by_leaves);
    scanner_free(run->scanner);
    xmlFreeParserCtxt(run->parser);
    buf_free(&run->faults);
    buf_free(&run->messages);
    free(run);
}

/* The faults of a document, "" where it is valid: the same, whoever tells it. */
static inline const char *faults_of(struct run *run, const char *document)
{
    struct xsd_client client = {on_fault, on_place, run, on_entity, NULL};
    scan_document(run, document);
    char *faults = strdup(buf_string(&run->faults));
    char *messages = strdup(buf_string(&run->messages));
    assert_true(faults && messages);
    buf_clear(&run->faults);
    buf_clear(&run->messages);
    run->rc = xsd_begin(run->validator, &client, 1);
    xmlDoc *tree = xmlCtxtReadMemory(
        run->parser, document, (int)strlen(document), "d.xml", NULL,
        XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_BIG_LINES | XML_PARSE_HUGE);
    assert_non_null(tree);
    xmlFreeDoc(tree);
    assert_int_equal(run->rc, 0);
    assert_int_equal(xsd_finish(run->validator), 0);
    if (strcmp(faults, buf_string(&run->faults)) ||
        strcmp(messages, buf_string(&run->messages)))
        fail_msg("%s\nby leaves: %s\n%s", document, faults, messages);
    free(faults);
    free(messages);
    return buf_string(&run->faults);
}

static inline struct xsd *compile(const char *text)
{
    struct xsd *xsd;
    struct thresh_error error = {""};
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    int rc = xsd_compile(&xsd, write_schema("a.xsd", text), documents, NULL, &error);
    xsd_documents_free(documents);
    resolver_close(resolver);
    if (rc != 0)
        fail_msg("%s", error.text);
    return xsd;
}

/* The image of these bytes. NULL: `error` says why not. */
static inline struct image *read_image(const void *bytes, size_t n, struct thresh_error *error)
{
    int fd = memfd_create("image", MFD_CLOEXEC);
    assert_int_equal(write(fd, bytes, n), n);
    struct image *image = image_read(fd, n, "a.image", NULL, error);
    close(fd);
    return image;
}

static inline void write_image(const struct xsd *xsd, struct buf *bytes)
{
    const struct image_schema schema = {.target = "", .file = "a.xsd", .xsd = xsd};
    const struct image_contents contents = {
        .schemas = &schema, .n_schemas = 1, .notes = "", .missing = ""};
    assert_int_equal(image_write(&contents, bytes), 0);
}

/* The schema, by way of a file. */
static inline struct image *image_of(const struct xsd *xsd)
{
    struct buf bytes = {0};
    struct thresh_error error = {""};
    write_image(xsd, &bytes);
    struct image *image = read_image(bytes.data, bytes.len, &error);
    if (!image)
        fail_msg("%s", error.text);
    buf_free(&bytes);
    return image;
}

struct expected {
    const char *document;
    const char *faults;
};

static inline void check_against(const struct xsd *xsd, const struct expected *expected,
                                 size_t n)
{
    struct run *run = run_new(xsd);
    for (size_t i = 0; i < n; i++) {
        const char *faults = faults_of(run, expected[i].document);
        if (strcmp(faults, expected[i].faults))
            fail_msg("%s\nexpected: %s\ngot:      %s\n%s", expected[i].document,
                     expected[i].faults, faults, buf_string(&run->messages));
    }
    run_free(run);
}

/* Against the schema, and against its image. */
static inline void check(const char *schema, const struct expected *expected, size_t n)
{
    struct xsd *xsd = compile(schema);
    struct image *image = image_of(xsd);
    check_against(xsd, expected, n);
    xsd_free(xsd);
    check_against(image_contents(image)->schemas[0].xsd, expected, n);
    image_free(image);
}

#define CHECK(schema, ...)                                                                     \
    do {                                                                                       \
        static const struct expected EXPECTED[] = {__VA_ARGS__};                               \
        check(schema, EXPECTED, COUNT(EXPECTED));                                              \
    } while (0)

#define XSI "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"

#endif
