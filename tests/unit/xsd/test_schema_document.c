/* SPDX-License-Identifier: MIT
 *
 * How the documents of schemas are read: encodings, DTDs, entities, xml:base, annotations, and
 * what is told of those that cannot be.
 */
#include "xsd_test.h"

#include <sys/stat.h>

#define XS       "xmlns:xs='http://www.w3.org/2001/XMLSchema'"
#define INT_ROOT "<xs:element name='r' type='xs:int'/>"

/* The error of the schema in a.xsd, without its folder; "" where there is none. */
static const char *error_of(const char *bytes, size_t len)
{
    static char text[1024];
    struct thresh_error error = {""};
    struct xsd *xsd;
    const char *path = write_schema("a.xsd", "");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    int rc = xsd_compile(&xsd, path, documents, NULL, &error);
    /* What a document left behind does nothing to the next. */
    if (rc != 0 && strcmp(error.text, "") != 0) {
        struct thresh_error other = {""};
        struct xsd *next;
        write_schema("c.xsd", wrap(INT_ROOT));
        snprintf(text, sizeof text, "%s/c.xsd", directory);
        assert_int_equal(xsd_compile(&next, text, documents, NULL, &other), 0);
        xsd_free(next);
    }
    xsd_documents_free(documents);
    resolver_close(resolver);
    xsd_free(xsd);
    const char *inside = strstr(error.text, "/a.xsd:");
    snprintf(text, sizeof text, "%s", inside ? inside + 1 : error.text);
    return text;
}

static void expect_error(const char *document, const char *expected)
{
    const char *error = error_of(document, strlen(document));
    if (!*expected ? *error : !strstr(error, expected))
        fail_msg("%s\nexpected: %s\ngot:      %s", document, expected, error);
}

/* -- Encodings ------------------------------------------------------------------------ */

static void test_a_schema_document_may_be_in_any_encoding(void **state)
{
    (void)state;
    static const char SCHEMA[] = "<xs:schema " XS ">" INT_ROOT "</xs:schema>";
    char units[4 * sizeof SCHEMA] = "\xff\xfe";
    size_t len = 2;
    for (const char *c = SCHEMA; *c; c++) {
        units[len++] = *c;
        units[len++] = '\0';
    }
    assert_string_equal(error_of(units, len), "");
    CHECK("<?xml version='1.0' encoding='windows-1252'?><xs:schema " XS
          "><xs:element name='\xe4' type='xs:int'/></xs:schema>",
          {"<\xc3\xa4>1</\xc3\xa4>", ""},
          {"<\xc3\xa4>x</\xc3\xa4>", "cvc-datatype-valid.1.2.1:1"});
    expect_error("<?xml version='1.0' encoding='no-such'?><xs:schema " XS "/>",
                 "a.xsd:1: schema_reference.4: the encoding no-such is not known here");
    expect_error("<xs:schema " XS ">\n\xff</xs:schema>",
                 "a.xsd:2: schema_reference.4: the byte 0xFF is no character of UTF-8 here");
}

/* -- Entities and declarations -------------------------------------------------------- */

static void test_external_entities_lie_beside_the_document(void **state)
{
    (void)state;
    write_schema("b.xsd", "<?xml encoding='ISO-8859-1'?>\r\n<xs:element name='\xe4' "
                          "type='xs:int'/>");
    CHECK("<!DOCTYPE xs:schema [<!ENTITY e SYSTEM 'b.xsd'>]><xs:schema " XS ">&e;</xs:schema>",
          {"<\xc3\xa4>1</\xc3\xa4>", ""},
          {"<\xc3\xa4>x</\xc3\xa4>", "cvc-datatype-valid.1.2.1:1"});
    write_schema("b.xsd",
                 "<!ENTITY e SYSTEM 'c.xsd'><!ATTLIST xs:element type CDATA 'xs:int'>");
    write_schema("c.xsd", "<xs:element name='r'/>");
    CHECK("<!DOCTYPE xs:schema [<!ENTITY % p SYSTEM 'b.xsd'>%p;]><xs:schema " XS
          ">&e;</xs:schema>",
          {"<r>1</r>", ""}, {"<r>x</r>", "cvc-datatype-valid.1.2.1:1"});
    CHECK("<!DOCTYPE xs:schema [<!ENTITY gone SYSTEM 'gone.inc'>]><xs:schema " XS ">" INT_ROOT
          "</xs:schema>",
          {"<r>1</r>", ""});
}

static void test_what_a_parameter_entity_declares_lies_beside_it(void **state)
{
    (void)state;
    char folder[sizeof directory + 16];
    snprintf(folder, sizeof folder, "%s/d", directory);
    assert_int_equal(mkdir(folder, 0700), 0);
    write_schema("d/b.xsd", "<!ENTITY e SYSTEM 'c.xsd'>");
    write_schema("d/c.xsd", INT_ROOT);
    write_schema("c.xsd", "<xs:element name='other'/>");
    CHECK("<!DOCTYPE xs:schema [<!ENTITY % p SYSTEM 'd/b.xsd'>%p;]><xs:schema " XS
          ">&e;</xs:schema>",
          {"<r>1</r>", ""}, {"<r>x</r>", "cvc-datatype-valid.1.2.1:1"});
    /* Behind the reference, addresses are the document's again. */
    CHECK("<!DOCTYPE xs:schema [<!ENTITY % p SYSTEM 'd/b.xsd'>%p;<!ENTITY f SYSTEM 'c.xsd'>]>"
          "<xs:schema " XS ">&e;&f;</xs:schema>",
          {"<r>1</r>", ""}, {"<other/>", ""});
    for (const char *name = "bc"; *name; name++) {
        char path[sizeof folder + 8];
        snprintf(path, sizeof path, "%s/%c.xsd", folder, *name);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void test_an_entity_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    expect_error("<!DOCTYPE xs:schema [<!ENTITY e SYSTEM 'gone.inc'>]>\n<xs:schema " XS
                 ">\n&e;</xs:schema>",
                 "/gone.inc");
    expect_error(
        "<!DOCTYPE xs:schema [<!ENTITY e SYSTEM '/dev/zero'>]>\n<xs:schema " XS
        ">\n&e;</xs:schema>",
        "a.xsd:3: schema_reference.4: the entity e lies outside the document (/dev/zero) "
        "and is not read; there is nothing to be read at /dev/zero");
    expect_error(
        "<!DOCTYPE xs:schema [<!ENTITY % p SYSTEM 'gone.inc'>\n%p;]><xs:schema " XS "/>",
        "a.xsd:2: schema_reference.4: the parameter entity p lies outside the document "
        "(gone.inc) and is not read, nor is what is declared behind it; there is nothing "
        "to be read at ");
    expect_error("<!DOCTYPE xs:schema SYSTEM 'b.xsd'><xs:schema " XS ">&q;</xs:schema>",
                 "the entity q may be declared outside the document, and is not read");
    expect_error("<!DOCTYPE xs:schema SYSTEM 'gone.dtd'><xs:schema " XS "/>", "");
    expect_error("<!DOCTYPE a [<!ENTITY e SYSTEM 'b.xsd'>]><xs:schema " XS
                 " version='&e;'></xs:schema>",
                 "the entity e in an attribute lies outside the document");
    write_schema("b.xsd", "&e;");
    expect_error("<!DOCTYPE a [<!ENTITY e SYSTEM 'b.xsd'>]><xs:schema " XS ">&e;</xs:schema>",
                 "the entity e refers to itself");
}

static void test_entities_and_nesting_are_bounded(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_append_string(&text, "<!DOCTYPE a [<!ENTITY l0 '0123456789'>");
    for (int i = 1; i < 12; i++)
        buf_append_format(
            &text, "<!ENTITY l%d '&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;'>", i,
            i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    buf_append_string(&text, "]><xs:schema " XS "><xs:annotation><xs:documentation>&l11;"
                             "</xs:documentation></xs:annotation></xs:schema>");
    expect_error(buf_string(&text), "a.xsd:1: schema_reference.4: entities expand to more than "
                                    "the limit; that is 10 MiB here, which no option raises: "
                                    "put the text of some in their place");
    buf_clear(&text);
    buf_append_string(&text, "<xs:schema " XS ">\n<xs:group name='g'>");
    for (int i = 0; i < 100000; i++)
        buf_append_string(&text, "<xs:sequence>");
    expect_error(buf_string(&text),
                 "a.xsd:2: not covered: elements that are more than 256 deep in others");
    buf_free(&text);
}

/* -- Addresses ------------------------------------------------------------------------ */

static void test_addresses_start_from_xml_base(void **state)
{
    (void)state;
    struct buf text = {0};
    write_schema("b.xsd", wrap(INT_ROOT));
    buf_append_format(&text,
                      "<xs:schema " XS " xml:base='/nowhere/'><xs:include xml:base='%s/x' "
                      "schemaLocation='b.xsd'/></xs:schema>",
                      directory);
    CHECK(buf_string(&text), {"<r>1</r>", ""}, {"<r>x</r>", "cvc-datatype-valid.1.2.1:1"});
    buf_free(&text);
}

/* What lies in an external entity starts from there, whatever is around it (XML Base, 4.2). */
static void test_addresses_in_an_entity_start_from_the_entity(void **state)
{
    (void)state;
    char path[sizeof directory + 16];
    struct buf text = {0};
    snprintf(path, sizeof path, "%s/sub", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    write_schema("sub/b.xsd", wrap(INT_ROOT));
    write_schema("sub/c.xsd", wrap("<xs:element name='c' type='xs:int'/>"));
    write_schema("c.xsd", wrap("<xs:element name='c' type='xs:date'/>"));
    write_schema("sub/e.ent", "<?xml encoding='UTF-8'?><xs:include schemaLocation='b.xsd'/>"
                              "<xs:include xml:base='../sub/x' schemaLocation='c.xsd'/>&i;");
    buf_append_string(&text, "<!DOCTYPE a [<!ENTITY e SYSTEM 'sub/e.ent'><!ENTITY i "
                             "'<xs:import schemaLocation=\"gone.xsd\" namespace=\"urn:n\"/>'>]>"
                             "<xs:schema " XS " xml:base='/nowhere/'>&e;</xs:schema>");
    CHECK(buf_string(&text), {"<r>1</r>", ""}, {"<r>x</r>", "cvc-datatype-valid.1.2.1:1"},
          {"<c>1</c>", ""}, {"<c>2000-01-01</c>", "cvc-datatype-valid.1.2.1:1"});
    /* Behind it, as before it. */
    buf_clear(&text);
    write_schema("sub/e.ent", "<xs:annotation/>");
    write_schema("b.xsd", wrap("<xs:element name='r' type='xs:date'/>"));
    buf_append_string(&text, "<!DOCTYPE a [<!ENTITY e SYSTEM 'sub/e.ent'>]><xs:schema " XS
                             ">&e;<xs:include schemaLocation='b.xsd'/></xs:schema>");
    CHECK(buf_string(&text), {"<r>2000-01-01</r>", ""});
    static const char *const NAMES[] = {"b.xsd", "c.xsd", "e.ent"};
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        snprintf(path, sizeof path, "%s/sub/%s", directory, NAMES[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/sub", directory);
    assert_int_equal(rmdir(path), 0);
    buf_free(&text);
}

static void test_a_fragment_is_no_part_of_the_file_name(void **state)
{
    (void)state;
    write_schema("b.xsd", "<xs:schema id='x' " XS ">" INT_ROOT "</xs:schema>");
#define INCLUDE(location)                                                                      \
    "<xs:schema " XS "><xs:include schemaLocation='" location "'/></xs:schema>"
    static const struct {
        const char *schema, *warning;
    } CASES[] = {
        {INCLUDE("b.xsd#"), ""},
        {INCLUDE("b.xsd#x"), ""},
        {INCLUDE("b.xsd#y"), "src-include.1: 'y' is not the id of the root of "},
        {INCLUDE("b.xsd#xpointer(/xs:schema)"), "the whole document is taken"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        CHECK(CASES[i].schema, {"<r>1</r>", ""}, {"<r>x</r>", "cvc-datatype-valid.1.2.1:1"});
        struct xsd *xsd = compile(CASES[i].schema);
        const char *warnings = xsd_warnings(xsd);
        if (!*CASES[i].warning ? *warnings : !strstr(warnings, CASES[i].warning))
            fail_msg("%s: %s", CASES[i].schema, warnings);
        xsd_free(xsd);
    }
    /* But a file may be called so. */
    char path[sizeof directory + 16];
    snprintf(path, sizeof path, "%s", write_schema("c#.xsd", wrap(INT_ROOT)));
    CHECK(INCLUDE("c#.xsd"), {"<r>1</r>", ""});
    CHECK(INCLUDE("c%23.xsd"), {"<r>1</r>", ""});
    unlink(path);
#undef INCLUDE
}

/* -- What is left out ----------------------------------------------------------------- */

static void test_annotations_that_break_a_rule_are_seen(void **state)
{
    (void)state;
#define IN_ELEMENT(annotations)                                                                \
    "<xs:schema " XS " xmlns:f='urn:f'><xs:element name='r'>\n" annotations                    \
    "</xs:element></xs:schema>"
#define NOTE "<xs:annotation><xs:documentation f:a=''>x<b/></xs:documentation></xs:annotation>"
    expect_error(IN_ELEMENT(NOTE), "");
    expect_error(IN_ELEMENT(NOTE "\n" NOTE),
                 "a.xsd:3: s4s-elt-must-match.1: element 'annotation' is out of place");
    expect_error(IN_ELEMENT(NOTE "<!-- -->\n" NOTE "\n" NOTE), "a.xsd:3: s4s-elt-must-match.1");
    expect_error(IN_ELEMENT("<xs:annotation><xs:appinfo/>\n<xs:element/></xs:annotation>"),
                 "a.xsd:3: src-annotation: element 'element' in an annotation");
    expect_error(IN_ELEMENT("<xs:annotation><xs:appinfo/>text</xs:annotation>"),
                 "a.xsd:2: s4s-elt-character: text in element 'annotation'");
    expect_error(IN_ELEMENT("<xs:annotation/>text"), "s4s-elt-character");
    expect_error(IN_ELEMENT("<xs:annotation a=''/>"), "s4s-att-not-allowed");
    expect_error(IN_ELEMENT("<xs:annotation><xs:appinfo a=''/></xs:annotation>"),
                 "s4s-att-not-allowed");
    expect_error(IN_ELEMENT("<xs:complexType/>" NOTE), "s4s-elt-must-match.1");
    expect_error("<xs:schema " XS " xmlns:f='urn:f'>" NOTE NOTE INT_ROOT NOTE "</xs:schema>",
                 "");
    /* It is still read: what is in it is well-formed, or the document is not. */
    expect_error(IN_ELEMENT("<xs:annotation><xs:appinfo><b></xs:appinfo></xs:annotation>"),
                 "a.xsd:2: schema_reference.4: Opening and ending tag mismatch");
}

static void test_what_is_not_well_formed_is_told_with_its_line(void **state)
{
    (void)state;
    expect_error("", "a.xsd:1: schema_reference.4: there is no root element");
    expect_error("<xs:schema " XS ">\n<xs:element name='a'>\n",
                 "a.xsd:3: schema_reference.4: the element xs:element of line 2 is not closed");
    expect_error("<xs:schema " XS ">\n<p:a/></xs:schema>",
                 "a.xsd:2: schema_reference.4: the namespace prefix of p:a");
    expect_error("<xs:schema " XS " version='&none;'/>", "the entity none is not declared");
    expect_error("<xs:schema " XS "/>x", "there is something behind the end of the root");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_schema_document_may_be_in_any_encoding),
        cmocka_unit_test(test_external_entities_lie_beside_the_document),
        cmocka_unit_test(test_what_a_parameter_entity_declares_lies_beside_it),
        cmocka_unit_test(test_an_entity_that_cannot_be_read_is_told),
        cmocka_unit_test(test_entities_and_nesting_are_bounded),
        cmocka_unit_test(test_addresses_start_from_xml_base),
        cmocka_unit_test(test_addresses_in_an_entity_start_from_the_entity),
        cmocka_unit_test(test_a_fragment_is_no_part_of_the_file_name),
        cmocka_unit_test(test_annotations_that_break_a_rule_are_seen),
        cmocka_unit_test(test_what_is_not_well_formed_is_told_with_its_line),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
