/* SPDX-License-Identifier: MIT
 *
 * What a validator learns from documents makes it faster and changes nothing: one that learns
 * tells the same faults, the first time and later, as one that has no room to learn.
 */
#include "xsd_test.h"

#include "xsd/validate/validator.h"

static const char *both_of(struct run *run, const char *document)
{
    faults_of(run, document);
    buf_append(&run->faults, "\n", 1);
    buf_append_string(&run->faults, buf_string(&run->messages));
    return buf_string(&run->faults);
}

/* Runs the documents, in turn and several times, with room for `max` transitions and none. */
static void check_alike(const char *schema, const char *const *documents, size_t n, size_t max)
{
    struct xsd *xsd = compile(schema);
    struct run *learning = run_new(xsd), *plain = run_new(xsd);
    learning->validator->learned.max = learning->by_leaves->learned.max = max;
    plain->validator->learned.max = plain->by_leaves->learned.max = 0;
    for (size_t i = 0; i < 3 * n; i++)
        assert_string_equal(both_of(learning, documents[i % n]),
                            both_of(plain, documents[i % n]));
    assert_true(learning->validator->learned.n > 0);
    assert_int_equal(plain->validator->learned.n, 0);
    run_free(learning);
    run_free(plain);
    xsd_free(xsd);
}

#define CHECK_ALIKE(schema, ...)                                                               \
    do {                                                                                       \
        static const char *const DOCUMENTS[] = {__VA_ARGS__};                                  \
        check_alike(schema, DOCUMENTS, COUNT(DOCUMENTS), 1000);                                \
        check_alike(schema, DOCUMENTS, COUNT(DOCUMENTS), 3);                                   \
    } while (0)

static void test_content_behind_a_fault_is_told_as_before(void **state)
{
    (void)state;
    CHECK_ALIKE(wrap("<xs:element name='r'><xs:complexType><xs:sequence maxOccurs='unbounded'>"
                     "<xs:element name='a'/><xs:element name='b' minOccurs='0'/>"
                     "<xs:element name='c'/></xs:sequence></xs:complexType></xs:element>"),
                "<r><a/><b/><c/><a/><c/></r>", "<r><a/><c/><c/><a/><b/><c/></r>",
                "<r><b/><a/><b/><c/></r>", "<r><a/><b/></r>", "<r><a/><b/><b/><c/><a/></r>",
                "<r><a/><d/><c/>x<a/><c/></r>", "<r><a/><b/><c/><a/><b/><c/></r>");
}

static void test_counts_are_kept_between_what_is_learned(void **state)
{
    (void)state;
    CHECK_ALIKE(
        wrap("<xs:element name='r'><xs:complexType><xs:choice minOccurs='2' maxOccurs='40'>"
             "<xs:element name='a'/><xs:sequence><xs:element name='b' minOccurs='2' "
             "maxOccurs='3'/><xs:element name='c'/></xs:sequence></xs:choice>"
             "</xs:complexType></xs:element>"),
        "<r><a/><b/><b/><c/></r>", "<r><b/><c/><a/></r>", "<r><a/></r>",
        "<r><a/><b/><b/><b/><b/><c/></r>", "<r><b/><b/><c/><b/><b/><b/><c/><a/></r>");
    CHECK_ALIKE(wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
                     "<xs:element name='a'/><xs:element name='b' minOccurs='2' maxOccurs='4'/>"
                     "<xs:element name='c' minOccurs='0'/></xs:sequence></xs:complexType>"
                     "</xs:element>"),
                "<r><a/><b/><b/><c/></r>", "<r><a/><b/><c/></r>", "<r><a/><b/><b/><b/></r>",
                "<r><a/><b/><b/><b/><b/><b/></r>", "<r><a/><b/></r>", "<r><a/></r>");
    CHECK_ALIKE(
        wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
             "<xs:element name='a' maxOccurs='2'/>"
             "<xs:element name='b' minOccurs='3' maxOccurs='unbounded'/>"
             "<xs:choice minOccurs='0'><xs:element name='c' maxOccurs='60'/>"
             "<xs:element name='d'/></xs:choice></xs:sequence></xs:complexType>"
             "</xs:element>"),
        "<r><a/><b/><b/><b/><b/><b/><b/><c/><c/><c/></r>", "<r><a/><a/><b/><b/><d/></r>",
        "<r><a/><a/><a/><b/><b/><b/></r>", "<r><a/><b/><b/><b/><d/></r>",
        "<r><a/><b/><b/><b/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/>"
        "<c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/>"
        "<c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/><c/>"
        "<c/><c/></r>",
        "<r><a/><b/><b/><c/></r>");
}

/* A default or fixed value counts where there is no text; other text is compared with it. */
static void test_given_values_are_seen_where_the_name_is_known(void **state)
{
    (void)state;
    CHECK_ALIKE(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:p='urn:a'>"
        "<xs:element name='r'><xs:complexType><xs:choice maxOccurs='unbounded'>"
        "<xs:element name='d' type='xs:int' default='7'/>"
        "<xs:element name='f' type='xs:int' fixed='7'/>"
        "<xs:element name='s' type='xs:string' fixed='x'/>"
        "<xs:element name='q' type='xs:QName' fixed='p:x'/>"
        "<xs:element name='m' fixed='y'><xs:complexType mixed='true'><xs:sequence>"
        "<xs:element name='i' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>"
        "<xs:element name='k' type='xs:ID'/>"
        "</xs:choice></xs:complexType></xs:element></xs:schema>",
        "<r xmlns:p='urn:a'><d/><d>1</d><d>x</d><f/><f>7</f><f>07</f><f>8</f></r>",
        "<r xmlns:p='urn:a'><s/><s>x</s><s> x</s><s>z</s><m/><m>y</m><m>z</m></r>",
        "<r xmlns:p='urn:a' xmlns:o='urn:b'><q/><q>p:x</q><q>o:x</q><q>p:y</q></r>",
        "<r><q>p:x</q><d></d><d> </d><f> 7 </f><m>y<i/></m><k>a</k><k>a</k></r>");
}

static void test_xsi_type_and_nil_are_seen_where_the_name_is_known(void **state)
{
    (void)state;
    CHECK_ALIKE(
        wrap("<xs:complexType name='t' mixed='true'><xs:sequence><xs:element name='i' "
             "minOccurs='0'/></xs:sequence><xs:attribute name='k' type='xs:int'/>"
             "</xs:complexType><xs:complexType name='u'><xs:complexContent mixed='true'>"
             "<xs:extension base='t'><xs:attribute name='l' type='xs:int' use='required'/>"
             "</xs:extension></xs:complexContent></xs:complexType>"
             "<xs:element name='r'><xs:complexType><xs:sequence maxOccurs='unbounded'>"
             "<xs:element name='e' type='t' nillable='true'/></xs:sequence></xs:complexType>"
             "</xs:element>"),
        "<r " XSI "><e k='1'>x</e><e k='x'/></r>",
        "<r " XSI "><e xsi:type='u' k='1'/><e xsi:type='u' l='1'><i/></e><e l='2'/></r>",
        "<r " XSI "><e xsi:nil='true'/><e xsi:nil='1'>x</e><e xsi:nil='true'><i/></e></r>",
        "<r " XSI "><e xsi:type='none' l='2'/><e>x<i/></e></r>");
}

static void test_wildcards_groups_and_xs_all_go_by_their_own_rules(void **state)
{
    (void)state;
    CHECK_ALIKE(
        wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
             "<xs:element ref='h' maxOccurs='unbounded'/><xs:element name='s' minOccurs='0'>"
             "<xs:complexType><xs:all><xs:element name='x'/><xs:element name='y'/></xs:all>"
             "</xs:complexType></xs:element><xs:any processContents='lax' minOccurs='0' "
             "maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element>"
             "<xs:element name='h' type='xs:string'/>"
             "<xs:element name='m' substitutionGroup='h'><xs:simpleType><xs:restriction "
             "base='xs:string'><xs:maxLength value='2'/></xs:restriction></xs:simpleType>"
             "</xs:element><xs:element name='n' type='xs:int'/>"),
        "<r><h>one</h><m>abc</m><h/><n>x</n><q><n>y</n></q></r>",
        "<r><m>ab</m><s><x/><y/></s><n>1</n></r>", "<r><m/><s><y/><y/></s><m>xyz</m></r>",
        "<r><h/><q/><h/><q><s/></q></r>", "<r><s><x/></s></r>");
}

static void test_attributes_are_those_of_the_type_at_hand(void **state)
{
    (void)state;
    CHECK_ALIKE(
        wrap("<xs:element name='r'><xs:complexType><xs:choice maxOccurs='unbounded'>"
             "<xs:element name='a'><xs:complexType><xs:attribute name='k' type='xs:int' "
             "use='required'/></xs:complexType></xs:element><xs:element name='b'>"
             "<xs:complexType><xs:attribute name='k' type='xs:boolean' fixed='true'/>"
             "<xs:anyAttribute namespace='##other' processContents='lax'/></xs:complexType>"
             "</xs:element></xs:choice></xs:complexType>"
             "<xs:key name='u'><xs:selector xpath='a'/><xs:field xpath='@k'/></xs:key>"
             "</xs:element>"),
        "<r><a k='1'/><b k='true'/><a k='2'/></r>", "<r><a/><b k='2'/><a k='true'/></r>",
        "<r><a k='1'/><a k='01'/><b k='1' x:k='z' xmlns:x='urn:x'/></r>",
        "<r><a k='1' l='2'/><b/><b l='1'/></r>");
}

/* IDs, what refers to them, and keys of attributes are entered where the tag is known, too. */
static void test_ids_and_keys_are_entered_where_the_tag_is_known(void **state)
{
    (void)state;
    CHECK_ALIKE(
        wrap("<xs:element name='r'><xs:complexType><xs:sequence maxOccurs='unbounded'>"
             "<xs:element name='e'><xs:complexType>"
             "<xs:attribute name='id' type='xs:ID'/>"
             "<xs:attribute name='to' type='xs:IDREFS'/>"
             "<xs:attribute name='k' type='xs:integer'/>"
             "</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>"),
        "<r><e id='a'/><e id='b' to='a'/><e to=' b  a '/><e id='c' k='1'/></r>",
        "<r><e id='a'/><e id='b'/><e id=' a '/><e id='a' k='2'/></r>",
        "<r><e id='a' k='x'/><e to='a' k='1'/><e to='b c' k='y'/></r>",
        "<r><e id='a'><i/></e><e id='1'/><e to='1'/><e id=''/><e to=''/></r>",
        "<r><e id='a'/><e id='a'>x</e><f id='a'/><e id='a'/></r>");
    CHECK_ALIKE(
        wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
             "<xs:element name='e' maxOccurs='unbounded'><xs:complexType><xs:sequence>"
             "<xs:element name='f' minOccurs='0' type='xs:string'/></xs:sequence>"
             "<xs:attribute name='n' type='xs:decimal'/><xs:attribute name='s' "
             "type='xs:string'/><xs:attribute name='t' type='xs:token' default='t'/>"
             "</xs:complexType></xs:element></xs:sequence></xs:complexType>"
             "<xs:unique name='n'><xs:selector xpath='e'/><xs:field xpath='@n'/></xs:unique>"
             "<xs:unique name='s'><xs:selector xpath='e'/><xs:field xpath='@s'/>"
             "<xs:field xpath='@t'/></xs:unique><xs:keyref name='k' refer='s'>"
             "<xs:selector xpath='e'/><xs:field xpath='f'/><xs:field xpath='@t'/></xs:keyref>"
             "</xs:element>"),
        "<r><e n='1'/><e n='2'/><e n='10'/><e n='100'/><e n='3'/></r>",
        "<r><e n='1'/><e n='01'/><e n='+1'/><e n='1.0'/><e n='-1'/><e n=' 1 '/><e n='1.'/></r>",
        "<r><e n='0'/><e n='-0'/><e n='00'/><e n='.0'/><e n='10'/><e n='1'/></r>",
        "<r><e s='a'/><e s='a '/><e s='a'/><e s='a' t='b'/><e s='a' t=' b '/><e s=''/></r>",
        "<r><e s='&#9;a'/><e s='&#9;a'/><e s='0123456'/><e s='01234567'/><e s='012345 7'/></r>",
        "<r><e s='a'><f>a</f></e><e s='b' t='u'><f>a</f></e><e><f>b</f></e></r>");
}

/* The same letters are another name where the prefix is bound to another namespace. */
static void test_fixed_names_depend_on_the_prefixes_in_scope(void **state)
{
    (void)state;
    CHECK_ALIKE("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:p='urn:a'>"
                "<xs:element name='r'><xs:complexType><xs:sequence>"
                "<xs:element name='g' maxOccurs='unbounded'><xs:complexType><xs:sequence>"
                "<xs:element name='c' maxOccurs='unbounded'><xs:complexType>"
                "<xs:attribute name='q' type='xs:QName' fixed='p:x'/></xs:complexType>"
                "</xs:element></xs:sequence></xs:complexType></xs:element>"
                "</xs:sequence></xs:complexType></xs:element></xs:schema>",
                "<r><g xmlns:p='urn:a'><c q='p:x'/><c q='p:x'/><c q='p:x'/></g>"
                "<g xmlns:p='urn:b'><c q='p:x'/><c q='p:x'/></g></r>",
                "<r><g xmlns:p='urn:b'><c q='p:x'/></g></r>",
                "<r><g xmlns:p='urn:a' xmlns:o='urn:a'><c q='o:x'/><c q='p:x'/></g></r>");
}

/* A document may have any number of names; what the schema does not know is not learned. */
static void test_unknown_names_are_not_learned(void **state)
{
    (void)state;
    struct xsd *xsd =
        compile(wrap("<xs:element name='r'><xs:complexType><xs:sequence><xs:any "
                     "processContents='lax' minOccurs='0' maxOccurs='unbounded'/></xs:sequence>"
                     "<xs:anyAttribute processContents='lax'/></xs:complexType></xs:element>"));
    struct run *run = run_new(xsd);
    struct buf document = {0};
    buf_append_string(&document, "<r>");
    for (int i = 0; i < 5000; i++)
        buf_append_format(&document, "<n%d a%d='1'/>", i, i);
    buf_append_string(&document, "</r>");
    assert_string_equal(faults_of(run, buf_string(&document)), "");
    assert_int_equal(run->validator->learned.n, 0);
    buf_free(&document);
    run_free(run);
    xsd_free(xsd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content_behind_a_fault_is_told_as_before),
        cmocka_unit_test(test_counts_are_kept_between_what_is_learned),
        cmocka_unit_test(test_given_values_are_seen_where_the_name_is_known),
        cmocka_unit_test(test_xsi_type_and_nil_are_seen_where_the_name_is_known),
        cmocka_unit_test(test_wildcards_groups_and_xs_all_go_by_their_own_rules),
        cmocka_unit_test(test_attributes_are_those_of_the_type_at_hand),
        cmocka_unit_test(test_fixed_names_depend_on_the_prefixes_in_scope),
        cmocka_unit_test(test_ids_and_keys_are_entered_where_the_tag_is_known),
        cmocka_unit_test(test_unknown_names_are_not_learned),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
