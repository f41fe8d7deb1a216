/* SPDX-License-Identifier: MIT
 *
 * RELAX NG schemas of several documents, as one.
 */
#include "rules/relaxng_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scratch.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RNG         "xmlns='http://relaxng.org/ns/structure/1.0'"
#define GRAMMAR(at) "<grammar " RNG " " at ">\n"
#define XSD_TYPES   "datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'"

/* Compiles a.rng; NULL: `error` says why not. */
static xmlRelaxNG *compile(struct thresh_error *error)
{
    xmlRelaxNG *relaxng = NULL;
    struct resolver *resolver = resolver_open(NULL, 0, NULL, error);
    int rc = relaxng_schema_compile(&relaxng, "a.rng", resolver, error);
    assert_int_equal(rc, relaxng ? 0 : -1);
    resolver_close(resolver);
    return relaxng;
}

static void say_nothing(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

static void expect_valid(const char *document, bool valid)
{
    struct thresh_error error = {""};
    xmlRelaxNG *relaxng = compile(&error);
    if (!relaxng)
        fail_msg("%s", error.text);
    xmlSetGenericErrorFunc(NULL, say_nothing);
    xmlRelaxNGValidCtxt *ctxt = xmlRelaxNGNewValidCtxt(relaxng);
    xmlDoc *doc = xmlReadMemory(document, (int)strlen(document), NULL, NULL, 0);
    if ((xmlRelaxNGValidateDoc(ctxt, doc) == 0) != valid)
        fail_msg("%s is %s", document, valid ? "invalid" : "valid");
    xmlFreeDoc(doc);
    xmlRelaxNGFreeValidCtxt(ctxt);
    xmlRelaxNGFree(relaxng);
}

static void expect_refused(const char *schema, const char *begin)
{
    struct thresh_error error = {""};
    write_file("a.rng", schema);
    assert_null(compile(&error));
    if (strncmp(error.text, begin, strlen(begin)) != 0)
        fail_msg("%s\nand not\n%s", error.text, begin);
}

/* The include hands down its ns, and not its datatypeLibrary (RELAX NG, 4.3 and 4.7). */
static void test_an_include_is_its_grammar_but_for_what_it_overrides(void **state)
{
    (void)state;
    write_file("b.rng",
               "<r:grammar xmlns:r='http://relaxng.org/ns/structure/1.0' xmlns:p='urn:p'>"
               "<r:start><r:ref name='x'/></r:start><r:start><r:ref name='y'/></r:start>"
               "<r:include href='c.rng'/><r:div><r:define name='y'><r:notAllowed/></r:define>"
               "</r:div></r:grammar>");
    write_file("c.rng", GRAMMAR("xmlns:q='urn:q'") "<define name='x'><element name='x'><ref "
                                                   "name='y'/><ref name='z'/></element>"
                                                   "</define><define name='y'><empty/></define>"
                                                   "<define name='z'><element name='q:z'><data "
                                                   "type='token'/></element></define>"
                                                   "</grammar>");
    write_file(
        "a.rng",
        GRAMMAR("ns='urn:a' " XSD_TYPES) "<include href='b.rng'><start><ref "
                                         "name='x'/></start><div><define name='y'>"
                                         "<element name='y'><data "
                                         "type='int'/></element></define></div></include>"
                                         "</grammar>");
    expect_valid("<x xmlns='urn:a'><y>1</y><z xmlns='urn:q'>t</z></x>", true);
    expect_valid("<x xmlns='urn:a'><y>t</y><z xmlns='urn:q'>t</z></x>", false);
    expect_valid("<x xmlns='urn:a'><z xmlns='urn:q'>t</z></x>", false);
    expect_valid("<x><y>1</y><z xmlns='urn:q'>t</z></x>", false);
}

static void test_an_external_reference_is_the_pattern_there(void **state)
{
    (void)state;
    write_file("e.rng", "<element name='e' " RNG "><externalRef href='f.rng'/></element>");
    write_file("f.rng", "<externalRef href='g.rng' " RNG "/>");
    write_file("g.rng", "<data type='string' " RNG "><param name='x'>1</param></data>");
    expect_refused("<externalRef href='e.rng' " RNG " " XSD_TYPES "/>", "g.rng:1: ");
    write_file("g.rng", "<data type='int' " RNG " " XSD_TYPES "/>");
    write_file("a.rng", "<element name='r' " RNG "><externalRef href='e.rng' ns='urn:e'/>"
                        "<zeroOrMore><externalRef href='e.rng'/></zeroOrMore></element>");
    expect_valid("<r><e xmlns='urn:e'>1</e><e>2</e><e>3</e></r>", true);
    expect_valid("<r><e>1</e></r>", false);
    expect_valid("<r><e xmlns='urn:e'>x</e></r>", false);
}

static void test_what_cannot_be_included_is_named_with_its_place(void **state)
{
    (void)state;
    write_file("p.rng", "<text " RNG "/>");
    write_file("broken.rng", "<text " RNG ">\n<");
    write_file("odd.rng", GRAMMAR("") "<define name='d'>\n<odd/></define></grammar>");
    write_file("self.rng", GRAMMAR("") "<include href='self.rng'/></grammar>");
    static const struct {
        const char *include, *error;
    } rows[] = {
        {"<include href='gone.rng'/>", "a.rng:2: asks for 'gone.rng', which is not there; "},
        {"<include href='http://e/x.rng'/>", "a.rng:2: asks for 'http://e/x.rng', which is "},
        {"<include href='/dev/zero'/>", "a.rng:2: asks for '/dev/zero', which is not there; "},
        {"<include/>", "a.rng:2: there is no href at 'include'; "},
        {"<include href='p.rng'/>", "a.rng:2: what is included is no grammar: 'text'; "},
        {"<include href='broken.rng'/>", "broken.rng:2: "},
        {"<include href='odd.rng'/>", "odd.rng:3: "},
        {"<include href='self.rng'/>", "self.rng:2: a document that includes itself: "},
        {"<include href='a.rng'/>", "a.rng:2: a document that includes itself: "},
        {"<include href='odd.rng'><define name='e'><text/></define></include>",
         "a.rng:2: what is included has nothing to be overridden by 'e'; "},
        {"<include href='odd.rng'><start><text/></start></include>",
         "a.rng:2: what is included has nothing to be overridden by 'start'; "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char schema[512];
        snprintf(schema, sizeof schema, GRAMMAR("") "%s</grammar>", rows[i].include);
        expect_refused(schema, rows[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_include_is_its_grammar_but_for_what_it_overrides),
        cmocka_unit_test(test_an_external_reference_is_the_pattern_there),
        cmocka_unit_test(test_what_cannot_be_included_is_named_with_its_place),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
