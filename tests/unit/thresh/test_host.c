/* SPDX-License-Identifier: MIT
 *
 * The library in a process that uses libxml2 itself: whatever the host's threads set and read,
 * nothing reaches a record that it should not, and the host finds all as it left it.
 */
#include "thresh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libxml/catalog.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef THRESH_HAVE_OPENMP
#define PARALLEL "openmp"
#else
#define PARALLEL "sequential"
#endif

enum { ROUNDS = 15, USERS = 3, HOSTS = 2 };

static char folder[] = "/tmp/test_host.XXXXXX";

static char *path_of(const char *name)
{
    static _Thread_local char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#define XSD       "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'"
#define RNG       "xmlns='http://relaxng.org/ns/structure/1.0'"
#define DATATYPES "datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'"

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    write_file("secret.txt", "SECRET");
    write_file("a.xsd", "<!DOCTYPE xs:schema [<!ENTITY t SYSTEM 't.inc'>]>" XSD
                        "><xs:import namespace='urn:b' schemaLocation='b.xsd'/>&t;"
                        "<xs:element name='r' type='t'/></xs:schema>");
    write_file("t.inc", "<xs:simpleType name='t' xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
                        "<xs:restriction base='xs:string'/></xs:simpleType>");
    write_file("b.xsd", XSD " targetNamespace='urn:b'/>");
    write_file("a.rng", "<grammar " RNG "><include href='b.rng'/></grammar>");
    write_file("b.rng",
               "<grammar " RNG "><start><element name='r'><data type='string' " DATATYPES
               "/></element></start></grammar>");
    write_file("doc-plain.xml", "<r>1</r>");
    write_file("doc-entity.xml", "<!DOCTYPE r [<!ENTITY s SYSTEM 'secret.txt'>]><r>&s;</r>");
    write_file("doc-subset.xml", "<!DOCTYPE r SYSTEM 'secret.txt'><r>1</r>");
    write_file("host.xml", "<!DOCTYPE h [<!ENTITY s SYSTEM 'secret.txt'>]><h>&s;</h>");
    return 0;
}

static int tear_down(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* -- Those that use the library ------------------------------------------------------- */

struct seen {
    size_t records, valid, secrets;
};

static int look(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    struct seen *seen = context;
    (void)error;
    seen->records++;
    seen->valid += memmem(bytes, len, "\"verdict\":\"valid\"", 17) != NULL;
    seen->secrets += memmem(bytes, len, "SECRET", 6) || memmem(bytes, len, "LEAK", 4);
    return 0;
}

/* NULL, or what is wrong. */
static const char *open_and_run(const char *schema, const char *backend)
{
    static _Thread_local char wrong[1200];
    struct thresh_error error = {""};
    struct seen seen = {0};
    struct thresh_options *options = thresh_options_new();
    char file[128];
    static const char *const names[] = {"doc-plain.xml", "doc-entity.xml", "doc-subset.xml"};
    snprintf(file, sizeof file, "%s", path_of(schema));
    thresh_options_set(options, "schema", file, &error);
    thresh_options_set(options, "backend", backend, &error);
    thresh_options_set(options, "jobs", "2", &error);
    thresh_options_set(options, "extract", "text=string(//r)", &error);
    struct thresh *thresh = thresh_open(options, &error);
    struct thresh_run *run = thresh_run_new(thresh);
    for (int i = 0; i < 3; i++)
        thresh_run_add_path(run, path_of(names[i]), NULL);
    thresh_run_on_text(run, look, &seen);
    int rc = thresh ? thresh_run(run, &error) : -1;
    thresh_run_free(run);
    snprintf(wrong, sizeof wrong, "%s, %s: %d, %zu records, %zu valid, %zu secrets: %s", schema,
             backend, rc, seen.records, seen.valid, seen.secrets, error.text);
    thresh_close(thresh);
    thresh_options_free(options);
    return rc == 0 && seen.records == 3 && seen.valid >= 2 && !seen.secrets ? NULL : wrong;
}

static void *use(void *given)
{
    static const char *const schemas[] = {"a.xsd", "a.rng"};
    const char *backend = given;
    for (int i = 0; i < ROUNDS; i++) {
        const char *wrong = open_and_run(schemas[i % 2], backend);
        if (wrong)
            return strdup(wrong);
    }
    return NULL;
}

/* -- The host ------------------------------------------------------------------------- */

static atomic_bool over;

static xmlParserInput *leak(const char *address, const char *public_id, xmlParserCtxt *ctxt)
{
    (void)address, (void)public_id;
    return xmlNewStringInputStream(ctxt, (const xmlChar *)"LEAK");
}

static void hear(void *context, const xmlError *error)
{
    (void)error;
    ++*(unsigned *)context;
}

/* Reads its own file, with its entity; now and then one that is broken, which it hears of. */
static void *read_own(void *given)
{
    const char *wrong = NULL;
    unsigned heard = 0;
    (void)given;
    xmlSetStructuredErrorFunc(&heard, (xmlStructuredErrorFunc)hear);
    for (unsigned i = 0; !over && !wrong; i++) {
        xmlDoc *doc = xmlReadFile(path_of("host.xml"), NULL, XML_PARSE_NOENT);
        xmlChar *text = doc ? xmlNodeGetContent((xmlNode *)doc) : NULL;
        if (!text || (strcmp((char *)text, "SECRET") != 0 && strcmp((char *)text, "LEAK") != 0))
            wrong = "the host cannot read its own file";
        xmlFree(text);
        xmlFreeDoc(doc);
        unsigned before = heard;
        if (xmlReadMemory("<a>", 3, NULL, NULL, 0) || heard == before)
            wrong = "the host does not hear of its own errors";
    }
    xmlSetStructuredErrorFunc(NULL, NULL);
    return wrong ? strdup(wrong) : NULL;
}

static xmlParserInput *load_own(const char *address, const char *public_id, xmlParserCtxt *ctxt)
{
    (void)public_id;
    return xmlNewInputFromFile(ctxt, address);
}

static void *swap_loaders(void *given)
{
    (void)given;
    while (!over) {
        xmlSetExternalEntityLoader(leak);
        sched_yield();
        xmlSetExternalEntityLoader(load_own);
        sched_yield();
    }
    return NULL;
}

static void join(pthread_t thread)
{
    void *wrong;
    pthread_join(thread, &wrong);
    if (wrong)
        fail_msg("%s", (char *)wrong);
}

/* A loader of the host that lends anything a text: its own files it reads by it, too. */
static xmlParserInput *load_or_leak(const char *address, const char *public_id,
                                    xmlParserCtxt *ctxt)
{
    return strstr(address, "host.xml") || strstr(address, "secret.txt")
               ? load_own(address, public_id, ctxt)
               : leak(address, public_id, ctxt);
}

static void test_threads_open_and_run_beside_a_host_that_swaps_loaders(void **state)
{
    (void)state;
    static const char *const backends[USERS] = {"sequential", PARALLEL, PARALLEL};
    pthread_t users[USERS], hosts[HOSTS];
    xmlInitParser();
    xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
    xmlSetExternalEntityLoader(load_or_leak);
    over = false;
    pthread_create(&hosts[0], NULL, read_own, NULL);
    pthread_create(&hosts[1], NULL, read_own, NULL);
    for (int i = 0; i < USERS; i++)
        pthread_create(&users[i], NULL, use, (void *)(uintptr_t)backends[i]);
    for (int i = 0; i < USERS; i++)
        join(users[i]);
    over = true;
    for (int i = 0; i < HOSTS; i++)
        join(hosts[i]);
    over = false;
    pthread_create(&hosts[0], NULL, swap_loaders, NULL);
    for (int i = 0; i < USERS; i++)
        pthread_create(&users[i], NULL, use, (void *)(uintptr_t)backends[i]);
    for (int i = 0; i < USERS; i++)
        join(users[i]);
    over = true;
    join(hosts[0]);
    xmlSetExternalEntityLoader(before);
}

static atomic_uint forks;

static void count_fork(void)
{
    forks++;
}

/* NULL, or why the schema cannot be opened under guard-schemas. */
static const char *open_guarded(const char *schema)
{
    static struct thresh_error error;
    struct thresh_options *options = thresh_options_new();
    error.text[0] = '\0';
    thresh_options_set(options, "schema", path_of(schema), &error);
    thresh_options_set(options, "guard-schemas", NULL, &error);
    struct thresh *thresh = thresh_open(options, &error);
    thresh_close(thresh);
    thresh_options_free(options);
    return thresh ? NULL : error.text;
}

/* A child would have the locks that other threads held, and may wait for them for ever. */
static void
test_a_schema_is_tried_in_a_child_only_where_there_are_no_other_threads(void **state)
{
    (void)state;
    pthread_t host;
    pthread_atfork(count_fork, NULL, NULL);
    assert_null(open_and_run("a.rng", "sequential"));
    unsigned alone = forks;
    assert_in_range(alone, 0, 1); /* none in a build without processes */
    assert_null(open_guarded("a.xsd"));
    assert_int_equal(forks, 2 * alone);
    over = false;
    pthread_create(&host, NULL, read_own, NULL);
    assert_null(open_and_run("a.rng", "sequential"));
    const char *wrong = open_guarded("a.xsd");
    assert_non_null(wrong);
    assert_non_null(strstr(wrong, "a.xsd: guard-schemas cannot try"));
    over = true;
    join(host);
    assert_int_equal(forks, 2 * alone);
}

static void test_a_host_finds_libxml2_as_it_left_it(void **state)
{
    (void)state;
    unsigned heard = 0;
    xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
    xmlSetExternalEntityLoader(load_or_leak);
    xmlCatalogSetDefaults(XML_CATA_ALLOW_ALL);
    xmlSetStructuredErrorFunc(&heard, (xmlStructuredErrorFunc)hear);
    xmlGenericErrorFunc generic = xmlGenericError;
    const char *const schemas[] = {"a.xsd", "a.rng", "doc-plain.xml", "gone.xsd"};
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        const char *wrong = open_and_run(schemas[i], "sequential");
        if ((wrong != NULL) != (i >= 2))
            fail_msg("%s: %s", schemas[i], wrong ? wrong : "is opened");
        assert_ptr_equal(xmlGetExternalEntityLoader(), load_or_leak);
        assert_int_equal(xmlCatalogGetDefaults(), XML_CATA_ALLOW_ALL);
        assert_ptr_equal(xmlStructuredErrorContext, &heard);
        assert_ptr_equal(xmlGenericError, generic);
        assert_int_equal(heard, 0);
    }
    xmlSetStructuredErrorFunc(NULL, NULL);
    xmlSetExternalEntityLoader(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_host_finds_libxml2_as_it_left_it),
        cmocka_unit_test(
            test_a_schema_is_tried_in_a_child_only_where_there_are_no_other_threads),
        cmocka_unit_test(test_threads_open_and_run_beside_a_host_that_swaps_loaders),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
