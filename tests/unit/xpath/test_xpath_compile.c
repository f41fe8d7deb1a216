/* SPDX-License-Identifier: MIT
 *
 * What is XPath 1.0, how it is understood, and what is said of all else.
 */
#include "xpath/xpath_expr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libxml/parser.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct xpath_prefix bound[] = {{"p", "urn:p"}};
static const struct xpath_prefixes prefixes = {bound, COUNT(bound)};

static const struct wrong {
    const char *text;
    size_t character;
    const char *what;
} wrongs[] = {
    {"", 1, "a step of a path is expected"},
    {"//", 3, "a step of a path is expected"},
    {"a/", 3, "a step of a path is expected"},
    {"a[", 3, "a step of a path is expected"},
    {"a[]", 3, "a step of a path is expected"},
    {"a|", 3, "a step of a path is expected"},
    {"1 +", 4, "a step of a path is expected"},
    {"@", 2, "a step of a path is expected"},
    {"child::", 8, "a step of a path is expected"},
    {"p:", 3, "a step of a path is expected"},
    {"p:1", 3, "a step of a path is expected"},
    {"!", 1, "a step of a path is expected"},
    {"a/b c", 5, "an operator or the end is expected"},
    {"a)", 2, "an operator or the end is expected"},
    {"/ /a", 3, "an operator or the end is expected"},
    {".[1]", 2, "an operator or the end is expected"},
    {"\xc3\xa9/\xe5\x90\x8d ]", 5, "an operator or the end is expected"},
    {"a orb", 3, "an operator or the end is expected"},
    {"p:a:b", 4, "an operator or the end is expected"},
    {"p:f(1)", 4, "an operator or the end is expected"},
    {"5 5", 3, "an operator or the end is expected"},
    {"1else", 2, "an operator or the end is expected"},
    {"count(//a", 10, "')' is expected"},
    {"(a", 3, "')' is expected"},
    {"concat('a' 'b')", 12, "')' is expected"},
    {"text(1)", 6, "')' is expected"},
    {"comment('a')", 9, "')' is expected"},
    {"processing-instruction('a)", 24, "')' is expected"},
    {"a[1", 4, "']' is expected"},
    {"'abc", 1, "the string that begins here has no end"},
    {"a = \"b'", 5, "the string that begins here has no end"},
    {"a/foo()", 3, "a function is no step of a path"},
    {"foo(1)", 1, "there is no function foo()"},
    {"1 + Count(a)", 5, "there is no function Count(); did you mean count()?"},
    {"concat('a')", 1, "concat() cannot be called with 1 argument"},
    {"true(1)", 1, "true() cannot be called with 1 argument"},
    {"not()", 1, "not() cannot be called with 0 arguments"},
    {"substring('a', 1, 2, 3)", 1, "substring() cannot be called with 4 arguments"},
    {"count('a')", 1, "count() takes nodes"},
    {"sum(1)", 1, "sum() takes nodes"},
    {"name('a')", 1, "name() takes nodes"},
    {"1 | a", 3, "both sides of '|' are to be nodes"},
    {"a | 'b'", 3, "both sides of '|' are to be nodes"},
    {"a | -b", 3, "both sides of '|' are to be nodes"},
    {"'x'/a", 4, "what stands before '/' is to be nodes"},
    {"(1)[1]", 4, "what stands before '[' is to be nodes"},
    {"$v", 1, "there are no variables here"},
    {"q:a", 1, "the prefix 'q' is not bound; add --namespace q=URI"},
    {"a/@q:*", 4, "the prefix 'q' is not bound; add --namespace q=URI"},
    {"parents::a", 1, "there is no axis of this name"},
};

static void test_what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrongs); i++) {
        struct xpath *xpath;
        struct xpath_error error;
        if (xpath_compile(&xpath, wrongs[i].text, &prefixes, &error) != 1)
            fail_msg("'%s' is taken", wrongs[i].text);
        assert_null(xpath);
        if (error.character != wrongs[i].character || strcmp(error.text, wrongs[i].what) != 0)
            fail_msg("'%s': character %zu: %s", wrongs[i].text, error.character, error.text);
    }
}

/* Many brackets or operators deep is an error, many in a row of one kind is not. */
static void test_depth_is_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *before, *in, *behind;
        int most; /* of 3000 */
    } shapes[] = {
        {"(", "1", ")", 498},    {"-", "1", "", 498},   {"a[", "1", "]", 498},
        {"not(", "1", ")", 498}, {"1-", "1", "", 499},  {"1 or ", "1", "", 3000},
        {"a|", "a", "", 3000},   {"a/", "a", "", 3000}, {"1 and ", "1", "", 3000},
    };
    for (size_t i = 0; i < COUNT(shapes); i++) {
        int most = 0;
        for (int n = 490; n <= 3000; n = n < 510 ? n + 1 : n + 2490) {
            struct buf text = {0};
            struct xpath *xpath;
            struct xpath_error error;
            for (int k = 0; k < n; k++)
                buf_append_string(&text, shapes[i].before);
            buf_append_string(&text, shapes[i].in);
            for (int k = 0; k < n; k++)
                buf_append_string(&text, shapes[i].behind);
            int rc = xpath_compile(&xpath, buf_string(&text), &prefixes, &error);
            if (rc == 0)
                most = n;
            else
                assert_non_null(strstr(error.text, "deep in each other"));
            xpath_free(xpath);
            buf_free(&text);
        }
        if (most != shapes[i].most)
            fail_msg("%s goes to %d", shapes[i].before, most);
    }
}

static const char *value_of(const char *text, struct buf *out)
{
    static const char document[] = "<r><a>1</a><a>2</a><b>3</b><div>4</div><or>5</or></r>";
    struct xpath *xpath;
    struct xpath_error error;
    struct xpath_value value = {0};
    xmlDoc *doc = xmlReadMemory(document, sizeof document - 1, NULL, NULL, 0);
    struct buf string = {0};
    buf_append_format(&string, "string(%s)", text);
    if (xpath_compile(&xpath, buf_string(&string), &prefixes, &error) != 0)
        fail_msg("%s: %s", text, error.text);
    xpath_nodes_number(doc);
    assert_int_equal(xpath_evaluate(xpath, doc, &value), 0);
    buf_clear(out);
    buf_append(out, value.string.data, value.string.len);
    xpath_value_free(&value);
    xpath_free(xpath);
    xmlFreeDoc(doc);
    buf_free(&string);
    return buf_string(out);
}

/* The stronger operator first, of equals the left one; names are operators where one is due. */
static void test_operators_bind_as_they_should(void **state)
{
    (void)state;
    static const struct {
        const char *text, *value;
    } rows[] = {
        {"2 + 3 * 4", "14"},
        {"2 * 3 + 4", "10"},
        {"10 - 3 - 2", "5"},
        {"100 div 10 div 5", "2"},
        {"100 div (10 div 5)", "50"},
        {"17 mod 10 mod 4", "3"},
        {"-17 mod 5", "-2"},
        {"5 mod -3", "2"},
        {"- 2 * 3", "-6"},
        {"--3", "3"},
        {"2--3", "5"},
        {"-//a|//b", "-1"},
        {"1 < 2 = true()", "true"},
        {"3 > 2 > 1", "false"},
        {"1 = 1 = 1", "true"},
        {"1 != 1 or 1 = 1 and 1 = 2", "false"},
        {"true() or false() and false()", "true"},
        {"1 <= 1 and 1 >= 1", "true"},
        {"/r/div div /r/div", "1"},
        {"count(/r/*)*2", "10"},
        {"count(//*) * count(//a)", "12"},
        {"/r/or or /r/or", "true"},
        {"/r/a-1", ""},
        {"/r/a -1", "0"},
        {"1.5+.5", "2"},
        {"1.", "1"},
        {"1e2", "100"},
        {"1.5E-1", "0.15"},
    };
    struct buf out = {0};
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(value_of(rows[i].text, &out), rows[i].value) != 0)
            fail_msg("%s is %s", rows[i].text, buf_string(&out));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_operators_bind_as_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
