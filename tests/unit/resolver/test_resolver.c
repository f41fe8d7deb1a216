/* SPDX-License-Identifier: MIT
 *
 * From addresses to bytes: catalogs, files, built-in copies, entities.
 */
#include "resolver/builtin.h"
#include "resolver/catalog.h"
#include "resolver/entity_text.h"
#include "resolver/resolver_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scratch.h"

#include <libxml/parserInternals.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- Built-in copies ------------------------------------------------------------------ */

static void test_copies_have_addresses_and_namespaces(void **state)
{
    (void)state;
    const struct builtin *xml = builtin_at("http://www.w3.org/2001/xml.xsd");
    assert_non_null(strstr(xml->text, "http://www.w3.org/XML/1998/namespace"));
    assert_ptr_equal(builtin_at("https://www.w3.org/2009/01/xml.xsd"), xml);
    assert_ptr_equal(builtin_of_namespace("http://www.w3.org/XML/1998/namespace"), xml);
    assert_ptr_equal(builtin_at("http://www.w3.org/1999/xlink.xsd"),
                     builtin_of_namespace("http://www.w3.org/1999/xlink"));
    assert_null(builtin_at("http://www.w3.org/2001/xml.xsd2"));
    assert_null(builtin_at("www.w3.org/2001/xml.xsd"));
    assert_null(builtin_at("xml.xsd"));
    assert_null(builtin_of_namespace("http://www.w3.org/1999/xlin"));
}

/* -- Catalogs ------------------------------------------------------------------------- */

#define CATALOG(entries)                                                                       \
    "<!DOCTYPE catalog SYSTEM 'http://127.0.0.1:1/x.dtd'>"                                     \
    "<catalog xmlns='urn:oasis:names:tc:entity:xmlns:xml:catalog'>" entries "</catalog>"

static void expect_found(struct catalog *catalog, const char *public_id, const char *address,
                         const char *expected)
{
    char *found = catalog_find(catalog, public_id, address);
    if (!expected ? found != NULL : !found || strcmp(found, expected) != 0)
        fail_msg("%s: '%s' and not '%s'", address, found ? found : "(nothing)",
                 expected ? expected : "(nothing)");
    free(found);
}

static void test_catalogs_map_addresses(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    write_file("d.cat", CATALOG("<uri name='urn:a' uri='not-asked.xsd'/>"
                                "<uri name='http://d/x' uri='d.xsd'/>"));
    write_file("next.cat",
               "<?oasis-xml-catalog catalog='other.cat'?>" CATALOG(
                   "<nextCatalog catalog='a.cat'/><uri name='urn:n' uri='n.xsd'/>"));
    write_file(
        "a.cat",
        CATALOG("<group xml:base='sub/'><uri name='urn:a' uri='a.xsd'/></group>"
                "<system systemId='urn:s' uri='http://e/s.xsd'/><uri name='urn:none'/>"
                "<rewriteURI uriStartString='http://r/' rewritePrefix='file:///r/'/>"
                "<rewriteSystem systemIdStartString='http://r/long/' rewritePrefix='l/'/>"
                "<uriSuffix uriSuffix='tail.xsd' uri='tail'/>"
                "<delegateURI uriStartString='http://d/' catalog='d.cat'/>"
                "<public publicId='-//P' uri='p.dtd'/>"
                "<group xml:base='http://b/c/'><group><uri name='urn:b' uri='../b.xsd'/>"
                "<uri name='urn:x' uri='x.xsd' xml:base='d/'/></group></group>"
                "<uri name='urn:y' uri='y.xsd'/>"
                "<uri name='urn:z' uri='\u00e4 z.xsd'/>"
                "<nextCatalog catalog='http://127.0.0.1:1/gone.cat'/>"
                "<nextCatalog catalog='gone.cat'/><nextCatalog catalog='next.cat'/>"));
    struct catalog *catalog = catalog_open("a.cat", NULL, &error);
    assert_non_null(catalog);
    expect_found(catalog, NULL, "urn:a", "sub/a.xsd");
    expect_found(catalog, NULL, "urn:s", "http://e/s.xsd");
    expect_found(catalog, NULL, "urn:none", NULL);
    expect_found(catalog, NULL, "urn:b", "http://b/b.xsd");
    expect_found(catalog, NULL, "urn:x", "http://b/c/d/x.xsd");
    expect_found(catalog, NULL, "urn:y", "y.xsd");
    expect_found(catalog, NULL, "urn:z", "%C3%A4%20z.xsd");
    expect_found(catalog, NULL, "http://r/b%20c.xsd", "file:///r/b%20c.xsd");
    expect_found(catalog, NULL, "http://r/long/c.xsd", "l/c.xsd");
    expect_found(catalog, NULL, "any:tail.xsd", "tail");
    expect_found(catalog, NULL, "http://d/x", "d.xsd");
    expect_found(catalog, NULL, "http://d/urn:n", NULL); /* left to d.cat */
    expect_found(catalog, NULL, "urn:n", "n.xsd");
    expect_found(catalog, NULL, "urn:m", NULL); /* though a.cat and next.cat are a circle */
    expect_found(catalog, "-//P", "urn:m", "p.dtd");
    expect_found(catalog, "-//P", "urn:a", "sub/a.xsd");
    expect_found(catalog, "-//Q", "urn:m", NULL);
    catalog_close(catalog);
}

static void test_what_is_no_catalog_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<catalog/>", "", CATALOG("\n<uri>"), "<a:b:c/>",
        "<!DOCTYPE catalog [<!ENTITY e SYSTEM 'more.ent'>]>\n<catalog>&e;</catalog>"};
    static const char *const messages[] = {
        "no.cat: is no OASIS XML catalog; check --catalog",
        "no.cat:1: there is no root element: the document ends here; a catalog is an XML "
        "document, check --catalog",
        "no.cat:2: Opening and ending tag mismatch: uri line 2 and catalog; a catalog is an "
        "XML "
        "document, check --catalog",
        "no.cat: is no OASIS XML catalog; check --catalog",
        "no.cat:2: the entity e lies outside the document (more.ent) and is not read; a "
        "catalog is an XML document, check --catalog"};
    struct thresh_error error = {""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_null(catalog_open(write_file("no.cat", texts[i]), NULL, &error));
        assert_string_equal(error.text, messages[i]);
    }
    assert_null(catalog_open("gone.cat", NULL, &error));
    assert_string_equal(error.text, "gone.cat: the catalog cannot be read: No such file or "
                                    "directory; check --catalog");
    assert_null(catalog_open("/dev/zero", NULL, &error));
    assert_null(catalog_open(scratch, NULL, &error));
}

/* -- Files ---------------------------------------------------------------------------- */

static void test_a_file_is_one_by_any_path_or_link(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    struct resource first, other;
    struct stat file;
    write_file("b c.xsd", "<a/>");
    write_file("b.cat", CATALOG("<uri name='http://e/b' uri='b%20c.xsd'/>"));
    assert_int_equal(symlink("b c.xsd", "soft.xsd"), 0);
    assert_int_equal(link("b c.xsd", "hard.xsd"), 0);
    char absolute[128];
    snprintf(absolute, sizeof absolute, "file://%s/b%%20c.xsd", scratch);
    const char *const ways[] = {"./b%20c.xsd", "soft.xsd", "hard.xsd", "http://e/b", absolute};
    struct resolver *resolver = resolver_open("b.cat", 0, NULL, &error);
    assert_int_equal(resolver_find(resolver, NULL, "b c.xsd", &first), 0);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        assert_int_equal(resolver_find(resolver, NULL, ways[i], &other), 0);
        assert_ptr_equal(other.place, first.place);
        resource_close(&other);
    }
    assert_true(stat("hard.xsd", &file) == 0 && resolver_has(resolver, &file));
    assert_true(stat("b.cat", &file) == 0 && !resolver_has(resolver, &file));
    resource_close(&first);
    resolver_close(resolver);
}

static void expect_place(struct resolver *resolver, const char *address)
{
    struct resource resource;
    char *place = realpath(address, NULL);
    assert_int_equal(resolver_find(resolver, NULL, address, &resource), 0);
    assert_string_equal(resource.place, place);
    resource_close(&resource);
    free(place);
}

/* As realpath has it, whatever leads to the file and its folder. */
static void test_a_place_has_no_links(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkdir("folder/inner", 0700), 0);
    assert_int_equal(symlink("folder/inner", "way"), 0);
    static const char *const FILES[] = {"1.xsd", "folder/2.xsd", "folder/inner/3.xsd",
                                        "folder/inner/4.xsd", "folder/inner/5.xsd"};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        write_file(FILES[i], "<a/>");
    assert_int_equal(symlink("5.xsd", "folder/inner/link.xsd"), 0);
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    expect_place(resolver, "1.xsd");
    expect_place(resolver, "way/../2.xsd"); /* beside where the link leads */
    expect_place(resolver, "way/3.xsd");
    expect_place(resolver, "./folder//inner/4.xsd");
    expect_place(resolver, "way/link.xsd");
    expect_place(resolver, "folder/inner/5.xsd");
    resolver_close(resolver);
}

static void test_devices_pipes_and_directories_are_no_files(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    struct resource resource;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    const char *const names[] = {"/dev/zero", "/dev/stdin", "pipe", ".", "gone", "http://e/x"};
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (resolver_find(resolver, NULL, names[i], &resource) != 1)
            fail_msg("%s is found", names[i]);
    resolver_close(resolver);
}

/* To the byte, whatever the steps in which it is read. */
static void test_a_file_may_be_as_large_as_the_limit(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    for (size_t limit = 1; limit < 1 << 18; limit = limit * 3 + 1) {
        for (size_t size = limit - 1; size <= limit + 1; size++) {
            struct resource resource;
            struct buf bytes = {0};
            FILE *file = fopen("sized.xsd", "w");
            assert_int_equal(ftruncate(fileno(file), (off_t)size), 0);
            fclose(file);
            struct resolver *resolver = resolver_open(NULL, limit, NULL, &error);
            assert_int_equal(resolver_find(resolver, NULL, "sized.xsd", &resource), 0);
            assert_int_equal(resolver_read(resolver, &resource, &bytes, &error),
                             size > limit ? -1 : 0);
            assert_true(size > limit || bytes.len == size);
            buf_free(&bytes);
            resource_close(&resource);
            resolver_close(resolver);
        }
    }
}

static void test_a_file_over_the_limit_is_refused(void **state)
{
    (void)state;
    struct thresh_error error = {""};
    struct resource resource;
    struct buf bytes = {0};
    FILE *file = fopen("large.xsd", "w");
    assert_int_equal(ftruncate(fileno(file), 1 << 24), 0);
    fclose(file);
    struct resolver *resolver = resolver_open(NULL, 1 << 20, NULL, &error);
    assert_int_equal(resolver_find(resolver, NULL, "large.xsd", &resource), 0);
    assert_int_equal(resolver_read(resolver, &resource, &bytes, &error), -1);
    assert_string_equal(
        error.text, "large.xsd: is larger than the 1048576 bytes that a document of a schema "
                    "may have; raise --schema-memory");
    buf_free(&bytes);
    resource_close(&resource);
    resolver_close(resolver);
}

/* -- Documents and their entities ----------------------------------------------------- */

static void expect_text(const char *bytes, size_t len, int rc, const char *expected)
{
    struct buf given = {.data = malloc(len + !len), .len = len, .cap = len}, text = {0};
    memcpy(given.data, bytes, len); /* no NUL behind them */
    assert_int_equal(entity_text(&given, &text), rc);
    if (rc == 0)
        assert_string_equal(buf_string(&text), expected);
    buf_free(&text);
    buf_free(&given);
}
#define EXPECT_TEXT(bytes, rc, expected) expect_text(bytes, sizeof bytes - 1, rc, expected)

static void test_entities_have_an_encoding(void **state)
{
    (void)state;
    EXPECT_TEXT("", 0, "");
    EXPECT_TEXT("<a/>", 0, "<a/>");
    EXPECT_TEXT("\xef\xbb\xbf<a/>", 0, "<a/>");
    EXPECT_TEXT("<?xml encoding='utf-8'?><a/>", 0, "<a/>");
    EXPECT_TEXT("<?xml version='1.0' encoding = \"ISO-8859-1\" ?>\xe4", 0, "\u00e4");
    EXPECT_TEXT("<?xml encoding='windows-1252'?>\x80\x80\x80\x80", 0,
                "\u20ac\u20ac\u20ac\u20ac");
    EXPECT_TEXT("\xff\xfe<\0a\0/\0>\0", 0, "<a/>");
    EXPECT_TEXT("\xfe\xff\0<\0a\0/\0>", 0, "<a/>");
    EXPECT_TEXT("<?xml-x y?>", 0, "<?xml-x y?>");
    EXPECT_TEXT("<?xml version='1.0' encoding='cp1140'?>\n", 1, NULL);
    EXPECT_TEXT("\x4c\x6f\xa7\x94\x93\x40\x85\x95\x83\x96\x84\x89\x95\x87\x7e\x7d\x89\x82"
                "\x94\xf0\xf3\xf7\x7d\x6f\x6e\x81",
                0, "a");
    EXPECT_TEXT("<\0\0\0a\0\0\0/\0\0\0>\0\0\0", 0, "<a/>");
    EXPECT_TEXT("a\r\nb\rc\r", 0, "a\nb\nc\n");
    EXPECT_TEXT("\xfe\xff\0a\0\r\0\n", 0, "a\n");
    EXPECT_TEXT("<?xml encoding='no-such?><a/>", 1, NULL);
    EXPECT_TEXT("<?xml version='1.0'?><a/>", 1, NULL);
    EXPECT_TEXT("<?xml encoding='utf-8' standalone='yes'?><a/>", 1, NULL);
    EXPECT_TEXT("\xe4", 1, NULL);
    EXPECT_TEXT("a\0b", 1, NULL);
    EXPECT_TEXT("<?xml encoding='no-such'?>a", 1, NULL);
    EXPECT_TEXT("<?xml encoding='EUC-JP'?>\xff\xff", 1, NULL);
}

/* The text of the root, or what is wrong. */
static void expect_parsed(const char *document, int rc, const char *expected)
{
    struct thresh_error error = {""};
    const struct parse_wish wish = {0};
    struct parse_fault fault;
    struct resource resource;
    xmlDoc *doc;
    write_file("doc.xml", document);
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    assert_int_equal(resolver_find(resolver, NULL, "doc.xml", &resource), 0);
    if (resolver_parse(resolver, &resource, &wish, &doc, &fault, &error) != rc)
        fail_msg("%s: %s%s", document, fault.message, error.text);
    xmlChar *content = doc ? xmlNodeGetContent(xmlDocGetRootElement(doc)) : NULL;
    assert_string_equal(doc ? (char *)content : fault.message, expected);
    xmlFree(content);
    xmlFreeDoc(doc);
    resource_close(&resource);
    resolver_close(resolver);
}

static xmlParserInput *leak(const char *address, const char *public_id, xmlParserCtxt *ctxt)
{
    (void)address, (void)public_id;
    return xmlNewStringInputStream(ctxt, (const xmlChar *)"<leak/>leaked");
}

/* Its own words. */
#if LIBXML_VERSION < 21400
#define NO_PARAMETER "PEReference: %p; not found"
#else
#define NO_PARAMETER "Entity 'p' not defined"
#endif

/* Whatever loader the process has. */
static void test_external_entities_come_by_the_resolver_alone(void **state)
{
    (void)state;
    xmlExternalEntityLoader before = xmlGetExternalEntityLoader();
    xmlSetExternalEntityLoader(leak);
    write_file("e.inc", "<?xml encoding='ISO-8859-1'?><b>in\xe4</b>");
    write_file("p.inc", "<!ENTITY q 'from p'>");
    expect_parsed("<!DOCTYPE a [<!ENTITY e SYSTEM 'e.inc'>]><a>&e;&e;</a>", 0,
                  "in\u00e4in\u00e4");
    expect_parsed("<!DOCTYPE a [<!ENTITY % p SYSTEM 'p.inc'>%p;]><a>&q;</a>", 0, "from p");
    assert_int_equal(mkdir("beside", 0700), 0);
    write_file("beside/p.inc", "<!ENTITY q SYSTEM 'q.inc'>");
    write_file("beside/q.inc", "from beside");
    expect_parsed("<!DOCTYPE a [<!ENTITY % p SYSTEM 'beside/p.inc'>%p;]><a>&q;</a>", 0,
                  "from beside");
    expect_parsed("<!DOCTYPE a SYSTEM 'p.inc'><a>x</a>", 0, "x");
    expect_parsed("<!DOCTYPE a [<!ENTITY e SYSTEM 'gone.inc'>]><a>x</a>", 0, "x");
    expect_parsed("<!DOCTYPE a [<!ENTITY e SYSTEM 'gone.inc'>]><a>&e;</a>", 1,
                  "Entity 'e' not defined; there is nothing to be read at gone.inc");
    expect_parsed("<!DOCTYPE a [<!ENTITY e SYSTEM '/dev/zero'>]><a>&e;</a>", 1,
                  "Entity 'e' not defined; there is nothing to be read at /dev/zero");
    expect_parsed("<!DOCTYPE a SYSTEM 'p.inc'><a>&q;</a>", 1, "Entity 'q' not defined");
    expect_parsed("<!DOCTYPE a [<!ENTITY % p SYSTEM 'gone.inc'>%p;]><a>&q;</a>", 1,
                  NO_PARAMETER "; there is nothing to be read at gone.inc");
    expect_parsed("<?oasis-xml-catalog catalog='b.cat'?><a>x</a>", 0, "x");
    expect_parsed("<a>", 1, "Premature end of data in tag a line 1");
    expect_parsed("", 1, "Document is empty");
    xmlSetExternalEntityLoader(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_have_addresses_and_namespaces),
        cmocka_unit_test(test_catalogs_map_addresses),
        cmocka_unit_test(test_what_is_no_catalog_is_refused),
        cmocka_unit_test(test_a_file_is_one_by_any_path_or_link),
        cmocka_unit_test(test_a_place_has_no_links),
        cmocka_unit_test(test_devices_pipes_and_directories_are_no_files),
        cmocka_unit_test(test_a_file_may_be_as_large_as_the_limit),
        cmocka_unit_test(test_a_file_over_the_limit_is_refused),
        cmocka_unit_test(test_entities_have_an_encoding),
        cmocka_unit_test(test_external_entities_come_by_the_resolver_alone),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
