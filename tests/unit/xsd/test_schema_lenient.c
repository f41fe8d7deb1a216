/* SPDX-License-Identifier: MIT
 *
 * Each rule that a schema may break and be run all the same: it has one warning, which names
 * the rule and the line, and documents show what is done instead. docs/xsd.md lists these
 * rules.
 */
#include "xsd_test.h"

struct warned {
    const char *rule;
    const char *schema;  /* with or without its xs:schema */
    const char *valid;   /* a document that is, by what is done instead; NULL: none */
    const char *invalid; /* one that is not; NULL: none */
};

/* The one warning of a schema is "PATH.xsd:1: RULE: what is wrong; what is done instead". */
static void check_warning(const struct xsd *xsd, const char *rule, const char *schema)
{
    const char *warnings = xsd_warnings(xsd);
    const char *end = strchr(warnings, '\n');
    char expected[128];
    snprintf(expected, sizeof expected, ".xsd:1: %s: ", rule);
    if (!end || end[1] || !strstr(warnings, expected) || !strchr(warnings, ';'))
        fail_msg("expected %s, got '%s': %s", rule, warnings, schema);
}

static void check_warned(const struct warned *w)
{
    bool whole = strncmp(w->schema, "<xs:schema ", 11) == 0;
    struct xsd *xsd = compile(whole ? w->schema : wrap(w->schema));
    struct run *run = run_new(xsd);
    check_warning(xsd, w->rule, w->schema);
    if (w->valid && *faults_of(run, w->valid))
        fail_msg("%s is not valid: %s: %s", w->valid, run->faults.data, w->schema);
    if (w->invalid && !*faults_of(run, w->invalid))
        fail_msg("%s is valid: %s", w->invalid, w->schema);
    run_free(run);
    xsd_free(xsd);
}

static void check_all_warned(const struct warned *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_warned(&rows[i]);
}

/* -- Documents ------------------------------------------------------------------------ */

#define TYPE "<xs:element name='r'><xs:complexType>"
#define END  "</xs:complexType></xs:element>"

static void test_documents(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"s4s-att-invalid-value", "<xs:element name='a' id='i'/><xs:element name='b' id='i'/>",
         "<b/>", "<c/>"},
        {"s4s-att-invalid-value",
         "<xs:element name='r'><xs:annotation><xs:documentation xml:lang=' '/></xs:annotation>"
         "</xs:element>",
         "<r/>", "<c/>"},
        {"s4s-att-invalid-value",
         "<xs:element name='r'><xs:annotation><xs:appinfo source='1a:'/></xs:annotation>"
         "</xs:element>",
         "<r/>", "<c/>"},
        {"s4s-att-invalid-value", "<xs:notation name='n' system='%'/><xs:element name='r'/>",
         "<r/>", "<c/>"},
        {"s4s-att-invalid-value", "<xs:import namespace='a#b#c'/><xs:element name='r'/>",
         "<r/>", "<c/>"},
        {"s4s-att-invalid-value",
         "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='1a:'>"
         "<xs:element name='r'/></xs:schema>",
         "<r xmlns='1a:'/>", "<r/>"},
        {"n-props-correct", "<xs:notation name='n'/><xs:element name='r'/>", "<r/>", NULL},
        {"src-import.1.2", "<xs:import/><xs:element name='r' type='xs:int'/>", "<r>1</r>",
         "<r>x</r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* -- Attributes and elements ---------------------------------------------------------- */

static void test_attributes(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"a-props-correct.2", TYPE "<xs:attribute name='a' type='xs:int' fixed='x'/>" END,
         "<r a='1'/>", "<r a='x'/>"},
        {"a-props-correct.2",
         "<xs:attribute name='a' type='xs:int'/>" TYPE
         "<xs:attribute ref='a' default='x'/>" END,
         "<r/>", "<r a='x'/>"},
        {"a-props-correct.3", TYPE "<xs:attribute name='a' type='xs:ID' fixed='x'/>" END,
         "<r a='y'/>", "<r a='1'/>"},
        {"ag-props-correct.2",
         "<xs:attributeGroup name='g'><xs:attribute name='a' type='xs:int'/><xs:attribute "
         "name='a'/></xs:attributeGroup>" TYPE "<xs:attributeGroup ref='g'/>" END,
         "<r a='1'/>", "<r a='x'/>"},
        {"ag-props-correct.2",
         "<xs:attributeGroup name='g'><xs:attribute name='a'/></xs:attributeGroup>"
         "<xs:attributeGroup name='h'><xs:attribute name='a' type='xs:int'/>"
         "<xs:attributeGroup ref='g'/></xs:attributeGroup>" TYPE
         "<xs:attributeGroup ref='h'/>" END,
         "<r a='1'/>", "<r a='x'/>"},
        {"au-props-correct.2",
         "<xs:attribute name='a' fixed='1'/>" TYPE "<xs:attribute ref='a' fixed='2'/>" END,
         "<r a='1'/>", "<r a='2'/>"},
        {"ct-props-correct.4",
         TYPE "<xs:attribute name='a' type='xs:int'/><xs:attribute name='a'/>" END,
         "<r a='1'/>", "<r a='x'/>"},
        /* Two references to one declaration are two uses of it. */
        {"ct-props-correct.4",
         "<xs:attribute name='a'/>" TYPE "<xs:attribute ref='a' use='required'/>"
         "<xs:attribute ref='a'/>" END,
         "<r a=''/>", "<r/>"},
        {"ct-props-correct.4",
         "<xs:complexType name='b'><xs:attribute name='a' type='xs:int'/></xs:complexType>" TYPE
         "<xs:complexContent><xs:extension base='b'><xs:attribute name='a'/></xs:extension>"
         "</xs:complexContent>" END,
         "<r a='1'/>", "<r a='x'/>"},
        {"ct-props-correct.5",
         TYPE "<xs:attribute name='a' type='xs:ID'/><xs:attribute name='b' type='xs:ID'/>" END,
         "<r a='x' b='y'/>", "<r a='x' b='x'/>"},
        {"no-xmlns", TYPE "<xs:attribute name='xmlns'/>" END, "<r/>", "<r b=''/>"},
        {"src-attribute.1", TYPE "<xs:attribute name='a' default='1' fixed='2'/>" END,
         "<r a='2'/>", "<r a='1'/>"},
        {"src-attribute.3.2",
         "<xs:attribute name='a' type='xs:int'/>" TYPE
         "<xs:attribute ref='a' type='xs:boolean'/>" END,
         "<r a='7'/>", "<r a='true'/>"},
        {"src-attribute.3.2",
         "<xs:attribute name='a' type='xs:int'/>" TYPE "<xs:attribute ref='a'><xs:simpleType>"
         "<xs:restriction base='xs:boolean'/></xs:simpleType></xs:attribute>" END,
         "<r a='7'/>", "<r a='true'/>"},
        {"src-attribute.2", TYPE "<xs:attribute name='a' use='required' default='1'/>" END,
         "<r a='2'/>", "<r/>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

static void test_elements(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"cos-valid-default.2.1",
         "<xs:element name='r' fixed='1'><xs:complexType><xs:sequence><xs:element name='b'/>"
         "</xs:sequence></xs:complexType></xs:element>",
         "<r><b/></r>", "<r>1</r>"},
        {"cos-valid-default.2.2.2",
         "<xs:element name='r' fixed='1'><xs:complexType mixed='true'><xs:sequence>"
         "<xs:element name='b'/></xs:sequence></xs:complexType></xs:element>",
         "<r><b/></r>", "<r>1</r>"},
        {"e-props-correct.2", "<xs:element name='r' type='xs:int' fixed='x'/>", "<r>1</r>",
         "<r>x</r>"},
        {"e-props-correct.4",
         "<xs:element name='a' type='xs:int' final='restriction'/><xs:element name='b' "
         "type='xs:byte' substitutionGroup='a'/>" TYPE
         "<xs:sequence><xs:element ref='a'/></xs:sequence>" END,
         "<r><b>1</b></r>", "<r><b>1000</b></r>"},
        {"e-props-correct.4",
         "<xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:boolean' "
         "substitutionGroup='a'/>" TYPE "<xs:sequence><xs:element ref='a'/></xs:sequence>" END,
         "<r><b>true</b></r>", "<r><b>7</b></r>"},
        {"e-props-correct.5", "<xs:element name='r' type='xs:ID' fixed='x'/>", "<r>y</r>",
         "<r>1</r>"},
        {"src-element.2.2",
         "<xs:element name='a' type='xs:int'/>" TYPE
         "<xs:sequence><xs:element ref='a' type='xs:boolean' "
         "nillable='true'/></xs:sequence>" END,
         "<r><a>7</a></r>", "<r><a>true</a></r>"},
        {"src-element.2.2",
         "<xs:element name='a' type='xs:int'/>" TYPE
         "<xs:sequence><xs:element ref='a'><xs:complexType/><xs:key name='k'><xs:selector "
         "xpath='a'/><xs:field xpath='a'/></xs:key></xs:element></xs:sequence>" END,
         "<r><a>7</a></r>", "<r><a/></r>"},
        {"src-element.1", "<xs:element name='r' default='1' fixed='2'/>", "<r>2</r>",
         "<r>1</r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* -- Types ---------------------------------------------------------------------------- */

static void test_particles(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"p-props-correct.2.1",
         TYPE "<xs:sequence><xs:element name='a' minOccurs='2'/></xs:sequence>" END,
         "<r><a/><a/></r>", "<r><a/></r>"},
        {"cos-element-consistent",
         TYPE "<xs:sequence><xs:element name='a' type='xs:int'/><xs:element name='b'/>"
              "<xs:element name='a' type='xs:boolean'/></xs:sequence>" END,
         "<r><a>7</a><b/><a>true</a></r>", "<r><a>true</a><b/><a>7</a></r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* All that one way of reading allows is allowed. */
static void test_content_that_is_not_deterministic(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"cos-nonambig",
         TYPE "<xs:choice><xs:sequence><xs:element name='a'/><xs:element name='b'/>"
              "</xs:sequence><xs:sequence><xs:element name='a'/><xs:element name='c'/>"
              "</xs:sequence></xs:choice>" END,
         "<r><a/><c/></r>", "<r><a/></r>"},
        {"cos-nonambig",
         TYPE "<xs:sequence><xs:element name='a' minOccurs='0'/><xs:element name='a'/>"
              "</xs:sequence>" END,
         "<r><a/></r>", "<r><a/><a/><a/></r>"},
        {"cos-nonambig",
         TYPE "<xs:sequence><xs:any minOccurs='0' maxOccurs='unbounded' "
              "processContents='skip'/><xs:element name='a' type='xs:int'/>"
              "</xs:sequence>" END,
         "<r><b/><a>1</a><c/><a>2</a></r>", "<r><a>1</a><b/></r>"},
        /* The declaration counts before the wildcard. */
        {"cos-nonambig",
         TYPE "<xs:choice><xs:any processContents='skip'/><xs:element name='a' type='xs:int'/>"
              "</xs:choice>" END,
         "<r><a>1</a></r>", "<r><a>x</a></r>"},
        {"cos-nonambig",
         TYPE "<xs:sequence><xs:any namespace='##local' processContents='skip' minOccurs='0'/>"
              "<xs:any namespace='##any' processContents='skip'/><xs:any namespace='urn:a' "
              "processContents='skip'/></xs:sequence>" END,
         "<r><a/><a xmlns='urn:a'/></r>", "<r><a/></r>"},
        {"cos-nonambig",
         "<xs:element name='h'/><xs:element name='m' substitutionGroup='h'/>" TYPE
         "<xs:choice><xs:sequence><xs:element ref='h'/><xs:element name='x'/></xs:sequence>"
         "<xs:sequence><xs:element ref='m'/><xs:element "
         "name='y'/></xs:sequence></xs:choice>" END,
         "<r><m/><x/></r>", "<r><h/><y/></r>"},
        {"cos-nonambig",
         TYPE "<xs:sequence><xs:element name='a' maxOccurs='2'/><xs:element name='a'/>"
              "</xs:sequence>" END,
         "<r><a/><a/></r>", "<r><a/></r>"},
        {"cos-nonambig",
         TYPE "<xs:sequence maxOccurs='unbounded'><xs:element name='a'/><xs:element name='b'/>"
              "<xs:element name='a' minOccurs='0'/></xs:sequence>" END,
         "<r><a/><b/><a/><a/><b/><a/><b/></r>", "<r><a/><b/><a/><a/></r>"},
        {"cos-nonambig",
         TYPE "<xs:all><xs:element name='a' type='xs:int'/><xs:element name='a' "
              "type='xs:int' minOccurs='0'/></xs:all>" END,
         "<r><a>1</a><a>2</a></r>", "<r><a>1</a><a>2</a><a>3</a></r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

static void test_extensions(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"cos-ct-extends.1.4",
         "<xs:complexType name='b'><xs:simpleContent><xs:extension base='xs:int'/>"
         "</xs:simpleContent></xs:complexType>" TYPE "<xs:complexContent mixed='true'>"
         "<xs:extension base='b'/></xs:complexContent>" END,
         "<r>1</r>", "<r>x</r>"},
        {"cos-ct-extends.1.4.3.2.2.1",
         "<xs:complexType name='b'><xs:sequence><xs:element name='a'/></xs:sequence>"
         "</xs:complexType>" TYPE "<xs:complexContent mixed='true'><xs:extension base='b'>"
         "<xs:sequence><xs:element "
         "name='c'/></xs:sequence></xs:extension></xs:complexContent>" END,
         "<r>x<a/>y<c/></r>", "<r>x<a/></r>"},
        {"cos-ct-extends.1.4.3.2.2.1",
         "<xs:complexType name='b' mixed='true'><xs:sequence><xs:element name='a'/>"
         "</xs:sequence></xs:complexType>" TYPE "<xs:complexContent><xs:extension base='b'>"
         "<xs:sequence><xs:element "
         "name='c'/></xs:sequence></xs:extension></xs:complexContent>" END,
         "<r>x<a/>y<c/></r>", "<r>x<a/></r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* The element r restricts the type b. */
#define RESTRICTION(base, content)                                                             \
    "<xs:complexType name='b'>" base "</xs:complexType><xs:element name='r'><xs:complexType>"  \
    "<xs:complexContent><xs:restriction base='b'>" content                                     \
    "</xs:restriction></xs:complexContent></xs:complexType></xs:element>"

static void test_restrictions_of_attributes(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"derivation-ok-restriction.2.1.1",
         RESTRICTION("<xs:attribute name='a' use='required'/>", "<xs:attribute name='a'/>"),
         "<r/>", "<r b=''/>"},
        {"derivation-ok-restriction.2.1.2",
         RESTRICTION("<xs:attribute name='a' type='xs:int'/>",
                     "<xs:attribute name='a' type='xs:boolean'/>"),
         "<r a='true'/>", "<r a='7'/>"},
        {"derivation-ok-restriction.2.1.3",
         RESTRICTION("<xs:attribute name='a' fixed='1'/>",
                     "<xs:attribute name='a' fixed='2'/>"),
         "<r a='2'/>", "<r a='1'/>"},
        {"derivation-ok-restriction.2.2",
         RESTRICTION("", "<xs:attribute name='a' type='xs:int'/>"), "<r a='1'/>", "<r a='x'/>"},
        {"derivation-ok-restriction.3",
         RESTRICTION("<xs:attribute name='a' use='required'/>",
                     "<xs:attribute name='a' use='prohibited'/>"),
         "<r/>", "<r a=''/>"},
        {"derivation-ok-restriction.4.1",
         RESTRICTION("", "<xs:anyAttribute namespace='##local' processContents='skip'/>"),
         "<r a=''/>", "<r xml:lang='en'/>"},
        {"derivation-ok-restriction.4.2",
         RESTRICTION("<xs:anyAttribute namespace='urn:a'/>",
                     "<xs:anyAttribute namespace='##local' processContents='skip'/>"),
         "<r a=''/>", "<r xml:lang='en'/>"},
        {"derivation-ok-restriction.4.3",
         RESTRICTION("<xs:anyAttribute/>",
                     "<xs:anyAttribute namespace='##local' processContents='lax'/>"),
         "<r a=''/>", "<r xml:lang='en'/>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

static void test_restrictions_of_content(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"derivation-ok-restriction.5",
         "<xs:complexType name='b'><xs:simpleContent><xs:extension base='xs:int'/>"
         "</xs:simpleContent></xs:complexType>" TYPE "<xs:complexContent>"
         "<xs:restriction base='b'/></xs:complexContent>" END,
         "<r/>", "<r>1</r>"},
        {"derivation-ok-restriction.5.2.2.1",
         "<xs:complexType name='b'><xs:simpleContent><xs:extension base='xs:int'/>"
         "</xs:simpleContent></xs:complexType>" TYPE "<xs:simpleContent>"
         "<xs:restriction base='b'><xs:simpleType><xs:restriction base='xs:boolean'/>"
         "</xs:simpleType></xs:restriction></xs:simpleContent>" END,
         "<r>true</r>", "<r>7</r>"},
        {"derivation-ok-restriction.5.3.2",
         RESTRICTION("<xs:sequence><xs:element name='a'/></xs:sequence>", ""), "<r/>",
         "<r><a/></r>"},
        {"derivation-ok-restriction.5.3.2",
         RESTRICTION("<xs:choice><xs:element name='a'/><xs:element name='b'/></xs:choice>", ""),
         "<r/>", "<r><a/></r>"},
        {"derivation-ok-restriction.5.4.1.2",
         "<xs:complexType name='b'><xs:sequence><xs:element name='a'/></xs:sequence>"
         "</xs:complexType>" TYPE "<xs:complexContent mixed='true'><xs:restriction base='b'>"
         "<xs:sequence><xs:element name='a'/></xs:sequence></xs:restriction>"
         "</xs:complexContent>" END,
         "<r>x<a/></r>", "<r>x</r>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("", "<xs:sequence><xs:element name='a'/></xs:sequence>"), "<r><a/></r>",
         "<r/>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* Restrictions that take what their base does not. */
static void test_restrictions_of_particles(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:sequence><xs:element name='a'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a' minOccurs='0'/></xs:sequence>"),
         "<r/>", "<r><a/><a/></r>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:sequence><xs:element name='a' maxOccurs='3'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a' maxOccurs='4'/></xs:sequence>"),
         "<r><a/><a/><a/><a/></r>", "<r/>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:choice><xs:element name='a'/><xs:element name='b'/></xs:choice>",
                     "<xs:sequence><xs:element name='a'/><xs:element name='b'/></xs:sequence>"),
         "<r><a/><b/></r>", "<r><a/></r>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:sequence><xs:any processContents='strict'/></xs:sequence>",
                     "<xs:sequence><xs:any processContents='lax'/></xs:sequence>"),
         "<r><q/></r>", "<r/>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:all><xs:element name='a'/></xs:all>",
                     "<xs:all><xs:element name='a' minOccurs='0'/></xs:all>"),
         "<r/>", "<r><b/></r>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:sequence><xs:element name='a'/></xs:sequence>",
                     "<xs:choice><xs:element name='a'/><xs:sequence/></xs:choice>"),
         "<r/>", "<r><a/><a/></r>"},
        /* A choice of nothing never comes, so that the base takes no content at all. */
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:sequence><xs:element name='a'/><xs:choice/></xs:sequence>",
                     "<xs:sequence><xs:element name='a'/></xs:sequence>"),
         "<r><a/></r>", "<r/>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:sequence><xs:element name='a'/><xs:choice><xs:choice/></xs:choice>"
                     "</xs:sequence>",
                     "<xs:sequence><xs:element name='a'/></xs:sequence>"),
         "<r><a/></r>", "<r/>"},
        {"rcase-NameAndTypeOK.3.2.1",
         RESTRICTION("<xs:sequence><xs:element name='a'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a' nillable='true'/></xs:sequence>"),
         "<r " XSI "><a xsi:nil='true'/></r>", "<r/>"},
        {"rcase-NameAndTypeOK.3.2.2",
         RESTRICTION("<xs:sequence><xs:element name='a' fixed='1'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a' fixed='2'/></xs:sequence>"),
         "<r><a>2</a></r>", "<r><a>1</a></r>"},
        {"rcase-NameAndTypeOK.3.2.3",
         RESTRICTION("<xs:sequence><xs:element name='a'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a'><xs:unique name='u'><xs:selector "
                     "xpath='*'/><xs:field xpath='.'/></xs:unique></xs:element></xs:sequence>"),
         "<r><a/></r>", "<r/>"},
        {"rcase-NameAndTypeOK.3.2.4",
         RESTRICTION("<xs:sequence><xs:element name='a' block='extension'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a'/></xs:sequence>"),
         "<r><a/></r>", "<r/>"},
        {"rcase-NameAndTypeOK.3.2.5",
         RESTRICTION("<xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a' type='xs:boolean'/></xs:sequence>"),
         "<r><a>true</a></r>", "<r><a>7</a></r>"},
        /* The base takes the global m, in place of h. */
        {"rcase-NameAndTypeOK.3.2.5",
         "<xs:element name='h' type='xs:int'/><xs:element name='m' type='xs:int' "
         "substitutionGroup='h'/>" RESTRICTION(
             "<xs:sequence><xs:element ref='h'/></xs:sequence>",
             "<xs:sequence><xs:element name='m' type='xs:boolean'/></xs:sequence>"),
         "<r><m>true</m></r>", "<r><m>7</m></r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

#define A "<xs:element name='a'/>"
#define B "<xs:element name='b'/>"
#define C "<xs:element name='c'/>"

/* Restrictions that take nothing that their base does not, and are none particle by particle;
 * and those that have too many states for anything else to be known. */
static void test_restrictions_particle_by_particle(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"rcase-Recurse",
         RESTRICTION("<xs:sequence>" A "<xs:sequence minOccurs='0'>" B C
                     "</xs:sequence></xs:sequence>",
                     "<xs:sequence>" A B C "</xs:sequence>"),
         "<r><a/><b/><c/></r>", "<r><a/></r>"},
        {"rcase-RecurseLax",
         RESTRICTION("<xs:choice>" A B C "</xs:choice>", "<xs:choice>" C A "</xs:choice>"),
         "<r><c/></r>", "<r><b/></r>"},
        /* By the letter b would have to come once in one occurrence of the choice. */
        {"rcase-RecurseLax",
         RESTRICTION("<xs:choice minOccurs='0'>" A B "</xs:choice>",
                     "<xs:sequence><xs:element name='b' minOccurs='0'/></xs:sequence>"),
         "<r/>", "<r><a/></r>"},
        {"rcase-RecurseUnordered",
         RESTRICTION("<xs:all>" A "<xs:element name='b' minOccurs='0'/></xs:all>",
                     "<xs:sequence>" A "<xs:sequence minOccurs='0'>" B
                     "</xs:sequence></xs:sequence>"),
         "<r><a/><b/></r>", "<r><b/><a/></r>"},
        {"rcase-MapAndSum",
         RESTRICTION("<xs:choice maxOccurs='3'>" A B "</xs:choice>",
                     "<xs:sequence><xs:element name='a' minOccurs='0'/>" B "</xs:sequence>"),
         "<r><b/></r>", "<r><b/><a/></r>"},
        {"cos-particle-restrict.2",
         RESTRICTION("<xs:sequence><xs:element name='a' minOccurs='0'/><xs:element name='b' "
                     "minOccurs='0'/></xs:sequence>",
                     "<xs:choice>" A B "</xs:choice>"),
         "<r><a/></r>", "<r/>"},
        {"rcase-NameAndTypeOK",
         RESTRICTION("<xs:sequence><xs:element name='a' maxOccurs='50000'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a' maxOccurs='50001'/></xs:sequence>"),
         "<r><a/></r>", "<r/>"},
        {"rcase-NSCompat",
         RESTRICTION("<xs:sequence><xs:any maxOccurs='50000'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a' maxOccurs='50001'/></xs:sequence>"),
         "<r><a/></r>", "<r/>"},
        {"rcase-NSSubset",
         RESTRICTION("<xs:sequence><xs:any processContents='skip' maxOccurs='50000'/>"
                     "</xs:sequence>",
                     "<xs:sequence><xs:any processContents='skip' maxOccurs='50001'/>"
                     "</xs:sequence>"),
         "<r><a/></r>", "<r/>"},
        {"rcase-NSRecurseCheckCardinality",
         RESTRICTION("<xs:sequence><xs:any maxOccurs='50000'/></xs:sequence>",
                     "<xs:sequence maxOccurs='25001'>" A B "</xs:sequence>"),
         "<r><a/><b/></r>", "<r><a/></r>"},
        /* The same group in both, but less often. */
        {"derivation-ok-restriction.5.4.2",
         "<xs:group name='g'><xs:sequence>" A "</xs:sequence></xs:group>" RESTRICTION(
             "<xs:choice minOccurs='2' maxOccurs='unbounded'><xs:group ref='g'/></xs:choice>",
             "<xs:sequence><xs:group ref='g'/></xs:sequence>"),
         "<r><a/></r>", "<r/>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* More elements than fit into one word, in which those that were seen are kept. */
static void test_restrictions_of_long_xs_all(void **state)
{
    (void)state;
    char members[2048] = "", schema[8192];
    for (int i = 0; i < 33; i++)
        snprintf(members + strlen(members), sizeof members - strlen(members),
                 "<xs:element name='e%d' minOccurs='0'/>", i);
    snprintf(schema, sizeof schema,
             RESTRICTION("<xs:all>%s</xs:all>", "<xs:all>%s<xs:element name='f'/></xs:all>"),
             members, members);
    check_warned(&(struct warned){"rcase-Recurse", schema, "<r><f/></r>", "<r/>"});
}

/* No choice within another is gone through twice. */
static void test_restrictions_of_choices_in_choices(void **state)
{
    (void)state;
    char choices[8192] = "<xs:element name='x' minOccurs='2' maxOccurs='2'/>", schema[16384];
    for (int i = 0; i < 40; i++) {
        char inner[sizeof choices];
        memcpy(inner, choices, sizeof inner);
        snprintf(choices, sizeof choices,
                 "<xs:choice minOccurs='0' maxOccurs='unbounded'><xs:element name='e%d'/>%.*s"
                 "</xs:choice>",
                 i, (int)sizeof choices - 128, inner);
    }
    snprintf(schema, sizeof schema,
             RESTRICTION("%s", "<xs:sequence><xs:element name='x' minOccurs='4' "
                               "maxOccurs='4'/></xs:sequence>"),
             choices);
    check_warned(
        &(struct warned){"rcase-RecurseLax", schema, "<r><x/><x/><x/><x/></r>", "<r/>"});
}

/* What is counted as a document is read is counted here, too. */
static void test_restrictions_of_counted_repetitions(void **state)
{
    (void)state;
#define COUNTED(min, max)                                                                      \
    "<xs:sequence minOccurs='" min "' maxOccurs='" max "'>" A "<xs:element name='b' "          \
    "minOccurs='0'/></xs:sequence>"
    static const struct warned ROWS[] = {
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION(COUNTED("0", "5000"), COUNTED("1", "5001")), "<r><a/></r>", "<r/>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION(COUNTED("2", "5000"), COUNTED("1", "4000")), "<r><a/></r>", "<r/>"},
        {"derivation-ok-restriction.5.4.2",
         RESTRICTION("<xs:sequence><xs:element name='a' maxOccurs='400'/></xs:sequence>",
                     "<xs:sequence><xs:element name='a' maxOccurs='401'/></xs:sequence>"),
         "<r><a/></r>", "<r/>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* What the rules let pass, or may be read as letting pass. */
static void test_restrictions_that_are_right(void **state)
{
    (void)state;
    static const char *const SCHEMAS[] = {
        RESTRICTION(COUNTED("0", "5000"), COUNTED("1", "4999")),
        RESTRICTION("<xs:choice minOccurs='0' maxOccurs='unbounded'>" A B "</xs:choice>",
                    "<xs:sequence><xs:element name='b' minOccurs='0' maxOccurs='unbounded'/>"
                    "</xs:sequence>"),
        /* Groups that are pointless, around one and within their like. */
        RESTRICTION("<xs:sequence><xs:choice><xs:sequence>" A "</xs:sequence></xs:choice>"
                    "<xs:sequence>" B "<xs:sequence/></xs:sequence></xs:sequence>",
                    "<xs:sequence>" A B "</xs:sequence>"),
        /* Members of a substitution group, in any order. */
        "<xs:element name='h' abstract='true'/><xs:element name='m' substitutionGroup='h'/>"
        "<xs:element name='n' substitutionGroup='m'/>" RESTRICTION(
            "<xs:sequence><xs:element ref='h' maxOccurs='unbounded'/></xs:sequence>",
            "<xs:choice maxOccurs='9'><xs:element ref='n'/><xs:element ref='m'/>"
            "</xs:choice>"),
        "<xs:element name='h'/><xs:element name='m' substitutionGroup='h'/>" RESTRICTION(
            "<xs:sequence><xs:element ref='h'/><xs:any minOccurs='0'/></xs:sequence>",
            "<xs:sequence><xs:element ref='m'/></xs:sequence>"),
        /* One whose type extends the head's is what it is in the base, too. */
        "<xs:complexType name='long'><xs:complexContent><xs:extension "
        "base='short'><xs:attribute "
        "name='c'/></xs:extension></xs:complexContent></xs:complexType><xs:complexType "
        "name='short'/><xs:element name='h' type='short'/><xs:element name='m' type='long' "
        "substitutionGroup='h'/>" RESTRICTION(
            "<xs:sequence><xs:element ref='h'/></xs:sequence>",
            "<xs:sequence><xs:element ref='m'/></xs:sequence>"),
    };
    for (size_t i = 0; i < COUNT(SCHEMAS); i++) {
        struct xsd *xsd = compile(wrap(SCHEMAS[i]));
        const char *told = strstr(xsd_warnings(xsd), "restriction");
        if (told)
            fail_msg("%s: %s", SCHEMAS[i], xsd_warnings(xsd));
        xsd_free(xsd);
    }
}

static void test_a_use_may_repeat_the_value_that_is_fixed(void **state)
{
    (void)state;
    static const char *const VALUES[] = {"1", "01", " 1 "};
    for (size_t i = 0; i < COUNT(VALUES); i++) {
        char schema[512];
        snprintf(schema, sizeof schema,
                 "<xs:attribute name='a' type='xs:int' fixed='1'/>" TYPE
                 "<xs:attribute ref='a' fixed='%s'/>" END,
                 VALUES[i]);
        struct xsd *xsd = compile(wrap(schema));
        assert_string_equal(xsd_warnings(xsd), "");
        xsd_free(xsd);
    }
}

static void test_what_is_final_is_derived_from_all_the_same(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"cos-ct-extends.1.1",
         "<xs:complexType name='b' final='extension'/><xs:element name='r'><xs:complexType>"
         "<xs:complexContent><xs:extension base='b'><xs:attribute name='c'/></xs:extension>"
         "</xs:complexContent></xs:complexType></xs:element>",
         "<r c=''/>", "<r d=''/>"},
        {"cos-ct-extends.2.2",
         "<xs:simpleType name='b' final='#all'><xs:restriction base='xs:int'/></xs:simpleType>"
         "<xs:element name='r'><xs:complexType><xs:simpleContent><xs:extension base='b'/>"
         "</xs:simpleContent></xs:complexType></xs:element>",
         "<r>1</r>", "<r>b</r>"},
        {"derivation-ok-restriction.1",
         "<xs:complexType name='b' final='restriction'/><xs:element name='r'><xs:complexType>"
         "<xs:complexContent><xs:restriction base='b'/></xs:complexContent></xs:complexType>"
         "</xs:element>",
         "<r/>", "<r>b</r>"},
        {"cos-st-restricts.2.3.1.1",
         "<xs:simpleType name='b' final='list'><xs:restriction base='xs:int'/>"
         "</xs:simpleType><xs:element name='r'><xs:simpleType><xs:list itemType='b'/>"
         "</xs:simpleType></xs:element>",
         "<r>1 2</r>", "<r>1 b</r>"},
        {"cos-st-restricts.3.3.1.1",
         "<xs:simpleType name='b' final='union'><xs:restriction base='xs:int'/>"
         "</xs:simpleType><xs:element name='r'><xs:simpleType>"
         "<xs:union memberTypes='xs:boolean b'/></xs:simpleType></xs:element>",
         "<r>2</r>", "<r>b</r>"},
        {"st-props-correct.3",
         "<xs:simpleType name='b' final='restriction'><xs:restriction base='xs:int'/>"
         "</xs:simpleType><xs:element name='r'><xs:simpleType><xs:restriction base='b'>"
         "<xs:maxInclusive value='1'/></xs:restriction></xs:simpleType></xs:element>",
         "<r>1</r>", "<r>2</r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* -- Simple types --------------------------------------------------------------------- */

static void test_facets(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"cos-st-restricts",
         "<xs:simpleType name='b'><xs:restriction base='xs:string'>"
         "<xs:maxLength value='5' fixed='true'/></xs:restriction></xs:simpleType>"
         "<xs:element name='r'><xs:simpleType><xs:restriction base='b'>"
         "<xs:maxLength value='4'/></xs:restriction></xs:simpleType></xs:element>",
         "<r>abcd</r>", "<r>abcde</r>"},
        /* simpleContent that begins anew begins with what its own simpleType fixes. */
        {"cos-st-restricts",
         "<xs:complexType name='b'><xs:simpleContent><xs:extension base='xs:int'/>"
         "</xs:simpleContent></xs:complexType>" TYPE "<xs:simpleContent>"
         "<xs:restriction base='b'><xs:simpleType><xs:restriction base='xs:int'>"
         "<xs:maxInclusive value='7' fixed='true'/></xs:restriction></xs:simpleType>"
         "<xs:maxInclusive value='6'/></xs:restriction></xs:simpleContent>" END,
         "<r>6</r>", "<r>7</r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* Where values are, and not where a type is only made to be narrowed. */
static void test_notations_are_named_by_an_enumeration(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"enumeration-required-notation", "<xs:element name='r' type='xs:NOTATION'/>",
         "<r>a</r>", "<r>1</r>"},
        {"enumeration-required-notation",
         "<xs:simpleType name='n'><xs:restriction base='xs:NOTATION'><xs:pattern value='a'/>"
         "</xs:restriction></xs:simpleType>" TYPE "<xs:attribute name='n' type='n'/>" END,
         "<r n='a'/>", "<r n='b'/>"},
        {"enumeration-required-notation",
         TYPE "<xs:simpleContent><xs:extension base='xs:NOTATION'/></xs:simpleContent>" END,
         "<r>a</r>", "<r>1</r>"},
        {"enumeration-required-notation",
         "<xs:element name='r'><xs:simpleType><xs:list itemType='xs:NOTATION'/></xs:simpleType>"
         "</xs:element>",
         "<r>a b</r>", "<r>1</r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
    struct xsd *xsd = compile(
        wrap("<xs:notation name='a' public='a'/><xs:simpleType name='n'><xs:restriction "
             "base='xs:NOTATION'><xs:pattern value='a'/></xs:restriction></xs:simpleType>"
             "<xs:element name='r'><xs:simpleType><xs:restriction base='n'><xs:enumeration "
             "value='a'/></xs:restriction></xs:simpleType></xs:element><xs:element name='u'>"
             "<xs:simpleType><xs:union memberTypes='xs:int xs:NOTATION'/></xs:simpleType>"
             "</xs:element>"));
    assert_string_equal(xsd_warnings(xsd), "");
    xsd_free(xsd);
}

/* -- Schemas of two documents --------------------------------------------------------- */

#define SCHEMA(attributes, body)                                                               \
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' " attributes ">" body "</"         \
    "xs:schema>"
#define REDEFINE(body, more)                                                                   \
    SCHEMA("", "<xs:redefine schemaLocation='b.xsd'>" body "</xs:redefine>" more)

static void test_redefinitions(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"src-redefine.5",
         REDEFINE("<xs:complexType name='t'/>", "<xs:element name='r' type='t'/>"), "<r/>",
         "<r><a/></r>"},
        {"src-redefine.5",
         REDEFINE("<xs:complexType name='t'><xs:complexContent><xs:extension "
                  "base='xs:anyType'/></xs:complexContent></xs:complexType>",
                  "<xs:element name='r' type='t'/>"),
         "<r><b/></r>", NULL},
        {"src-redefine.5",
         REDEFINE("<xs:simpleType name='s'><xs:restriction base='xs:boolean'/></xs:simpleType>",
                  "<xs:element name='r' type='s'/>"),
         "<r>true</r>", "<r>7</r>"},
        {"src-redefine.5",
         REDEFINE("<xs:simpleType name='s'><xs:list itemType='xs:int'/></xs:simpleType>",
                  "<xs:element name='r' type='s'/>"),
         "<r>7 8</r>", "<r>x</r>"},
        {"sch-props-correct.2",
         REDEFINE("<xs:simpleType name='s'><xs:restriction base='s'><xs:pattern value='[1-7]'/>"
                  "</xs:restriction></xs:simpleType><xs:simpleType name='s'>"
                  "<xs:restriction base='s'><xs:pattern value='[7-9]'/></xs:restriction>"
                  "</xs:simpleType>",
                  "<xs:element name='r' type='s'/>"),
         "<r>7</r>", "<r>8</r>"},
        {"src-redefine.6.1.1",
         REDEFINE("<xs:group name='g'><xs:sequence><xs:group ref='g'/><xs:group ref='g'/>"
                  "</xs:sequence></xs:group>",
                  "<xs:element name='r'><xs:complexType><xs:group ref='g'/></xs:complexType>"
                  "</xs:element>"),
         "<r><x/><x/></r>", "<r><x/></r>"},
        {"src-redefine.6.1.2",
         REDEFINE("<xs:group name='g'><xs:sequence><xs:group ref='g' minOccurs='0'/>"
                  "</xs:sequence></xs:group>",
                  "<xs:element name='r'><xs:complexType><xs:group ref='g'/></xs:complexType>"
                  "</xs:element>"),
         "<r/>", "<r><x/><x/></r>"},
        {"src-redefine.6.2.2",
         REDEFINE("<xs:group name='g'><xs:sequence><xs:element name='y'/></xs:sequence>"
                  "</xs:group>",
                  "<xs:element name='r'><xs:complexType><xs:group ref='g'/></xs:complexType>"
                  "</xs:element>"),
         "<r><y/></r>", "<r><x/></r>"},
        {"derivation-ok-restriction.2.2",
         REDEFINE("<xs:attributeGroup name='h'><xs:attribute name='q'/></xs:attributeGroup>",
                  "<xs:element name='r'><xs:complexType><xs:attributeGroup ref='h'/>"
                  "</xs:complexType></xs:element>"),
         "<r q=''/>", "<r p=''/>"},
        {"src-redefine.7.1",
         REDEFINE("<xs:attributeGroup name='h'><xs:attributeGroup ref='h'/>"
                  "<xs:attributeGroup ref='h'/></xs:attributeGroup>",
                  "<xs:element name='r'><xs:complexType><xs:attributeGroup ref='h'/>"
                  "</xs:complexType></xs:element>"),
         "<r p=''/>", "<r q=''/>"},
    };
    write_schema(
        "b.xsd",
        SCHEMA("", "<xs:complexType name='t'><xs:sequence><xs:element name='a'/></xs:sequence>"
                   "</xs:complexType><xs:group name='g'><xs:sequence><xs:element name='x'/>"
                   "</xs:sequence></xs:group><xs:attributeGroup name='h'>"
                   "<xs:attribute name='p'/></xs:attributeGroup><xs:simpleType name='s'>"
                   "<xs:restriction base='xs:int'/></xs:simpleType>"));
    check_all_warned(ROWS, COUNT(ROWS));
}

/* What is redefined may be a redefinition, which is told at its own place. */
static void test_redefinitions_of_redefinitions(void **state)
{
    (void)state;
#define GROUP(elements) "<xs:group name='g'><xs:sequence>" elements "</xs:sequence></xs:group>"
    write_schema("c.xsd", SCHEMA("", GROUP("<xs:element name='x'/>")));
    write_schema("b.xsd", SCHEMA("", "<xs:redefine schemaLocation='c.xsd'>" GROUP(
                                         "<xs:element name='y'/>") "</xs:redefine>"));
    struct xsd *xsd = compile(REDEFINE(GROUP("<xs:element name='y'/>"), ""));
    assert_non_null(strstr(xsd_warnings(xsd), "b.xsd:1: src-redefine.6.2.2: "));
    assert_null(strstr(xsd_warnings(xsd), "a.xsd"));
    xsd_free(xsd);
}

static void test_imports(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"src-import.1.1",
         SCHEMA("targetNamespace='urn:b'",
                "<xs:import namespace='urn:b' schemaLocation='b.xsd'/>"),
         "<b xmlns='urn:b'>1</b>", "<b xmlns='urn:b'>x</b>"},
        {"no-xsi",
         SCHEMA("targetNamespace='http://www.w3.org/2001/XMLSchema-instance'",
                "<xs:attribute name='a'/><xs:element name='r'/>"),
         "<r xmlns='http://www.w3.org/2001/XMLSchema-instance'/>", NULL},
    };
    write_schema("b.xsd",
                 SCHEMA("targetNamespace='urn:b'", "<xs:element name='b' type='xs:int'/>"));
    check_all_warned(ROWS, COUNT(ROWS));
}

/* What another document imports is there for all. */
static void test_references_without_an_import(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"src-resolve.4.2",
         SCHEMA("targetNamespace='urn:a' xmlns='urn:a'",
                "<xs:import namespace='urn:b' schemaLocation='b.xsd'/>"
                "<xs:complexType name='t'><xs:simpleContent><xs:extension base='xs:int'/>"
                "</xs:simpleContent></xs:complexType>"),
         "<b xmlns='urn:b'>1</b>", "<b xmlns='urn:b'>x</b>"},
        {"src-resolve.4.1",
         SCHEMA("", "<xs:import namespace='urn:b' schemaLocation='c.xsd'/>"
                    "<xs:simpleType name='s'><xs:restriction base='xs:int'/></xs:simpleType>"),
         "<c xmlns='urn:b'>1</c>", "<c xmlns='urn:b'>x</c>"},
    };
    write_schema("b.xsd", SCHEMA("targetNamespace='urn:b' xmlns:a='urn:a'",
                                 "<xs:element name='b' type='a:t'/>"));
    write_schema("c.xsd", SCHEMA("targetNamespace='urn:b'", "<xs:element name='c' type='s'/>"));
    check_all_warned(ROWS, COUNT(ROWS));
}

/* XSD 1.0 has no words for all but two namespaces, nor for all but one and none at all. */
static void test_wildcards_without_words(void **state)
{
    (void)state;
#define URN    "targetNamespace='urn:a' xmlns='urn:a' xmlns:b='urn:b'"
#define ROOT   "<xs:element name='r' type='t'/>"
#define IMPORT "<xs:import namespace='urn:b' schemaLocation='b.xsd'/>"
#define BOTH                                                                                   \
    "<xs:attributeGroup ref='b:g'/><xs:anyAttribute namespace='##other' "                      \
    "processContents='skip'/>"
#define DOCUMENT(attribute)                                                                    \
    "<a:r xmlns:a='urn:a' xmlns:b='urn:b' xmlns:c='urn:c' " attribute "/>"
    static const struct warned ROWS[] = {
        {"src-attribute_group.2",
         SCHEMA(URN, IMPORT "<xs:attributeGroup name='h'>" BOTH
                            "</xs:attributeGroup><xs:complexType name='t'>"
                            "<xs:attributeGroup ref='h'/></xs:complexType>" ROOT),
         DOCUMENT("c:x=''"), DOCUMENT("b:x=''")},
        {"src-ct.4",
         SCHEMA(URN, IMPORT "<xs:complexType name='t'>" BOTH "</xs:complexType>" ROOT),
         DOCUMENT("c:x=''"), DOCUMENT("a:x=''")},
        {"src-ct.4",
         SCHEMA(URN, IMPORT "<xs:complexType name='t'>" BOTH "</xs:complexType>" ROOT),
         DOCUMENT(""), DOCUMENT("x=''")},
        {"src-ct.5",
         SCHEMA(URN, "<xs:complexType name='b'><xs:anyAttribute namespace='##other' "
                     "processContents='skip'/></xs:complexType><xs:complexType name='t'>"
                     "<xs:complexContent><xs:extension base='b'><xs:anyAttribute "
                     "namespace='##local' processContents='skip'/></xs:extension>"
                     "</xs:complexContent></xs:complexType>" ROOT),
         DOCUMENT("x='' b:x=''"), DOCUMENT("a:x=''")},
    };
    write_schema("b.xsd", SCHEMA("targetNamespace='urn:b'",
                                 "<xs:attributeGroup name='g'><xs:anyAttribute "
                                 "namespace='##other'/></xs:attributeGroup>"));
    check_all_warned(ROWS, COUNT(ROWS));
}

/* -- Identity constraints ------------------------------------------------------------- */

#define KEYREF(refer, fields)                                                                  \
    "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='k' "                  \
    "maxOccurs='9'><xs:complexType><xs:attribute name='c'/><xs:attribute name='d'/>"           \
    "</xs:complexType></xs:element></xs:sequence></xs:complexType><xs:key name='k'>"           \
    "<xs:selector xpath='k'/><xs:field xpath='@c'/></xs:key><xs:keyref name='l' refer='k'>"    \
    "<xs:selector xpath='k'/><xs:field xpath='@d'/></xs:keyref><xs:keyref name='m' "           \
    "refer='" refer "'><xs:selector xpath='k'/>" fields "</xs:keyref></xs:element>"

static void test_keyrefs_that_refer_to_nothing(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"c-props-correct.1", KEYREF("l", "<xs:field xpath='@c'/>"),
         "<r><k c='1' d='1'/><k c='2'/></r>", "<r><k c='1' d='2'/></r>"},
        {"c-props-correct.2", KEYREF("k", "<xs:field xpath='@c'/><xs:field xpath='@d'/>"),
         "<r><k c='1' d='1'/><k c='2' d='1'/></r>", "<r><k c='1'/><k c='1'/></r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* -- What goes beyond the engine ------------------------------------------------------ */

static void test_counts_that_are_not_exact(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"not covered",
         TYPE "<xs:choice minOccurs='3' maxOccurs='100000'><xs:element name='a' minOccurs='2' "
              "maxOccurs='5000'/><xs:element name='b'/></xs:choice>" END,
         "<r><b/><b/><b/></r>", "<r><c/></r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
    /* Only behind b may the next one begin. */
    struct xsd *xsd = compile(
        wrap(TYPE "<xs:sequence minOccurs='3' maxOccurs='100000'><xs:element name='a' "
                  "minOccurs='2' maxOccurs='5000'/><xs:element name='b'/></xs:sequence>" END));
    assert_string_equal(xsd_warnings(xsd), "");
    struct run *run = run_new(xsd);
    assert_string_equal(faults_of(run, "<r><a/><a/><b/><a/><a/><b/><a/><a/><a/><b/></r>"), "");
    assert_string_not_equal(faults_of(run, "<r><a/><a/><b/><a/><a/><b/></r>"), "");
    assert_string_not_equal(faults_of(run, "<r><a/><a/><b/><a/><b/><a/><a/><b/></r>"), "");
    run_free(run);
    xsd_free(xsd);
}

/* -- Facets --------------------------------------------------------------------------- */

#define FACETS(base, facets)                                                                   \
    "<xs:element name='r'><xs:simpleType><xs:restriction base='" base "'>" facets              \
    "</xs:restriction></xs:simpleType></xs:element>"
#define STEPS(base, first, second)                                                             \
    "<xs:simpleType name='b'><xs:restriction base='" base "'>" first                           \
    "</xs:restriction></xs:simpleType>" FACETS("b", second)

static void test_facets_that_contradict(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"cos-applicable-facets", FACETS("xs:int", "<xs:maxLength value='1'/>"), "<r>12</r>",
         "<r>x</r>"},
        {"enumeration-valid-restriction",
         FACETS("xs:int", "<xs:enumeration value='x'/><xs:enumeration value='1'/>"), "<r>1</r>",
         "<r>2</r>"},
        {"fractionDigits-totalDigits",
         FACETS("xs:decimal", "<xs:totalDigits value='2'/><xs:fractionDigits value='3'/>"),
         "<r>1.2</r>", "<r>1.23</r>"},
        {"length-minLength-maxLength",
         FACETS("xs:string", "<xs:length value='2'/><xs:maxLength value='3'/>"), "<r>ab</r>",
         "<r>abc</r>"},
        {"maxInclusive-maxExclusive",
         FACETS("xs:int", "<xs:maxInclusive value='1'/><xs:maxExclusive value='1'/>"),
         "<r>0</r>", "<r>1</r>"},
        {"maxInclusive-valid-restriction", FACETS("xs:byte", "<xs:maxInclusive value='200'/>"),
         "<r>127</r>", "<r>128</r>"},
        {"minExclusive-valid-restriction", FACETS("xs:byte", "<xs:minExclusive value='-200'/>"),
         "<r>-128</r>", "<r>-129</r>"},
        {"minInclusive-minExclusive",
         FACETS("xs:int", "<xs:minInclusive value='1'/><xs:minExclusive value='1'/>"),
         "<r>2</r>", "<r>1</r>"},
        {"minInclusive-valid-restriction", FACETS("xs:byte", "<xs:minInclusive value='-200'/>"),
         "<r>-128</r>", "<r>-129</r>"},
        {"minLength-less-than-equal-to-maxLength",
         FACETS("xs:string", "<xs:minLength value='4'/><xs:maxLength value='3'/>"), NULL,
         "<r>abcd</r>"},
        {"src-pattern-value", FACETS("xs:string", "<xs:pattern value='[a-c-x]\\/'/>"),
         "<r>-/</r>", "<r>w/</r>"},
        {"src-single-facet-value",
         FACETS("xs:string", "<xs:maxLength value='4'/><xs:maxLength value='3'/>"),
         "<r>abc</r>", "<r>abcd</r>"},
        {"whiteSpace-valid-restriction",
         FACETS("xs:token", "<xs:whiteSpace value='preserve'/><xs:length value='1'/>"),
         "<r> a </r>", "<r>ab</r>"},
        {"fractionDigits-valid-restriction",
         STEPS("xs:decimal", "<xs:fractionDigits value='2'/>",
               "<xs:fractionDigits value='3'/>"),
         "<r>1.23</r>", "<r>1.234</r>"},
        {"length-valid-restriction",
         STEPS("xs:string", "<xs:length value='2'/>", "<xs:length value='3'/>"), NULL,
         "<r>abc</r>"},
        {"maxExclusive-valid-restriction",
         STEPS("xs:int", "<xs:minExclusive value='1'/>", "<xs:maxExclusive value='1'/>"), NULL,
         "<r>1</r>"},
        {"maxLength-valid-restriction",
         STEPS("xs:string", "<xs:maxLength value='2'/>", "<xs:maxLength value='3'/>"),
         "<r>ab</r>", "<r>abc</r>"},
        {"minLength-valid-restriction",
         STEPS("xs:string", "<xs:minLength value='2'/>", "<xs:minLength value='1'/>"),
         "<r>ab</r>", "<r>a</r>"},
        {"totalDigits-valid-restriction",
         STEPS("xs:decimal", "<xs:totalDigits value='2'/>", "<xs:totalDigits value='3'/>"),
         "<r>12</r>", "<r>123</r>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_facets_that_contradict),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_particles),
        cmocka_unit_test(test_content_that_is_not_deterministic),
        cmocka_unit_test(test_extensions),
        cmocka_unit_test(test_restrictions_of_attributes),
        cmocka_unit_test(test_restrictions_of_content),
        cmocka_unit_test(test_restrictions_of_particles),
        cmocka_unit_test(test_restrictions_particle_by_particle),
        cmocka_unit_test(test_restrictions_of_long_xs_all),
        cmocka_unit_test(test_restrictions_of_choices_in_choices),
        cmocka_unit_test(test_restrictions_of_counted_repetitions),
        cmocka_unit_test(test_restrictions_that_are_right),
        cmocka_unit_test(test_a_use_may_repeat_the_value_that_is_fixed),
        cmocka_unit_test(test_what_is_final_is_derived_from_all_the_same),
        cmocka_unit_test(test_facets),
        cmocka_unit_test(test_notations_are_named_by_an_enumeration),
        cmocka_unit_test(test_wildcards_without_words),
        cmocka_unit_test(test_keyrefs_that_refer_to_nothing),
        cmocka_unit_test(test_counts_that_are_not_exact),
        cmocka_unit_test(test_redefinitions),
        cmocka_unit_test(test_redefinitions_of_redefinitions),
        cmocka_unit_test(test_imports),
        cmocka_unit_test(test_references_without_an_import),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
