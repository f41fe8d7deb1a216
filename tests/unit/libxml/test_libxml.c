/* SPDX-License-Identifier: MIT
 *
 * What is adapted of libxml2: the words for its errors, and who hears them.
 */
#include "libxml/libxml_errors.h"
#include "libxml/libxml_quiet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libxml/parser.h>

static void test_errors_have_words(void **state)
{
    (void)state;
    static const struct {
        int domain, number;
        const char *word;
    } rows[] = {
        {XML_FROM_PARSER, XML_ERR_DOCUMENT_EMPTY, "document-empty"},
        {XML_FROM_NAMESPACE, XML_NS_ERR_UNDEFINED_NAMESPACE, "undefined-namespace"},
        {XML_FROM_RELAXNGV, 1, "relaxng"},
        {XML_FROM_PARSER, -1, "xml"},
        {XML_FROM_PARSER, 1999, "xml"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(libxml_error_code(rows[i].domain, rows[i].number), rows[i].word);
}

static void test_limits_are_told_from_faults(void **state)
{
    (void)state;
    assert_true(libxml_error_is_limit(XML_ERR_NAME_TOO_LONG, NULL));
    assert_true(libxml_error_is_limit(1, "Excessive depth in document: 256"));
    assert_true(libxml_error_is_limit(1, "xmlSAX2Characters: huge text node"));
    assert_false(libxml_error_is_limit(XML_ERR_DOCUMENT_EMPTY, "Document is empty"));
    assert_false(libxml_error_is_limit(1, NULL));
}

static void test_advice_on_namespaces_is_no_fault(void **state)
{
    (void)state;
    assert_true(libxml_error_is_namespace(XML_FROM_NAMESPACE, XML_NS_ERR_QNAME));
    assert_false(libxml_error_is_namespace(XML_FROM_NAMESPACE, XML_WAR_NS_URI_RELATIVE));
    assert_false(libxml_error_is_namespace(XML_FROM_PARSER, XML_NS_ERR_QNAME));
}

static void count_error(void *context, libxml_error_argument from)
{
    (void)from;
    ++*(int *)context;
}

static void test_the_handlers_of_a_thread_are_put_back(void **state)
{
    (void)state;
    int errors = 0;
    struct libxml_quiet before;
    xmlSetStructuredErrorFunc(&errors, (xmlStructuredErrorFunc)count_error);
    libxml_quiet_begin(&before);
    assert_null(xmlReadMemory("<a>", 3, NULL, NULL, 0));
    assert_int_equal(errors, 0);
    libxml_quiet_end(&before);
    assert_null(xmlReadMemory("<a>", 3, NULL, NULL, 0));
    assert_true(errors > 0);
    xmlSetStructuredErrorFunc(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_have_words),
        cmocka_unit_test(test_limits_are_told_from_faults),
        cmocka_unit_test(test_advice_on_namespaces_is_no_fault),
        cmocka_unit_test(test_the_handlers_of_a_thread_are_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
