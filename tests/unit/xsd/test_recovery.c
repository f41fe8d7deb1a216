/* SPDX-License-Identifier: MIT
 *
 * All that is wrong with a document is told in one run, and nothing that only follows from
 * another fault.
 */
#include "xsd_test.h"

/* -- Content -------------------------------------------------------------------------- */

/* r is a sequence of a, b, c, d and e, of integers; many has nine that may be left out before
 * the one that may not. */
#define SEQUENCE                                                                               \
    wrap("<xs:element name='r'><xs:complexType><xs:sequence>"                                  \
         "<xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int'/>"            \
         "<xs:element name='c' type='xs:int'/><xs:element name='d' type='xs:int'/>"            \
         "<xs:element name='e' type='xs:int'/></xs:sequence></xs:complexType></xs:element>"    \
         "<xs:element name='many'><xs:complexType><xs:sequence>" OPTIONAL("a") OPTIONAL("b")   \
             OPTIONAL("c") OPTIONAL("d") OPTIONAL("e") OPTIONAL("f") OPTIONAL("g")             \
                 OPTIONAL("h") OPTIONAL("i") "<xs:element name='z'/></xs:sequence>"            \
                                             "</xs:complexType></xs:element>")
#define OPTIONAL(name) "<xs:element name='" name "' minOccurs='0'/>"
#define A              "<a>1</a>"
#define B              "<b>1</b>"
#define C              "<c>1</c>"
#define D              "<d>1</d>"
#define E              "<e>1</e>"

static void test_one_fault_in_a_sequence_is_told_once(void **state)
{
    (void)state;
    CHECK(SEQUENCE, {"<r>" A B C D E "</r>", ""},
          /* one too many */
          {"<r>" A "<x/>" B C D E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A B C D E "<x/></r>", "cvc-complex-type.2.4.d:1"},
          {"<r>" A B B C D E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A B C A D E "</r>", "cvc-complex-type.2.4.a:1"},
          /* missing */
          {"<r>" B C D E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A B D E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A D E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A B C D "</r>", "cvc-complex-type.2.4.b:1"},
          /* misspelt */
          {"<r><x/>" B C D E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A B "<x/>" D E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A B C D "<x/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" B B C D E "</r>", "cvc-complex-type.2.4.a:1"},
          /* misspelt behind many that may be left out */
          {"<many><x/></many>", "cvc-complex-type.2.4.a:1"},
          /* exchanged, moved to the front, moved to the end */
          {"<r>" B A C D E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A B C E D "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" D A B C E "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" E A B C D "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" A C D E B "</r>", "cvc-complex-type.2.4.a:1"},
          {"<r>" B C D E A "</r>", "cvc-complex-type.2.4.a:1"});
}

static void test_each_fault_in_a_sequence_is_told(void **state)
{
    (void)state;
    CHECK(SEQUENCE,
          {"<r>\n<x/>\n" B C "<y/>" E "</r>",
           "cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.a:3"},
          {"<r>\n<x/>\n" A B "\n<x/>" C D E "\n<x/></r>",
           "cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.a:4 cvc-complex-type.2.4.d:5"},
          {"<r>\n" B C "\n" E "</r>", "cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.a:3"},
          {"<r>" A "\n<x/>" C "</r>", "cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.b:2"},
          {"<r><x/>\n<x/></r>",
           "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.b:2"},
          {"<r>" A "<x/>\n<b>x</b><c>1</c>\n<d/>" E "</r>",
           "cvc-complex-type.2.4.a:1 cvc-datatype-valid.1.2.1:2 cvc-datatype-valid.1.2.1:3"});
}

static void test_repetitions_and_choices_go_on(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence maxOccurs='unbounded'>"
               "<xs:element name='a'/><xs:element name='b' minOccurs='0' maxOccurs='3'/>"
               "<xs:choice><xs:element name='c'/><xs:element name='d' minOccurs='2' "
               "maxOccurs='2'/></xs:choice></xs:sequence></xs:complexType></xs:element>"),
          {"<r><a/><b/><b/><b/><c/><a/><d/><d/></r>", ""},
          {"<r><a/><x/><c/><a/>\n<x/><d/><d/></r>",
           "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.a:2"},
          {"<r><a/><a/><c/><a/><c/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><a/><d/><a/><c/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><a/><b/><b/><b/>\n<b/>\n<b/><c/></r>",
           "cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.a:3"},
          {"<r><c/><a/><c/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><a/><d/><d/><d/><a/><c/></r>", "cvc-complex-type.2.4.a:1"});
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:choice maxOccurs='unbounded'>"
               "<xs:element name='a'/><xs:element name='b' type='xs:int'/></xs:choice>"
               "</xs:complexType></xs:element>"),
          {"<r><a/>\n<x/><a/>\n<y/><b>1</b>\n<b>x</b></r>",
           "cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.a:3 cvc-datatype-valid.1.2.1:4"});
    /* One name at two places, of which the later leads over what has to come. */
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence><xs:choice><xs:sequence>"
               "<xs:element name='q'/><xs:element name='d'/></xs:sequence><xs:sequence>"
               "<xs:element name='c'/><xs:element name='p'/><xs:element name='d'/>"
               "</xs:sequence></xs:choice><xs:element name='v'/></xs:sequence>"
               "</xs:complexType></xs:element>"),
          {"<r><c/><p/><d/><v/></r>", ""},
          {"<r><c/><d/><v/><p/></r>", "cvc-complex-type.2.4.a:1"});
    /* Copies of one particle meet here, so that its states are made otherwise. */
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
               "<xs:sequence minOccurs='2' maxOccurs='3'><xs:element name='a' minOccurs='0' "
               "maxOccurs='2'/><xs:element name='b'/></xs:sequence><xs:element name='c'/>"
               "</xs:sequence></xs:complexType></xs:element>"),
          {"<r><a/><b/><a/><a/><b/><c/></r>", ""},
          {"<r><a/><x/><b/><a/>\n<x/><c/></r>",
           "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.a:2"},
          {"<r><c/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><a/><b/><a/><a/><a/><b/><c/></r>", "cvc-complex-type.2.4.a:1"});
}

/* Too many to be written out. */
static void test_counted_repetitions_go_on(void **state)
{
    (void)state;
    CHECK(
        wrap("<xs:element name='r'><xs:complexType><xs:sequence>"
             "<xs:element name='h' minOccurs='0'/><xs:sequence maxOccurs='100000'>"
             "<xs:element name='a'/><xs:sequence maxOccurs='9000'><xs:element name='b'/>"
             "<xs:element name='c' minOccurs='0'/></xs:sequence><xs:element name='d'/>"
             "</xs:sequence><xs:element name='e'/></xs:sequence></xs:complexType>"
             "</xs:element>"),
        {"<r><a/><b/><c/><b/><d/><a/><b/><d/><e/></r>", ""},
        {"<r><a/><x/><c/><b/><d/><a/><b/>\n<x/><a/><b/><d/><e/></r>",
         "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.a:2"},
        {"<r><b/><c/><d/><a/><b/><d/><e/></r>", "cvc-complex-type.2.4.a:1"},
        {"<r><a/><d/><a/>\n<d/><e/></r>", "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.a:2"},
        {"<r><x/>\n<e/></r>", "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.a:2"},
        {"<r><a/><b/><d/><x/></r>", "cvc-complex-type.2.4.a:1"});
}

static void test_xs_all_goes_on(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:all><xs:element name='a' "
               "type='xs:int'/><xs:element name='b'/><xs:element name='c' minOccurs='0'/>"
               "</xs:all></xs:complexType></xs:element>"),
          {"<r><x/><b/><a>1</a></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><x/><a>1</a></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><x/>\n</r>", "cvc-complex-type.2.4.a:1 cvc-complex-type.2.4.b:2"},
          {"<r><b/><a>1</a>\n<a>y</a>\n<b/></r>",
           "cvc-complex-type.2.4.a:2 cvc-datatype-valid.1.2.1:2 cvc-complex-type.2.4.a:3"});
}

/* -- What is not expected is assessed ------------------------------------------------- */

static void test_a_refused_child_is_assessed(void **state)
{
    (void)state;
    CHECK(
        wrap("<xs:element name='g'><xs:complexType><xs:sequence><xs:element name='n' "
             "type='xs:int'/></xs:sequence><xs:attribute name='i' type='xs:int'/>"
             "</xs:complexType></xs:element>"
             "<xs:element name='empty'><xs:complexType/></xs:element>"
             "<xs:element name='simple' type='xs:int'/>"
             "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a'/>"
             "<xs:element name='b' type='xs:int' minOccurs='0'/><xs:element ref='empty' "
             "minOccurs='0'/><xs:element ref='simple' minOccurs='0'/>"
             "</xs:sequence></xs:complexType></xs:element>"),
        /* by the declaration that the model has elsewhere, or the global one */
        {"<r>\n<b>x</b><a/></r>", "cvc-complex-type.2.4.a:2 cvc-datatype-valid.1.2.1:2"},
        {"<r><a/>\n<g i='x'>\n<n>y</n>\n</g></r>",
         "cvc-complex-type.2.4.a:2 cvc-datatype-valid.1.2.1:2 cvc-datatype-valid.1.2.1:3"},
        /* by its name alone, if its content does not fit either */
        {"<r><a/>\n<g><x/>\n<y/></g></r>", "cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.a:2"},
        /* inside one that has none */
        {"<r><a/>\n<x y=''>text<b>x</b>\n<g>\n</g>more</x></r>",
         "cvc-complex-type.2.4.a:2 cvc-complex-type.2.4.b:4"},
        /* where no children are allowed */
        {"<r><a/>\n<empty><g i='x'><n>1</n></g>\n<g i='x'><n>1</n></g>x</empty></r>",
         "cvc-complex-type.2.1:2 cvc-datatype-valid.1.2.1:2 cvc-datatype-valid.1.2.1:3"},
        {"<r><a/><simple>x<g i='x'><n>1</n></g>\n<y/></simple></r>",
         "cvc-type.3.1.2:1 cvc-datatype-valid.1.2.1:1"},
        /* a root that the schema does not have */
        {"<x>\n<g i='x'><n>1</n></g>\n<b>x</b></x>", "cvc-elt.1:1 cvc-datatype-valid.1.2.1:2"});
}

static void test_a_wildcard_decides_on_what_is_refused(void **state)
{
    (void)state;
    CHECK("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' "
          "xmlns='urn:t' elementFormDefault='qualified'>"
          "<xs:element name='known' type='xs:int'/><xs:element name='r'><xs:complexType>"
          "<xs:sequence><xs:element name='a'/><xs:any namespace='##other' "
          "processContents='skip' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>"
          "<xs:element name='s'><xs:complexType><xs:sequence><xs:any/><xs:any/></xs:sequence>"
          "</xs:complexType></xs:element></xs:schema>",
          {"<r xmlns='urn:t'><x:x xmlns:x='urn:x'><known>x</known></x:x><a/></r>",
           "cvc-complex-type.2.4.a:1"},
          {"<s xmlns='urn:t'><x><known>x</known></x>\n<x/></s>",
           "cvc-complex-type.2.4.c:1 cvc-datatype-valid.1.2.1:1 cvc-complex-type.2.4.c:2"});
}

/* -- What follows from another fault -------------------------------------------------- */

static void test_a_type_that_is_not_known_is_one_fault(void **state)
{
    (void)state;
    CHECK(
        wrap("<xs:complexType name='base'><xs:sequence><xs:element name='a' type='xs:int'/>"
             "</xs:sequence><xs:attribute name='i' type='xs:int' use='required'/>"
             "</xs:complexType><xs:complexType name='ext'><xs:complexContent>"
             "<xs:extension base='base'><xs:sequence><xs:element name='b' type='xs:int'/>"
             "</xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
             "<xs:complexType name='other'><xs:sequence><xs:element name='c'/>"
             "</xs:sequence></xs:complexType>"
             "<xs:complexType name='abstract' abstract='true'><xs:complexContent>"
             "<xs:extension base='base'/></xs:complexContent></xs:complexType>"
             "<xs:element name='head' abstract='true' type='base'/>"
             "<xs:element name='r' type='base'/><xs:element name='s' type='abstract'/>"
             "<xs:element name='int' type='xs:int'/>"),
        {"<r i='1' " XSI " xsi:type='ext'><a>1</a><b>1</b></r>", ""},
        {"<r i='1' j='' " XSI " xsi:type='exd'><a>1</a><b>1</b></r>", "cvc-elt.4.2:1"},
        {"<r i='x' " XSI " xsi:type='x:ext'>x<a>\nx</a></r>",
         "cvc-elt.4.1:1 cvc-datatype-valid.1.2.1:1 cvc-datatype-valid.1.2.1:2"},
        {"<r i='1' " XSI " xsi:type='other'><a>1</a></r>", "cvc-elt.4.3:1"},
        {"<s i='1'><a>1</a><b>1</b></s>", "cvc-type.2:1"},
        {"<s i='1'><b>1</b>\n<a>x</a></s>", "cvc-type.2:1 cvc-datatype-valid.1.2.1:2"},
        {"<head i='1'><a>1</a><b>1</b></head>", "cvc-elt.2:1"},
        {"<r i='1' " XSI " xsi:nil='true'/>", "cvc-elt.3.1:1"},
        {"<r i='1' " XSI " xsi:nil='true'>\n<b/></r>",
         "cvc-elt.3.1:1 cvc-complex-type.2.4.a:2"},
        {"<int " XSI " xsi:nil='true'/>", "cvc-elt.3.1:1"},
        {"<int " XSI " xsi:nil='true'>\nx</int>", "cvc-elt.3.1:1 cvc-datatype-valid.1.2.1:2"});
}

/* r holds elements k, which have an ID, and elements f, which refer to one. */
static void test_an_idref_may_mean_an_id_that_a_fault_hides(void **state)
{
    (void)state;
    CHECK(wrap("<xs:element name='r'><xs:complexType><xs:choice minOccurs='0' "
               "maxOccurs='unbounded'><xs:element name='k'><xs:complexType>"
               "<xs:attribute name='i' type='xs:ID' use='required'/></xs:complexType>"
               "</xs:element><xs:element name='t' type='xs:ID'/><xs:element name='f'>"
               "<xs:complexType><xs:attribute name='i' type='xs:IDREFS'/></xs:complexType>"
               "</xs:element></xs:choice></xs:complexType></xs:element>"),
          {"<r><k i='a'/><f i='a'/></r>", ""},
          /* its element or attribute is misspelt, but other references are looked at */
          {"<r><x i=' a '/><f i='a'/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><x><y>\n<t>a</t></y></x><f i='a'/></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><x i='a'/><f i='a'/>\n<f i='a b'/></r>", "cvc-complex-type.2.4.a:1 cvc-id.1:2"},
          {"<r><x>a<y/></x>\n<f i='a'/></r>", "cvc-complex-type.2.4.a:1 cvc-id.1:2"},
          {"<r><k i='a' j='b'/><f i='b'/></r>", "cvc-complex-type.3.2.2:1"},
          /* it is not valid, that of another, or not there */
          {"<r><k i='1 a'/><f i='a'/></r>", "cvc-datatype-valid.1.2.1:1"},
          {"<r><k i='a'/><k i='a'/><f i='b'/></r>", "cvc-id.2:1"},
          {"<r><k/><f i='b'/></r>", "cvc-complex-type.4:1"},
          {"<r><t>b<x/></t><f i='b'/></r>", "cvc-type.3.1.2:1"},
          {"<r><t>b<x/></t>\n<f i='a b'/></r>", "cvc-type.3.1.2:1 cvc-id.1:2 cvc-id.1:2"},
          {"<r><k/>\n<f i='a b'/></r>", "cvc-complex-type.4:1 cvc-id.1:2 cvc-id.1:2"});
}

/* r holds keys k and references f, each of two values; h has them in an element. */
static void test_a_keyref_may_mean_a_key_that_a_fault_hides(void **state)
{
    (void)state;
    CHECK(wrap("<xs:complexType name='t'><xs:sequence><xs:element name='n' type='xs:int'/>"
               "</xs:sequence><xs:attribute name='i' type='xs:token'/></xs:complexType>"
               "<xs:element name='r'><xs:complexType><xs:choice maxOccurs='unbounded'>"
               "<xs:element name='k' type='t'/><xs:element name='f' type='t'/><xs:element "
               "ref='r'/></xs:choice></xs:complexType>"
               "<xs:key name='k'><xs:selector xpath='k'/><xs:field xpath='@i'/>"
               "<xs:field xpath='n'/></xs:key><xs:keyref name='f' refer='k'>"
               "<xs:selector xpath='f'/><xs:field xpath='@i'/><xs:field xpath='n'/></xs:keyref>"
               "</xs:element>"),
          {"<r><k i='a'><n>1</n></k><f i='a'><n>01</n></f></r>", ""},
          {"<r><x/><k i='a'><n>1</n></k>\n<f i='a'><n>2</n></f></r>",
           "cvc-complex-type.2.4.a:1 cvc-identity-constraint.4.3:2"},
          /* the key's element is misspelt */
          {"<r><x i='a'><n>1</n></x><f i='a'><n>1</n></f></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><x i='a'><n>1</n></x>\n<f i='b'><n>1</n></f></r>",
           "cvc-complex-type.2.4.a:1 cvc-identity-constraint.4.3:2"},
          /* one of its fields is, or is missing: no second fault of the field */
          {"<r><k i='a'><x>1</x></k><f i='a'><n>1</n></f></r>", "cvc-complex-type.2.4.a:1"},
          {"<r><k i='a'/><f i='a'><n>1</n></f></r>", "cvc-complex-type.2.4.b:1"},
          {"<r><k j='a'><n>1</n></k><f i='a'><n>1</n></f></r>", "cvc-complex-type.3.2.2:1"},
          {"<r><k><n>1</n></k>\n<f i='a'><n>1</n></f></r>", "cvc-identity-constraint.4.2.1:1"},
          {"<r><k><n>1</n></k>\n<f i='a'><n>1</n></f>\n<f i='b'><n>1</n></f></r>",
           "cvc-identity-constraint.4.2.1:1 cvc-identity-constraint.4.3:2 "
           "cvc-identity-constraint.4.3:3"},
          /* comes twice, is not valid, is that of another key, below */
          {"<r><k i='a'><n>1</n>\n<n>1</n></k><f i='a'><n>1</n></f></r>",
           "cvc-complex-type.2.4.d:2"},
          {"<r><k i='a'><n>x</n></k><f i='a'><n>1</n></f></r>", "cvc-datatype-valid.1.2.1:1"},
          {"<r><k i='a'><n>1</n></k><k i='a'><n>1</n></k><f i='a'><n>2</n></f></r>",
           "cvc-identity-constraint.4.2.2:1"},
          {"<r><r><k i='a'><n>x</n></k></r><f i='a'><n>1</n></f></r>",
           "cvc-datatype-valid.1.2.1:1"},
          /* out of its place it is a key nevertheless */
          {"<r><k i='a'><n>1</n></k><f i='a'><n>1</n>\n<k i='b'><n>2</n></k></f></r>",
           "cvc-complex-type.2.4.d:2"});
}

/* -- Large documents ------------------------------------------------------------------ */

/* Of the processor, whatever else the machine does. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void count(void *context, const struct xsd_fault *fault)
{
    (void)fault;
    ++*(int *)context;
}

static void start(struct xsd_validator *v, const char *name)
{
    assert_int_equal(xsd_start(v, (const xmlChar *)name, NULL, NULL, 0, NULL, 0, NULL), 0);
}

/* In a model of a thousand choices, then in one of as many elements in order; then inside each
 * other. */
static void test_many_broken_children_take_little_time(void **state)
{
    (void)state;
    enum { NAMES = 1000, CHILDREN = 200000, DEPTH = 20000 };
    struct buf text = {0};
    for (int i = 0; i < 2; i++) {
        buf_append_format(&text, "<xs:element name='r%d'><xs:complexType>%s", i,
                          i ? "<xs:sequence>" : "<xs:choice maxOccurs='unbounded'>");
        for (int k = 0; k < NAMES; k++)
            buf_append_format(&text, "<xs:element name='a%d' minOccurs='%d'/>", k, k % 2);
        buf_append_format(&text, "%s</xs:complexType></xs:element>",
                          i ? "</xs:sequence>" : "</xs:choice>");
    }
    static char schema[1 << 18];
    snprintf(schema, sizeof schema,
             "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>%s</xs:schema>",
             buf_string(&text));
    struct xsd *xsd = compile(schema);
    struct xsd_validator *v = xsd_validator_new(xsd);
    assert_non_null(v);
    double begin = seconds();
    for (int i = 0; i < 2; i++) {
        int faults = 0;
        struct xsd_client client = {count, NULL, &faults, NULL, NULL};
        xsd_begin(v, &client, 1);
        start(v, i ? "r1" : "r0");
        for (int k = 0; k < CHILDREN; k++) {
            start(v, k % 2 ? "x" : "a0");
            assert_int_equal(xsd_end(v), 0);
        }
        assert_int_equal(xsd_end(v), 0);
        assert_int_equal(xsd_finish(v), 0);
        assert_true(faults >= CHILDREN / 2 && faults <= CHILDREN + 1);
    }
    int faults = 0;
    struct xsd_client client = {count, NULL, &faults, NULL, NULL};
    xsd_begin(v, &client, 1);
    for (int k = 0; k < DEPTH; k++)
        start(v, k % 2 ? "r1" : "r0");
    for (int k = 0; k < DEPTH; k++)
        assert_int_equal(xsd_end(v), 0);
    assert_int_equal(xsd_finish(v), 0);
    assert_true(faults >= DEPTH - 1);
    assert_true(seconds() - begin < 20);
    xsd_validator_free(v);
    xsd_free(xsd);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_fault_in_a_sequence_is_told_once),
        cmocka_unit_test(test_each_fault_in_a_sequence_is_told),
        cmocka_unit_test(test_repetitions_and_choices_go_on),
        cmocka_unit_test(test_counted_repetitions_go_on),
        cmocka_unit_test(test_xs_all_goes_on),
        cmocka_unit_test(test_a_refused_child_is_assessed),
        cmocka_unit_test(test_a_wildcard_decides_on_what_is_refused),
        cmocka_unit_test(test_a_type_that_is_not_known_is_one_fault),
        cmocka_unit_test(test_an_idref_may_mean_an_id_that_a_fault_hides),
        cmocka_unit_test(test_a_keyref_may_mean_a_key_that_a_fault_hides),
        cmocka_unit_test(test_many_broken_children_take_little_time),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
