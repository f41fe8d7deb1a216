/* SPDX-License-Identifier: MIT
 *
 * Each rule that a schema can break, by schemas that break it: they are refused with the rule's
 * name and the line. docs/xsd.md lists these rules.
 */
#include "xsd_test.h"

struct broken {
    const char *rule;
    const char *schema; /* without its xs:schema */
};

/* `path` is refused, and the error says "xsd:1: RULE: ". */
static void check_refused(const char *path, const char *rule, const char *text)
{
    struct xsd *xsd;
    struct thresh_error error = {""};
    char expected[128];
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    int rc = xsd_compile(&xsd, path, documents, NULL, &error);
    xsd_documents_free(documents);
    resolver_close(resolver);
    snprintf(expected, sizeof expected, ".xsd:1: %s: ", rule);
    if (rc != 1 || !strstr(error.text, expected))
        fail_msg("%s: %d, %s: %s", rule, rc, error.text, text);
    assert_null(xsd);
}

static void check_all(const struct broken *schemas, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_refused(write_schema("a.xsd", wrap(schemas[i].schema)), schemas[i].rule,
                      schemas[i].schema);
}

#define RESTRICTION(base, content)                                                             \
    "<xs:complexType name='b'>" base "</xs:complexType><xs:complexType name='t'>"              \
    "<xs:complexContent><xs:restriction base='b'>" content                                     \
    "</xs:restriction></xs:complexContent></xs:complexType>"

/* -- Schemas of one document ---------------------------------------------------------- */

static void test_rules_of_documents(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"s4s-att-invalid-value", "<xs:element name='1'/>"},
        {"s4s-att-invalid-value", "<xs:element name='a b'/>"},
        {"s4s-att-invalid-value",
         "<xs:complexType name='a b'/><xs:element name='r' type='a'/>"},
        {"s4s-att-invalid-value", "<xs:group name='a b'><xs:sequence/></xs:group>"},
        {"s4s-att-invalid-value", "<xs:attributeGroup name='a b'/>"},
        {"s4s-att-invalid-value", "<xs:notation name='a b' public='p'/>"},
        {"s4s-att-invalid-value", "<xs:element name='a' id='1'/>"},
        {"s4s-att-invalid-value", "<xs:element name='a' nillable='maybe'/>"},
        {"s4s-att-invalid-value", "<xs:element name='a' final='list'/>"},
        {"s4s-att-invalid-value", "<xs:element name='a' type='1:2'/>"},
        {"s4s-att-invalid-value", "<xs:import namespace=''/>"},
        {"s4s-att-invalid-value", "<xs:include schemaLocation='%'/>"},
        {"s4s-att-invalid-value",
         "<xs:complexType name='t'><xs:attribute name='a' use='maybe'/></xs:complexType>"},
        {"s4s-att-invalid-value",
         "<xs:complexType name='t'><xs:attribute name='a' form='bent'/></xs:complexType>"},
        {"s4s-att-invalid-value",
         "<xs:complexType name='t'><xs:anyAttribute processContents='loose'/>"
         "</xs:complexType>"},
        {"s4s-att-invalid-value",
         "<xs:complexType name='t'><xs:anyAttribute namespace='urn:a ##any'/>"
         "</xs:complexType>"},
        {"s4s-att-invalid-value",
         "<xs:complexType name='t'><xs:sequence minOccurs='x'/></xs:complexType>"},
        {"s4s-att-invalid-value",
         "<xs:complexType name='t'><xs:sequence><xs:element name='a' form='bent'/>"
         "</xs:sequence></xs:complexType>"},
        {"s4s-att-invalid-value", "<xs:simpleType name='b' final='extension'/>"},
        {"s4s-att-invalid-value", "<xs:simpleType name='t'><xs:restriction base='xs:string'>"
                                  "<xs:maxLength value='x'/></xs:restriction></xs:simpleType>"},
        {"s4s-att-invalid-value", "<xs:complexType name='t' abstract='maybe'/>"},
        {"s4s-att-must-appear", "<xs:element/>"},
        {"s4s-att-must-appear", "<xs:include/>"},
        {"s4s-att-must-appear",
         "<xs:complexType name='t'><xs:attributeGroup/></xs:complexType>"},
        {"s4s-att-must-appear", "<xs:complexType name='t'><xs:group/></xs:complexType>"},
        {"s4s-att-must-appear", "<xs:complexType name='t'><xs:complexContent><xs:extension/>"
                                "</xs:complexContent></xs:complexType>"},
        {"s4s-att-must-appear",
         "<xs:simpleType name='t'><xs:restriction base='xs:string'><xs:maxLength/>"
         "</xs:restriction></xs:simpleType>"},
        {"s4s-att-must-appear",
         "<xs:element name='a'><xs:key name='k'><xs:selector/><xs:field xpath='@c'/>"
         "</xs:key></xs:element>"},
        {"s4s-att-must-appear",
         "<xs:element name='a'><xs:keyref name='k'><xs:selector xpath='b'/>"
         "<xs:field xpath='@c'/></xs:keyref></xs:element>"},
        {"s4s-att-not-allowed", "<xs:element name='a' colour='red'/>"},
        {"s4s-att-not-allowed", "<xs:element name='a' xs:type='xs:int'/>"},
        {"s4s-att-not-allowed",
         "<xs:element name='e'><xs:complexType abstract='true'/></xs:element>"},
        {"s4s-att-not-allowed", "<xs:annotation abstract='true'/><xs:element name='a'/>"},
        {"s4s-att-not-allowed", "<xs:group name='g'><xs:sequence abstract='true'/></xs:group>"},
        {"s4s-att-not-allowed",
         "<xs:complexType name='t'><xs:simpleContent abstract='true'><xs:extension "
         "base='xs:int'/></xs:simpleContent></xs:complexType>"},
        {"s4s-att-not-allowed", "<xs:annotation><xs:appinfo colour='red'/></xs:annotation>"
                                "<xs:element name='a'/>"},
        {"s4s-elt-character", "<xs:element name='a'>text</xs:element>"},
        {"s4s-elt-invalid", "<xs:elephant/>"},
        {"s4s-elt-invalid-content.3",
         "<xs:element name='a'/><xs:include schemaLocation='b.xsd'/>"},
        {"s4s-elt-must-match.1",
         "<xs:complexType name='t'><xs:attribute name='a'/><xs:sequence/>"
         "</xs:complexType>"},
        {"s4s-elt-must-match.1",
         "<xs:element name='a'><xs:complexType/><xs:annotation/></xs:element>"},
        {"s4s-elt-must-match.1", "<xs:sequence/>"},
        {"s4s-elt-must-match.1",
         "<xs:import namespace='urn:o'><xs:element name='a'/></xs:import>"},
        {"s4s-elt-must-match.1",
         "<xs:include schemaLocation='b.xsd'><xs:element name='a'/></xs:include>"},
        {"s4s-elt-must-match.1",
         "<xs:complexType name='t'><xs:sequence><xs:attribute name='a'/></xs:sequence>"
         "</xs:complexType>"},
        {"s4s-elt-must-match.1",
         "<xs:complexType name='t'><xs:all><xs:choice/></xs:all></xs:complexType>"},
        {"s4s-elt-must-match.1",
         "<xs:element name='a'><xs:key name='k'><xs:field xpath='@c'/></xs:key>"
         "</xs:element>"},
        {"s4s-elt-must-match.2", "<xs:group name='g'/>"},
        {"s4s-elt-must-match.2",
         "<xs:complexType name='t'><xs:complexContent/></xs:complexType>"},
        {"s4s-elt-must-match.2", "<xs:simpleType name='t'/>"},
        {"s4s-elt-must-match.2",
         "<xs:element name='a'><xs:key name='k'><xs:selector xpath='b'/></xs:key>"
         "</xs:element>"},
        {"sch-props-correct.2", "<xs:element name='a'/><xs:element name='a'/>"},
        {"src-annotation",
         "<xs:element name='a'><xs:annotation><xs:element/></xs:annotation></xs:element>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_rules_of_references(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"src-qname.1.1", "<xs:element name='a' type='p:t'/>"},
        {"src-resolve", "<xs:element name='a' type='gone'/>"},
        {"src-resolve", "<xs:element name='a' type='xs:integr'/>"},
        {"src-resolve",
         "<xs:element name='a'><xs:keyref name='k' refer='gone'><xs:selector xpath='b'/>"
         "<xs:field xpath='@c'/></xs:keyref></xs:element>"},
        {"src-resolve", "<xs:import namespace='urn:x'/>"
                        "<xs:element name='a' xmlns:x='urn:x' type='x:t'/>"},
        {"src-resolve", "<xs:complexType name='t'/><xs:attribute name='a' type='t'/>"},
        {"src-resolve", "<xs:simpleType name='t'><xs:restriction base='xs:NOTATION'>"
                        "<xs:enumeration value='gone'/></xs:restriction></xs:simpleType>"},
        {"src-resolve.4.2", "<xs:element name='a' xmlns:x='urn:x' type='x:t'/>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_rules_of_elements(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"e-props-correct.6", "<xs:element name='a' substitutionGroup='b'/>"
                              "<xs:element name='b' substitutionGroup='a'/>"},
        {"src-element.2.1", "<xs:complexType name='t'><xs:sequence><xs:element/></xs:sequence>"
                            "</xs:complexType>"},
        {"src-element.2.1", "<xs:element name='a'/><xs:complexType name='t'><xs:sequence>"
                            "<xs:element name='b' ref='a'/></xs:sequence></xs:complexType>"},
        {"src-element.3", "<xs:element name='a' type='xs:int'><xs:simpleType>"
                          "<xs:restriction base='xs:int'/></xs:simpleType></xs:element>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_rules_of_attributes(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"src-attribute.3.1", "<xs:attribute name='a'/><xs:complexType name='t'><xs:attribute/>"
                              "</xs:complexType>"},
        {"src-attribute.3.1", "<xs:attribute name='a'/><xs:complexType name='t'>"
                              "<xs:attribute name='b' ref='a'/></xs:complexType>"},
        {"src-attribute.4", "<xs:attribute name='a' type='xs:int'><xs:simpleType>"
                            "<xs:restriction base='xs:int'/></xs:simpleType></xs:attribute>"},
        {"src-attribute_group.3",
         "<xs:attributeGroup name='g'><xs:attributeGroup ref='g'/></xs:attributeGroup>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_rules_of_particles(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"cos-all-limited.1.2",
         "<xs:group name='g'><xs:all><xs:element name='a'/></xs:all></xs:group>"
         "<xs:complexType name='t'><xs:sequence><xs:group ref='g'/></xs:sequence>"
         "</xs:complexType>"},
        {"cos-all-limited.1.2",
         "<xs:complexType name='t'><xs:all maxOccurs='2'><xs:element name='a'/></xs:all>"
         "</xs:complexType>"},
        {"cos-all-limited.2",
         "<xs:complexType name='t'><xs:all><xs:element name='a' maxOccurs='2'/></xs:all>"
         "</xs:complexType>"},
        {"mg-props-correct.2",
         "<xs:group name='g'><xs:sequence><xs:group ref='g'/></xs:sequence></xs:group>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_rules_of_complex_types(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"cos-ct-extends.1.4",
         "<xs:complexType name='b'><xs:simpleContent><xs:extension base='xs:int'/>"
         "</xs:simpleContent></xs:complexType><xs:complexType name='t'><xs:complexContent>"
         "<xs:extension base='b'><xs:sequence><xs:element name='a'/></xs:sequence>"
         "</xs:extension></xs:complexContent></xs:complexType>"},
        {"ct-props-correct.3",
         "<xs:complexType name='t'><xs:complexContent><xs:extension base='t'/>"
         "</xs:complexContent></xs:complexType>"},
        {"src-ct.1", "<xs:complexType name='t'><xs:complexContent><xs:extension base='xs:int'/>"
                     "</xs:complexContent></xs:complexType>"},
        {"src-ct.2.1",
         "<xs:complexType name='b'><xs:sequence><xs:element name='a'/></xs:sequence>"
         "</xs:complexType><xs:complexType name='t'><xs:simpleContent>"
         "<xs:extension base='b'/></xs:simpleContent></xs:complexType>"},
        {"src-ct.2.1",
         "<xs:complexType name='t'><xs:simpleContent><xs:restriction base='xs:int'/>"
         "</xs:simpleContent></xs:complexType>"},
        {"src-ct.2.1",
         "<xs:complexType name='b' mixed='true'><xs:sequence><xs:element name='a'/>"
         "</xs:sequence></xs:complexType><xs:complexType name='t'><xs:simpleContent>"
         "<xs:restriction base='b'/></xs:simpleContent></xs:complexType>"},
        {"src-ct.2.2",
         "<xs:complexType name='b' mixed='true'/><xs:complexType name='t'>"
         "<xs:simpleContent><xs:restriction base='b'/></xs:simpleContent></xs:complexType>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_rules_of_simple_types(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"cos-st-restricts.1.1",
         "<xs:simpleType name='t'><xs:restriction base='xs:anySimpleType'/>"
         "</xs:simpleType>"},
        {"cos-st-restricts.1.1",
         "<xs:complexType name='c'/><xs:simpleType name='t'><xs:restriction base='c'/>"
         "</xs:simpleType>"},
        {"cos-st-restricts.2.1",
         "<xs:complexType name='c'/><xs:simpleType name='t'><xs:list itemType='c'/>"
         "</xs:simpleType>"},
        {"cos-st-restricts.2.1",
         "<xs:simpleType name='t'><xs:list itemType='xs:IDREFS'/></xs:simpleType>"},
        {"cos-st-restricts.3.1", "<xs:complexType name='c'/><xs:simpleType name='t'>"
                                 "<xs:union memberTypes='xs:int c'/></xs:simpleType>"},
        {"src-simple-type.2", "<xs:simpleType name='t'><xs:restriction/></xs:simpleType>"},
        {"src-simple-type.3", "<xs:simpleType name='t'><xs:list/></xs:simpleType>"},
        {"src-union-memberTypes-or-simpleTypes",
         "<xs:simpleType name='t'><xs:union/></xs:simpleType>"},
        {"st-props-correct.2",
         "<xs:simpleType name='t'><xs:restriction base='t'/></xs:simpleType>"},
        {"st-props-correct.2",
         "<xs:simpleType name='t'><xs:union memberTypes='t'/></xs:simpleType>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_rules_of_facets(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"maxExclusive-valid-restriction",
         "<xs:simpleType name='t'><xs:restriction base='xs:byte'>"
         "<xs:maxExclusive value='x'/></xs:restriction></xs:simpleType>"},
        {"s4s-att-invalid-value",
         "<xs:simpleType name='t'><xs:restriction base='xs:string'>"
         "<xs:maxLength value='-1'/></xs:restriction></xs:simpleType>"},
        {"src-pattern-value", "<xs:simpleType name='t'><xs:restriction base='xs:string'>"
                              "<xs:pattern value='('/></xs:restriction></xs:simpleType>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_rules_of_identity_constraints(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"c-fields-xpaths", "<xs:element name='a'><xs:key name='k'><xs:selector xpath='b'/>"
                            "<xs:field xpath='/c'/></xs:key></xs:element>"},
        {"c-selector-xpath", "<xs:element name='a'><xs:key name='k'><xs:selector xpath='/b'/>"
                             "<xs:field xpath='@c'/></xs:key></xs:element>"},
        {"c-selector-xpath", "<xs:element name='a'><xs:key name='k'><xs:selector xpath='@b'/>"
                             "<xs:field xpath='@c'/></xs:key></xs:element>"},
        {"c-selector-xpath", "<xs:element name='a'><xs:key name='k'><xs:selector xpath='b[1]'/>"
                             "<xs:field xpath='@c'/></xs:key></xs:element>"},
        {"c-selector-xpath", "<xs:element name='a'><xs:key name='k'><xs:selector xpath='p:b'/>"
                             "<xs:field xpath='c'/></xs:key></xs:element>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

static void test_what_is_not_covered(void **state)
{
    (void)state;
    static const struct broken SCHEMAS[] = {
        {"not covered",
         "<xs:simpleType name='t'><xs:restriction base='xs:string'>"
         "<xs:pattern value='(((a{999}){999}){999})'/></xs:restriction></xs:simpleType>"},
    };
    check_all(SCHEMAS, COUNT(SCHEMAS));
}

/* -- Schemas of two documents --------------------------------------------------------- */

#define SCHEMA(attributes, body)                                                               \
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' " attributes ">" body "</"         \
    "xs:schema>"
#define INCLUDE        "<xs:include schemaLocation='b.xsd'/>"
#define IMPORT         "<xs:import namespace='urn:b' schemaLocation='b.xsd'/>"
#define REDEFINE(body) SCHEMA("", "<xs:redefine schemaLocation='b.xsd'>" body "</xs:redefine>")

struct broken_pair {
    const char *rule;
    const char *a; /* a.xsd, whole */
    const char *b; /* what it refers to; NULL: nothing is there */
};

static void check_pairs(const struct broken_pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (pairs[i].b)
            write_schema("b.xsd", pairs[i].b);
        check_refused(write_schema("a.xsd", pairs[i].a), pairs[i].rule, pairs[i].a);
    }
}

static void test_rules_of_roots(void **state)
{
    (void)state;
    static const struct broken_pair PAIRS[] = {
        {"schema_reference.4", "<xs:schema", NULL},
        {"schema_reference.4", "<r/>", NULL},
        {"s4s-att-invalid-value", SCHEMA("targetNamespace=''", ""), NULL},
        {"s4s-att-invalid-value", SCHEMA("elementFormDefault='yes'", ""), NULL},
        {"s4s-att-not-allowed", SCHEMA("name='a'", ""), NULL},
        {"src-resolve.4.1",
         SCHEMA("targetNamespace='urn:a'", "<xs:element name='a' type='t'/>"), NULL},
    };
    check_pairs(PAIRS, COUNT(PAIRS));
}

static void test_rules_of_includes_and_imports(void **state)
{
    (void)state;
    static const struct broken_pair PAIRS[] = {
        {"src-include.1", SCHEMA("", INCLUDE), "<r/>"},
        {"src-include.1", SCHEMA("", INCLUDE), "<r"},
        {"src-include.2", SCHEMA("", INCLUDE), SCHEMA("targetNamespace='urn:b'", "")},
        {"src-import.2", SCHEMA("", IMPORT), "<r/>"},
        {"src-import.3", SCHEMA("", IMPORT), SCHEMA("", "")},
        {"src-import.3",
         SCHEMA("targetNamespace='urn:a'", "<xs:import schemaLocation='b.xsd'/>"),
         SCHEMA("targetNamespace='urn:b'", "")},
        /* Two documents, not the same. */
        {"sch-props-correct.2", SCHEMA("", INCLUDE "<xs:element name='a' type='xs:int'/>"),
         SCHEMA("", "<xs:element name='a'/>")},
        {"sch-props-correct.2",
         SCHEMA("", INCLUDE "<xs:group name='a'><xs:sequence><xs:element name='b'/>"
                            "</xs:sequence></xs:group>"),
         SCHEMA("elementFormDefault='qualified'",
                "<xs:group name='a'><xs:sequence><xs:element name='b'/></xs:sequence>"
                "</xs:group>")},
    };
    check_pairs(PAIRS, COUNT(PAIRS));
}

static void test_rules_of_redefinitions(void **state)
{
    (void)state;
    static const char B[] =
        SCHEMA("", "<xs:complexType name='t'/><xs:group name='g'><xs:sequence/></xs:group>"
                   "<xs:attributeGroup name='h'/><xs:simpleType name='s'>"
                   "<xs:restriction base='xs:int'/></xs:simpleType>");
    static const struct broken_pair PAIRS[] = {
        {"src-redefine.1",
         SCHEMA("", "<xs:redefine schemaLocation='gone.xsd'><xs:complexType name='t'/>"
                    "</xs:redefine>"),
         NULL},
        {"src-redefine.2", REDEFINE(""), "<r/>"},
        {"src-redefine.3", REDEFINE(""), SCHEMA("targetNamespace='urn:b'", "")},
        {"st-props-correct.2",
         REDEFINE("<xs:simpleType name='s'><xs:list itemType='s'/></xs:simpleType>"), B},
        {"src-expredef", REDEFINE("<xs:complexType name='gone'/>"), B},
        {"src-expredef", REDEFINE("<xs:simpleType name='t'/>"), B},
        {"s4s-elt-must-match.1", REDEFINE("<xs:element name='e'/>"), B},
    };
    check_pairs(PAIRS, COUNT(PAIRS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_of_documents),
        cmocka_unit_test(test_rules_of_references),
        cmocka_unit_test(test_rules_of_elements),
        cmocka_unit_test(test_rules_of_attributes),
        cmocka_unit_test(test_rules_of_particles),
        cmocka_unit_test(test_rules_of_complex_types),
        cmocka_unit_test(test_rules_of_simple_types),
        cmocka_unit_test(test_rules_of_facets),
        cmocka_unit_test(test_rules_of_identity_constraints),
        cmocka_unit_test(test_what_is_not_covered),
        cmocka_unit_test(test_rules_of_roots),
        cmocka_unit_test(test_rules_of_includes_and_imports),
        cmocka_unit_test(test_rules_of_redefinitions),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
