/* SPDX-License-Identifier: MIT
 *
 * Each rule that a schema may break and be run all the same: it has one warning, which names
 * the rule and the line, and documents show what is done instead. docs/xsd.md lists these
 * rules.
 */
#include "xsd_test.h"

struct warned {
    const char *rule;
    const char *schema;  /* without its xs:schema */
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
    struct xsd *xsd = compile(wrap(w->schema));
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

static void test_an_id_may_come_twice(void **state)
{
    (void)state;
    static const struct warned ROWS[] = {
        {"s4s-att-invalid-value", "<xs:element name='a' id='i'/><xs:element name='b' id='i'/>",
         "<b/>", "<c/>"},
    };
    check_all_warned(ROWS, COUNT(ROWS));
}

/* -- Types ---------------------------------------------------------------------------- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_id_may_come_twice),
        cmocka_unit_test(test_what_is_final_is_derived_from_all_the_same),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
