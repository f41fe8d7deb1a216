/* SPDX-License-Identifier: MIT
 *
 * Tags with more attributes than the limit, here three, in every width of characters.
 */
#include "document/attribute_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

enum { MAX = 3 };

static const struct row {
    const char *document;
    unsigned line; /* of the tag, 0: none is over the limit */
} rows[] = {
    {"<a/>", 0},
    {"<a b='' c='' d=''/>", 0},
    {"<a b='' c='' d='' e=''/>", 1},
    {"\n<a>\n<b c='' d='' e=''\n f=''/></a>", 3},
    {"<a b='' c='' d=''><b e='' f='' g=''/></a>", 0},
    {"<a>b='' c='' d='' e=''</a>", 0},
    {"<a b='c=\"\" d=\"\" e=\"\" f=\"\"'/>", 0},
    {"<a b = '>' c\n=\n'/' d=\"'\" e=''>", 1},
    {"<a b=''c=''d=''e=''/>", 1}, /* not well-formed, but libxml2 reads on */
    {"<!-- a b='' c='' d='' e='' -->", 0},
    {"<?a b='' c='' d='' e=''?>", 0},
    {"</a b='' c='' d='' e=''>", 0},
    {"<a b='' c='' d='' e='", 0}, /* cut: three are whole */
    {"<a b='' c='' d=x e=''/>", 0},
    {"<a><b/><c/><d/><e/><f/><g/><h/><i/><j k='' l='' m='' n=''/></a>", 1},
    {"<a b='long values are longer than the limit' c='' d=''/>", 0},
};

/* The document in characters of `width` bytes, of which `low` holds ASCII. */
static size_t widen(const char *document, size_t width, size_t low, char *wide)
{
    size_t len = strlen(document);
    memset(wide, 0, len * width);
    for (size_t i = 0; i < len; i++)
        wide[i * width + low] = document[i];
    return len * width;
}

static void check(const struct row *row, size_t width, size_t low)
{
    char wide[1024];
    uint64_t line = 0;
    size_t len = widen(row->document, width, low, wide);
    bool exceeded = attribute_limit_exceeded(wide, len, MAX, &line);
    if (exceeded != (row->line > 0) || (exceeded && line != row->line))
        fail_msg("%s, %zu bytes a character: %d in line %u", row->document, width, exceeded,
                 (unsigned)line);
}

static void test_tags_over_the_limit_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], 1, 0);
}

static void test_wide_characters_hide_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].document[0] != '<')
            continue; /* an encoding is known by how the document begins */
        check(&rows[i], 2, 0);
        check(&rows[i], 2, 1);
        check(&rows[i], 4, 0);
        check(&rows[i], 4, 3);
    }
}

static void test_zero_is_no_limit(void **state)
{
    (void)state;
    uint64_t line;
    const char *document = rows[2].document;
    assert_false(attribute_limit_exceeded(document, strlen(document), 0, &line));
    assert_true(attribute_limit_exceeded(document, strlen(document), 1, &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tags_over_the_limit_are_found),
        cmocka_unit_test(test_wide_characters_hide_nothing),
        cmocka_unit_test(test_zero_is_no_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
