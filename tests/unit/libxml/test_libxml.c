/* SPDX-License-Identifier: MIT
 *
 * What is adapted of libxml2: the words for its errors, and where its schemas come from.
 */
#include "libxml/libxml_errors.h"
#include "libxml/libxml_loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <string.h>

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

static void test_builtin_schemas_have_their_addresses(void **state)
{
    (void)state;
    const char *xml = libxml_builtin_schema("http://www.w3.org/2001/xml.xsd");
    assert_non_null(strstr(xml, "http://www.w3.org/XML/1998/namespace"));
    assert_ptr_equal(libxml_builtin_schema("https://www.w3.org/2009/01/xml.xsd"), xml);
    assert_non_null(strstr(libxml_builtin_schema("http://www.w3.org/1999/xlink.xsd"),
                           "http://www.w3.org/1999/xlink"));
    assert_null(libxml_builtin_schema("http://www.w3.org/2001/xml.xsd2"));
    assert_null(libxml_builtin_schema("www.w3.org/2001/xml.xsd"));
    assert_null(libxml_builtin_schema("xml.xsd"));
}

static xmlDoc *read_file(const char *address)
{
    return xmlReadFile(address, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static void test_the_loader_names_what_is_missing(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    assert_int_equal(libxml_loader_open(NULL, &error), 0);
    assert_int_equal(libxml_loader_check("s.xsd", &error), 0);
    assert_null(read_file("none.xsd"));
    assert_null(read_file("http://example.org/a.xsd"));
    assert_null(read_file("none.xsd"));
    assert_int_equal(libxml_loader_check("s.xsd", &error), -1);
    assert_string_equal(
        error.text, "s.xsd: asks for 'none.xsd', which is not there; put the file in place, "
                    "or map it with --catalog; also http://example.org/a.xsd");
    libxml_loader_close();
}

static void test_a_closed_loader_loads_nothing(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    static const char address[] = "http://www.w3.org/2001/xml.xsd";
    assert_int_equal(libxml_loader_open(NULL, &error), 0);
    xmlDoc *doc = read_file(address);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    libxml_loader_close();
    assert_null(read_file(address));
}

static void test_a_catalog_that_is_none_is_refused(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    assert_int_equal(libxml_loader_open("/none", &error), -1);
    assert_string_equal(error.text, "/none: the catalog cannot be read; check --catalog");
    libxml_loader_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_have_words),
        cmocka_unit_test(test_limits_are_told_from_faults),
        cmocka_unit_test(test_advice_on_namespaces_is_no_fault),
        cmocka_unit_test(test_builtin_schemas_have_their_addresses),
        cmocka_unit_test(test_the_loader_names_what_is_missing),
        cmocka_unit_test(test_a_closed_loader_loads_nothing),
        cmocka_unit_test(test_a_catalog_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
