/* SPDX-License-Identifier: MIT
 *
 * Schemas that are taken: restrictions of content, and schemas of several documents.
 * test_schema_rules.c has those that are refused.
 */
#include "xsd_test.h"

/* -- Restrictions --------------------------------------------------------------------- */

#define RESTRICTION(base, content)                                                             \
    "<xs:complexType name='b'>" base "</xs:complexType><xs:complexType name='t'>"              \
    "<xs:complexContent><xs:restriction base='b'>" content                                     \
    "</xs:restriction></xs:complexContent></xs:complexType>"

static void test_restriction(void **state)
{
    (void)state;
    CHECK(wrap(RESTRICTION(
              "<xs:sequence><xs:choice minOccurs='0' maxOccurs='unbounded'>"
              "<xs:element name='a' type='xs:int'/><xs:element name='b'/>"
              "</xs:choice><xs:any namespace='##other' minOccurs='0'/>"
              "</xs:sequence>",
              "<xs:sequence><xs:element name='b' minOccurs='2' maxOccurs='5'/>"
              "<xs:element name='a' type='xs:byte'/></xs:sequence>") "<xs:element name='r' "
                                                                     "type='t'/>"),
          {"<r><b/><b/><a>1</a></r>", ""},
          {"<r><b/><b/><a>300</a></r>", "cvc-maxInclusive-valid:1"});
    CHECK(wrap(RESTRICTION("<xs:all><xs:element name='a' minOccurs='0'/>"
                           "<xs:element name='b'/></xs:all>",
                           "<xs:sequence><xs:element name='b'/><xs:element name='a'/>"
                           "</xs:sequence>") "<xs:element name='r' type='t'/>"),
          {"<r><b/><a/></r>", ""});
}

/* -- Schemas of several documents ----------------------------------------------------- */

#define SCHEMA(attributes)                                                                     \
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' " attributes ">"

static void test_include(void **state)
{
    (void)state;
    write_schema(
        "b.xsd",
        SCHEMA("elementFormDefault='qualified'") "<xs:complexType "
                                                 "name='t'><xs:sequence><xs:element name='a' "
                                                 "type='u'/>"
                                                 "</xs:sequence></"
                                                 "xs:complexType><xs:simpleType name='u'>"
                                                 "<xs:restriction "
                                                 "base='xs:int'/></xs:simpleType></xs:schema>");
    /* A chameleon, twice by two names. */
    CHECK(SCHEMA("targetNamespace='urn:t' xmlns='urn:t'") "<xs:include "
                                                          "schemaLocation='b.xsd'/><xs:include "
                                                          "schemaLocation='./b.xsd'/>"
                                                          "<xs:element name='r' "
                                                          "type='t'/></xs:schema>",
          {"<r xmlns='urn:t'><a>1</a></r>", ""},
          {"<r xmlns='urn:t'><a>x</a></r>", "cvc-datatype-valid.1.2.1:1"});
}

static void test_import(void **state)
{
    (void)state;
    write_schema(
        "b.xsd",
        SCHEMA("targetNamespace='urn:o'") "<xs:element name='b' type='xs:int'/></xs:schema>");
    write_schema(
        "c.xsd",
        SCHEMA("targetNamespace='urn:o'") "<xs:element name='c' type='xs:int'/></xs:schema>");
    /* One namespace from two places: both are read. */
    CHECK(SCHEMA(
              "xmlns:o='urn:o'") "<xs:import namespace='urn:o' schemaLocation='b.xsd'/>"
                                 "<xs:import namespace='urn:o' schemaLocation='c.xsd'/>"
                                 "<xs:element "
                                 "name='r'><xs:complexType><xs:sequence><xs:element ref='o:b'/>"
                                 "<xs:element "
                                 "ref='o:c'/></xs:sequence></xs:complexType></xs:element></"
                                 "xs:schema>",
          {"<r xmlns:o='urn:o'><o:b>1</o:b><o:c>2</o:c></r>", ""},
          {"<r xmlns:o='urn:o'><o:b>1</o:b><o:c>x</o:c></r>", "cvc-datatype-valid.1.2.1:1"});
}

/* Neither breaks a rule: only what is missed is wrong. */
/* Names with letters beyond ASCII, where URIs have none: of namespaces and of files. */
static void test_names_beyond_ascii(void **state)
{
    (void)state;
    char path[sizeof directory + 32];
    snprintf(path, sizeof path, "%s",
             write_schema("\xc3\xbc b.xsd",
                          SCHEMA("targetNamespace='\xc3\xa4'") "<xs:element name='r' "
                                                               "type='xs:int'/></xs:schema>"));
    CHECK(SCHEMA("targetNamespace='\xc3\xa4' xmlns='\xc3\xa4'") "<xs:include "
                                                                "schemaLocation='\xc3\xbc "
                                                                "b.xsd'/></xs:schema>",
          {"<r xmlns='\xc3\xa4'>1</r>", ""},
          {"<r xmlns='\xc3\xa4'>x</r>", "cvc-datatype-valid.1.2.1:1"});
    CHECK(SCHEMA("targetNamespace='\xc3\xa4' xmlns='\xc3\xa4'") "<xs:include "
                                                                "schemaLocation='%C3%BC%20b."
                                                                "xsd'/></xs:schema>",
          {"<r xmlns='\xc3\xa4'>1</r>", ""});
    unlink(path);
}

/* Imported without an address, it is the one that another document brings. */
static void test_an_import_may_have_no_address(void **state)
{
    (void)state;
    write_schema(
        "b.xsd",
        SCHEMA("targetNamespace='http://www.w3.org/XML/1998/namespace'") "<xs:attribute "
                                                                         "name='lang' "
                                                                         "type='xs:int'/></"
                                                                         "xs:schema>");
    write_schema(
        "c.xsd",
        SCHEMA("targetNamespace='urn:c'") "<xs:import "
                                          "namespace='http://www.w3.org/XML/1998/namespace' "
                                          "schemaLocation='b.xsd'/></xs:schema>");
    CHECK(SCHEMA("") "<xs:import namespace='http://www.w3.org/XML/1998/namespace'/>"
                     "<xs:import namespace='urn:c' schemaLocation='c.xsd'/>"
                     "<xs:element name='r'><xs:complexType><xs:attribute ref='xml:lang'/>"
                     "</xs:complexType></xs:element></xs:schema>",
          {"<r xml:lang='1'/>", ""});
}

static void test_what_is_not_there_is_left_out_with_a_note(void **state)
{
    (void)state;
    struct xsd *xsd;
    struct thresh_error error = {""};
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    const char *path =
        write_schema("a.xsd", SCHEMA("") "<xs:include schemaLocation='gone.xsd'/><xs:import "
                                         "namespace='urn:o' schemaLocation='away.xsd'/>"
                                         "<xs:element name='r'/></xs:schema>");
    assert_int_equal(xsd_compile(&xsd, path, documents, NULL, &error), 0);
    assert_string_equal(xsd_warnings(xsd), "");
    const char *notes = xsd_documents_notes(documents);
    assert_non_null(strstr(notes, "a.xsd:1: the include is left out, for /"));
    assert_non_null(strstr(notes, "/gone.xsd is not there; "));
    assert_non_null(strstr(notes, "a.xsd:1: the import of urn:o is left out, for /"));
    xsd_free(xsd);
    xsd_documents_free(documents);
    resolver_close(resolver);
}

#define XSD_NS "http://www.w3.org/2001/XMLSchema"
#define XSI_NS XSD_NS "-instance"

static void test_any_target_namespace(void **state)
{
    (void)state;
    CHECK(SCHEMA("targetNamespace='a b'") "<xs:element name='r' type='xs:int'/></xs:schema>",
          {"<r xmlns='a b'>1</r>", ""}, {"<r xmlns='ab'>1</r>", "cvc-elt.1:1"});
    CHECK(SCHEMA("targetNamespace='" XSI_NS "'") "<xs:element name='r' type='xs:int'/>"
                                                 "</xs:schema>",
          {"<r xmlns='" XSI_NS "'>1</r>", ""});
}

/* What is built in is declared once more there, and stays. */
static void test_a_schema_for_schemas(void **state)
{
    (void)state;
    CHECK(SCHEMA("targetNamespace='" XSD_NS "'") "<xs:simpleType name='int'>"
                                                 "<xs:restriction base='xs:long'>"
                                                 "<xs:maxInclusive value='9'/>"
                                                 "</xs:restriction></xs:simpleType>"
                                                 "<xs:simpleType name='own'>"
                                                 "<xs:restriction base='xs:int'/>"
                                                 "</xs:simpleType>"
                                                 "<xs:element name='r' type='xs:own'/>"
                                                 "</xs:schema>",
          {"<r xmlns='" XSD_NS "'>10</r>", ""},
          {"<r xmlns='" XSD_NS "'>x</r>", "cvc-datatype-valid.1.2.1:1"});
}

/* Two documents with one and the same type and group, which differ in prefixes alone. */
static void test_copies_of_a_component_are_one(void **state)
{
    (void)state;
    write_schema("b.xsd",
                 SCHEMA("targetNamespace='urn:o' xmlns='urn:o'") "<xs:simpleType name='t'>"
                                                                 "<xs:restriction "
                                                                 "base='xs:int'><xs:"
                                                                 "maxInclusive value='9'/>"
                                                                 "</xs:restriction></"
                                                                 "xs:simpleType><xs:element "
                                                                 "name='b' type='t'/>"
                                                                 "</xs:schema>");
    write_schema("c.xsd",
                 SCHEMA("targetNamespace='urn:o' xmlns:p='urn:o'") "<xs:simpleType name='t'>"
                                                                   "<xs:restriction "
                                                                   "base='xs:int'><xs:"
                                                                   "maxInclusive value='9'/>"
                                                                   "</xs:restriction></"
                                                                   "xs:simpleType><xs:element "
                                                                   "name='b' type='p:t'/>"
                                                                   "</xs:schema>");
    CHECK(SCHEMA("xmlns:o='urn:o'") "<xs:import namespace='urn:o' schemaLocation='b.xsd'/>"
                                    "<xs:import namespace='urn:o' "
                                    "schemaLocation='c.xsd'/></xs:schema>",
          {"<b xmlns='urn:o'>9</b>", ""},
          {"<b xmlns='urn:o'>10</b>", "cvc-maxInclusive-valid:1"});
}

/* Whether two documents with these declarations contradict each other. */
static bool contradict(const char *attributes, const char *body, const char *more,
                       const char *copy)
{
    char text[2048];
    struct xsd *xsd = NULL;
    struct thresh_error error = {""};
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    snprintf(text, sizeof text, "<xs:schema xmlns:xs='" XSD_NS "' %s>%s</xs:schema>",
             attributes, body);
    write_schema("b.xsd", text);
    snprintf(text, sizeof text, "<xs:schema xmlns:xs='" XSD_NS "' %s>%s</xs:schema>", more,
             copy);
    write_schema("c.xsd", text);
    const char *path =
        write_schema("a.xsd", SCHEMA("targetNamespace='urn:o'") "<xs:include "
                                                                "schemaLocation='b.xsd'/>"
                                                                "<xs:include "
                                                                "schemaLocation='c.xsd'/>"
                                                                "</xs:schema>");
    int rc = xsd_compile(&xsd, path, documents, NULL, &error);
    if (rc != 0 && !strstr(error.text, "/c.xsd:1: sch-props-correct.2: a second "))
        fail_msg("%s\n%s\n%s", body, copy, error.text);
    xsd_free(xsd);
    xsd_documents_free(documents);
    resolver_close(resolver);
    return rc != 0;
}

static void test_components_that_agree_are_one_however_they_are_written(void **state)
{
    (void)state;
#define E(attributes, content) "<xs:element name='e' " attributes ">" content "</xs:element>"
#define T(attributes, content)                                                                 \
    "<xs:complexType name='t' " attributes ">" content "</xs:complexType>"
#define IN(attributes) T("", "<xs:sequence><xs:element name='i' " attributes "/></xs:sequence>")
#define AT(attributes) T("", "<xs:attribute name='a' " attributes "/>")
#define ANY(attributes)                                                                        \
    T("", "<xs:sequence " attributes "><xs:any " attributes "/></xs:sequence>")
#define S(attributes, facet)                                                                   \
    "<xs:simpleType name='s' " attributes "><xs:restriction base='xs:int'>" facet              \
    "</xs:restriction></xs:simpleType>"
#define U(types) "<xs:simpleType name='u'><xs:union memberTypes='" types "'/></xs:simpleType>"
#define O        "targetNamespace='urn:o'"
    static const struct {
        const char *attributes, *body, *more, *copy;
        bool contradict;
    } CASES[] = {
        {"", E("id='x'", ""), "", E("id='y'", ""), false},
        {"", E("", ""), "", E("", "<xs:annotation id='n'><xs:documentation/></xs:annotation>"),
         false},
        {"", IN("id='x'"), "", IN(""), false},
        {"", E("final='' block='' nillable='false' abstract='0'", ""), "", E("", ""), false},
        {"", E("type='xs:anyType'", ""), "", E("", ""), false},
        {"", E("type='xs:anySimpleType'", ""), "", E("", ""), true},
        {"", E("type='xs:anyType'", ""), "",
         E("", "<xs:simpleType><xs:list itemType='xs:int'/></xs:simpleType>"), true},
        {"", E("nillable='true'", ""), "", E("nillable='1'", ""), false},
        {"", E("nillable='true'", ""), "", E("", ""), true},
        {"", E("final='#all'", ""), "", E("final='restriction extension'", ""), false},
        {"", E("final='restriction'", ""), "", E("", ""), true},
        {"finalDefault='#all'", E("final=''", ""), "", E("", ""), false},
        {"finalDefault='#all'", E("", ""), "", E("", ""), true},
        {"blockDefault='substitution'", T("", ""), "", T("", ""), false},
        {"blockDefault='substitution'", E("", ""), "", E("block='substitution'", ""), false},
        {"blockDefault='extension'", IN(""), "", IN(""), true},
        {"", T("mixed='false'", ""), "", T("", ""), false},
        {"", T("mixed='true'", ""), "", T("", ""), true},
        {"", IN("minOccurs='1' maxOccurs='01'"), "", IN(""), false},
        {"", IN("minOccurs='0'"), "", IN(""), true},
        {"", IN("maxOccurs='unbounded'"), "", IN(""), true},
        {"", IN("form='unqualified'"), "", IN(""), false},
        {"elementFormDefault='qualified'", IN(""), "", IN("form='qualified'"), false},
        {"elementFormDefault='qualified'", IN(""), "", IN(""), true},
        {"elementFormDefault='qualified'", AT(""), "", AT(""), false},
        {"attributeFormDefault='qualified'", AT(""), "", AT(""), true},
        {"", AT("use='optional' type='xs:anySimpleType'"), "", AT(""), false},
        {"", AT("use='required'"), "", AT(""), true},
        {"", AT("fixed='true'"), "", AT("fixed='1'"), true},
        {"", ANY("minOccurs='1'"), "", ANY(""), false},
        {"", T("", "<xs:anyAttribute namespace='##any' processContents='strict'/>"), "",
         T("", "<xs:anyAttribute/>"), false},
        {"", T("", "<xs:anyAttribute processContents='lax'/>"), "", T("", "<xs:anyAttribute/>"),
         true},
        {"", S("final=''", "<xs:minInclusive value='1' fixed='false'/>"), "",
         S("", "<xs:minInclusive value='1' id='m'/>"), false},
        {"", S("", "<xs:minInclusive value='1' fixed='true'/>"), "",
         S("", "<xs:minInclusive value='1'/>"), true},
        {"finalDefault='list'", S("", ""), "", S("", ""), true},
        {"xmlns:x='" XSD_NS "'", U("x:int xs:byte"), "", U("xs:int\txs:byte"), false},
        {"", U("xs:int xs:byte"), "", U("xs:byte xs:int"), true},
        {"xmlns:x='urn:x'", E("default='xs:a'", ""), "", E("default='xs:a'", ""), false},
        {"xmlns:x='urn:x'", E("default='x:a'", ""), "xmlns:x='urn:y'", E("default='x:a'", ""),
         true},
        {"", E("type='s'", "") S("", ""), O " xmlns:o='urn:o'", E("type='o:s'", "") S("", ""),
         false},
        {"", E("type='s'", "") S("", ""), O, E("type='xs:int'", "") S("", ""), true},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        if (contradict(CASES[i].attributes, CASES[i].body, CASES[i].more, CASES[i].copy) !=
            CASES[i].contradict)
            fail_msg("%zu: %s", i, CASES[i].body);
#undef E
#undef T
#undef S
#undef U
#undef O
}

static void test_redefine(void **state)
{
    (void)state;
    write_schema(
        "b.xsd",
        SCHEMA(
            "") "<xs:complexType name='t'><xs:sequence><xs:element name='a'/></xs:sequence>"
                "</xs:complexType><xs:simpleType name='s'><xs:restriction base='xs:int'/>"
                "</xs:simpleType><xs:group name='g'><xs:sequence><xs:element name='x'/>"
                "</xs:sequence></xs:group><xs:attributeGroup name='h'><xs:attribute name='p'/>"
                "</xs:attributeGroup></xs:schema>");
    CHECK(
        SCHEMA(
            "") "<xs:redefine schemaLocation='b.xsd'>"
                "<xs:complexType name='t'><xs:complexContent><xs:extension "
                "base='t'><xs:sequence>"
                "<xs:element name='b' type='s'/><xs:group ref='g'/></xs:sequence>"
                "<xs:attributeGroup "
                "ref='h'/></xs:extension></xs:complexContent></xs:complexType>"
                "<xs:simpleType name='s'><xs:restriction base='s'><xs:maxInclusive value='9'/>"
                "</xs:restriction></xs:simpleType>"
                "<xs:group name='g'><xs:sequence><xs:group ref='g'/><xs:element name='y'/>"
                "</xs:sequence></xs:group>"
                "<xs:attributeGroup name='h'><xs:attributeGroup ref='h'/><xs:attribute "
                "name='q'/>"
                "</xs:attributeGroup></xs:redefine><xs:element name='r' type='t'/></xs:schema>",
        {"<r p='' q=''><a/><b>9</b><x/><y/></r>", ""},
        {"<r><a/><b>10</b><x/><y/></r>", "cvc-maxInclusive-valid:1"},
        {"<r><a/><b>1</b><x/></r>", "cvc-complex-type.2.4.b:1"});
}

/* What the redefinition leaves out is gone. */
static void test_redefine_by_restriction(void **state)
{
    (void)state;
    write_schema("b.xsd",
                 SCHEMA("") "<xs:group name='g'><xs:sequence><xs:element name='x' "
                            "maxOccurs='9'/><xs:element name='y' minOccurs='0'/></xs:sequence>"
                            "</xs:group><xs:attributeGroup name='h'><xs:attribute name='p' "
                            "use='required'/><xs:attribute name='q'/></xs:attributeGroup>"
                            "<xs:element name='r'><xs:complexType><xs:group ref='g'/>"
                            "<xs:attributeGroup ref='h'/></xs:complexType></xs:element>"
                            "</xs:schema>");
    CHECK(SCHEMA("") "<xs:redefine schemaLocation='b.xsd'>"
                     "<xs:group name='g'><xs:sequence><xs:element name='x' maxOccurs='2'/>"
                     "</xs:sequence></xs:group><xs:attributeGroup name='h'><xs:attribute "
                     "name='p' use='required'/></xs:attributeGroup></xs:redefine></xs:schema>",
          {"<r p=''><x/><x/></r>", ""},
          {"<r p=''><x/><x/><x/></r>", "cvc-complex-type.2.4.d:1"},
          {"<r p=''><x/><y/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r p='' q=''><x/></r>", "cvc-complex-type.3.2.2:1"});
}

/* An entity has the namespaces that are in scope where it is referred to, each time. */
static void test_entities_in_schema_documents(void **state)
{
    (void)state;
    CHECK("<!DOCTYPE xs:schema [<!ENTITY a \"<xs:element name='a'><xs:complexType>&b;"
          "</xs:complexType></xs:element>\"><!ENTITY b \"<xs:sequence>"
          "<xs:element name='b' type='p:t'/></xs:sequence><xs:attribute name='c'/>\">"
          "<!ENTITY digits '[0-9]'>]><xs:schema xmlns:xs='" XSD_NS "' xmlns:p='urn:p' "
          "targetNamespace='urn:p'><xs:simpleType name='t'><xs:restriction base='xs:string'>"
          "<xs:pattern value='&digits;+'/></xs:restriction></xs:simpleType>"
          "<xs:element name='r'><xs:complexType><xs:sequence>&a;</xs:sequence></xs:complexType>"
          "</xs:element><xs:element name='s'><xs:complexType><xs:sequence>&a;</xs:sequence>"
          "</xs:complexType></xs:element></xs:schema>",
          {"<p:r xmlns:p='urn:p'><a c=''><b>1</b></a></p:r>", ""},
          {"<p:s xmlns:p='urn:p'><a c=''><b>1</b></a></p:s>", ""},
          {"<p:s xmlns:p='urn:p'><a><b>x</b></a></p:s>", "cvc-pattern-valid:1"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restriction),
        cmocka_unit_test(test_include),
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_names_beyond_ascii),
        cmocka_unit_test(test_an_import_may_have_no_address),
        cmocka_unit_test(test_what_is_not_there_is_left_out_with_a_note),
        cmocka_unit_test(test_any_target_namespace),
        cmocka_unit_test(test_a_schema_for_schemas),
        cmocka_unit_test(test_copies_of_a_component_are_one),
        cmocka_unit_test(test_components_that_agree_are_one_however_they_are_written),
        cmocka_unit_test(test_redefine),
        cmocka_unit_test(test_redefine_by_restriction),
        cmocka_unit_test(test_entities_in_schema_documents),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
