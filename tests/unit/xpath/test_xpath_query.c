/* SPDX-License-Identifier: MIT
 *
 * Which expressions are answered as a document is read. That the answers are right is tested in
 * document/test_xpath.c.
 */
#include "xpath/xpath_query.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct xpath_prefix bound[] = {{"p", "urn:p"}, {"p.2", "urn:p2"}};
static const struct xpath_prefixes prefixes = {bound, COUNT(bound)};

/* The query of an expression, which must be right; NULL: it needs a tree. */
static struct xpath_query *query_of(const char *text, struct xpath **xpath)
{
    struct xpath_error error;
    if (xpath_compile(xpath, text, &prefixes, &error) != 0)
        fail_msg("%s: %s", text, error.text);
    return xpath_query_new(*xpath);
}

static void free_query(struct xpath_query *query, struct xpath *xpath)
{
    xpath_query_free(query);
    xpath_free(xpath);
}

static void test_paths_are_streamed(void **state)
{
    (void)state;
    static const char *const streamed[] = {
        "a", "/a", "//a", "./a", ".//a", "a/b//c", "a//@b", "@a", "//@*", "/*/@a", "*", "//*",
        "p:a", "p:*", "//@p:a", "//p.2:a", "@xml:lang", "\xc3\xa9/\xe5\x90\x8d", " / a / b ",
        "a | b", "a|b|//@c",
        /* predicates */
        "a[@b]", "a[@b='c']", "a[@b=\"c'd\"]", "a[ @b = 'c' ][@d]/e", "*[@*]", "a[@p:b]/@c",
        "a[@b and @c='d']/e",
        /* names in whatever namespace */
        "*:a", "//*:a/@*:b", "child::*:a", "a[@*:b]", "*[local-name()='a']",
        "p:*[local-name(.)='a']", "//*['a' = local-name()]/@*[local-name()='b']",
        "*[local-name()='a' and namespace-uri()='urn:p' and @b]", "a[local-name()='b']",
        /* functions of one path or more */
        "count(a)", "string(//a)", "boolean(a | b)", "number(a/@b)", "sum(//a[@b])",
        " count ( a ) ",
        /* the same at length, in brackets, the other way round */
        "child::a/attribute::b", "/descendant-or-self::node()/child::a", "//attribute::a",
        "descendant::a[attribute::b]", "./self::node()/a/./@b", "(a)", "count((a | b))",
        "a['c' = @b]", "/descendant::a//b",
        /* names as functions and operators have them */
        "count", "div", "and/or", "text"};
    for (size_t i = 0; i < COUNT(streamed); i++) {
        struct xpath *xpath;
        struct xpath_query *query = query_of(streamed[i], &xpath);
        if (!query)
            fail_msg("%s is not streamed", streamed[i]);
        free_query(query, xpath);
    }
}

static void test_all_else_needs_a_tree(void **state)
{
    (void)state;
    static const char *const others[] = {"/",
                                         ".",
                                         "..",
                                         "a/..",
                                         "//.",
                                         "a//.",
                                         "1",
                                         "'a'",
                                         "a[1]",
                                         "a[b]",
                                         "ab[cd]",
                                         "//ab[xd]",
                                         "a[@b=1]",
                                         "a[@b=c]",
                                         "a[@b!='c']",
                                         "a[@b][2]",
                                         "a[not(@b)]",
                                         "a[.='b']",
                                         "@a/b",
                                         "@a[@b]",
                                         "a[local-name(b)='c']",
                                         "a[name()='c']",
                                         "*[local-name()]",
                                         "*[local-name()='a' or @b]",
                                         "@a[. = 'b']",
                                         "a[@b/c]",
                                         "a[@b/.]",
                                         "a[/@b]",
                                         "a[(@b)[1]]",
                                         "a[@*[1]]",
                                         "a[@node()]",
                                         "a['b' = 'c']",
                                         "text()",
                                         "a/text()",
                                         "node()",
                                         "comment()",
                                         "@node()",
                                         "a/self::b",
                                         "a/parent::b",
                                         "ancestor::a",
                                         "following::a",
                                         "a/namespace::b",
                                         "count(a) + 1",
                                         "name(a)",
                                         "boolean(1)",
                                         "string()",
                                         "a or b",
                                         "a = 'b'",
                                         "(a)[1]",
                                         "(a)/b",
                                         "id('a')",
                                         "id('a')/b",
                                         "-a",
                                         "a['b']",
                                         "descendant-or-self::node()",
                                         "descendant-or-self::a",
                                         "self::node()[1]/a",
                                         "count(a[1])",
                                         "a | b[1]"};
    for (size_t i = 0; i < COUNT(others); i++) {
        struct xpath *xpath;
        struct xpath_query *query = query_of(others[i], &xpath);
        if (query)
            fail_msg("%s is streamed", others[i]);
        free_query(query, xpath);
    }
}

static void test_what_is_too_large_needs_a_tree(void **state)
{
    (void)state;
    struct xpath *xpath;
    for (int steps = QUERY_STEPS; steps <= QUERY_STEPS + 1; steps++) {
        struct buf path = {0};
        buf_append_string(&path, "a");
        for (int i = 1; i < steps; i++)
            buf_append_string(&path, "/a");
        struct xpath_query *query = query_of(buf_string(&path), &xpath);
        assert_int_equal(query != NULL, steps == QUERY_STEPS);
        free_query(query, xpath);
        buf_free(&path);
    }
    for (int predicates = QUERY_PREDICATES; predicates <= QUERY_PREDICATES + 1; predicates++) {
        struct buf path = {0};
        buf_append_string(&path, "a");
        for (int i = 0; i < predicates; i++)
            buf_append_string(&path, "[@b]");
        struct xpath_query *query = query_of(buf_string(&path), &xpath);
        assert_int_equal(query != NULL, predicates == QUERY_PREDICATES);
        free_query(query, xpath);
        buf_free(&path);
    }
}

static void test_steps_say_what_they_select(void **state)
{
    (void)state;
    struct xpath *xpath;
    struct xpath_query *query = query_of("sum(a//p:b[@c='d'] | @xml:*)", &xpath);
    assert_non_null(query);
    assert_int_equal(query->result, QUERY_SUM);
    assert_int_equal(query->n, 3);
    assert_int_equal(query->first, 1 | 1 << 2);
    assert_string_equal(query->steps[0].test.local, "a");
    assert_string_equal(query->steps[0].test.uri, "");
    assert_false(query->steps[0].last || query->steps[0].descendant);
    assert_string_equal(query->steps[1].test.uri, "urn:p");
    assert_true(query->steps[1].last && query->steps[1].descendant);
    assert_int_equal(query->steps[1].n_predicates, 1);
    assert_string_equal(query->predicates[0].test.local, "c");
    assert_string_equal(query->predicates[0].value, "d");
    assert_true(query->steps[2].attribute && query->steps[2].last);
    assert_null(query->steps[2].test.local);
    assert_string_equal(query->steps[2].test.uri, "http://www.w3.org/XML/1998/namespace");
    free_query(query, xpath);
}

static void test_prefixes_are_found_by_their_whole_name(void **state)
{
    (void)state;
    assert_string_equal(xpath_prefixes_find(&prefixes, "p", 1), "urn:p");
    assert_string_equal(xpath_prefixes_find(&prefixes, "p.2", 3), "urn:p2");
    assert_string_equal(xpath_prefixes_find(&prefixes, "p.2", 1), "urn:p");
    assert_non_null(xpath_prefixes_find(&prefixes, "xml", 3));
    assert_null(xpath_prefixes_find(&prefixes, "p.", 2));
    assert_null(xpath_prefixes_find(&prefixes, "q", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_are_streamed),
        cmocka_unit_test(test_all_else_needs_a_tree),
        cmocka_unit_test(test_what_is_too_large_needs_a_tree),
        cmocka_unit_test(test_steps_say_what_they_select),
        cmocka_unit_test(test_prefixes_are_found_by_their_whole_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
