/* SPDX-License-Identifier: MIT */
#include "document/namespace_bindings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

/* Equal strings are one pointer, as in a parser's dictionary. */
static const xmlChar p[] = "p", q[] = "q", a[] = "urn:a", b[] = "urn:b", c[] = "urn:c";

static void add(struct namespace_bindings *bindings, struct record *record,
                const xmlChar *prefix, const xmlChar *uri)
{
    assert_int_equal(namespace_bindings_add(bindings, record, prefix, uri), 0);
}

static void assert_binding(const struct record *record, size_t i, const char *prefix,
                           const char *uri, bool first, size_t next)
{
    const struct namespace_binding *binding = &record->bindings[i];
    assert_int_equal(binding->prefix.len, strlen(prefix));
    assert_memory_equal(record_text(record, binding->prefix), prefix, binding->prefix.len);
    assert_int_equal(binding->uri.len, strlen(uri));
    assert_memory_equal(record_text(record, binding->uri), uri, binding->uri.len);
    assert_int_equal(binding->first, first);
    assert_int_equal(binding->next, next);
}

static void test_each_binding_is_told_once(void **state)
{
    (void)state;
    struct namespace_bindings bindings = {0};
    struct record record = {0};
    for (int round = 0; round < 2; round++) {
        add(&bindings, &record, NULL, a);
        add(&bindings, &record, p, a);
        add(&bindings, &record, p, b);
        add(&bindings, &record, q, a);
        add(&bindings, &record, p, c);
        add(&bindings, &record, NULL, NULL);
    }
    assert_int_equal(record.n_bindings, 6);
    assert_binding(&record, 0, "", "urn:a", true, 5);
    assert_binding(&record, 1, "p", "urn:a", true, 2);
    assert_binding(&record, 2, "p", "urn:b", false, 4);
    assert_binding(&record, 3, "q", "urn:a", true, 0);
    assert_binding(&record, 4, "p", "urn:c", false, 0);
    assert_binding(&record, 5, "", "", false, 0);
    namespace_bindings_free(&bindings);
    record_free(&record);
}

static void test_a_document_begins_without_any(void **state)
{
    (void)state;
    struct namespace_bindings bindings = {0};
    struct record record = {0};
    for (int round = 0; round < 2; round++) {
        record_clear(&record);
        namespace_bindings_clear(&bindings);
        add(&bindings, &record, p, a);
        assert_int_equal(record.n_bindings, 1);
        assert_binding(&record, 0, "p", "urn:a", true, 0);
    }
    namespace_bindings_free(&bindings);
    record_free(&record);
}

static void test_many_bindings_are_kept_apart(void **state)
{
    (void)state;
    enum { URIS = 1000 };
    static const xmlChar uris[URIS][2];
    struct namespace_bindings bindings = {0};
    struct record record = {0};
    for (int i = 0; i < 2 * URIS; i++)
        add(&bindings, &record, i % 2 ? p : q, uris[i % URIS]);
    assert_int_equal(record.n_bindings, URIS);
    for (size_t i = 0; i < URIS; i++)
        assert_binding(&record, i, i % 2 ? "p" : "q", "", i < 2, i + 2 < URIS ? i + 2 : 0);
    namespace_bindings_free(&bindings);
    record_free(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_binding_is_told_once),
        cmocka_unit_test(test_a_document_begins_without_any),
        cmocka_unit_test(test_many_bindings_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
