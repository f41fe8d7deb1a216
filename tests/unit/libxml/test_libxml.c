/* SPDX-License-Identifier: MIT
 *
 * What is adapted of libxml2: who hears its errors.
 */
#include "libxml/libxml_errors.h"
#include "libxml/libxml_quiet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <libxml/parser.h>

static void count_error(void *context, libxml_error_argument from)
{
    (void)from;
    ++*(int *)context;
}

static void test_the_handlers_of_a_thread_are_put_back(void **state)
{
    (void)state;
    int errors = 0;
    struct libxml_quiet before;
    xmlSetStructuredErrorFunc(&errors, (xmlStructuredErrorFunc)count_error);
    libxml_quiet_begin(&before);
    assert_null(xmlReadMemory("<a>", 3, NULL, NULL, 0));
    assert_int_equal(errors, 0);
    libxml_quiet_end(&before);
    assert_null(xmlReadMemory("<a>", 3, NULL, NULL, 0));
    assert_true(errors > 0);
    xmlSetStructuredErrorFunc(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_handlers_of_a_thread_are_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
