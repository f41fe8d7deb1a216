/* SPDX-License-Identifier: MIT
 *
 * Regular expressions of XSD 1.0: which texts they match, in time, and which are refused; and
 * the sets of code points that they are made of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "xsd/regex/charset.h"
#include "xsd/regex/pattern.h"
#include "xsd/regex/unicode.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct pattern *compile(const char *source)
{
    struct thresh_error oddity = {""}, error = {""};
    struct pattern *pattern = pattern_compile(&source, 1, &oddity, &error);
    if (!pattern)
        fail_msg("%s", error.text);
    return pattern;
}

/* How many of the texts, separated by '~', do not match as they should. */
static size_t count_wrong(const struct pattern *pattern, const char *source, const char *texts,
                          int matches)
{
    size_t wrong = 0;
    struct buf work = {0};
    while (texts) {
        const char *end = strchrnul(texts, '~');
        size_t len = (size_t)(end - texts);
        /* A copy of just the text's length, so that the address sanitizer sees a byte read too
         * far. */
        char *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, texts, len);
        if (pattern_match(pattern, copy, len, &work) != matches) {
            print_error("%s '%.*s'\n", source, (int)len, texts);
            wrong++;
        }
        free(copy);
        texts = *end ? end + 1 : NULL;
    }
    buf_free(&work);
    return wrong;
}

/* -- Patterns ------------------------------------------------------------------------- */

static const struct {
    const char *pattern;
    const char *valid;
    const char *invalid;
} pattern_rows[] = {
    {"", "", "a"},
    {"abc", "abc", "~ab~abcd~ABC"},
    {"a|b", "a~b", "~ab~c"},
    {"a|", "a~", "b"},
    {"|a", "a~", "b"},
    {"(a|b)*c", "c~abc~bbac", "~ab~cc"},
    {"()", "", "a"},
    {"(){5}a", "a", "~aa"},
    {"a?", "~a", "aa"},
    {"a+", "a~aaa", "~b"},
    {"a{3}", "aaa", "~aa~aaaa"},
    {"a{2,4}", "aa~aaa~aaaa", "a~aaaaa"},
    {"a{2,}", "aa~aaaaaa", "a~"},
    {"a{0}b", "b", "ab"},
    {"a{0,0}b", "b", "ab"},
    {"a{0,2}b", "b~ab~aab", "aaab"},
    {"a{0,}", "~aaa", "b"},
    {"a{1,}b", "ab~aab", "b"},
    {"(ab?){2,3}", "aa~aba~ababab~abaab", "a~aaaa~ab"},
    {"(a|bc){2}", "aa~abc~bca~bcbc", "a~bc~aaa"},
    {"(a*)*", "~aaa", "b"},
    {"(a*)+b", "b~aab", "a"},
    {"(a|b|c|d){2}x", "abx~ddx", "ax~abcx"},
    {"((a|b)c?){1,2}", "a~bc~acb~bcac", "c~acbca"},
    {".", "a~\xc3\xa4~\xf0\x9f\x98\x80", "~\n~\r~ab"},
    {"^a$", "^a$", "a"},
    {"\\.\\\\\\?\\*\\+\\(\\)\\{\\}\\[\\]\\-\\^\\|", ".\\?*+(){}[]-^|", ".\\"},
    {"\\n\\r\\t", "\n\r\t", "nrt"},
    {"a\\/b", "a/b", "ab"},
    {"[abc]", "a~b~c", "d~~ab"},
    {"[^abc]", "d~\xc3\xa4~\n", "a~b~"},
    {"[a-c]", "a~b~c", "d"},
    {"[a-cx-z]", "b~y", "d"},
    {"[-a]", "-~a", "b"},
    {"[a-]", "-~a", "b"},
    {"[a^]", "a~^", "b"},
    {"[a\\-z]", "a~-~z", "b"},
    {"[0-9-_]", "5~-~_", ":~a"},
    {"[\\w-.]", "a~-~.", ",~/"},
    {"[\\d.]", "5~.", "a"},
    {"[\\[\\]]", "[~]", "a"},
    {"[.]", ".", "a"},
    {"[*+?(){}|]", "*~+~?~(~)~{~}~|", "a"},
    {"[a-z-[aeiou]]", "b~z", "a~e~A~-"},
    {"[a-z-[aeiou-[e]]]", "b~e", "a~i"},
    {"[^a-z-[0-9]]", "A~-", "a~5"},
    {"[\\i-[:]][\\c-[:]]*",
     "a~_b~\xc3\xa4"
     "1",
     "1~:~a:b"},
    {"[\\s\\d]+", "1 2~\t", "a"},
    {"[&<]", "&~<", "a"},
    {"\\d", "0~9~\xd9\xa1", "a~\xc2\xb2~\xe2\x85\xa0"},
    {"\\D", "a~\xc2\xb2", "0~\xd9\xa1"},
    {"\\s", " ~\t~\n~\r", "a~\xc2\xa0"},
    {"\\S", "a~\xc2\xa0", " ~\n"},
    {"\\w", "a~0~\xc3\xa4~+~$~\xe4\xb8\x80", " ~.~-~_~!"},
    {"\\W", " ~.~-~_", "a~0~+"},
    {"\\i\\c*", "a~:~_x-1.\xc2\xb7", "1~-~"},
    {"\\I\\C", "1 ~-@", "a ~1a"},
    {"\\p{L}", "a~\xc3\x84~\xe4\xb8\x80", "1~ "},
    {"\\p{Lu}", "A~\xc3\x84~\xd0\x90~\xc4\x80", "a~\xc3\xa4~1~\xc4\x81"},
    {"\\p{Ll}", "a~\xc3\xa4~\xc4\x81", "A~\xc4\x80"},
    {"\\P{Lu}", "a~1", "A~\xc3\x84"},
    {"\\p{Nd}+", "12", "a"},
    {"\\p{Sc}", "$~\xe2\x82\xac", "a"},
    {"\\p{P}", ".~!~\xe2\x80\x94", "a~+"},
    {"\\p{Zs}", " ~\xc2\xa0", "\t"},
    {"\\p{Cc}", "\t~\n~\xc2\x85", "a"},
    {"\\p{Co}", "\xee\x80\x80", "a"},
    {"\\p{Cn}", "\xcd\xb8", "a"},
    {"\\p{IsBasicLatin}*", "az~", "\xc3\xa4"},
    {"\\p{IsLatin-1Supplement}", "\xc3\xa4", "a~\xc4\x80"},
    {"\\p{IsGreek}", "\xce\xb1", "a"},
    {"\\p{IsGreekandCoptic}", "\xce\xb1", "a"},
    {"\\P{IsBasicLatin}", "\xc3\xa4", "a"},
    {"[\\p{Lu}\\p{Nd}]{2}", "A1", "a1~A"},
    {"[^\\p{Lu}]", "a", "A"},
    {"[\xc3\xa4-\xc3\xb6]", "\xc3\xa5", "\xc3\xb7~a"},
    {"\xf0\x9f\x98\x80+", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "\xf0\x9f\x98\x81"},
    {"\\p{Lu}{3}\\d{4}", "ABC1234", "AB1234~ABC123"},
    {"[1-9]\\d{3}-(0[1-9]|1[0-2])", "2000-12", "2000-13~0999-01"},
    {"(\\d{1,3}\\.){3}\\d{1,3}", "1.2.3.4~255.255.255.255", "1.2.3~1.2.3.4.5"},
    /* Those that take exponential time where a matcher tries one way after the other, and those
     * too large for a table: */
    {"(.*a){25}b", "aaaaaaaaaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"(a?){40}a{40}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"},
    {"(x+x+)+y", "xxxxxxxxxxxxxxxxxxxxxxxxy", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"[A-Z]{0,5000}", "~ABC", "a"},
    {".{0,65535}", "~ABC", "\n"},
    {"(a|b)*a(a|b){20}", "abbbbbbbbbbbbbbbbbbbb~baaaaaaaaaaaaaaaaaaaaaaa",
     "bbbbbbbbbbbbbbbbbbbbbbb~a"},
    {"(a?){5000}", "~aaa", "b"},
    {"((a{0,50}){0,50}){0,20}", "~aaa", "b"},
    {"(.*){1000}x", "ax~x", "a"},
    {"((((((a*)*)*)*)*)*)*b", "b~aab", "a"},
};

static void test_patterns_match_whole_texts_as_appendix_f_says(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(pattern_rows); i++) {
        const char *source = pattern_rows[i].pattern;
        struct pattern *pattern = compile(source);
        wrong += count_wrong(pattern, source, pattern_rows[i].valid, 1);
        wrong += count_wrong(pattern, source, pattern_rows[i].invalid, 0);
        pattern_free(pattern);
    }
    assert_int_equal(wrong, 0);
}

static void test_several_sources_match_what_any_of_them_does(void **state)
{
    (void)state;
    static const char *const sources[] = {"a|bc", "", "d{2}|e"};
    struct thresh_error oddity = {""}, error;
    struct pattern *pattern = pattern_compile(sources, COUNT(sources), &oddity, &error);
    assert_non_null(pattern);
    assert_int_equal(count_wrong(pattern, "a|bc, , d{2}|e", "a~bc~~dd~e", 1), 0);
    assert_int_equal(count_wrong(pattern, "a|bc, , d{2}|e", "b~c~d~ab~ddd~de", 0), 0);
    pattern_free(pattern);
}

static void test_a_text_that_is_not_utf8_does_not_match(void **state)
{
    (void)state;
    static const char *const sources[] = {".*", "[^a]*", "(.{0,300}x){0,300}.*"};
    for (size_t i = 0; i < COUNT(sources); i++) {
        struct pattern *pattern = compile(sources[i]);
        assert_int_equal(count_wrong(pattern, sources[i], "\xff~\xc3~x\x80~\xe2\x82", 0), 0);
        pattern_free(pattern);
    }
}

/* Refused for what they say, or because they grow too large. */
static const struct {
    const char *pattern;
    const char *why;
} refused_rows[] = {
    {"(", "a '(' lacks its ')' at byte 2"},
    {")", "a ')' lacks its '(' at byte 1"},
    {"a)", "a ')' lacks its '(' at byte 2"},
    {"(a", "a '(' lacks its ')' at byte 3"},
    {"[", "it ends too early at byte 2"},
    {"[]", "a character class is empty at byte 2"},
    {"[^]", "a character class is empty at byte 3"},
    {"[a", "it ends too early at byte 3"},
    {"]", "']' needs a backslash at byte 2"},
    {"*", "a quantifier has nothing before it at byte 2"},
    {"+a", "a quantifier has nothing before it at byte 2"},
    {"?", "a quantifier has nothing before it at byte 2"},
    {"a**", "a quantifier has nothing before it at byte 4"},
    {"a{", "a count is not a number at byte 3"},
    {"a{}", "a count is not a number at byte 3"},
    {"a{x}", "a count is not a number at byte 3"},
    {"a{1", "a count lacks its '}' at byte 4"},
    {"a{1,x}", "a count is not a number at byte 5"},
    {"a{2,1}", "a count's end is below its start at byte 7"},
    {"{1}", "a quantifier has nothing before it at byte 2"},
    {"\\", "it ends too early at byte 2"},
    {"\\e", "there is no such escape at byte 3"},
    {"\\u0041", "there is no such escape at byte 3"},
    {"\\1", "there is no such escape at byte 3"},
    {"[b-a]", "a range ends before it begins at byte 5"},
    {"[[]", "'[' in a character class needs a backslash at byte 3"},
    {"[]]", "a character class is empty at byte 2"},
    {"\\p", "\\p lacks its '{' at byte 3"},
    {"\\p{", "\\p{ lacks its '}' at byte 4"},
    {"\\p{X}", "there is no such category or block at byte 6"},
    {"\\p{IsX}", "there is no such category or block at byte 8"},
    {"\\p{Is}", "there is no such category or block at byte 7"},
    {"\\p{Lx}", "there is no such category or block at byte 7"},
    {"(?:a)", "a quantifier has nothing before it at byte 3"},
    {"[a-z-[aeiou", "it ends too early at byte 12"},
    {"[a-z-[aeiou]", "a character class lacks its ']' at byte 13"},
    {"a|*", "a quantifier has nothing before it at byte 4"},
    {"(a{1000}){1000}", "it grows too large with its counts written out at byte 16"},
    {"((a{1000}){1000}){1000}", "it grows too large with its counts written out at byte 17"},
    {"a{99999999999}", "it grows too large with its counts written out at byte 15"},
    {"\\p{}", "there is no such category or block at byte 5"},
    {"\xff", "it is not UTF-8 at byte 2"},
    {"[\xc3]", "it is not UTF-8 at byte 3"},
    {"[a-z-[b]c]", "a character class lacks its ']' at byte 9"},
};

/* Beyond the grammar, and taken; NULL: within it. */
static const struct {
    const char *pattern;
    const char *what;
} odd_rows[] = {
    {"[a-c-1-4]", "a '-' within a character class needs a backslash at byte 6"},
    {"[a--b]", "a '-' within a character class needs a backslash at byte 4"},
    {"[^a-d-b-c]", "a '-' within a character class needs a backslash at byte 7"},
    {"[\\w-.]", "a '-' within a character class needs a backslash at byte 5"},
    {"[a-\\d]", "a '-' within a character class needs a backslash at byte 4"},
    {"[--a]", "a '-' within a character class needs a backslash at byte 4"},
    {"[a---]", "a '-' within a character class needs a backslash at byte 4"},
    {"a\\/b", "a backslash before a character that needs none at byte 4"},
    {"[\\\"]", "a backslash before a character that needs none at byte 4"},
    {"[-a]", NULL},
    {"[^-a]", NULL},
    {"[a-]", NULL},
    {"[-]", NULL},
    {"[--]", NULL},
    {"[a-z-]", NULL},
    {"[a\\-z]", NULL},
    {"[a-z-[b]]", NULL},
    {"[a--[b]]", NULL},
    {"[a-z-[b-]]", NULL},
    {"a-b", NULL},
    {"\\.\\\\\\?\\*\\+\\(\\)\\{\\}\\[\\]\\-\\^\\|\\n\\r\\t", NULL},
};

static void test_what_goes_beyond_the_grammar_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(odd_rows); i++) {
        const char *source = odd_rows[i].pattern, *what = odd_rows[i].what;
        struct thresh_error oddity = {""}, error = {""};
        struct pattern *pattern = pattern_compile(&source, 1, &oddity, &error);
        assert_non_null(pattern);
        if (what ? !strstr(oddity.text, what) : oddity.text[0] != '\0')
            fail_msg("%s: '%s'", source, oddity.text);
        pattern_free(pattern);
    }
}

static void expect_refused(const char *source, const char *why)
{
    struct thresh_error oddity = {""}, error = {""};
    if (pattern_compile(&source, 1, &oddity, &error))
        fail_msg("%s was compiled", source);
    if (!strstr(error.text, why))
        fail_msg("%s: %s", source, error.text);
}

static void test_what_is_no_pattern_is_refused_with_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused_rows); i++)
        expect_refused(refused_rows[i].pattern, refused_rows[i].why);
}

static void test_deep_nesting_is_refused_and_uses_no_stack(void **state)
{
    (void)state;
    static char deep[60001];
    memset(deep, '(', 30000);
    memset(deep + 30000, ')', 30000);
    expect_refused(deep, "not covered: ");
    for (size_t i = 0; i + 2 < 60000; i += 3)
        memcpy(deep + i, "[a-", 3);
    expect_refused(deep, "not covered: ");
    /* 249 groups in the outermost alternatives are the most. */
    memset(deep, '(', 249);
    memset(deep + 249, ')', 249);
    deep[498] = '\0';
    pattern_free(compile(deep));
    memset(deep, '(', 250);
    memset(deep + 250, ')', 250);
    deep[500] = '\0';
    expect_refused(deep, "it is nested too deeply");
}

static void test_patterns_and_counts_have_a_greatest_size(void **state)
{
    (void)state;
    static char text[65538];
    memset(text, 'a', 65536);
    pattern_free(compile(text));
    text[65536] = 'a';
    expect_refused(text, "it is longer than 64 KiB");
    /* A copy of `a` counts for two operations, of which there may be 2^18. */
    pattern_free(compile("a{131072}"));
    expect_refused("a{131073}", "it grows too large");
}

static void test_long_texts_take_time_linear_in_their_length(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(.*a){25}b", "(a|b)*a(a|b){20}", "(x+x+)+y",
                                           "(a?){1000}", "[a-z]{0,1000}",    "(a*)*b"};
    static char text[1 << 18];
    clock_t start = clock();
    memset(text, 'a', sizeof text);
    struct buf work = {0};
    for (size_t i = 0; i < COUNT(patterns); i++) {
        struct pattern *pattern = compile(patterns[i]);
        assert_int_equal(pattern_match(pattern, text, sizeof text, &work), i == 1);
        pattern_free(pattern);
    }
    buf_free(&work);
    assert_true((clock() - start) / CLOCKS_PER_SEC < 20);
}

/* -- Sets of code points -------------------------------------------------------------- */

static void expect_ranges(const struct charset *set, const struct code_range *ranges, size_t n)
{
    assert_false(set->failed);
    assert_int_equal(set->n, n);
    assert_memory_equal(set->ranges, ranges, n * sizeof *ranges);
}

static void test_ranges_that_overlap_or_touch_become_one(void **state)
{
    (void)state;
    struct charset set = {0};
    charset_settle(&set);
    assert_int_equal(set.n, 0);
    charset_add(&set, 20, 30);
    charset_add(&set, 5, 9);
    charset_add(&set, 10, 12); /* touches 5 to 9 */
    charset_add(&set, 14, 14); /* 13 is between */
    charset_add(&set, 25, 28); /* inside 20 to 30 */
    charset_add(&set, 30, 31);
    charset_settle(&set);
    expect_ranges(&set, (struct code_range[]){{5, 12}, {14, 14}, {20, 31}}, 3);
    charset_free(&set);
}

static void test_a_complement_reaches_from_the_first_code_point_to_the_last(void **state)
{
    (void)state;
    struct charset set = {0};
    charset_complement(&set);
    expect_ranges(&set, (struct code_range[]){{0, UTF8_MAX}}, 1);
    charset_complement(&set);
    assert_int_equal(set.n, 0);
    charset_add(&set, 0, 0);
    charset_add(&set, 5, 6);
    charset_add(&set, UTF8_MAX, UTF8_MAX);
    charset_complement(&set);
    expect_ranges(&set, (struct code_range[]){{1, 4}, {7, UTF8_MAX - 1}}, 2);
    charset_free(&set);
}

static void test_subtraction_takes_out_only_what_both_have(void **state)
{
    (void)state;
    struct charset set = {0}, other = {0};
    charset_add(&set, 10, 20);
    charset_add(&set, 30, 40);
    charset_settle(&set);
    charset_add(&other, 0, 10);
    charset_add(&other, 15, 15);
    charset_add(&other, 40, 50);
    charset_settle(&other);
    charset_subtract(&set, &other);
    expect_ranges(&set, (struct code_range[]){{11, 14}, {16, 20}, {30, 39}}, 3);
    charset_free(&set);
    charset_free(&other);
}

static void test_categories_part_all_code_points(void **state)
{
    (void)state;
    static const char names[] = UNICODE_CATEGORIES;
    struct charset all = {0};
    uint64_t n = 0;
    for (size_t i = 0; i < UNICODE_CATEGORY_COUNT; i++) {
        struct charset set = {0};
        assert_true(charset_add_category(&set, names + 2 * i, 2));
        for (size_t k = 0; k < set.n; k++)
            n += set.ranges[k].last - set.ranges[k].first + 1;
        charset_add_all(&all, &set);
        charset_free(&set);
    }
    assert_int_equal(n, UTF8_MAX + 1);
    expect_ranges(&all, (struct code_range[]){{0, UTF8_MAX}}, 1);
    assert_false(charset_add_category(&all, "Xx", 2));
    assert_false(charset_add_category(&all, "Lul", 3));
    assert_false(charset_add_category(&all, "", 0));
    charset_free(&all);
}

static void test_blocks_have_their_names_of_today_and_of_xsd_1_0(void **state)
{
    (void)state;
    struct charset set = {0};
    assert_true(charset_add_block(&set, "BasicLatin", 10));
    expect_ranges(&set, (struct code_range[]){{0, 0x7f}}, 1);
    assert_true(charset_add_block(&set, "Latin-1Supplement", 17));
    expect_ranges(&set, (struct code_range[]){{0, 0xff}}, 1);
    assert_false(charset_add_block(&set, "Latin", 5));
    charset_free(&set);
    assert_true(charset_add_block(&set, "Specials", 8));
    expect_ranges(&set, (struct code_range[]){{0xfeff, 0xfeff}, {0xfff0, 0xffff}}, 2);
    charset_free(&set);
    assert_true(charset_add_block(&set, "PrivateUse", 10));
    assert_int_equal(set.n, 3);
    charset_free(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns_match_whole_texts_as_appendix_f_says),
        cmocka_unit_test(test_several_sources_match_what_any_of_them_does),
        cmocka_unit_test(test_a_text_that_is_not_utf8_does_not_match),
        cmocka_unit_test(test_what_goes_beyond_the_grammar_is_told),
        cmocka_unit_test(test_what_is_no_pattern_is_refused_with_its_reason),
        cmocka_unit_test(test_deep_nesting_is_refused_and_uses_no_stack),
        cmocka_unit_test(test_patterns_and_counts_have_a_greatest_size),
        cmocka_unit_test(test_long_texts_take_time_linear_in_their_length),
        cmocka_unit_test(test_ranges_that_overlap_or_touch_become_one),
        cmocka_unit_test(test_a_complement_reaches_from_the_first_code_point_to_the_last),
        cmocka_unit_test(test_subtraction_takes_out_only_what_both_have),
        cmocka_unit_test(test_categories_part_all_code_points),
        cmocka_unit_test(test_blocks_have_their_names_of_today_and_of_xsd_1_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
