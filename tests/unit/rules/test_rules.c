/* SPDX-License-Identifier: MIT
 *
 * From options to rules: which schema is for which root, and what is said of a wrong option.
 */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"a.xsd", "b.xsd", "c.rng", "x=y.xsd", "no.xml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    return chdir("/") == 0 ? rmdir(scratch) : -1;
}

static void write_schema(const char *name)
{
    write_file(name, "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
                     "<xs:element name='a'/></xs:schema>");
}

struct option {
    const char *name, *value;
};

struct loaded {
    struct thresh_options *options;
    struct rules rules;
    struct thresh_error error;
    int rc;
};

static void load(struct loaded *loaded, const struct option *options, size_t n)
{
    *loaded = (struct loaded){.options = thresh_options_new()};
    for (size_t i = 0; i < n; i++)
        if (thresh_options_set(loaded->options, options[i].name, options[i].value,
                               &loaded->error) < 0)
            fail_msg("%s", loaded->error.text);
    loaded->rc = rules_load(&loaded->rules, loaded->options, &loaded->error);
}

static void unload(struct loaded *loaded)
{
    rules_free(&loaded->rules);
    thresh_options_free(loaded->options);
}

#define LOAD(loaded, ...)                                                                      \
    do {                                                                                       \
        const struct option given[] = {__VA_ARGS__};                                           \
        load(loaded, given, sizeof given / sizeof *given);                                     \
    } while (0)

#define ASSERT_REFUSED(message, ...)                                                           \
    do {                                                                                       \
        struct loaded refused;                                                                 \
        LOAD(&refused, __VA_ARGS__);                                                           \
        assert_int_equal(refused.rc, -1);                                                      \
        assert_string_equal(refused.error.text, message);                                      \
        unload(&refused);                                                                      \
    } while (0)

/* -- Schemas -------------------------------------------------------------------------- */

static const struct schema *schema_for(const struct rules *rules, const char *namespace_name)
{
    return rules_schema(rules, &(struct root_facts){namespace_name, "r", NULL, 0});
}

static void test_the_namespace_of_the_root_chooses_the_schema(void **state)
{
    (void)state;
    struct loaded loaded;
    write_schema("a.xsd");
    write_schema("b.xsd");
    LOAD(&loaded, {"schema", "urn:x?v=1=b.xsd"}, {"schema", "=a.xsd"}, {"schema", "./a.xsd"});
    assert_int_equal(loaded.rc, 0);
    assert_string_equal(schema_for(&loaded.rules, "urn:x?v=1")->name, "b.xsd");
    assert_string_equal(schema_for(&loaded.rules, "")->file, "a.xsd");
    assert_string_equal(schema_for(&loaded.rules, "urn:other")->file, "./a.xsd");
    assert_string_equal(schema_for(&loaded.rules, "urn:other")->name, "a.xsd");
    unload(&loaded);
}

/* Forty namespaces cost no more time and memory than one. */
static void test_a_file_for_many_namespaces_is_compiled_once(void **state)
{
    (void)state;
    static const char *const files[] = {"a.xsd", "c.rng"};
    struct loaded one, many;
    write_schema("a.xsd");
    write_file("c.rng", "<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'><text/>"
                        "</element>");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char options[40][32];
        struct option given[40];
        LOAD(&one, {"schema", files[i]});
        for (int n = 0; n < 40; n++) {
            snprintf(options[n], sizeof *options, "urn:%d=%s", n, files[i]);
            given[n] = (struct option){"schema", options[n]};
        }
        load(&many, given, 40);
        assert_int_equal(many.rc, 0);
        assert_int_equal(many.rules.n_schemas, 40);
        assert_string_equal(schema_for(&many.rules, "urn:7")->name, files[i]);
        assert_ptr_equal(schema_for(&many.rules, "urn:7")->xsd, many.rules.schemas[0].xsd);
        assert_ptr_equal(schema_for(&many.rules, "urn:7")->relaxng,
                         many.rules.schemas[0].relaxng);
        assert_int_equal(many.rules.set->bytes, one.rules.set->bytes);
        unload(&many);
        unload(&one);
    }
}

static void test_a_file_name_with_an_equals_sign_is_a_file(void **state)
{
    (void)state;
    struct loaded loaded;
    write_schema("x=y.xsd");
    LOAD(&loaded, {"schema", "x=y.xsd"});
    assert_int_equal(loaded.rc, 0);
    assert_null(loaded.rules.schemas[0].namespace_name);
    assert_string_equal(loaded.rules.schemas[0].name, "x=y.xsd");
    unload(&loaded);
}

static void test_without_a_schema_for_all_others_have_none(void **state)
{
    (void)state;
    struct loaded loaded;
    write_schema("a.xsd");
    LOAD(&loaded, {"schema", "urn:x=a.xsd"});
    assert_int_equal(loaded.rc, 0);
    assert_null(schema_for(&loaded.rules, ""));
    assert_null(schema_for(&loaded.rules, "urn:xy"));
    unload(&loaded);
}

static void test_two_schemas_for_one_namespace_are_refused(void **state)
{
    (void)state;
    write_schema("a.xsd");
    write_schema("b.xsd");
    ASSERT_REFUSED(
        "--schema: a.xsd and b.xsd are both for roots in no namespace, such as a; put them "
        "together (a.xsd+b.xsd), leave one out, tell them apart by the root "
        "(root:NAME=FILE), or let documents choose (--schema-location)",
        {"schema", "a.xsd"}, {"schema", "b.xsd"});
    ASSERT_REFUSED("--schema: a.xsd and b.xsd are both for roots named a",
                   {"schema", "root:a=a.xsd"}, {"schema", "root:a=b.xsd"});
    ASSERT_REFUSED(
        "--schema: a.xsd and b.xsd are both for namespace urn:x; tell them apart with "
        "NAMESPACE=FILE, the namespace of the root",
        {"schema", "urn:x=a.xsd"}, {"schema", "urn:x=b.xsd"});
}

/* Whatever it takes to read the root's start tag, and wherever what is used behind it is. */
static void test_a_language_is_known_by_the_namespace_of_the_root(void **state)
{
    (void)state;
    static const struct {
        const char *root, *uri, *attribute, *content;
    } languages[] = {
        {"schema", "http://www.w3.org/2001/XMLSchema", "", "<r:element name='a'/>"},
        {"element", "http://relaxng.org/ns/structure/1.0", " name='a'",
         "<empty xmlns='http://relaxng.org/ns/structure/1.0'/>"},
    };
    static const char *const heads[] = {
        "<?xml version='1.0'?>\n<!-- c --><?p i?><r:%1$s xmlns:r='%2$s'%3$s>%4$s</r:%1$s>",
        "<!DOCTYPE r:%1$s [<!ENTITY ns '%2$s'>]><r:%1$s xmlns:r='&ns;'%3$s>%4$s</r:%1$s>",
        "<!DOCTYPE r:%1$s [<!ATTLIST r:%1$s xmlns:r CDATA '%2$s'>]>"
        "<r:%1$s%3$s>%4$s</r:%1$s>",
        "<!DOCTYPE r:%1$s [<!ENTITY %% p SYSTEM 'no.xml'>%%p;]>"
        "<r:%1$s xmlns:r='&ns;'%3$s>&content;</r:%1$s>",
    };
    char text[1000];
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        for (size_t k = 0; k < sizeof languages / sizeof *languages; k++) {
            struct loaded loaded;
            snprintf(text, sizeof text, "<!ENTITY ns '%s'><!ENTITY content \"%s\">",
                     languages[k].uri, languages[k].content);
            write_file("no.xml", text);
            snprintf(text, sizeof text, heads[i], languages[k].root, languages[k].uri,
                     languages[k].attribute, languages[k].content);
            write_file("a.xsd", text);
            LOAD(&loaded, {"schema", "a.xsd"});
            if (loaded.rc < 0)
                fail_msg("%s: %s", text, loaded.error.text);
            assert_int_equal(loaded.rules.builds_tree, k == 1);
            unload(&loaded);
        }
    write_schema("a.xsd");
}

static void test_a_schema_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    write_file("no.xml", "not XML");
    ASSERT_REFUSED("none.xsd: the schema cannot be read: No such file or directory; check "
                   "--schema",
                   {"schema", "none.xsd"});
    assert_int_equal(mkdir("empty", 0700), 0);
    ASSERT_REFUSED("--schema: empty: has no schema in it, no file whose name ends in .xsd or "
                   ".rng",
                   {"schema", "empty"});
    struct loaded loaded;
    LOAD(&loaded, {"schema", "no.xml"});
    assert_int_equal(loaded.rc, -1);
    assert_memory_equal(loaded.error.text, "no.xml:1: ", 10);
    assert_non_null(
        strstr(loaded.error.text, "; a schema is an XML document, XSD or RELAX NG"));
    unload(&loaded);
}

static void test_relax_ng_is_known_by_its_root_and_builds_a_tree(void **state)
{
    (void)state;
    struct loaded loaded;
    write_file("c.rng", "<!-- a --><element name='a' "
                        "xmlns='http://relaxng.org/ns/structure/1.0'><empty/></element>");
    LOAD(&loaded, {"schema", "c.rng"});
    assert_int_equal(loaded.rc, 0);
    assert_non_null(loaded.rules.schemas[0].relaxng);
    assert_true(loaded.rules.builds_tree);
    unload(&loaded);
}

/* -- XPaths --------------------------------------------------------------------------- */

static void test_a_bad_xpath_is_told_with_its_place(void **state)
{
    (void)state;
    ASSERT_REFUSED(
        "--extract f: '//' is not XPath 1.0, from character 3 on: a step of a path is "
        "expected",
        {"extract", "f=//"});
    ASSERT_REFUSED("--extract f: 'a/b c' is not XPath 1.0, from character 5 on: an operator or "
                   "the end is expected",
                   {"extract", "f=a/b c"});
    ASSERT_REFUSED("--extract f: 'count(//a' is not XPath 1.0, from character 10 on: ')' is "
                   "expected",
                   {"extract", "f=count(//a"});
}

static void test_an_unbound_prefix_is_told(void **state)
{
    (void)state;
    struct loaded loaded;
    ASSERT_REFUSED(
        "--extract f: '//q:a/q.1:b' is not XPath 1.0, from character 7 on: the prefix "
        "'q.1' is not bound; add --namespace q.1=URI",
        {"namespace", "q=urn:q"}, {"extract", "f=//q:a/q.1:b"});
    LOAD(&loaded, {"namespace", "q=urn:q"},
         {"extract", "f=//q:a[.='no:prefix']/@xml:lang | child::b"});
    assert_int_equal(loaded.rc, 0);
    unload(&loaded);
}

static void test_two_fields_of_one_name_are_refused(void **state)
{
    (void)state;
    ASSERT_REFUSED("--extract: two fields are named 'f'", {"extract", "f=a"},
                   {"extract", "f=b"});
}

static void test_one_xpath_that_needs_a_tree_is_named(void **state)
{
    (void)state;
    struct loaded loaded;
    LOAD(&loaded, {"extract", "f=//a"}, {"extract", "g=//a[1]"}, {"extract", "h=//a[2]"});
    assert_int_equal(loaded.rc, 0);
    assert_string_equal(rules_tree_extraction(&loaded.rules), "g");
    assert_true(loaded.rules.builds_tree);
    unload(&loaded);
    LOAD(&loaded, {"extract", "f=//a"});
    assert_null(rules_tree_extraction(&loaded.rules));
    assert_false(loaded.rules.builds_tree);
    unload(&loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_namespace_of_the_root_chooses_the_schema),
        cmocka_unit_test(test_a_file_for_many_namespaces_is_compiled_once),
        cmocka_unit_test(test_a_file_name_with_an_equals_sign_is_a_file),
        cmocka_unit_test(test_without_a_schema_for_all_others_have_none),
        cmocka_unit_test(test_two_schemas_for_one_namespace_are_refused),
        cmocka_unit_test(test_a_language_is_known_by_the_namespace_of_the_root),
        cmocka_unit_test(test_a_schema_that_cannot_be_read_is_named),
        cmocka_unit_test(test_relax_ng_is_known_by_its_root_and_builds_a_tree),
        cmocka_unit_test(test_a_bad_xpath_is_told_with_its_place),
        cmocka_unit_test(test_an_unbound_prefix_is_told),
        cmocka_unit_test(test_two_fields_of_one_name_are_refused),
        cmocka_unit_test(test_one_xpath_that_needs_a_tree_is_named),
    };
    return cmocka_run_group_tests(tests, scratch_enter, tear_down);
}
