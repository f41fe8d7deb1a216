/* SPDX-License-Identifier: MIT
 *
 * XPath values, from the events of a document and from its tree: they are the same, and they
 * are what XPath 1.0 says.
 */
#include "document_test.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The values of a field, a '|' between them. */
static const char *values_of(const struct record *record, size_t i, struct buf *text)
{
    const struct field *field = &record->fields[i];
    buf_clear(text);
    for (size_t k = 0; k < field->n; k++) {
        struct text_span value = record->values[field->first + k];
        buf_append_string(text, k ? "|" : "");
        if (value.len)
            buf_append(text, record_text(record, value), value.len);
    }
    return buf_string(text);
}

#define DOCUMENT                                                                               \
    "<r xmlns:p='urn:p'><ab id='1' n='4'><xd>x</xd>t<ab id='2' n='5'/></ab>"                   \
    "<p:ab id='3' p:id='4'>u<!--c-->v<![CDATA[w]]></p:ab><n>1.5</n><n> 2 </n>"                 \
    "<cd xml:lang='en'><ab>y</ab></cd><e/></r>"

static const struct row {
    const char *xpath;
    const char *values;
} rows[] = {
    /* streamed */
    {"//ab/@id", "1|2"},
    {"/r/ab/@id", "1"},
    {"r/ab", "xt"},
    {"//ab", "xt||y"},
    {"//p:ab", "uvw"},
    {"//p:*/@p:id", "4"},
    {"//@id", "1|2|3"},
    {"//@p:*", "4"},
    {"//@*", "1|4|2|5|3|4|en"},
    {"//ab//ab/@n", "5"},
    {"ab", ""},
    {"//@xml:lang", "en"},
    {"//ab[@id='2']/@n", "5"},
    {"//ab[@id][@n='4']/xd", "x"},
    {"//*[@p:id='4']", "uvw"},
    {"//ab[@none]", ""},
    {"//n | //xd", "x|1.5| 2 "},
    {"//*:ab", "xt||uvw|y"},
    {"//@*:id", "1|2|3|4"},
    {"//*[local-name()='ab']/@*:id", "1|2|3|4"},
    {"//*[local-name()='ab' and namespace-uri()='urn:p']", "uvw"},
    {"//p:*[local-name()='ab'][namespace-uri()='urn:p'][@id]", "uvw"},
    {"//*[namespace-uri()='']/@*[local-name()='lang']", "en"},
    {"//ab[local-name()='xd'] | //p:ab[namespace-uri()='']", ""},
    {"count(//ab)", "3"},
    {"count(//ab | //ab[@id])", "3"},
    {"count(//none)", "0"},
    {"string(//ab)", "xt"},
    {"string(//none)", ""},
    {"boolean(//xd)", "true"},
    {"boolean(//none)", "false"},
    {"number(//n)", "1.5"},
    {"number(//xd)", "NaN"},
    {"number(//none)", "NaN"},
    {"sum(//n)", "3.5"},
    {"sum(//ab/@n)", "9"},
    {"sum(//none)", "0"},
    {"sum(//xd)", "NaN"},
    {"number(//e)", "NaN"},
    /* from a tree: predicates that are children, positions, axes, functions */
    {"count(//ab[xd])", "1"},
    {"count(//ab[cd])", "0"},
    {"//cd[ab]/@xml:lang", "en"},
    {"//ab[1]/@id", "1|2"},
    {"(//ab)[2]/@id", "2"},
    {"//n[last()]", " 2 "},
    {"//xd/../@id", "1"},
    {"//ab[2]", ""},
    {"name(/*)", "r"},
    {"name(//text())", ""},
    {"local-name(//comment())", ""},
    {"local-name(//@p:id)", "id"},
    {"number(true())", "1"},
    {"false() + true()", "1"},
    {"-true()", "-1"},
    {"count(//cd/ab/text())", "1"},
    /* one text node beside CDATA sections, two about a comment */
    {"//p:ab/text()", "u|vw"},
    {"count(//p:ab/node())", "3"},
    {"//n[. > 1.6]", " 2 "},
    {"1 div 0", "Infinity"},
    {"-1 div 0", "-Infinity"},
    {"1234567890123456", "1234567890123456"},
    {"-1700000000123456", "-1700000000123456"},
    {"9007199254740993", "9007199254740992"},
    {"0.1 + 0.2", "0.30000000000000004"},
    {"0.1", "0.1"},
    {"1 div 3", "0.3333333333333333"},
    {"2 div 3", "0.6666666666666666"},
    {"100", "100"},
    {"3000000000", "3000000000"},
    {"-0.5", "-0.5"},
    {"0 * -1", "0"},
    /* axes, functions and comparisons, from a tree */
    {"//xd/following::n[1]", "1.5"},
    {"//n[2]/preceding::ab[1]/@id", "2"},
    {"//n[2]/preceding::ab[2]/@id", "1"},
    {"//n[2]/preceding-sibling::*[1]", "1.5"},
    {"count(//n[1]/following-sibling::*)", "3"},
    {"//@p:id/following::n", "1.5| 2 "},
    {"count(//@p:id/following::text())", "5"},
    {"count(//@p:id/preceding::*)", "3"},
    {"count(//ab[@id='2']/ancestor-or-self::*)", "3"},
    {"name(//ab[@id='2']/ancestor::*[1])", "ab"},
    {"name(//ab[@id='2']/ancestor::*[2])", "r"},
    {"count(//namespace::*)", "20"},
    {"//e/namespace::p", "urn:p"},
    {"name(//e/namespace::p)", "p"},
    {"count(//e/namespace::*[name()='xml'])", "1"},
    {"count(//e/namespace::p/ancestor-or-self::node())", "4"},
    {"substring('12345', 1.5, 2.6)", "234"},
    {"substring('12345', 0, 3)", "12"},
    {"substring('12345', 0 div 0, 3)", ""},
    {"substring('12345', 1, 0 div 0)", ""},
    {"substring('12345', -42, 1 div 0)", "12345"},
    {"substring('12345', -1 div 0, 1 div 0)", ""},
    {"substring('12345', 2)", "2345"},
    {"translate('bar', 'abc', 'AB')", "BAr"},
    {"translate('--aaa--', 'abc-', 'ABC')", "AAA"},
    {"normalize-space('  a  b ')", "a b"},
    {"string-length('\xc3\xa9')", "1"},
    {"round(-0.5)", "0"},
    {"1 div round(-0.2)", "-Infinity"},
    {"round(2.5)", "3"},
    {"round(-2.5)", "-2"},
    {"floor(-1.5)", "-2"},
    {"ceiling(-1.5)", "-1"},
    {"//*[lang('EN')]", "y|y"},
    {"boolean(//ab[lang('en-GB')])", "false"},
    {"//n = 1.5", "true"},
    {"//n != 1.5", "true"},
    {"//n < 1.5", "false"},
    {"1.5 >= //n", "true"},
    {"2 <= //n", "true"},
    {"3 < //n", "false"},
    {"//none = //none", "false"},
    {"//none = false()", "true"},
    {"//xd = 'x'", "true"},
    {"'x' != //xd", "false"},
    {"//n > //n", "true"},
    {"//n[1] > //n[2]", "false"},
    {"true() > false()", "true"},
    {"'a' = true()", "true"},
    {"2 = true()", "true"},
    /* a node-set beside a boolean is one as a whole (3.4), whatever the operator */
    {"//n = true()", "true"},
    {"//none < true()", "true"},
    {"//n < true()", "false"},
    {"//none >= false()", "true"},
    {"false() < //n", "true"},
    {"true() <= //none", "false"},
    {"'b' > 'a'", "false"},
    {"concat(1e30, ' ', 0.1, ' ', -0, ' ', 0 div 0)",
     "1000000000000000000000000000000 0.1 0 NaN"},
    {"starts-with('abc', 'ab')", "true"},
    {"contains('abc', '')", "true"},
    {"substring-before('1999/04/01', '/')", "1999"},
    {"substring-after('1999/04/01', '/')", "04/01"},
    {"namespace-uri(//@p:id)", "urn:p"},
    {"local-name(//p:ab)", "ab"},
    {"name(//p:ab)", "p:ab"},
    {"name(//none)", ""},
    {"count(/)", "1"},
    {"//ab[position() > 1]/@id", ""},
    {"(//ab)[position() > 1]/@id", "2"},
    {"count(//ab | //n | //ab)", "5"},
    {"//p:ab/comment()", "c"},
    {"count(//node())", "18"},
};

/* Each by itself, so that what can be streamed is. */
static void test_values_are_those_of_xpath(void **state)
{
    (void)state;
    struct buf text = {0}, option = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reader_of_documents reader = {0};
        buf_clear(&option);
        buf_append_format(&option, "f=%s", rows[i].xpath);
        set_option(&reader, "namespace", "p=urn:p");
        set_option(&reader, "extract", buf_string(&option));
        open_parser(&reader);
        read_document(&reader, DOCUMENT);
        assert_int_equal(reader.record.verdict, VERDICT_WELLFORMED);
        const char *values = values_of(&reader.record, 0, &text);
        if (strcmp(values, rows[i].values) != 0)
            fail_msg("%s is %s, not %s", rows[i].xpath, values, rows[i].values);
        close_parser(&reader);
    }
    buf_free(&text);
    buf_free(&option);
}

static const char *const documents[] = {
    DOCUMENT,
    "<ab/>",
    "<xd>1</xd>",
    "<ab xmlns='urn:p'><ab><xd xmlns=''>2</xd></ab></ab>",
    "<q:r xmlns:q='urn:p' q:id='&#65;' id='a\nb '>a&amp;b<ab>\r\n<ab>&#10;</ab></ab></q:r>",
    "<!DOCTYPE r [<!ENTITY e '<ab id=\"9\">z</ab>'>]><r>&e;<n>3</n>&e;</r>",
    "<r>not well-formed<ab>",
};

/* All that can be streamed, from one pass, and from a tree because one more needs it. */
static void test_streams_and_trees_agree(void **state)
{
    (void)state;
    struct reader_of_documents stream = {0}, tree = {0};
    struct buf a = {0}, b = {0}, option = {0};
    size_t n = 0;
    set_option(&stream, "namespace", "p=urn:p");
    set_option(&tree, "namespace", "p=urn:p");
    for (; strcmp(rows[n].xpath, "count(//ab[xd])") != 0; n++) {
        buf_clear(&option);
        buf_append_format(&option, "f%zu=%s", n, rows[n].xpath);
        set_option(&stream, "extract", buf_string(&option));
        set_option(&tree, "extract", buf_string(&option));
    }
    set_option(&tree, "extract", "last=//*[false()]");
    open_parser(&stream);
    open_parser(&tree);
    assert_null(rules_tree_extraction(&stream.rules));
    assert_string_equal(rules_tree_extraction(&tree.rules), "last");
    for (size_t i = 0; i < COUNT(documents); i++) {
        read_document(&stream, documents[i]);
        read_document(&tree, documents[i]);
        assert_int_equal(stream.record.verdict, tree.record.verdict);
        assert_int_equal(stream.record.n_fields, stream.record.has_summary ? n : 0);
        for (size_t k = 0; k < stream.record.n_fields; k++) {
            assert_int_equal(stream.record.fields[k].type, tree.record.fields[k].type);
            if (strcmp(values_of(&stream.record, k, &a), values_of(&tree.record, k, &b)) != 0)
                fail_msg("%s of %s: %s, from a tree %s", rows[k].xpath, documents[i],
                         buf_string(&a), buf_string(&b));
        }
    }
    close_parser(&stream);
    close_parser(&tree);
    buf_free(&a);
    buf_free(&b);
    buf_free(&option);
}

/* Though nothing was ever copied before it. */
static void test_a_value_that_an_entity_makes_is_empty(void **state)
{
    (void)state;
    static const char *const empty[] = {
        "<!DOCTYPE a [<!ENTITY e ''>]><a b='&e;'/>",
        "<!DOCTYPE a [<!ATTLIST a b NMTOKENS #IMPLIED>]><a b=''/>",
    };
    struct buf text = {0};
    for (size_t i = 0; i < COUNT(empty); i++) {
        struct reader_of_documents reader = {0};
        set_option(&reader, "extract", "f=concat('<', //@b[1], '>')");
        open_parser(&reader);
        read_document(&reader, empty[i]);
        assert_string_equal(values_of(&reader.record, 0, &text), "<>");
        close_parser(&reader);
    }
    buf_free(&text);
}

static void check_values(const char *document, const struct row *found, size_t n)
{
    struct buf option = {0}, text = {0};
    for (size_t i = 0; i < n; i++) {
        struct reader_of_documents reader = {0};
        buf_clear(&option);
        buf_append_format(&option, "f=%s", found[i].xpath);
        set_option(&reader, "extract", buf_string(&option));
        open_parser(&reader);
        read_document(&reader, document);
        if (strcmp(values_of(&reader.record, 0, &text), found[i].values) != 0)
            fail_msg("%s: %s", found[i].xpath, buf_string(&text));
        close_parser(&reader);
    }
    buf_free(&option);
    buf_free(&text);
}

static void test_instructions_are_found_by_their_targets(void **state)
{
    static const char document[] = "<r><?a 1?><?b 2?><c><?a 3?></c></r>";
    static const struct row found[] = {
        {"//processing-instruction()", "1|2|3"},     {"//processing-instruction('a')", "1|3"},
        {"//processing-instruction(\"b\")", "2"},    {"//processing-instruction('c')", ""},
        {"//processing-instruction() [.>1]", "2|3"}, {"name(//processing-instruction())", "a"},
    };
    (void)state;
    check_values(document, found, COUNT(found));
}

static void test_elements_are_found_by_their_ids(void **state)
{
    (void)state;
    static const char document[] = "<!DOCTYPE r [<!ATTLIST a i ID #IMPLIED>]><r><a i='x'>1</a>"
                                   "<a i='y'>2</a><b>x z</b><b> y\n x</b><b/><a>3</a></r>";
    static const struct row found[] = {
        {"id('x')", "1"},        {"id('y x y')", "1|2"}, {"id('z')", ""},    {"id(//b)", "1|2"},
        {"id(//b[1])", "1"},     {"id(//b[2])", "1|2"},  {"id(//b[3])", ""}, {"id(//none)", ""},
        {"count(id(//b))", "2"}, {"id(//@i)/@i", "x|y"},
    };
    check_values(document, found, COUNT(found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_value_that_an_entity_makes_is_empty),
        cmocka_unit_test(test_instructions_are_found_by_their_targets),
        cmocka_unit_test(test_elements_are_found_by_their_ids),
        cmocka_unit_test(test_values_are_those_of_xpath),
        cmocka_unit_test(test_streams_and_trees_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
