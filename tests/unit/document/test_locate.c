/* SPDX-License-Identifier: MIT
 *
 * The path of each element, and that it selects that element and no other.
 */
#include "document/locate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <string.h>

enum { ELEMENTS = 16 };

static const char document[] = "<r><s/><t/><s/><p:s xmlns:p='urn:p'/><s><s/><u><s/></u><s/></s>"
                               "<d xmlns='urn:d'><e/><e/><p:s xmlns:p='urn:p'/></d></r>";

static const char *const paths[] = {
    "/r",
    "/r/s[1]",
    "/r/t[1]",
    "/r/s[2]",
    "/r/p:s[1]",
    "/r/s[3]",
    "/r/s[3]/s[1]",
    "/r/s[3]/u[1]",
    "/r/s[3]/u[1]/s[1]",
    "/r/s[3]/s[2]",
    "/r/*[name()='d'][1]",
    "/r/*[name()='d'][1]/*[name()='e'][1]",
    "/r/*[name()='d'][1]/*[name()='e'][2]",
    "/r/*[name()='d'][1]/p:s[1]",
};
enum { PATHS = sizeof paths / sizeof *paths };

static struct fault *fault_at(struct record *record, uint64_t element)
{
    struct fault *fault = record_add_fault(record, SIZE_MAX, "schema", "c", "m", 1);
    assert_non_null(fault);
    fault->element = element;
    return fault;
}

/* Names in a tree are one pointer each. Fills `nodes` in document order; true: it was told to
 * stop. */
static bool follow(struct locator *locator, xmlNode *node, xmlNode **nodes, size_t *n)
{
    bool done = false;
    for (; node && !done; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        nodes[(*n)++] = node;
        done =
            locator_start(locator, node->name, node->ns ? node->ns->prefix : NULL, node->ns) ||
            follow(locator, node->children, nodes, n);
        locator_end(locator);
    }
    return done;
}

static void assert_path(const struct record *record, size_t i, const char *expected)
{
    struct text_span path = record->faults[i].path;
    if (path.len != strlen(expected) ||
        memcmp(record_text(record, path), expected, path.len) != 0)
        fail_msg("%.*s is not %s", (int)path.len, record_text(record, path), expected);
}

static void assert_selects(xmlXPathContext *context, const char *path, const xmlNode *node)
{
    xmlXPathObject *object = xmlXPathEval((const xmlChar *)path, context);
    assert_non_null(object);
    assert_int_equal(object->nodesetval ? object->nodesetval->nodeNr : 0, 1);
    assert_ptr_equal(object->nodesetval->nodeTab[0], node);
    xmlXPathFreeObject(object);
}

static void test_each_path_selects_its_element(void **state)
{
    (void)state;
    struct record record = {0};
    xmlNode *nodes[ELEMENTS];
    size_t n = 0;
    xmlDoc *doc = xmlReadMemory(document, sizeof document - 1, NULL, NULL, 0);
    xmlXPathContext *context = xmlXPathNewContext(doc);
    struct locator *locator = locator_new();
    for (size_t i = 0; i < PATHS; i++)
        fault_at(&record, i + 1);
    locator_begin(locator, &record);
    assert_true(follow(locator, xmlDocGetRootElement(doc), nodes, &n));
    assert_int_equal(n, PATHS);
    xmlXPathRegisterNs(context, (const xmlChar *)"p", (const xmlChar *)"urn:p");
    for (size_t i = 0; i < PATHS; i++) {
        assert_path(&record, i, paths[i]);
        assert_selects(context, paths[i], nodes[i]);
    }
    locator_free(locator);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    record_free(&record);
}

static void test_it_stops_at_the_last_fault(void **state)
{
    (void)state;
    struct record record = {0};
    static const xmlChar a[] = "a";
    struct locator *locator = locator_new();
    fault_at(&record, 2);
    fault_at(&record, 0); /* nowhere */
    locator_begin(locator, &record);
    assert_false(locator_start(locator, a, NULL, false));
    assert_true(locator_start(locator, a, NULL, false));
    assert_path(&record, 0, "/a/a[1]");
    assert_int_equal(record.faults[1].path.len, 0);
    locator_free(locator);
    record_free(&record);
}

static void test_an_attribute_ends_the_path(void **state)
{
    (void)state;
    struct record record = {0};
    static const xmlChar a[] = "a";
    struct locator *locator = locator_new();
    fault_at(&record, 1)->attribute = record_add_text(&record, "p:b", 3);
    locator_begin(locator, &record);
    assert_true(locator_start(locator, a, NULL, false));
    assert_path(&record, 0, "/a/@p:b");
    locator_free(locator);
    record_free(&record);
}

/* More names than the table begins with room for. Names are told apart by their pointers, so
 * all may be "n". The second document begins anew. */
static void test_many_siblings_are_counted(void **state)
{
    (void)state;
    enum { NAMES = 500 };
    static xmlChar names[NAMES][2];
    for (int i = 0; i < NAMES; i++)
        names[i][0] = 'n';
    struct locator *locator = locator_new();
    for (int round = 0; round < 2; round++) {
        struct record record = {0};
        fault_at(&record, 2 * NAMES + 1);
        locator_begin(locator, &record);
        bool done = locator_start(locator, (const xmlChar *)"r", NULL, false);
        for (int i = 0; i < 2 * NAMES && !done; i++) {
            done = locator_start(locator, names[i % NAMES], NULL, false);
            locator_end(locator);
        }
        assert_true(done);
        assert_path(&record, 0, "/r/n[2]");
        record_free(&record);
    }
    locator_free(locator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_path_selects_its_element),
        cmocka_unit_test(test_it_stops_at_the_last_fault),
        cmocka_unit_test(test_an_attribute_ends_the_path),
        cmocka_unit_test(test_many_siblings_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
