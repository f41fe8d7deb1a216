/* SPDX-License-Identifier: MIT
 *
 * Schemas: those that must be refused, and those of several documents.
 */
#include "xsd_test.h"

/* -- Schemas that are refused --------------------------------------------------------- */

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

static void test_refused(void **state)
{
    (void)state;
    static const char *const BODIES[] = {
        "<xs:elephant/>",
        "<xs:element/>",
        "<xs:element name='1'/>",
        "<xs:element name='a b'/>",
        "<xs:complexType name='a b'/><xs:element name='r' type='a'/>",
        "<xs:group name='a b'><xs:sequence/></xs:group>",
        "<xs:attributeGroup name='a b'/>",
        "<xs:notation name='a b' public='p'/>",
        "<xs:element name='a' colour='red'/>",
        "<xs:element name='a'/><xs:element name='a'/>",
        "<xs:element name='a' type='gone'/>",
        "<xs:element name='a' type='p:t'/>",
        "<xs:element name='a' type='xs:integr'/>",
        "<xs:element name='a' default='1' fixed='1'/>",
        "<xs:element name='a' type='xs:int' default='x'/>",
        "<xs:element name='a' type='xs:ID' default='x'/>",
        "<xs:element name='a' id='i'/><xs:element name='b' id='i'/>",
        "<xs:element name='a' substitutionGroup='b'/><xs:element name='b' "
        "substitutionGroup='a'/>",
        "<xs:element name='a' type='xs:int' final='restriction'/>"
        "<xs:element name='b' type='xs:byte' substitutionGroup='a'/>",
        "<xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:string' "
        "substitutionGroup='a'/>",
        "<xs:complexType name='t'><xs:sequence><xs:element name='a' minOccurs='2'/>"
        "</xs:sequence></xs:complexType>",
        "<xs:complexType name='t'><xs:attribute name='a'/><xs:sequence/></xs:complexType>",
        "<xs:complexType name='t'><xs:attribute name='a'/><xs:attribute name='a'/>"
        "</xs:complexType>",
        "<xs:complexType name='t'><xs:attribute name='a' type='xs:ID'/>"
        "<xs:attribute name='b' type='xs:ID'/></xs:complexType>",
        "<xs:complexType name='t'><xs:attribute name='a' use='required' default='1'/>"
        "</xs:complexType>",
        /* not deterministic */
        "<xs:complexType name='t'><xs:choice><xs:element name='a'/><xs:element name='a'/>"
        "</xs:choice></xs:complexType>",
        "<xs:complexType name='t'><xs:sequence><xs:element name='a' minOccurs='0'/>"
        "<xs:element name='a'/></xs:sequence></xs:complexType>",
        "<xs:complexType name='t'><xs:sequence><xs:any minOccurs='0'/><xs:element name='a'/>"
        "</xs:sequence></xs:complexType>",
        "<xs:element name='h'/><xs:element name='m' substitutionGroup='h'/>"
        "<xs:complexType name='t'><xs:choice><xs:element ref='h'/><xs:element ref='m'/>"
        "</xs:choice></xs:complexType>",
        "<xs:complexType name='t'><xs:sequence><xs:element name='a' maxOccurs='2'/>"
        "<xs:element name='a'/></xs:sequence></xs:complexType>",
        /* one name, two types */
        "<xs:complexType name='t'><xs:sequence><xs:element name='a' type='xs:int'/>"
        "<xs:element name='b'/><xs:element name='a' type='xs:string'/></xs:sequence>"
        "</xs:complexType>",
        "<xs:complexType name='t'><xs:all><xs:element name='a' maxOccurs='2'/></xs:all>"
        "</xs:complexType>",
        "<xs:group name='g'><xs:all><xs:element name='a'/></xs:all></xs:group>"
        "<xs:complexType name='t'><xs:sequence><xs:group ref='g'/></xs:sequence>"
        "</xs:complexType>",
        "<xs:group name='g'><xs:sequence><xs:group ref='g'/></xs:sequence></xs:group>",
        "<xs:attributeGroup name='g'><xs:attributeGroup ref='g'/></xs:attributeGroup>",
        "<xs:complexType name='t'><xs:complexContent><xs:extension base='t'/>"
        "</xs:complexContent></xs:complexType>",
        "<xs:complexType name='t'><xs:complexContent><xs:extension base='xs:int'/>"
        "</xs:complexContent></xs:complexType>",
        "<xs:complexType name='b' final='extension'/><xs:complexType name='t'>"
        "<xs:complexContent><xs:extension base='b'/></xs:complexContent></xs:complexType>",
        "<xs:complexType name='b'><xs:attribute name='a' use='required'/></xs:complexType>"
        "<xs:complexType name='t'><xs:complexContent><xs:restriction base='b'>"
        "<xs:attribute name='a' use='prohibited'/></xs:restriction></xs:complexContent>"
        "</xs:complexType>",
        "<xs:complexType name='b'/><xs:complexType name='t'><xs:complexContent>"
        "<xs:restriction base='b'><xs:attribute name='a'/></xs:restriction>"
        "</xs:complexContent></xs:complexType>",
        /* restrictions that are none */
        RESTRICTION("<xs:sequence><xs:element name='a'/></xs:sequence>",
                    "<xs:sequence><xs:element name='a' minOccurs='0'/></xs:sequence>"),
        RESTRICTION("<xs:sequence><xs:element name='a' maxOccurs='3'/></xs:sequence>",
                    "<xs:sequence><xs:element name='a' maxOccurs='4'/></xs:sequence>"),
        RESTRICTION("<xs:choice><xs:element name='a'/><xs:element name='b'/></xs:choice>",
                    "<xs:sequence><xs:element name='a'/><xs:element name='b'/></xs:sequence>"),
        RESTRICTION("<xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence>",
                    "<xs:sequence><xs:element name='a' type='xs:string'/></xs:sequence>"),
        RESTRICTION("<xs:sequence><xs:any processContents='strict'/></xs:sequence>",
                    "<xs:sequence><xs:any processContents='lax'/></xs:sequence>"),
        RESTRICTION("<xs:all><xs:element name='a'/></xs:all>",
                    "<xs:all><xs:element name='a' minOccurs='0'/></xs:all>"),
        "<xs:simpleType name='t'><xs:restriction base='xs:int'><xs:maxLength value='1'/>"
        "</xs:restriction></xs:simpleType>",
        "<xs:simpleType name='t' final='restriction'><xs:restriction base='xs:int'/>"
        "</xs:simpleType><xs:simpleType name='u'><xs:restriction base='t'/></xs:simpleType>",
        "<xs:simpleType name='t'><xs:list/></xs:simpleType>",
        "<xs:simpleType name='t'><xs:union/></xs:simpleType>",
        "<xs:element name='a'><xs:key name='k'><xs:selector xpath='/b'/><xs:field xpath='@c'/>"
        "</xs:key></xs:element>",
        "<xs:element name='a'><xs:key name='k'><xs:selector xpath='@b'/><xs:field xpath='@c'/>"
        "</xs:key></xs:element>",
        "<xs:element name='a'><xs:key name='k'><xs:selector xpath='b[1]'/>"
        "<xs:field xpath='@c'/></xs:key></xs:element>",
        "<xs:element name='a'><xs:keyref name='k' refer='gone'><xs:selector xpath='b'/>"
        "<xs:field xpath='@c'/></xs:keyref></xs:element>",
        "<xs:element name='a'>text</xs:element>",
        "<xs:element name='a'><xs:complexType/><xs:annotation/></xs:element>",
        "<xs:include schemaLocation='gone.xsd'/>",
        "<xs:import namespace='urn:x'/><xs:element name='a' xmlns:x='urn:x' type='x:t'/>",
        "<xs:element name='a' xmlns:x='urn:x' type='x:t'/>",
        "<xs:notation name='n'/>",
        "<xs:element name='a' id='1'/>",
        "<xs:element name='a' nillable='maybe'/>",
        "<xs:element name='a' final='list'/>",
        "<xs:element name='a' type='1:2'/>",
        "<xs:element name='a' xs:type='xs:int'/>",
        "<xs:element name='a'><xs:annotation><xs:element/></xs:annotation></xs:element>",
        "<xs:element name='a' type='xs:int'><xs:simpleType><xs:restriction base='xs:int'/>"
        "</xs:simpleType></xs:element>",
        "<xs:element name='a' default='1'><xs:complexType><xs:sequence><xs:element name='b'/>"
        "</xs:sequence></xs:complexType></xs:element>",
        "<xs:sequence/>",
        "<xs:include/>",
        "<xs:import/>",
        "<xs:import namespace=''/>",
        "<xs:element name='a'/><xs:include schemaLocation='b.xsd'/>",
        "<xs:include schemaLocation='%'/>",
        /* attributes */
        "<xs:attribute name='xmlns'/>",
        "<xs:attribute name='a' default='1' fixed='1'/>",
        "<xs:attribute name='a' type='xs:int'><xs:simpleType><xs:restriction base='xs:int'/>"
        "</xs:simpleType></xs:attribute>",
        "<xs:complexType name='t'/><xs:attribute name='a' type='t'/>",
        "<xs:complexType name='t'><xs:attribute name='a' use='maybe'/></xs:complexType>",
        "<xs:complexType name='t'><xs:attribute name='a' form='bent'/></xs:complexType>",
        "<xs:complexType name='t'><xs:attributeGroup/></xs:complexType>",
        "<xs:complexType name='t'><xs:anyAttribute processContents='loose'/></xs:complexType>",
        "<xs:complexType name='t'><xs:anyAttribute namespace='urn:a ##any'/></xs:complexType>",
        "<xs:attribute name='a'/><xs:complexType name='t'><xs:attribute ref='a' type='xs:int'/>"
        "</xs:complexType>",
        "<xs:attribute name='a' fixed='1'/><xs:complexType name='t'>"
        "<xs:attribute ref='a' fixed='2'/></xs:complexType>",
        RESTRICTION("<xs:attribute name='a' type='xs:int'/>",
                    "<xs:attribute name='a' type='xs:string'/>"),
        RESTRICTION("<xs:attribute name='a' fixed='1'/>", "<xs:attribute name='a' fixed='2'/>"),
        RESTRICTION("<xs:anyAttribute namespace='urn:a'/>", "<xs:anyAttribute/>"),
        /* particles */
        "<xs:complexType name='t'><xs:sequence minOccurs='x'/></xs:complexType>",
        "<xs:complexType name='t'><xs:sequence><xs:attribute name='a'/></xs:sequence>"
        "</xs:complexType>",
        "<xs:complexType name='t'><xs:group/></xs:complexType>",
        "<xs:complexType name='t'><xs:all maxOccurs='2'><xs:element name='a'/></xs:all>"
        "</xs:complexType>",
        "<xs:complexType name='t'><xs:all><xs:choice/></xs:all></xs:complexType>",
        "<xs:complexType name='t'><xs:sequence><xs:element name='a' form='bent'/></xs:sequence>"
        "</xs:complexType>",
        "<xs:element name='a'/><xs:complexType name='t'><xs:sequence>"
        "<xs:element ref='a' type='xs:int'/></xs:sequence></xs:complexType>",
        "<xs:group name='g'/>",
        RESTRICTION("<xs:sequence><xs:element name='a'/></xs:sequence>",
                    "<xs:sequence><xs:element name='a' nillable='true'/></xs:sequence>"),
        RESTRICTION("<xs:sequence><xs:element name='a' block='extension'/></xs:sequence>",
                    "<xs:sequence><xs:element name='a'/></xs:sequence>"),
        RESTRICTION("<xs:sequence><xs:element name='a' fixed='1'/></xs:sequence>",
                    "<xs:sequence><xs:element name='a' fixed='2'/></xs:sequence>"),
        RESTRICTION("<xs:sequence><xs:element name='a'/></xs:sequence>", ""),
        /* content */
        "<xs:complexType name='t'><xs:complexContent/></xs:complexType>",
        "<xs:complexType name='t'><xs:complexContent><xs:extension/></xs:complexContent>"
        "</xs:complexType>",
        "<xs:complexType name='b'><xs:sequence><xs:element name='a'/></xs:sequence>"
        "</xs:complexType><xs:complexType name='t'><xs:complexContent mixed='true'>"
        "<xs:extension base='b'><xs:sequence><xs:element "
        "name='c'/></xs:sequence></xs:extension>"
        "</xs:complexContent></xs:complexType>",
        "<xs:complexType name='b'><xs:simpleContent><xs:extension base='xs:int'/>"
        "</xs:simpleContent></xs:complexType><xs:complexType name='t'><xs:complexContent>"
        "<xs:extension base='b'><xs:sequence><xs:element "
        "name='a'/></xs:sequence></xs:extension>"
        "</xs:complexContent></xs:complexType>",
        "<xs:complexType name='b'><xs:sequence><xs:element name='a'/></xs:sequence>"
        "</xs:complexType><xs:complexType name='t'><xs:simpleContent><xs:extension base='b'/>"
        "</xs:simpleContent></xs:complexType>",
        "<xs:complexType name='t'><xs:simpleContent><xs:restriction base='xs:int'/>"
        "</xs:simpleContent></xs:complexType>",
        /* simple types */
        "<xs:simpleType name='t'/>",
        "<xs:simpleType name='t'><xs:restriction base='xs:anySimpleType'/></xs:simpleType>",
        "<xs:simpleType name='t'><xs:restriction base='xs:string'><xs:maxLength/>"
        "</xs:restriction></xs:simpleType>",
        "<xs:simpleType name='b'><xs:restriction base='xs:string'><xs:maxLength value='5' "
        "fixed='true'/></xs:restriction></xs:simpleType><xs:simpleType name='t'>"
        "<xs:restriction base='b'><xs:maxLength value='4'/></xs:restriction></xs:simpleType>",
        "<xs:complexType name='c'/><xs:simpleType name='t'><xs:list itemType='c'/>"
        "</xs:simpleType>",
        "<xs:complexType name='c'/><xs:simpleType name='t'><xs:union memberTypes='xs:int c'/>"
        "</xs:simpleType>",
        "<xs:simpleType name='t'><xs:restriction base='xs:NOTATION'><xs:enumeration "
        "value='gone'/></xs:restriction></xs:simpleType>",
        /* identities */
        "<xs:element name='a'><xs:key name='k'><xs:field xpath='@c'/></xs:key></xs:element>",
        "<xs:element name='a'><xs:key name='k'><xs:selector xpath='b'/></xs:key></xs:element>",
        "<xs:element name='a'><xs:key name='k'><xs:selector/><xs:field xpath='@c'/></xs:key>"
        "</xs:element>",
        "<xs:element name='a'><xs:keyref name='k'><xs:selector xpath='b'/>"
        "<xs:field xpath='@c'/></xs:keyref></xs:element>",
        "<xs:element name='a'><xs:key name='k'><xs:selector xpath='b'/><xs:field xpath='@c'/>"
        "</xs:key><xs:keyref name='l' refer='k'><xs:selector xpath='b'/><xs:field xpath='@c'/>"
        "<xs:field xpath='@d'/></xs:keyref></xs:element>",
    };
    for (size_t i = 0; i < COUNT(BODIES); i++) {
        struct xsd *xsd;
        struct thresh_error error = {""};
        struct xsd_documents *documents = xsd_documents_new(false);
        int rc = xsd_compile(&xsd, write_schema("a.xsd", wrap(BODIES[i])), documents, &error);
        xsd_documents_free(documents);
        if (rc != 1)
            fail_msg("compiled: %s", BODIES[i]);
        assert_null(xsd);
        assert_non_null(strstr(error.text, "a.xsd:1: "));
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restriction), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_include),     cmocka_unit_test(test_import),
        cmocka_unit_test(test_redefine),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
