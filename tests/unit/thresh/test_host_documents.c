/* SPDX-License-Identifier: MIT
 *
 * The library in a program that uses libxml2 for itself, in other threads and at the same time:
 * whatever entity loader is set, no document reaches what it gives, and the program's own use
 * of libxml2 is as if we were not there. THRESH_HOST_DOCUMENTS says how many are read.
 */
#include "thresh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET "the host's secret"

/* The built-in default may be fork, which refuses to work beside the threads of a host. */
#ifdef THRESH_HAVE_OPENMP
#define PARALLEL "openmp"
#else
#define PARALLEL "sequential"
#endif

enum { INPUTS = 500, THREADS = 2, DOCUMENTS = 20000 };

static char folder[] = "/tmp/test_host.XXXXXX";

/* Each way in which a document may ask for something outside. */
static const char *const documents[] = {
    "<!DOCTYPE a [<!ENTITY e SYSTEM 'secret.txt'>]><a>&e;</a>",
    "<!DOCTYPE a [<!ENTITY e PUBLIC 'p' 'file:///etc/hostname'>]><a>&e;</a>",
    "<!DOCTYPE a [<!ENTITY e SYSTEM 'secret.txt'>]><a b='&e;'/>",
    "<!DOCTYPE a [<!ENTITY e SYSTEM 'secret.txt'><!ENTITY f '<b>&e;</b>'>]><a>&f;</a>",
    "<!DOCTYPE a [<!ENTITY % p SYSTEM 'secret.dtd'>%p;]><a>&e;</a>",
    "<!DOCTYPE a SYSTEM 'secret.dtd'><a>&e;</a>",
    "<!DOCTYPE a SYSTEM 'secret.dtd' [<!ENTITY e '&f;'>]><a>&e;</a>",
    ("<!DOCTYPE a [<!NOTATION n SYSTEM 'n'><!ENTITY e SYSTEM 'secret.txt' NDATA n>"
     "<!ATTLIST a b ENTITY 'e'>]><a/>"),
    "<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='secret.txt'/></a>",
    "<?xml-stylesheet href='secret.txt'?><a/>",
};
enum { KINDS = sizeof documents / sizeof *documents };

/* -- The host ------------------------------------------------------------------------- */

static atomic_bool stopping;
static atomic_ulong loads, own_reads, own_faults;

static xmlParserInput *give_secret(const char *address, const char *public_id,
                                   xmlParserCtxt *ctxt)
{
    (void)public_id;
    loads++;
    const char *text =
        address && strstr(address, ".dtd") ? "<!ENTITY e \"" SECRET "\">" : SECRET;
    return xmlNewStringInputStream(ctxt, (const xmlChar *)text);
}

static xmlParserInput *give_it_too(const char *address, const char *public_id,
                                   xmlParserCtxt *ctxt)
{
    return give_secret(address, public_id, ctxt);
}

/* Sets one loader after the other, and reads a document of its own by whichever it is. */
static void *read_and_swap(void *context)
{
    static const char own[] = "<!DOCTYPE a [<!ENTITY e SYSTEM 'own.txt'>]><a>&e;</a>";
    (void)context;
    while (!stopping) {
        xmlSetExternalEntityLoader(own_reads % 2 ? give_secret : give_it_too);
        xmlDoc *doc = xmlReadMemory(own, sizeof own - 1, NULL, NULL, XML_PARSE_NOENT);
        xmlChar *text = doc ? xmlNodeGetContent((xmlNode *)doc) : NULL;
        own_reads++;
        own_faults += !text || strcmp((char *)text, SECRET) != 0;
        xmlFree(text);
        xmlFreeDoc(doc);
    }
    return NULL;
}

/* -- Records -------------------------------------------------------------------------- */

struct count {
    unsigned long records, leaks;
};

/* The output comes in whole lines. */
static int look(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    struct count *count = context;
    (void)error;
    for (size_t i = 0; i < len; i++)
        count->records += ((const char *)bytes)[i] == '\n';
    count->leaks += memmem(bytes, len, SECRET, strlen(SECRET)) != NULL;
    return 0;
}

static char *write_file(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return strdup(path);
}

/* -- A run ---------------------------------------------------------------------------- */

struct way {
    const char *option, *value;
    struct thresh_options *options;
    struct thresh *thresh;
};

static void open_way(struct way *way)
{
    struct thresh_error error = {{0}};
    way->options = thresh_options_new();
    assert_non_null(way->options);
    assert_int_equal(thresh_options_set(way->options, "backend", PARALLEL, &error), 0);
    assert_int_equal(thresh_options_set(way->options, "jobs", "2", &error), 0);
    assert_int_equal(thresh_options_set(way->options, "extract", "all=string(/)", &error), 0);
    assert_int_equal(thresh_options_set(way->options, "extract", "values=//@*", &error), 0);
    assert_int_equal(thresh_options_set(way->options, way->option, way->value, &error), 0);
    way->thresh = thresh_open(way->options, &error);
    if (!way->thresh)
        fail_msg("%s", error.text);
}

static void close_way(struct way *way)
{
    thresh_close(way->thresh);
    thresh_options_free(way->options);
}

static void run_way(const struct way *way, const char **inputs, struct count *count)
{
    struct thresh_error error = {{0}};
    struct thresh_run *run = thresh_run_new(way->thresh);
    for (size_t i = 0; i < INPUTS; i++)
        thresh_run_add_path(run, inputs[i], NULL);
    thresh_run_on_text(run, look, count);
    if (thresh_run(run, &error) < 0)
        fail_msg("%s", error.text);
    thresh_run_free(run);
}

/* As documents are read, from a tree, and with RELAX NG. */
static void test_no_document_reaches_what_the_host_has(void **state)
{
    char *schema = write_file("a.rng", "<element name='a' "
                                       "xmlns='http://relaxng.org/ns/structure/1.0'>"
                                       "<text/></element>");
    struct way ways[] = {{.option = "extract", .value = "more=//a"},
                         {.option = "extract", .value = "last=//a[last()]"},
                         {.option = "schema", .value = schema}};
    enum { WAYS = sizeof ways / sizeof *ways };
    const char *asked = getenv("THRESH_HOST_DOCUMENTS"), *inputs[INPUTS];
    unsigned long n = asked ? strtoul(asked, NULL, 10) : DOCUMENTS;
    xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
    pthread_t threads[THREADS];
    struct count count = {0};
    char *paths[KINDS];
    (void)state;
    for (int i = 0; i < KINDS; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.xml", i);
        paths[i] = write_file(name, documents[i]);
    }
    for (int i = 0; i < INPUTS; i++)
        inputs[i] = paths[i % KINDS];
    for (size_t i = 0; i < WAYS; i++)
        open_way(&ways[i]);
    xmlSetExternalEntityLoader(give_secret);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_and_swap, NULL), 0);
    for (size_t i = 0; count.records < n; i++)
        run_way(&ways[i % WAYS], inputs, &count);
    stopping = true;
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    xmlSetExternalEntityLoader(before);
    print_message("%lu records, %lu leaks; the host read %lu documents of its own, %lu wrong\n",
                  count.records, count.leaks, (unsigned long)own_reads,
                  (unsigned long)own_faults);
    assert_int_equal(count.leaks, 0);
    assert_int_equal(own_faults, 0);
    assert_true(own_reads > 0 && loads > 0);
    for (size_t i = 0; i < WAYS; i++)
        close_way(&ways[i]);
    for (int i = 0; i < KINDS; i++)
        free(paths[i]);
    free(schema);
}

static int set_up(void **state)
{
    (void)state;
    xmlInitParser();
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[300];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_document_reaches_what_the_host_has),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
