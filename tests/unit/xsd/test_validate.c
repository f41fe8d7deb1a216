/* SPDX-License-Identifier: MIT
 *
 * Documents against small schemas: the rules they break, with their lines; and hostile
 * documents.
 */
#include "xsd_test.h"

/* -- Content models ------------------------------------------------------------------- */

static void test_a_sequence_takes_its_elements_in_order(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
               "<xs:element name='a'/><xs:element name='b' minOccurs='0'/>"
               "<xs:element name='c' maxOccurs='unbounded'/></xs:sequence></xs:complexType>"
               "</xs:element>"),
          {"<r><a/><b/><c/></r>", ""}, {"<r>\n<a/>\n<c/>\n<c/>\n</r>", ""},
          {"<r>\n<b/>\n<c/></r>", "cvc-complex-type.2.4.a:2"},
          {"<r><a/>\n</r>", "cvc-complex-type.2.4.b:2"}, {"<r/>", "cvc-complex-type.2.4.b:1"},
          {"<r><a/><c/>\n<d/></r>", "cvc-complex-type.2.4.a:2"},
          {"<r><a/><c/>x</r>", "cvc-complex-type.2.3:1"}, {"<q/>", "cvc-elt.1:1"});
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a'/>"
               "</xs:sequence></xs:complexType></xs:element>"),
          {"<r><a/><a/></r>", "cvc-complex-type.2.4.d:1"});
}

static void test_occurrences_hold_up_to_their_bounds(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:choice minOccurs='0' maxOccurs='2'>"
               "<xs:element name='a'/><xs:element name='b' minOccurs='2' maxOccurs='3'/>"
               "</xs:choice></xs:complexType></xs:element>"),
          {"<r/>", ""}, {"<r><a/></r>", ""}, {"<r><a/><a/></r>", ""},
          {"<r><a/><a/><a/></r>", "cvc-complex-type.2.4.d:1"},
          {"<r><b/></r>", "cvc-complex-type.2.4.b:1"}, {"<r><b/><b/><a/></r>", ""},
          {"<r><b/><b/><b/><b/><b/></r>", ""}, {"<r><b/><b/><b/><b/></r>", ""},
          {"<r><b/><b/><b/><b/><b/><b/></r>", ""},
          {"<r><b/><b/><b/><b/><b/><b/><b/></r>", "cvc-complex-type.2.4.d:1"});
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
               "<xs:element name='a' minOccurs='2' maxOccurs='3'/>"
               "<xs:element name='b' minOccurs='3' maxOccurs='unbounded'/>"
               "</xs:sequence></xs:complexType></xs:element>"),
          {"<r><a/><b/><b/><b/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><a/><a/><b/><b/><b/></r>", ""}, {"<r><a/><a/><a/><b/><b/><b/><b/></r>", ""},
          {"<r><a/><a/><a/><a/></r>", "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.b:1"},
          {"<r><a/><a/><b/><b/></r>", "cvc-complex-type.2.4.b:1"});
    /* Copies of one particle that meet: (a{0,2}){2,3} and ((a,b?){1,2})* */
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence minOccurs='2' maxOccurs='3'>"
               "<xs:element name='a' minOccurs='0' maxOccurs='2'/>"
               "</xs:sequence></xs:complexType></xs:element>"),
          {"<r/>", ""}, {"<r><a/><a/><a/><a/><a/><a/></r>", ""},
          {"<r><a/><a/><a/><a/><a/><a/><a/></r>", "cvc-complex-type.2.4.d:1"});
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence maxOccurs='unbounded'>"
               "<xs:element name='a' minOccurs='2' maxOccurs='3'/>"
               "</xs:sequence></xs:complexType></xs:element>"),
          {"<r><a/></r>", "cvc-complex-type.2.4.b:1"}, {"<r><a/><a/><a/><a/></r>", ""},
          {"<r><a/><a/><a/><a/><a/></r>", ""});
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
               "<xs:element name='a' maxOccurs='99999999999'/></xs:sequence></xs:complexType>"
               "</xs:element>"),
          {"<r><a/><a/></r>", ""}, {"<r/>", "cvc-complex-type.2.4.b:1"});
}

static void test_xs_all_takes_each_element_once_in_any_order(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:all><xs:element name='a'/>"
               "<xs:element name='b' minOccurs='0'/><xs:element name='c'/></xs:all>"
               "</xs:complexType></xs:element>"
               "<xs:element name='o'><xs:complexType><xs:all minOccurs='0'>"
               "<xs:element name='a'/><xs:element name='b'/></xs:all></xs:complexType>"
               "</xs:element>"),
          {"<r><c/><b/><a/></r>", ""}, {"<r><a/><c/></r>", ""},
          {"<r><a/></r>", "cvc-complex-type.2.4.b:1"},
          {"<r><a/><a/><c/></r>", "cvc-complex-type.2.4.a:1"}, {"<o/>", ""},
          {"<o><a/></o>", "cvc-complex-type.2.4.b:1"}, {"<o><b/><a/></o>", ""});
}

static void test_each_kind_of_content_takes_what_it_may(void **state)
{
    (void)state;
    CHECK(
        wrap("<xs:element name='empty'><xs:complexType/></xs:element>"
             "<xs:element name='simple' type='xs:int'/>"
             "<xs:element name='value'><xs:complexType><xs:simpleContent>"
             "<xs:extension base='xs:int'><xs:attribute name='u'/></xs:extension>"
             "</xs:simpleContent></xs:complexType></xs:element>"
             "<xs:element name='mixed'><xs:complexType mixed='true'><xs:sequence>"
             "<xs:element name='a' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>"
             "<xs:element name='any'/>"),
        {"<empty/>", ""}, {"<empty><!-- c --></empty>", ""},
        {"<empty> </empty>", "cvc-complex-type.2.1:1"},
        {"<empty><a/></empty>", "cvc-complex-type.2.1:1"}, {"<simple> 12 </simple>", ""},
        {"<simple>1<![CDATA[2]]>&#51;</simple>", ""},
        {"<simple>x</simple>", "cvc-datatype-valid.1.2.1:1"},
        {"<simple><a/></simple>", "cvc-type.3.1.2:1"},
        {"<simple u='1'>1</simple>", "cvc-type.3.1.1:1"}, {"<value u='1'>1</value>", ""},
        {"<value>1<a/></value>", "cvc-complex-type.2.2:1"}, {"<mixed>x<a/>y</mixed>", ""},
        {"<any a='1'>x<b c='d'><e/></b></any>", ""},
        {"<!DOCTYPE simple [<!ENTITY e '4'>]><simple>1&e;2</simple>", ""},
        {"<any><simple>x</simple></any>", "cvc-datatype-valid.1.2.1:1"});
}

/* Part 1, 3.4.2: by what is written. White space may stand in a content of elements, also where
 * none of them may occur. */
static void test_content_is_empty_where_nothing_is_written(void **state)
{
    (void)state;
    CHECK(wrap("<xs:complexType name='b'><xs:sequence><xs:element name='a' minOccurs='0'/>"
               "</xs:sequence></xs:complexType><xs:element name='none'><xs:complexType>"
               "<xs:complexContent><xs:restriction base='b'><xs:sequence><xs:element name='a' "
               "minOccurs='0' maxOccurs='0'/></xs:sequence></xs:restriction>"
               "</xs:complexContent></xs:complexType></xs:element>"
               "<xs:group name='g'><xs:sequence/></xs:group><xs:element name='group'>"
               "<xs:complexType><xs:group ref='g'/></xs:complexType></xs:element>"
               "<xs:element name='nested'><xs:complexType><xs:sequence><xs:choice "
               "minOccurs='0'/></xs:sequence></xs:complexType></xs:element>"
               "<xs:element name='empty'><xs:complexType><xs:sequence/></xs:complexType>"
               "</xs:element><xs:element name='choice'><xs:complexType>"
               "<xs:choice minOccurs='0'/></xs:complexType></xs:element>"
               "<xs:element name='zero'><xs:complexType><xs:sequence minOccurs='0' "
               "maxOccurs='0'><xs:element name='a'/></xs:sequence></xs:complexType>"
               "</xs:element>"),
          {"<none/>", ""}, {"<none>\n</none>", ""},
          {"<none>x</none>", "cvc-complex-type.2.3:1"},
          {"<none><a/></none>", "cvc-complex-type.2.4.d:1"}, {"<group> </group>", ""},
          {"<nested> </nested>", ""}, {"<empty/>", ""},
          {"<empty> </empty>", "cvc-complex-type.2.1:1"},
          {"<choice> </choice>", "cvc-complex-type.2.1:1"},
          {"<zero> </zero>", "cvc-complex-type.2.1:1"});
}

static void test_wildcards_go_by_namespace_and_process_contents(void **state)
{
    (void)state;
    CHECK(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' "
        "xmlns='urn:t' elementFormDefault='qualified'>"
        "<xs:element name='known' type='xs:int'/><xs:attribute name='n' type='xs:int'/>"
        "<xs:element name='strict'><xs:complexType><xs:sequence>"
        "<xs:any maxOccurs='unbounded'/></xs:sequence><xs:anyAttribute/></xs:complexType>"
        "</xs:element>"
        "<xs:element name='lax'><xs:complexType><xs:sequence>"
        "<xs:any processContents='lax' maxOccurs='unbounded'/></xs:sequence>"
        "<xs:anyAttribute processContents='lax'/></xs:complexType></xs:element>"
        "<xs:element name='skip'><xs:complexType><xs:sequence>"
        "<xs:any namespace='##other' processContents='skip'/></xs:sequence>"
        "<xs:anyAttribute namespace='##targetNamespace ##local' processContents='skip'/>"
        "</xs:complexType></xs:element></xs:schema>",
        {"<strict xmlns='urn:t'><known>1</known></strict>", ""},
        {"<strict xmlns='urn:t'><known>x</known></strict>", "cvc-datatype-valid.1.2.1:1"},
        {"<strict xmlns='urn:t'><other/></strict>", "cvc-complex-type.2.4.c:1"},
        {"<strict xmlns='urn:t' xmlns:t='urn:t' t:n='1'><known>1</known></strict>", ""},
        {"<strict xmlns='urn:t' xmlns:t='urn:t' t:n='x'><known>1</known></strict>",
         "cvc-datatype-valid.1.2.1:1"},
        {"<strict xmlns='urn:t' q='1'><known>1</known></strict>", "cvc-complex-type.3.2.2:1"},
        {"<lax xmlns='urn:t' q='1'><other><known>1</known></other></lax>", ""},
        {"<lax xmlns='urn:t'><other><known>x</known></other></lax>",
         "cvc-datatype-valid.1.2.1:1"},
        {"<lax xmlns='urn:t' " XSI " xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
         "<other xsi:type='xs:int'>x</other></lax>",
         "cvc-datatype-valid.1.2.1:1"},
        {"<skip xmlns='urn:t' q='1'><o xmlns='urn:o'><known xmlns='urn:t'>x</known></o></skip>",
         ""},
        {"<skip xmlns='urn:t'><known>1</known></skip>", "cvc-complex-type.2.4.a:1"},
        {"<skip xmlns='urn:t'><o xmlns=''/></skip>", "cvc-complex-type.2.4.a:1"},
        {"<skip xmlns='urn:t' xml:lang='x'><o xmlns='urn:o'/></skip>",
         "cvc-complex-type.3.2.2:1"});
}

static void test_members_of_a_substitution_group_stand_for_its_head(void **state)
{
    (void)state;
    const char *schema =
        wrap("<xs:complexType name='base'><xs:sequence/></xs:complexType>"
             "<xs:complexType name='more'><xs:complexContent><xs:extension base='base'>"
             "<xs:attribute name='x'/></xs:extension></xs:complexContent></xs:complexType>"
             "<xs:element name='head' type='base' abstract='true'/>"
             "<xs:element name='one' type='more' substitutionGroup='head'/>"
             "<xs:element name='two' substitutionGroup='one'/>"
             "<xs:element name='shut' type='base' block='extension'/>"
             "<xs:element name='three' type='more' substitutionGroup='shut'/>"
             "<xs:element name='four' type='base' substitutionGroup='shut'/>"
             "<xs:element name='r'><xs:complexType><xs:sequence>"
             "<xs:element ref='head' maxOccurs='unbounded'/>"
             "<xs:element ref='shut' minOccurs='0' maxOccurs='unbounded'/>"
             "</xs:sequence></xs:complexType></xs:element>");
    CHECK(schema, {"<r><one x='1'/><two x='2'/></r>", ""}, {"<r><head/></r>", "cvc-elt.2:1"},
          {"<r><one/><shut/><four/></r>", ""},
          {"<r><one/><three/></r>", "cvc-complex-type.2.4.a:1"});
    struct xsd *xsd = compile(schema);
    struct run *run = run_new(xsd);
    faults_of(run, "<r><q/></r>");
    assert_string_equal(buf_string(&run->messages),
                        "Element 'q': This element is not expected. Expected is one of "
                        "( one, two ).\n");
    run_free(run);
    xsd_free(xsd);
}

/* -- Types of elements ---------------------------------------------------------------- */

static void test_xsi_type_takes_a_derived_type_unless_blocked(void **state)
{
    (void)state;
    CHECK(wrap("<xs:complexType name='base'><xs:sequence><xs:element name='a'/></xs:sequence>"
               "</xs:complexType>"
               "<xs:complexType name='ext'><xs:complexContent><xs:extension base='base'>"
               "<xs:sequence><xs:element name='b'/></xs:sequence></xs:extension>"
               "</xs:complexContent></xs:complexType>"
               "<xs:complexType name='sub'><xs:complexContent><xs:restriction base='base'>"
               "<xs:sequence><xs:element name='a'/></xs:sequence></xs:restriction>"
               "</xs:complexContent></xs:complexType>"
               "<xs:complexType name='none' abstract='true'/>"
               "<xs:element name='r' type='base'/>"
               "<xs:element name='noext' type='base' block='extension'/>"
               "<xs:element name='dec' type='xs:decimal'/><xs:element name='any'/>"
               "<xs:element name='n' type='none'/>"),
          {"<r " XSI " xsi:type='ext'><a/><b/></r>", ""},
          {"<r " XSI " xsi:type='ext'><a/></r>", "cvc-complex-type.2.4.b:1"},
          {"<r " XSI " xsi:type=' sub '><a/></r>", ""},
          {"<noext " XSI " xsi:type='ext'><a/></noext>", "cvc-elt.4.3:1"},
          {"<noext " XSI " xsi:type='sub'><a/></noext>", ""},
          {"<r " XSI " xsi:type='gone'><a/></r>", "cvc-elt.4.2:1"},
          {"<r " XSI " xsi:type='p:ext'><a/></r>", "cvc-elt.4.1:1"},
          {"<r " XSI " xmlns:xs='http://www.w3.org/2001/XMLSchema' xsi:type='xs:int'><a/></r>",
           "cvc-elt.4.3:1"},
          {"<dec " XSI " xmlns:xs='http://www.w3.org/2001/XMLSchema' xsi:type='xs:int'>1</dec>",
           ""},
          {"<dec " XSI
           " xmlns:xs='http://www.w3.org/2001/XMLSchema' xsi:type='xs:int'>1.5</dec>",
           "cvc-datatype-valid.1.2.1:1"},
          {"<any " XSI " xsi:type='sub'><b/></any>", "cvc-complex-type.2.4.a:1"},
          {"<any " XSI " xsi:type='none'/>", "cvc-type.2:1"}, {"<n/>", "cvc-type.2:1"});
}

static void test_a_root_without_declaration_may_name_its_type(void **state)
{
    (void)state;
    CHECK(wrap("<xs:complexType name='t'><xs:sequence><xs:element name='n' type='xs:int'/>"
               "</xs:sequence></xs:complexType><xs:complexType name='a' abstract='true'/>"),
          {"<x " XSI " xsi:type='t'><n>1</n></x>", ""},
          {"<x " XSI " xsi:type='t'><n>x</n></x>", "cvc-datatype-valid.1.2.1:1"},
          {"<x " XSI " xsi:type='a'/>", "cvc-type.2:1"},
          {"<x " XSI " xsi:type='u'/>", "cvc-elt.4.2:1"},
          {"<x " XSI " xsi:nil='true'/>", "cvc-elt.1:1"}, {"<x/>", "cvc-elt.1:1"});
}

static void test_a_nil_element_is_nillable_and_empty(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='n' type='xs:int' nillable='true'/>"
               "<xs:element name='m' type='xs:int'/>"
               "<xs:element name='f' type='xs:int' nillable='true' fixed='1'/>"
               "<xs:element name='c' nillable='true'><xs:complexType><xs:sequence>"
               "<xs:element name='a'/></xs:sequence><xs:attribute name='r' use='required'/>"
               "</xs:complexType></xs:element>"),
          {"<n " XSI " xsi:nil='true'/>", ""}, {"<n " XSI " xsi:nil=' 1 '></n>", ""},
          {"<n " XSI " xsi:nil='false'>1</n>", ""},
          {"<n " XSI " xsi:nil='false'/>", "cvc-datatype-valid.1.2.1:1"},
          {"<n " XSI " xsi:nil='true'>1</n>", "cvc-elt.3.2.1:1"},
          {"<n " XSI " xsi:nil='true'> </n>", "cvc-elt.3.2.1:1"},
          {"<m " XSI " xsi:nil='false'>1</m>", "cvc-elt.3.1:1"},
          {"<f " XSI " xsi:nil='true'/>", "cvc-elt.3.2.2:1"},
          {"<c " XSI " xsi:nil='true' r=''/>", ""},
          {"<c " XSI " xsi:nil='true'/>", "cvc-complex-type.4:1"},
          {"<c " XSI " xsi:nil='true' r=''><a/></c>", "cvc-elt.3.2.1:1"},
          {"<n " XSI " xsi:nil='yes'>1</n>", "cvc-datatype-valid.1.2.1:1"});
}

static void test_fixed_values_are_compared_as_values(void **state)
{
    (void)state;
    CHECK(
        wrap("<xs:element name='f' type='xs:decimal' fixed='1.0'/>"
             "<xs:element name='d' type='xs:int' default='5'/>"
             "<xs:element name='m' fixed='x'><xs:complexType mixed='true'><xs:sequence>"
             "<xs:element name='a' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>"
             "<xs:element name='a'><xs:complexType><xs:attribute name='v' type='xs:decimal' "
             "fixed='1.0'/></xs:complexType></xs:element>"),
        {"<f>1</f>", ""}, {"<f> 1.00 </f>", ""}, {"<f/>", ""},
        {"<f>2</f>", "cvc-elt.5.2.2.2.2:1"}, {"<d/>", ""}, {"<d>6</d>", ""},
        {"<d>x</d>", "cvc-datatype-valid.1.2.1:1"}, {"<m>x</m>", ""}, {"<m/>", ""},
        {"<m>y</m>", "cvc-elt.5.2.2.2.1:1"}, {"<m><a/></m>", "cvc-elt.5.2.2.1:1"},
        {"<a v='01.0'/>", ""}, {"<a v='2'/>", "cvc-attribute.4:1"}, {"<a/>", ""});
}

/* Also by a base type, and by an extension of it. */
static void test_a_second_value_is_judged_by_itself(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='f' "
               "type='xs:int' "
               "fixed='1' minOccurs='0' maxOccurs='3'/><xs:element name='n' minOccurs='0' "
               "maxOccurs='3'><xs:simpleType><xs:restriction base='xs:normalizedString'>"
               "<xs:enumeration value='a b'/><xs:enumeration value='c d'/></xs:restriction>"
               "</xs:simpleType></xs:element></xs:sequence></xs:complexType></xs:element>"),
          {"<r><f>01</f><f>+1</f><f>001</f></r>", ""},
          {"<r><f>01</f>\n<f>02</f></r>", "cvc-elt.5.2.2.2.2:2"},
          {"<r><n>a\tb</n><n>c\td</n></r>", ""},
          {"<r><n>a\tb</n>\n<n>x\ty</n></r>", "cvc-enumeration-valid:2"});
}

static void test_an_attribute_group_may_be_met_several_times(void **state)
{
    (void)state;
    CHECK(wrap("<xs:attributeGroup name='id'><xs:attribute name='i' type='xs:int'/>"
               "</xs:attributeGroup><xs:attributeGroup name='one'><xs:attributeGroup ref='id'/>"
               "<xs:attribute name='a'/></xs:attributeGroup><xs:attributeGroup name='two'>"
               "<xs:attributeGroup ref='id'/><xs:attributeGroup ref='one'/></xs:attributeGroup>"
               "<xs:complexType name='b'><xs:attributeGroup ref='two'/>"
               "<xs:attributeGroup ref='id'/></xs:complexType><xs:element name='r'>"
               "<xs:complexType><xs:complexContent><xs:extension base='b'>"
               "<xs:attributeGroup ref='one'/><xs:attribute name='c'/></xs:extension>"
               "</xs:complexContent></xs:complexType></xs:element>"),
          {"<r i='1' a='' c=''/>", ""}, {"<r i='x'/>", "cvc-datatype-valid.1.2.1:1"},
          {"<r d=''/>", "cvc-complex-type.3.2.2:1"});
}

static void test_a_prohibited_attribute_is_no_second_one(void **state)
{
    (void)state;
    CHECK(wrap("<xs:complexType name='b'><xs:attribute name='a'/><xs:attribute name='c'/>"
               "</xs:complexType><xs:element name='r'><xs:complexType><xs:complexContent>"
               "<xs:restriction base='b'><xs:attribute name='a' use='prohibited'/>"
               "<xs:attribute name='a' type='xs:int'/><xs:attribute name='c' use='prohibited'/>"
               "</xs:restriction></xs:complexContent></xs:complexType></xs:element>"
               "<xs:element name='p'><xs:complexType><xs:attribute name='a' type='xs:int'/>"
               "<xs:attribute name='a' use='prohibited'/></xs:complexType></xs:element>"),
          {"<r a='1'/>", ""}, {"<r a='x'/>", "cvc-datatype-valid.1.2.1:1"},
          {"<r c=''/>", "cvc-complex-type.3.2.2:1"}, {"<p a='1'/>", ""},
          {"<p a='x'/>", "cvc-datatype-valid.1.2.1:1"});
}

/* Without an import, for every schema has their declarations. */
static void test_a_type_may_refer_to_the_attributes_of_xsi(void **state)
{
    (void)state;
    CHECK("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' " XSI ">"
          "<xs:element name='r'><xs:complexType><xs:attribute ref='xsi:schemaLocation' "
          "use='required'/><xs:attribute ref='xsi:noNamespaceSchemaLocation'/></xs:complexType>"
          "</xs:element><xs:complexType name='b'><xs:attribute ref='xsi:type' use='required'/>"
          "<xs:attribute ref='xsi:nil'/></xs:complexType><xs:complexType name='t'>"
          "<xs:complexContent><xs:extension base='b'/></xs:complexContent></xs:complexType>"
          "<xs:element name='n' type='b' nillable='true'/></xs:schema>",
          {"<r " XSI " xsi:schemaLocation='a b'/>", ""}, {"<r/>", "cvc-complex-type.4:1"},
          {"<n " XSI " xsi:type='t' xsi:nil='true'/>", ""},
          {"<n " XSI " xsi:nil='true'/>", "cvc-complex-type.4:1"});
}

static void test_attributes_are_those_of_the_type(void **state)
{
    (void)state;
    CHECK(wrap("<xs:attributeGroup name='g'><xs:attribute name='b' type='xs:int'/>"
               "<xs:attribute name='c'/></xs:attributeGroup>"
               "<xs:complexType name='t'><xs:attribute name='a' use='required'/>"
               "<xs:attributeGroup ref='g'/></xs:complexType>"
               "<xs:complexType name='s'><xs:complexContent><xs:restriction base='t'>"
               "<xs:attribute name='c' use='prohibited'/>"
               "<xs:attribute name='b' type='xs:byte' use='required'/></xs:restriction>"
               "</xs:complexContent></xs:complexType>"
               "<xs:element name='t' type='t'/><xs:element name='s' type='s'/>"),
          {"<t a='' b='1' c=''/>", ""}, {"<t\nb='1'/>", "cvc-complex-type.4:2"},
          {"<t a='' b='x'/>", "cvc-datatype-valid.1.2.1:1"},
          {"<t a='' d='1'/>", "cvc-complex-type.3.2.2:1"},
          {"<t a='' xml:lang='en'/>", "cvc-complex-type.3.2.2:1"},
          {"<t a='' " XSI " xsi:schemaLocation='a b' xsi:noNamespaceSchemaLocation='c'/>", ""},
          {"<t a='' " XSI " xsi:other='1'/>", "cvc-complex-type.3.2.2:1"},
          {"<s a='' b='1'/>", ""}, {"<s a=''/>", "cvc-complex-type.4:1"},
          {"<s a='' b='1' c=''/>", "cvc-complex-type.3.2.2:1"},
          {"<s a='' b='300'/>", "cvc-maxInclusive-valid:1"});
}

#define ANY_ATTRIBUTE(namespaces)                                                              \
    "<xs:anyAttribute processContents='skip' namespace='" namespaces "'/>"
#define GROUP(name, namespaces)                                                                \
    "<xs:attributeGroup name='" name "'>" ANY_ATTRIBUTE(namespaces) "</xs:attributeGroup>"
/* An element and its type, which extends another that allows attributes too. */
#define EXTENSION(name, base, more)                                                            \
    "<xs:complexType name='base-" name "'>" ANY_ATTRIBUTE(                                     \
        base) "</xs:complexType><xs:element name='" name                                       \
              "'><xs:complexType><xs:complexContent>"                                          \
              "<xs:extension base='base-" name "'>" ANY_ATTRIBUTE(                             \
                  more) "</xs:extension></xs:complexContent></xs:complexType></xs:element>"
#define ATTRIBUTE(element, namespace)                                                          \
    "<" element " xmlns='urn:t' xmlns:p='" namespace "' p:x=''/>"
#define NO_NAMESPACE(element) "<" element " xmlns='urn:t' x=''/>"
#define NOT_ALLOWED           "cvc-complex-type.3.2.2:1"

/* Groups allow what all of them allow, an extension what any of the two allows. */
static void test_attribute_wildcards_intersect_in_groups_and_unite_in_extensions(void **state)
{
    (void)state;
    CHECK("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' "
          "xmlns='urn:t'>" GROUP("ab", "urn:a urn:b") GROUP("bc", "urn:b urn:c")
              GROUP("ta", "##targetNamespace urn:a") GROUP(
                  "any",
                  "##any") "<xs:element name='groups'><xs:complexType><xs:attributeGroup "
                           "ref='any'/>"
                           "<xs:attributeGroup ref='ab'/><xs:attributeGroup "
                           "ref='bc'/></xs:complexType>"
                           "</xs:element><xs:element "
                           "name='own'><xs:complexType><xs:attributeGroup "
                           "ref='ta'/>" ANY_ATTRIBUTE(
                               "##other") "</xs:complexType></xs:element>" EXTENSION("sets",
                                                                                     "urn:a",
                                                                                     "urn:b "
                                                                                     "urn:a "
                                                                                     "##local")
                               EXTENSION("all", "urn:a", "##any")
                                   EXTENSION("named", "##other", "##targetNamespace")
                                       EXTENSION("full", "##other", "##targetNamespace ##local")
                                           EXTENSION("same", "##other", "urn:a") EXTENSION(
                                               "both", "urn:a", "urn:b ##local") "</xs:schema>",
          {ATTRIBUTE("groups", "urn:b"), ""}, {ATTRIBUTE("groups", "urn:a"), NOT_ALLOWED},
          {ATTRIBUTE("groups", "urn:c"), NOT_ALLOWED}, {ATTRIBUTE("own", "urn:a"), ""},
          {ATTRIBUTE("own", "urn:t"), NOT_ALLOWED}, {ATTRIBUTE("own", "urn:b"), NOT_ALLOWED},
          {ATTRIBUTE("sets", "urn:a"), ""}, {ATTRIBUTE("sets", "urn:b"), ""},
          {NO_NAMESPACE("sets"), ""}, {ATTRIBUTE("sets", "urn:c"), NOT_ALLOWED},
          {ATTRIBUTE("both", "urn:a"), ""}, {ATTRIBUTE("both", "urn:b"), ""},
          {NO_NAMESPACE("both"), ""}, {ATTRIBUTE("both", "urn:c"), NOT_ALLOWED},
          {ATTRIBUTE("all", "urn:z"), ""}, {NO_NAMESPACE("all"), ""},
          {ATTRIBUTE("named", "urn:t"), ""}, {ATTRIBUTE("named", "urn:z"), ""},
          {NO_NAMESPACE("named"), NOT_ALLOWED}, {ATTRIBUTE("full", "urn:t"), ""},
          {NO_NAMESPACE("full"), ""}, {ATTRIBUTE("same", "urn:a"), ""},
          {ATTRIBUTE("same", "urn:z"), ""}, {ATTRIBUTE("same", "urn:t"), NOT_ALLOWED});
}

#define FACET(name, base, facet, value)                                                        \
    "<xs:element name='" name "'><xs:simpleType><xs:restriction base='" base "'><xs:" facet    \
    " value='" value "'/></xs:restriction></xs:simpleType></xs:element>"

static void test_each_facet_has_its_code(void **state)
{
    (void)state;
    CHECK(wrap(FACET("shortest", "xs:string", "minLength", "2")
                   FACET("longest", "xs:string", "maxLength", "2")
                       FACET("pattern", "xs:string", "pattern", "[a-c]+")
                           FACET("least", "xs:int", "minInclusive", "2")
                               FACET("above", "xs:int", "minExclusive", "2")
                                   FACET("fraction", "xs:decimal", "fractionDigits", "1")),
          {"<shortest>ab</shortest>", ""}, {"<shortest>a</shortest>", "cvc-minLength-valid:1"},
          {"<longest>ab</longest>", ""}, {"<longest>abc</longest>", "cvc-maxLength-valid:1"},
          {"<pattern>abc</pattern>", ""}, {"<pattern>abd</pattern>", "cvc-pattern-valid:1"},
          {"<least>2</least>", ""}, {"<least>1</least>", "cvc-minInclusive-valid:1"},
          {"<above>3</above>", ""}, {"<above>2</above>", "cvc-minExclusive-valid:1"},
          {"<fraction>1.5</fraction>", ""},
          {"<fraction>1.25</fraction>", "cvc-fractionDigits-valid:1"});
}

/* A repeated group begins anew with what may come first in it, and with nothing else. */
static void test_repeated_groups_are_counted(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence maxOccurs='unbounded'>"
               "<xs:element name='a'/><xs:element name='b'/></xs:sequence></xs:complexType>"
               "</xs:element>"
               "<xs:element name='s'><xs:complexType><xs:sequence maxOccurs='3'>"
               "<xs:choice><xs:element name='a'/><xs:sequence><xs:element name='b' "
               "minOccurs='0'/><xs:element name='c'/></xs:sequence></xs:choice>"
               "<xs:element name='d'/></xs:sequence></xs:complexType></xs:element>"),
          {"<r><a/><b/><a/><b/></r>", ""}, {"<r><a/><b/><b/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><a/><b/><a/></r>", "cvc-complex-type.2.4.b:1"},
          {"<s><a/><d/><c/><d/><b/><c/><d/></s>", ""},
          {"<s><a/><d/><d/></s>", "cvc-complex-type.2.4.a:1"},
          {"<s><b/><d/></s>", "cvc-complex-type.2.4.a:1"},
          {"<s><a/><d/><a/><d/><a/><d/><a/><d/></s>", "cvc-complex-type.2.4.d:1"});
}

static void test_facets_and_notations_hold_in_documents(void **state)
{
    (void)state;
    CHECK(
        wrap("<xs:notation name='gif' public='image/gif'/><xs:notation name='png' "
             "system='viewer'/><xs:element name='r'><xs:complexType><xs:choice "
             "maxOccurs='unbounded'>"
             "<xs:element name='kind'><xs:simpleType><xs:restriction base='xs:NOTATION'>"
             "<xs:enumeration value='gif'/><xs:enumeration value='png'/></xs:restriction>"
             "</xs:simpleType></xs:element>"
             "<xs:element name='three'><xs:simpleType><xs:restriction base='xs:string'>"
             "<xs:length value='3' fixed='true'/></xs:restriction></xs:simpleType></xs:element>"
             "<xs:element name='token'><xs:simpleType><xs:restriction base='xs:string'>"
             "<xs:whiteSpace value='collapse'/><xs:enumeration value='a b'/></xs:restriction>"
             "</xs:simpleType></xs:element>"
             "<xs:element name='few'><xs:simpleType><xs:restriction base='xs:decimal'>"
             "<xs:totalDigits value='3'/><xs:maxExclusive value='100'/></xs:restriction>"
             "</xs:simpleType></xs:element></xs:choice></xs:complexType></xs:element>"),
        {"<r><kind>gif</kind><kind> png </kind></r>", ""},
        {"<r><kind>jpg</kind></r>", "cvc-enumeration-valid:1"},
        {"<r><three>abc</three></r>", ""}, {"<r><three>ab</three></r>", "cvc-length-valid:1"},
        {"<r><token>  a \n b </token></r>", ""},
        {"<r><token>ab</token></r>", "cvc-enumeration-valid:1"}, {"<r><few>9.25</few></r>", ""},
        {"<r><few>9.125</few></r>", "cvc-totalDigits-valid:1"},
        {"<r><few>100</few></r>", "cvc-maxExclusive-valid:1"});
}

static void test_simple_content_may_be_restricted(void **state)
{
    (void)state;
    CHECK(
        wrap("<xs:complexType name='b'><xs:simpleContent><xs:extension base='xs:decimal'>"
             "<xs:attribute name='u' fixed='m'/></xs:extension></xs:simpleContent>"
             "</xs:complexType><xs:complexType name='t'><xs:simpleContent>"
             "<xs:restriction base='b'><xs:simpleType><xs:restriction base='xs:int'/>"
             "</xs:simpleType><xs:maxInclusive value='9'/></xs:restriction></xs:simpleContent>"
             "</xs:complexType><xs:complexType name='m' mixed='true'><xs:sequence>"
             "<xs:element name='i' minOccurs='0'/></xs:sequence></xs:complexType>"
             "<xs:complexType name='n'><xs:simpleContent><xs:restriction base='m'>"
             "<xs:simpleType><xs:restriction base='xs:int'/></xs:simpleType></xs:restriction>"
             "</xs:simpleContent></xs:complexType>"
             "<xs:element name='t' type='t'/><xs:element name='n' type='n'/>"),
        {"<t u='m'>9</t>", ""}, {"<t>9.5</t>", "cvc-datatype-valid.1.2.1:1"},
        {"<t>10</t>", "cvc-maxInclusive-valid:1"}, {"<t u='n'>1</t>", "cvc-attribute.4:1"},
        {"<n>1</n>", ""}, {"<n>x</n>", "cvc-datatype-valid.1.2.1:1"},
        {"<n><i/></n>", "cvc-complex-type.2.2:1"});
}

/* The facets of a simpleType within, and of each type on the way, all hold. */
static void test_simple_content_may_be_derived_several_times(void **state)
{
    (void)state;
    CHECK(
        wrap(
            "<xs:complexType name='m' mixed='true'><xs:sequence>"
            "<xs:element name='i' minOccurs='0'/></xs:sequence><xs:attribute name='a'/>"
            "</xs:complexType><xs:complexType name='s'><xs:simpleContent>"
            "<xs:restriction base='m'><xs:simpleType><xs:restriction base='xs:string'>"
            "<xs:maxLength value='5'/></xs:restriction></xs:simpleType>"
            "<xs:pattern value='[a-z]*'/><xs:attribute name='a' type='xs:byte'/>"
            "</xs:restriction></xs:simpleContent></xs:complexType><xs:complexType name='x'>"
            "<xs:simpleContent><xs:extension base='s'><xs:attribute name='b'/></xs:extension>"
            "</xs:simpleContent></xs:complexType><xs:complexType name='y'><xs:simpleContent>"
            "<xs:restriction base='x'><xs:enumeration value='abc'/><xs:enumeration value='de'/>"
            "</xs:restriction></xs:simpleContent></xs:complexType>"
            "<xs:element name='s' type='s'/><xs:element name='x' type='x'/>"
            "<xs:element name='y' type='y'/>"),
        {"<s a='1'>abcde</s>", ""}, {"<s>abcdef</s>", "cvc-maxLength-valid:1"},
        {"<s a='x'/>", "cvc-datatype-valid.1.2.1:1"}, {"<x b='1'>ab</x>", ""},
        {"<x>AB</x>", "cvc-pattern-valid:1"}, {"<y a='1' b='2'>abc</y>", ""},
        {"<y>ab</y>", "cvc-enumeration-valid:1"});
}

/* -- Identities ----------------------------------------------------------------------- */

static void test_ids_are_unique_and_idrefs_have_one(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:choice maxOccurs='unbounded'>"
               "<xs:element name='i' type='xs:ID'/><xs:element name='f' type='xs:IDREF'/>"
               "<xs:element name='e'><xs:complexType><xs:attribute name='id' type='xs:ID'/>"
               "<xs:attribute name='refs' type='xs:IDREFS'/></xs:complexType></xs:element>"
               "</xs:choice></xs:complexType></xs:element>"),
          {"<r><e id='a'/><f>a</f><e refs=' a  b '/><i>b</i></r>", ""},
          {"<r><e id='a'/>\n<e id='a'/></r>", "cvc-id.2:2"},
          {"<r><e id='a'/>\n<i>a</i></r>", "cvc-id.2:2"},
          {"<r><e id='a'/>\n<f>b</f></r>", "cvc-id.1:2"},
          {"<r><e id='a'/>\n<e refs='a b c'/></r>", "cvc-id.1:2 cvc-id.1:2"},
          {"<r><e id='1'/></r>", "cvc-datatype-valid.1.2.1:1"});
    /* IDs that only a wildcard lets in */
    CHECK(wrap("<xs:attribute name='i' type='xs:ID'/><xs:attribute name='j' type='xs:ID'/>"
               "<xs:element name='r'><xs:complexType><xs:anyAttribute/></xs:complexType>"
               "</xs:element><xs:element name='s'><xs:complexType><xs:attribute name='k' "
               "type='xs:ID'/><xs:anyAttribute/></xs:complexType></xs:element>"),
          {"<r i='x'/>", ""}, {"<r i='x' j='y'/>", "cvc-complex-type.5.1:1"},
          {"<s i='x' k='y'/>", "cvc-complex-type.5.2:1"});
}

#define ROW                                                                                    \
    "<xs:element name='%s' maxOccurs='unbounded' minOccurs='0'><xs:complexType><xs:sequence>"  \
    "<xs:element name='v' type='xs:decimal' minOccurs='0' maxOccurs='2' nillable='true'/>"     \
    "</xs:sequence><xs:attribute name='a' type='xs:decimal'/>"                                 \
    "<xs:attribute name='b' default='z'/></xs:complexType></xs:element>"

static const char *table_schema(const char *constraints)
{
    static char text[65536], body[8192], row_k[1024], row_f[1024];
    snprintf(row_k, sizeof row_k, ROW, "k");
    snprintf(row_f, sizeof row_f, ROW, "f");
    snprintf(body, sizeof body,
             "<xs:element name='r'><xs:complexType><xs:sequence>%s%s"
             "<xs:element ref='r' minOccurs='0' maxOccurs='unbounded'/>"
             "</xs:sequence></xs:complexType>%s</xs:element>",
             row_k, row_f, constraints);
    snprintf(text, sizeof text, "%s", wrap(body));
    return text;
}

/* Also in lists, unions, restrictions, defaults and keys. */
static void test_entities_are_unparsed_entities_of_the_document(void **state)
{
    (void)state;
#define DTD                                                                                    \
    "<!DOCTYPE r [<!NOTATION n SYSTEM 'n'><!ENTITY e SYSTEM 'e' NDATA n>"                      \
    "<!ENTITY f SYSTEM 'f' NDATA n><!ENTITY p 'p'><!ENTITY x SYSTEM 'x'>]>"
    CHECK(wrap("<xs:simpleType name='one'><xs:restriction base='xs:ENTITY'>"
               "<xs:enumeration value='e'/><xs:enumeration value='no'/></xs:restriction>"
               "</xs:simpleType><xs:simpleType name='list'><xs:list itemType='one'/>"
               "</xs:simpleType><xs:simpleType name='union'><xs:union "
               "memberTypes='xs:ENTITY xs:int'/></xs:simpleType>"
               "<xs:element name='r'><xs:complexType><xs:choice minOccurs='0' "
               "maxOccurs='unbounded'><xs:element name='t' type='xs:ENTITY'/>"
               "<xs:element name='d' type='xs:ENTITY' default='no'/>"
               "<xs:element name='a'><xs:complexType>"
               "<xs:attribute name='default' type='xs:ENTITY' default='no'/></xs:complexType>"
               "</xs:element></xs:choice><xs:attribute name='a' type='xs:ENTITY'/>"
               "<xs:attribute name='many' type='xs:ENTITIES'/>"
               "<xs:attribute name='one' type='one'/><xs:attribute name='list' type='list'/>"
               "<xs:attribute name='union' type='union'/></xs:complexType>"
               "<xs:key name='k'><xs:selector xpath='t'/><xs:field xpath='.'/></xs:key>"
               "</xs:element>"),
          {DTD "<r a=' e ' many='e f e' one='e' list='e e' union='f'><t>e</t></r>", ""},
          {DTD "<r union='12'><t>e</t>\n<t> e</t></r>", "cvc-identity-constraint.4.2.2:2"},
          {DTD "<r a='no'/>", "cvc-simple-type.2.1:1"},
          {DTD "<r a='p'/>", "cvc-simple-type.2.1:1"},
          {DTD "<r a='x'/>", "cvc-simple-type.2.1:1"},
          {DTD "<r a='1'/>", "cvc-datatype-valid.1.2.1:1"},
          {DTD "<r one='no'/>", "cvc-simple-type.2.1:1"},
          {DTD "<r one='f'/>", "cvc-enumeration-valid:1"},
          {DTD "<r many='e no'/>", "cvc-simple-type.2.2:1"},
          {DTD "<r list='e no'/>", "cvc-simple-type.2.2:1"},
          {DTD "<r union='no'/>", "cvc-datatype-valid.1.2.3:1"},
          {DTD "<r><t>no</t>\n<t>no</t></r>", "cvc-simple-type.2.1:1 cvc-simple-type.2.1:2"},
          {DTD "<r><a default='e'/>\n<a/></r>", "cvc-simple-type.2.1:2"},
          {DTD "<r><d>e</d>\n<d/></r>", "cvc-simple-type.2.1:2"},
          {"<r a='e'/>", "cvc-simple-type.2.1:1"});
#undef DTD
}

static void test_unique_and_key_compare_values_of_fields(void **state)
{
    (void)state;
    CHECK(table_schema("<xs:unique name='u'><xs:selector xpath='k'/><xs:field xpath='@a'/>"
                       "<xs:field xpath='@b'/></xs:unique>"),
          {"<r><k a='1'/><k a='2'/><k a='1' b='y'/><k/><k/></r>", ""},
          {"<r><k a='1'/>\n<k a='1.0' b='z'/></r>", "cvc-identity-constraint.4.1:2"},
          {"<r><k a='1'/><r><k a='1'/></r></r>", ""});
    CHECK(table_schema("<xs:key name='u'><xs:selector xpath='.//k|.//f'/>"
                       "<xs:field xpath='@a'/></xs:key>"),
          {"<r><k a='1'/><f a='2'/></r>", ""},
          {"<r><k a='1'/>\n<f a='1'/></r>", "cvc-identity-constraint.4.2.2:2"},
          {"<r><k a='1'/>\n<f/></r>", "cvc-identity-constraint.4.2.1:2"},
          {"<r><k a='1'/><r>\n<k a='1'/></r></r>", "cvc-identity-constraint.4.2.2:2"},
          {"<r><k a='x'/></r>", "cvc-datatype-valid.1.2.1:1"});
    CHECK(table_schema("<xs:unique name='u'><xs:selector xpath='./k'/><xs:field xpath='v'/>"
                       "</xs:unique>"),
          {"<r><k><v>1</v></k><k><v>2</v></k><k/></r>", ""},
          {"<r><k><v>1</v></k><k><v> 1.0 </v>\n</k></r>", "cvc-identity-constraint.4.1:2"},
          {"<r><k><v>1</v>\n<v>2</v></k></r>", "cvc-identity-constraint.3:2"},
          {"<r " XSI "><k><v xsi:nil='true'/></k><k><v xsi:nil='true'/></k></r>", ""});
    CHECK(table_schema("<xs:key name='u'><xs:selector xpath='k'/><xs:field xpath='v'/>"
                       "</xs:key>"),
          {"<r><k><v>1</v></k></r>", "cvc-identity-constraint.4.2.3:1"},
          {"<r><k/></r>", "cvc-identity-constraint.4.2.1:1"});
    CHECK(table_schema("<xs:unique name='u'><xs:selector xpath='.'/><xs:field xpath='k'/>"
                       "</xs:unique>"),
          {"<r><k/></r>", "cvc-identity-constraint.3:1"});
    CHECK(table_schema("<xs:unique name='u'><xs:selector xpath='*'/><xs:field "
                       "xpath='@a|child::v|@a'/></xs:unique>"),
          {"<r><k a='1'/><f><v>2</v></f></r>", ""},
          {"<r><k a='1'/><f><v>1</v></f></r>", "cvc-identity-constraint.4.1:1"},
          {"<r><k a='1'><v>1</v></k></r>", "cvc-identity-constraint.3:1"});
}

/* Part 1, 3.11.4: fields see the attributes that the schema gives, by name and by wildcard. */
static void test_fields_see_attributes_by_default(void **state)
{
    (void)state;
#define ROWS                                                                                   \
    "<xs:complexType><xs:sequence><xs:element name='a' maxOccurs='unbounded'>"                 \
    "<xs:complexType><xs:attribute name='d' type='xs:int' default='5'/>"                       \
    "<xs:attribute name='e'/></xs:complexType></xs:element></xs:sequence></xs:complexType>"
#define UNIQUE(name, field)                                                                    \
    "<xs:unique name='" name "'><xs:selector xpath='a'/><xs:field xpath='" field               \
    "'/></xs:unique></xs:element>"
    CHECK(
        wrap("<xs:element name='r'>" ROWS UNIQUE("u", "@*") "<xs:element name='s'>" ROWS UNIQUE(
            "v", "@d|@*|./@d") "<xs:element name='t'>" ROWS UNIQUE("w", "@d")),
        {"<r><a/><a d='6'/></r>", ""}, {"<r><a/><a/></r>", "cvc-identity-constraint.4.1:1"},
        {"<r><a/><a d='05'/></r>", "cvc-identity-constraint.4.1:1"},
        {"<r><a e='1'/></r>", "cvc-identity-constraint.3:1"}, {"<s><a/><a d='6'/></s>", ""},
        {"<s><a/><a d='05'/></s>", "cvc-identity-constraint.4.1:1"},
        {"<t><a/><a d='6' e=''/></t>", ""},
        {"<t><a/><a d='05'/></t>", "cvc-identity-constraint.4.1:1"});
}

/* An attribute that lax or skip content does not assess has no value, so that only a key, which
 * must have one, is broken. */
static void test_a_field_does_not_compare_what_is_not_assessed(void **state)
{
    (void)state;
#define LAX(kind, field)                                                                       \
    wrap("<xs:element name='r'><xs:complexType><xs:sequence><xs:any processContents='lax' "    \
         "minOccurs='0' maxOccurs='unbounded'/></xs:sequence></xs:complexType><xs:" kind       \
         " name='u'><xs:selector xpath='.//*'/><xs:field xpath='" field "'/></xs:" kind        \
         "></xs:element><xs:element name='k'><xs:complexType><xs:attribute name='i'/>"         \
         "</xs:complexType></xs:element>")
    CHECK(LAX("unique", "@i"), {"<r><x i='1'/><x i='1'/><k i='1'/></r>", ""},
          {"<r><x i='1'/><k i='2'/>\n<k i='2'/></r>", "cvc-identity-constraint.4.1:2"});
    CHECK(LAX("unique", "@*"), {"<r><x i='1'/><x i='1'/><k i='1'/></r>", ""},
          {"<r><x i='1'/><k i='2'/>\n<k i='2'/></r>", "cvc-identity-constraint.4.1:2"});
    CHECK(LAX("key", "@i"), {"<r><k i='1'/><k i='2'/></r>", ""},
          {"<r><x i='1'/></r>", "cvc-identity-constraint.4.2.1:1"});
    /* One that is refused is there, and no second fault. */
    CHECK(LAX("key", "@*"), {"<r><k j='1'/></r>", "cvc-complex-type.3.2.2:1"});
    CHECK(LAX("key", "@j"), {"<r><k j='1'/></r>", "cvc-complex-type.3.2.2:1"});
}

static void test_a_keyref_has_its_key_in_the_same_scope_or_below(void **state)
{
    (void)state;
    CHECK(
        table_schema("<xs:key name='k'><xs:selector xpath='k'/><xs:field xpath='@a'/></xs:key>"
                     "<xs:keyref name='f' refer='k'><xs:selector xpath='f'/>"
                     "<xs:field xpath='@a'/></xs:keyref>"),
        {"<r><k a='1'/><f a='1.0'/><f/></r>", ""},
        {"<r><k a='1'/>\n<f a='2'/>\n</r>", "cvc-identity-constraint.4.3:2"},
        /* Keys of inner elements come up, but two of one value cancel each other. */
        {"<r><f a='1'/><r><k a='1'/></r></r>", ""},
        {"<r><f a='1'/><r><k a='1'/></r><r><k a='1'/></r></r>",
         "cvc-identity-constraint.4.3:1"},
        {"<r><k a='1'/><f a='1'/><r><k a='1'/></r><r><k a='1'/></r></r>", ""},
        /* They do not come down. */
        {"<r><k a='1'/><r><f a='1'/></r></r>", "cvc-identity-constraint.4.3:1"});
}

/* Of the elements around the keys, those that refer to them are found among others that do
 * not: o and q refer to k, p between them to another key. */
static void test_keys_go_up_to_those_who_refer_to_them(void **state)
{
    (void)state;
#define REFERS(element, keyref, key)                                                           \
    "<xs:element name='" element "' type='c'><xs:unique name='" keyref                         \
    "-u'><xs:selector xpath='u'/><xs:field xpath='@a'/></xs:unique><xs:keyref name='" keyref   \
    "' refer='" key                                                                            \
    "'><xs:selector xpath='f'/><xs:field xpath='@a'/></xs:keyref></xs:element>"
    CHECK(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
        "<xs:complexType name='t'><xs:attribute name='a' type='xs:int'/></xs:complexType>"
        "<xs:complexType name='c'><xs:choice minOccurs='0' maxOccurs='unbounded'>"
        "<xs:element ref='o'/><xs:element ref='p'/><xs:element ref='q'/><xs:element "
        "ref='r'/>"
        "<xs:element name='k' type='t'/><xs:element name='j' type='t'/>"
        "<xs:element name='f' type='t'/></xs:choice></xs:complexType>" REFERS("o", "of", "k")
            REFERS("p", "pf", "j") REFERS(
                "q", "qf",
                "k") "<xs:element name='r' type='c'>"
                     "<xs:key name='k'><xs:selector xpath='k'/><xs:field xpath='@a'/></xs:key>"
                     "<xs:key name='j'><xs:selector xpath='j'/><xs:field xpath='@a'/></xs:key>"
                     "</xs:element></xs:schema>",
        {"<o><f a='1'/><p><f a='2'/><q><f a='1'/><r><k a='1'/><j a='2'/></r></q></p></o>", ""},
        {"<q>\n<f a='1'/><p>\n<f a='1'/><r><k a='1'/></r></p></q>",
         "cvc-identity-constraint.4.3:3"},
        {"<o>\n<f a='2'/><p><r><k a='1'/><j a='2'/></r></p></o>",
         "cvc-identity-constraint.4.3:2"},
        {"<p>\n<f a='1'/><o>\n<f a='1'/><r><k a='1'/></r></o></p>",
         "cvc-identity-constraint.4.3:2"});
#undef REFERS
}

/* o refers to keys of r, which lies in itself and in w. Selectors take k that are within r, at
 * any depth or not. */
static const char *nested_schema(const char *selector)
{
    static char text[4096];
    snprintf(text, sizeof text,
             "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
             "<xs:group name='g'><xs:choice><xs:element ref='r'/><xs:element ref='w'/>"
             "<xs:element name='k' type='t'/><xs:element name='f' type='t'/></xs:choice>"
             "</xs:group><xs:complexType name='t'><xs:attribute name='a' type='xs:int'/>"
             "</xs:complexType><xs:complexType name='c'>"
             "<xs:group ref='g' minOccurs='0' maxOccurs='unbounded'/></xs:complexType>"
             "<xs:element name='r' type='c'><xs:key name='k'><xs:selector xpath='%s'/>"
             "<xs:field xpath='@a'/></xs:key></xs:element><xs:element name='w' type='c'/>"
             "<xs:element name='o' type='c'><xs:keyref name='f' refer='k'>"
             "<xs:selector xpath='f'/><xs:field xpath='@a'/></xs:keyref></xs:element>"
             "</xs:schema>",
             selector);
    return text;
}

/* Part 1, 3.11.5: a node table is made of those of the children, element by element. */
static void test_keys_of_one_value_meet_level_by_level(void **state)
{
    (void)state;
#define R(content) "<r>" content "</r>"
#define W(content) "<w>" content "</w>"
#define K          "<k a='1'/>"
#define F          "<f a='1'/>"
    CHECK(nested_schema("k"), {"<o>" F R(K) "</o>", ""}, {"<o>" F W(R(K)) "</o>", ""},
          {"<o>" F R(K) R(K) "</o>", "cvc-identity-constraint.4.3:1"},
          {"<o>" F R(K) W(R(K)) "</o>", "cvc-identity-constraint.4.3:1"},
          {"<o>" F W(R(K)) R(K) "</o>", "cvc-identity-constraint.4.3:1"},
          /* Two that meet further in leave room for a third. */
          {"<o>" F W(R(K) R(K)) R(K) "</o>", ""}, {"<o>" F R(K) W(R(K) R(K)) "</o>", ""},
          {"<o>" F W(R(K) W(R(K))) W(W(R(K))) "</o>", ""},
          {"<o>" F R(K) W(R(K) W(R(K) W(R(K)))) "</o>", "cvc-identity-constraint.4.3:1"},
          {"<o>" F R(K) W(R(K) W(R(K) R(K))) "</o>", "cvc-identity-constraint.4.3:1"},
          {"<o>" F W(R(K) R(K)) W(R(K) R(K)) "</o>", "cvc-identity-constraint.4.3:1"},
          {"<o>" F W(R(K) R(K) R(K)) "</o>", "cvc-identity-constraint.4.3:1"},
          /* What an element selects itself takes the place of what comes from within. */
          {"<o>" F R(K R(K)) "</o>", ""}, {"<o>" F R(R(K) K R(K)) "</o>", ""},
          {"<o>" F R(R(K) R(K)) R(K) "</o>", ""},
          {"<o>" F R(K R(K)) R(K) "</o>", "cvc-identity-constraint.4.3:1"},
          {"<o>" F R(W(R(K)) R(K)) "</o>", "cvc-identity-constraint.4.3:1"});
    /* One node by two scopes is one. */
    CHECK(nested_schema(".//k"), {"<o>" F R(R(K)) "</o>", ""}, {"<o>" F R(R(R(K))) "</o>", ""},
          {"<o>" F R(R(K)) R(K) "</o>", "cvc-identity-constraint.4.3:1"});
#undef R
#undef W
#undef K
#undef F
}

/* r holds groups of items, and items of its own; an item has a number and names below it. */
static const char *deep_schema(const char *constraints)
{
    static char text[65536], body[8192];
    snprintf(body, sizeof body,
             "<xs:element name='item'><xs:complexType><xs:sequence><xs:element name='names'>"
             "<xs:complexType><xs:sequence><xs:element name='first' type='xs:token' "
             "minOccurs='0' maxOccurs='2'/><xs:element name='last' type='xs:token' "
             "minOccurs='0'/></xs:sequence></xs:complexType></xs:element></xs:sequence>"
             "<xs:attribute name='n' type='xs:int'/></xs:complexType></xs:element>"
             "<xs:element name='group'><xs:complexType><xs:sequence>"
             "<xs:element ref='item' minOccurs='0' maxOccurs='unbounded'/>"
             "</xs:sequence></xs:complexType></xs:element>"
             "<xs:element name='r'><xs:complexType><xs:choice maxOccurs='unbounded'>"
             "<xs:element ref='group'/><xs:element ref='item'/></xs:choice></xs:complexType>"
             "%s</xs:element>",
             constraints);
    snprintf(text, sizeof text, "%s", wrap(body));
    return text;
}

#define ITEM(n, names) "<item n='" n "'><names>" names "</names></item>"
#define FIRST(text)    "<first>" text "</first>"
#define LAST(text)     "<last>" text "</last>"

static void test_fields_may_lie_several_elements_below_the_selected(void **state)
{
    (void)state;
    const char *schema =
        deep_schema("<xs:key name='k'><xs:selector xpath='group/item'/>"
                    "<xs:field xpath='names/first'/><xs:field xpath='@n'/></xs:key>");
    CHECK(
        schema,
        {"<r><group>" ITEM("1", FIRST("a"))
             ITEM("2", FIRST("a")) "</group><group>" ITEM("1", FIRST("b")) "</group></r>",
         ""},
        {"<r><group>" ITEM("1", FIRST("a")) "</group>\n<group>" ITEM(
             "01", FIRST(" a ")) "</group></r>",
         "cvc-identity-constraint.4.2.2:2"},
        {"<r><group>\n" ITEM("1", LAST("a")) "</group></r>", "cvc-identity-constraint.4.2.1:2"},
        {"<r><group><item n='1'><names>" FIRST("a") "\n" FIRST(
             "b") "</names></item></group></r>",
         "cvc-identity-constraint.3:2"},
        /* Items that the selector does not lead to may be equal. */
        {"<r>" ITEM("1", FIRST("a")) ITEM("1", FIRST("a")) "</r>", ""});
    struct xsd *xsd = compile(schema);
    struct run *run = run_new(xsd);
    faults_of(run, "<r><group>" ITEM("1", FIRST("a")) ITEM("1", FIRST("a")) "</group></r>");
    assert_string_equal(buf_string(&run->messages),
                        "Element 'item': Duplicate key-sequence ['a', '1'] in key "
                        "identity-constraint 'k'.\n");
    run_free(run);
    xsd_free(xsd);
}

static void test_selectors_lead_through_all_their_steps(void **state)
{
    (void)state;
    static const char *const everywhere[] = {
        ".//item",        "group/item|item",
        "*/item|.//item", "./item|./group/item",
        " . // item ",    " child :: group / item | ./child::item "};
    for (size_t i = 0; i < COUNT(everywhere); i++) {
        char unique[512];
        snprintf(unique, sizeof unique,
                 "<xs:unique name='u'><xs:selector xpath='%s'/><xs:field xpath='%s'/>"
                 "</xs:unique>",
                 everywhere[i], i % 2 ? "@n" : " . / attribute :: n ");
        CHECK(deep_schema(unique),
              {"<r>" ITEM("1", "") "\n<group>" ITEM("1", "") "</group></r>",
               "cvc-identity-constraint.4.1:2"},
              {"<r>" ITEM("1", "") "<group>" ITEM("2", "") "</group></r>", ""});
    }
    CHECK(deep_schema("<xs:unique name='u'><xs:selector xpath='.//group/*'/>"
                      "<xs:field xpath='.//last'/></xs:unique>"),
          {"<r>" ITEM("1", LAST("a"))
               ITEM("1", LAST("a")) "<group>" ITEM("1", LAST("a")) "</group></r>",
           ""},
          {"<r><group>" ITEM("1", LAST("a")) "</group><group>\n" ITEM("2",
                                                                      LAST("a")) "</group></r>",
           "cvc-identity-constraint.4.1:2"});
    CHECK(deep_schema("<xs:unique name='u'><xs:selector xpath='group/item/names'/>"
                      "<xs:field xpath='first|last'/></xs:unique>"),
          {"<r><group>" ITEM("1", FIRST("a")) ITEM("1", LAST("b")) "</group></r>", ""},
          {"<r><group>" ITEM("1", FIRST("a")) "\n" ITEM("1", LAST("a")) "</group></r>",
           "cvc-identity-constraint.4.1:2"},
          {"<r><group>" ITEM("1", FIRST("a") LAST("b")) "</group></r>",
           "cvc-identity-constraint.3:1"});
}

/* -- Going on after a fault ----------------------------------------------------------- */

static void test_validation_goes_on_after_a_fault(void **state)
{
    (void)state;
    CHECK(
        wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
             "<xs:element name='a' type='xs:int' maxOccurs='3'/>"
             "<xs:element name='s' minOccurs='0'><xs:complexType><xs:sequence>"
             "<xs:element name='a' type='xs:int'/></xs:sequence></xs:complexType></xs:element>"
             "</xs:sequence><xs:attribute name='n' type='xs:int'/></xs:complexType>"
             "</xs:element>"),
        {"<r n='x' m=''><a>y</a>\n<a>z</a></r>",
         "cvc-datatype-valid.1.2.1:1 cvc-complex-type.3.2.2:1 cvc-datatype-valid.1.2.1:1 "
         "cvc-datatype-valid.1.2.1:2"},
        {"<r><a>1</a>\n<b><a>x</a></b>\n<a>y</a></r>",
         "cvc-complex-type.2.4.a:2 cvc-datatype-valid.1.2.1:3"},
        {"<r><a>1</a><s><b/></s>\n<s/></r>",
         "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.d:2 cvc-complex-type.2.4.b:2"});
}

static void test_a_message_names_element_and_attribute(void **state)
{
    (void)state;
    struct xsd *xsd = compile(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' "
        "elementFormDefault='qualified'><xs:element name='r'><xs:complexType>"
        "<xs:sequence><xs:element name='a'/></xs:sequence>"
        "<xs:attribute name='n' type='xs:int'/></xs:complexType></xs:element>"
        "</xs:schema>");
    struct run *run = run_new(xsd);
    faults_of(run, "<r xmlns='urn:t'><b/></r>");
    assert_string_equal(buf_string(&run->messages),
                        "Element '{urn:t}b': This element is not expected. Expected is "
                        "( {urn:t}a ).\n");
    faults_of(run, "<r xmlns='urn:t' n='x'/>");
    assert_non_null(
        strstr(buf_string(&run->messages), "Element '{urn:t}r', attribute 'n': 'x'"));
    assert_non_null(strstr(buf_string(&run->messages),
                           "Element '{urn:t}r': Missing child element(s). Expected is "
                           "( {urn:t}a ).\n"));
    run_free(run);
    xsd_free(xsd);
}

/* Copies of one particle are one name, and a list of many is cut. */
static void test_a_message_names_what_is_expected(void **state)
{
    (void)state;
    static const struct {
        const char *model, *document, *message;
    } cases[] = {
        {"<xs:sequence><xs:sequence minOccurs='2' maxOccurs='3'><xs:element name='a' "
         "minOccurs='0' maxOccurs='2'/></xs:sequence><xs:element name='b'/></xs:sequence>",
         "<r><x/><b/></r>",
         "Element 'x': This element is not expected. Expected is one of ( a, b ).\n"},
        {"<xs:all><xs:element name='a'/><xs:element name='b' minOccurs='0'/>"
         "<xs:element name='c'/></xs:all>",
         "<r><c/></r>", "Element 'r': Missing child element(s). Expected is ( a ).\n"},
        {"<xs:all><xs:element name='a'/><xs:element name='b' minOccurs='0'/>"
         "<xs:element name='c'/></xs:all>",
         "<r><c/><c/><a/></r>",
         "Element 'c': This element is not expected. Expected is one of ( a, b ).\n"},
        {"<xs:choice><xs:any namespace='urn:x urn:y'/><xs:any namespace='##local' "
         "processContents='skip'/></xs:choice>",
         "<r xmlns:z='urn:z'><z:a/></r>",
         "Element '{urn:z}a': This element is not expected. Expected is one of ( {urn:x}*, "
         "{urn:y}*, {}* ).\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char body[2048];
        snprintf(body, sizeof body,
                 "<xs:element name='r'><xs:complexType>%s</xs:complexType>"
                 "</xs:element>",
                 cases[i].model);
        struct xsd *xsd = compile(wrap(body));
        struct run *run = run_new(xsd);
        faults_of(run, cases[i].document);
        assert_string_equal(buf_string(&run->messages), cases[i].message);
        run_free(run);
        xsd_free(xsd);
    }
}

/* -- Hostile documents ---------------------------------------------------------------- */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Straight into the validator, as no parser would let this through at its defaults. */
static void test_deep_and_wide_documents_take_little_time(void **state)
{
    (void)state;
    enum { DEPTH = 1000000, ATTRIBUTES = 100000 };
    struct xsd *xsd =
        compile(wrap("<xs:element name='r'><xs:complexType><xs:sequence><xs:element ref='r' "
                     "minOccurs='0' maxOccurs='unbounded'/></xs:sequence><xs:anyAttribute "
                     "processContents='lax'/></xs:complexType><xs:unique name='u'><xs:selector "
                     "xpath='.//r'/><xs:field xpath='@a0'/></xs:unique></xs:element>"));
    struct run *run = run_new(xsd);
    struct xsd_client client = {on_fault, NULL, run, NULL, NULL};
    const xmlChar *name = (const xmlChar *)"r";
    double begin = seconds();
    xsd_begin(run->validator, &client, 2);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(xsd_start(run->validator, name, NULL, NULL, 0, NULL, 0, NULL), 0);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(xsd_end(run->validator), 0);
    assert_int_equal(xsd_finish(run->validator), 0);

    xmlChar(*names)[16] = calloc(ATTRIBUTES, sizeof *names);
    const xmlChar **attributes = calloc(ATTRIBUTES * 5, sizeof *attributes);
    assert_non_null(names);
    assert_non_null(attributes);
    for (int i = 0; i < ATTRIBUTES; i++) {
        snprintf((char *)names[i], sizeof names[i], "a%d", i);
        attributes[i * 5] = attributes[i * 5 + 3] = attributes[i * 5 + 4] = names[i];
    }
    xsd_begin(run->validator, &client, 3);
    assert_int_equal(
        xsd_start(run->validator, name, NULL, NULL, 0, NULL, ATTRIBUTES, attributes), 0);
    for (int i = 0; i < DEPTH; i++) {
        assert_int_equal(
            xsd_start(run->validator, (const xmlChar *)"x", NULL, NULL, 0, NULL, 0, NULL), 0);
    }
    for (int i = 0; i < DEPTH + 1; i++)
        assert_int_equal(xsd_end(run->validator), 0);
    assert_int_equal(xsd_finish(run->validator), 0);
    free(names);
    free(attributes);
    run_free(run);
    xsd_free(xsd);

    xsd = compile(wrap("<xs:element name='any'/>"));
    run = run_new(xsd);
    xsd_begin(run->validator, &client, 4);
    for (int i = 0; i < DEPTH; i++)
        assert_int_equal(
            xsd_start(run->validator, (const xmlChar *)"any", NULL, NULL, 0, NULL, 0, NULL), 0);
    for (int i = 0; i < DEPTH; i++)
        assert_int_equal(xsd_end(run->validator), 0);
    assert_int_equal(xsd_finish(run->validator), 0);
    run_free(run);
    xsd_free(xsd);
    assert_true(seconds() - begin < 20);
}

/* -- Repetitions too many to be written out ------------------------------------------- */

struct times {
    const char *once;
    unsigned n;
    const char *faults; /* what those of the document begin with; "": it has none */
};

/* An element r whose content is `once`, `n` times, then `end`. */
static void check_times(const char *particle, const char *end, const char *warning,
                        const struct times *times, size_t n)
{
    char schema[2048];
    snprintf(schema, sizeof schema,
             "<xs:element name='r'><xs:complexType>%s</xs:complexType></xs:element>", particle);
    struct xsd *xsd = compile(wrap(schema));
    struct run *run = run_new(xsd);
    const char *warnings = xsd_warnings(xsd), *told = strstr(warnings, warning);
    if (*warning ? !told || strcmp(told, warning) != 0 : *warnings)
        fail_msg("%s: %s", particle, warnings);
    for (size_t i = 0; i < n; i++) {
        struct buf document = {0};
        buf_append_string(&document, "<r>");
        for (unsigned k = 0; k < times[i].n; k++)
            buf_append_string(&document, times[i].once);
        buf_append_format(&document, "%s</r>", end);
        const char *faults = faults_of(run, buf_string(&document));
        size_t len = strlen(times[i].faults);
        if (strncmp(faults, times[i].faults, len ? len : 1) != 0)
            fail_msg("%u times %s: %s, not %s: %s", times[i].n, times[i].once, faults,
                     times[i].faults, particle);
        buf_free(&document);
    }
    run_free(run);
    xsd_free(xsd);
}

#define CHECK_TIMES(particle, end, ...)                                                        \
    do {                                                                                       \
        static const struct times TIMES[] = {__VA_ARGS__};                                     \
        check_times(particle, end, "", TIMES, COUNT(TIMES));                                   \
    } while (0)

static void test_any_number_of_occurrences(void **state)
{
    (void)state;
    CHECK_TIMES("<xs:sequence minOccurs='7000' maxOccurs='7002'><xs:element name='a'/>"
                "<xs:element name='b' minOccurs='0'/></xs:sequence>",
                "", {"<a/>", 6999, "cvc-complex-type.2.4.b:1"}, {"<a/><b/>", 7000, ""},
                {"<a/>", 7002, ""}, {"<a/>", 7003, "cvc-complex-type.2.4.a:1"});
    CHECK_TIMES("<xs:choice minOccurs='0' maxOccurs='10000000'><xs:element name='a'/>"
                "<xs:element name='b' maxOccurs='3'/></xs:choice>",
                "", {"<a/>", 0, ""}, {"<a/><b/><b/><b/><b/>", 2000, ""},
                {"<c/>", 1, "cvc-complex-type.2.4.a:1"});
    CHECK_TIMES("<xs:sequence><xs:sequence minOccurs='7000' maxOccurs='unbounded'>"
                "<xs:element name='a'/></xs:sequence><xs:element name='e'/></xs:sequence>",
                "<e/>", {"<a/>", 6999, "cvc-complex-type.2.4.a:1"}, {"<a/>", 7000, ""},
                {"<a/>", 20000, ""});
    /* What is fixed can be told from what follows. */
    CHECK_TIMES("<xs:sequence><xs:sequence minOccurs='7000' maxOccurs='7000'>"
                "<xs:element name='a'/><xs:element name='b'/></xs:sequence>"
                "<xs:element name='a'/></xs:sequence>",
                "<a/>", {"<a/><b/>", 7000, ""}, {"<a/><b/>", 6999, "cvc-complex-type.2.4.b:1"},
                {"<a/><b/>", 7001, "cvc-complex-type.2.4.d:1"});
}

static void test_counts_within_counts(void **state)
{
    (void)state;
    CHECK_TIMES("<xs:sequence maxOccurs='9000'><xs:sequence minOccurs='2' maxOccurs='9000'>"
                "<xs:element name='a'/></xs:sequence><xs:element name='b'/></xs:sequence>",
                "", {"<a/><a/><b/>", 9000, ""}, {"<a/><b/>", 1, "cvc-complex-type.2.4.a:1"},
                {"<a/><a/><b/>", 9001, "cvc-complex-type.2.4.d:1"});
    CHECK_TIMES("<xs:sequence maxOccurs='100'><xs:sequence minOccurs='0' maxOccurs='100'>"
                "<xs:any namespace='##local' maxOccurs='100' processContents='skip'/>"
                "</xs:sequence></xs:sequence>",
                "", {"<a/>", 0, ""}, {"<a/>", 9999, ""}, {"<a/>", 1000000, ""},
                {"<a/>", 1000001, "cvc-complex-type.2.4.d:1"});
}

/* Where an occurrence begins cannot be told, so that fewer may have been meant to be more. */
static void test_counts_that_cannot_be_told_are_let_pass_with_a_warning(void **state)
{
    (void)state;
    static const struct times TIMES[] = {{"<a/>", 6999, ""},
                                         {"<a/>", 7000, ""},
                                         {"<a/>", 8000, ""},
                                         {"<a/>", 16000, ""},
                                         {"<a/>", 16001, "cvc-complex-type.2.4.d:1"},
                                         {"<a/>", 0, "cvc-complex-type.2.4.b:1"}};
    check_times(
        "<xs:sequence minOccurs='7000' maxOccurs='8000'><xs:element name='a' "
        "maxOccurs='2'/></xs:sequence>",
        "",
        "a.xsd:1: not covered: of so many occurrences, of which one cannot be told from "
        "the next, less than 7000; they are let pass\n",
        TIMES, COUNT(TIMES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sequence_takes_its_elements_in_order),
        cmocka_unit_test(test_occurrences_hold_up_to_their_bounds),
        cmocka_unit_test(test_xs_all_takes_each_element_once_in_any_order),
        cmocka_unit_test(test_each_kind_of_content_takes_what_it_may),
        cmocka_unit_test(test_content_is_empty_where_nothing_is_written),
        cmocka_unit_test(test_wildcards_go_by_namespace_and_process_contents),
        cmocka_unit_test(test_members_of_a_substitution_group_stand_for_its_head),
        cmocka_unit_test(test_xsi_type_takes_a_derived_type_unless_blocked),
        cmocka_unit_test(test_a_root_without_declaration_may_name_its_type),
        cmocka_unit_test(test_a_nil_element_is_nillable_and_empty),
        cmocka_unit_test(test_fixed_values_are_compared_as_values),
        cmocka_unit_test(test_a_second_value_is_judged_by_itself),
        cmocka_unit_test(test_an_attribute_group_may_be_met_several_times),
        cmocka_unit_test(test_a_prohibited_attribute_is_no_second_one),
        cmocka_unit_test(test_a_type_may_refer_to_the_attributes_of_xsi),
        cmocka_unit_test(test_attributes_are_those_of_the_type),
        cmocka_unit_test(test_attribute_wildcards_intersect_in_groups_and_unite_in_extensions),
        cmocka_unit_test(test_each_facet_has_its_code),
        cmocka_unit_test(test_repeated_groups_are_counted),
        cmocka_unit_test(test_facets_and_notations_hold_in_documents),
        cmocka_unit_test(test_simple_content_may_be_restricted),
        cmocka_unit_test(test_simple_content_may_be_derived_several_times),
        cmocka_unit_test(test_ids_are_unique_and_idrefs_have_one),
        cmocka_unit_test(test_entities_are_unparsed_entities_of_the_document),
        cmocka_unit_test(test_unique_and_key_compare_values_of_fields),
        cmocka_unit_test(test_fields_see_attributes_by_default),
        cmocka_unit_test(test_a_field_does_not_compare_what_is_not_assessed),
        cmocka_unit_test(test_a_keyref_has_its_key_in_the_same_scope_or_below),
        cmocka_unit_test(test_keys_go_up_to_those_who_refer_to_them),
        cmocka_unit_test(test_keys_of_one_value_meet_level_by_level),
        cmocka_unit_test(test_fields_may_lie_several_elements_below_the_selected),
        cmocka_unit_test(test_selectors_lead_through_all_their_steps),
        cmocka_unit_test(test_validation_goes_on_after_a_fault),
        cmocka_unit_test(test_a_message_names_element_and_attribute),
        cmocka_unit_test(test_a_message_names_what_is_expected),
        cmocka_unit_test(test_deep_and_wide_documents_take_little_time),
        cmocka_unit_test(test_any_number_of_occurrences),
        cmocka_unit_test(test_counts_within_counts),
        cmocka_unit_test(test_counts_that_cannot_be_told_are_let_pass_with_a_warning),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
