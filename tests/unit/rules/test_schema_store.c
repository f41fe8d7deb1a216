/* SPDX-License-Identifier: MIT
 *
 * Which compiled schemas the next job is given: those that would be compiled for it.
 */
#include "rules/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scratch.h"

#include <string.h>
#include <sys/stat.h>

#define XSD(content)                                                                           \
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>" content "</xs:schema>"
#define RNG(content)                                                                           \
    "<element name='a' xmlns='http://relaxng.org/ns/structure/1.0'>" content "</element>"
#define CATALOG(entries)                                                                       \
    "<catalog xmlns='urn:oasis:names:tc:entity:xmlns:xml:catalog'>" entries "</catalog>"

/* How many sets have been compiled after a job with these options. */
static uint64_t compiled_by(struct schema_store *store, const char *schema, const char *catalog)
{
    struct thresh_options *options = thresh_options_new();
    struct rules rules = {.store = store};
    struct thresh_error error = {""};
    if (thresh_options_set(options, "schema", schema, &error) < 0 ||
        (catalog && thresh_options_set(options, "catalog", catalog, &error) < 0) ||
        rules_load(&rules, options, &error) < 0)
        fail_msg("%s", error.text);
    rules_free(&rules);
    thresh_options_free(options);
    return store->compiled;
}

static struct schema_store new_store(void)
{
    return (struct schema_store){.max_bytes = 100 << 20, .lock = KEYED_LOCK_INITIALIZER};
}

/* Each file that a schema may be made of, and what it says afterwards. */
static const struct piece {
    const char *schema, *catalog, *file, *before, *after; /* before NULL: it is not there */
} pieces[] = {
    {"a.xsd", NULL, "a.xsd", XSD("<xs:element name='a'/>"), XSD("<xs:element name='b'/>")},
    {"i.xsd", NULL, "a.xsd", XSD("<xs:element name='a'/>"), XSD("<xs:element name='b'/>")},
    {"e.xsd", NULL, "e.inc", "<xs:element name='a'/>", "<xs:element name='b'/>"},
    {"m.xsd", NULL, "m2.xsd", NULL, XSD("<xs:element name='a'/>")},
    {"n.xsd", NULL, "n%20o.xsd", NULL, XSD("<xs:element name='b'/>")},
    {"c.xsd", "1.cat", "1.cat", CATALOG("<uri name='urn:c' uri='1.xsd'/>"),
     CATALOG("<uri name='urn:c' uri='2.xsd'/>")},
    {"c.xsd", "2.cat", "3.cat", CATALOG("<uri name='urn:c' uri='1.xsd'/>"),
     CATALOG("<uri name='urn:c' uri='2.xsd'/>")},
    {"c.xsd", "4.cat", "5.cat", NULL, CATALOG("<uri name='urn:c' uri='2.xsd'/>")},
    {"a.rng", NULL, "a.rng", RNG("<text/>"), RNG("<empty/>")},
    {"i.rng", NULL, "a.rng", RNG("<text/>"), RNG("<empty/>")},
};
enum { PIECES = sizeof pieces / sizeof *pieces };

static void write_all(void)
{
    write_file("a.xsd", XSD("<xs:element name='a'/>"));
    write_file("i.xsd", XSD("<xs:include schemaLocation='a.xsd'/>"));
    write_file("e.xsd", "<!DOCTYPE xs:schema [<!ENTITY e SYSTEM 'e.inc'>]>" XSD("&e;"));
    write_file("m.xsd", XSD("<xs:include schemaLocation='m2.xsd'/>"));
    write_file("n.xsd", XSD("<xs:include schemaLocation='n%20o.xsd'/>"));
    write_file("n o.xsd", XSD("<xs:element name='a'/>"));
    write_file("c.xsd", XSD("<xs:include schemaLocation='urn:c'/>"));
    write_file("1.xsd", XSD("<xs:element name='a'/>"));
    write_file("2.xsd", XSD("<xs:element name='b'/>"));
    write_file("2.cat", CATALOG("<nextCatalog catalog='3.cat'/>"));
    write_file("4.cat",
               CATALOG("<nextCatalog catalog='5.cat'/><uri name='urn:x' uri='1.xsd'/>"));
    write_file("i.rng", "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><start>"
                        "<externalRef href='a.rng'/></start></grammar>");
}

static void write_piece(const struct piece *piece)
{
    if (piece->before)
        write_file(piece->file, piece->before);
    else
        unlink(piece->file);
}

/* However soon a file is written again, in one tick of the file system's clock, too, and with
 * as many bytes. */
static void what_has_changed_is_compiled_again(void **state)
{
    enum { TIMES = 20 };
    (void)state;
    write_all();
    for (size_t i = 0; i < PIECES; i++) {
        const struct piece *piece = &pieces[i];
        struct schema_store store = new_store();
        for (uint64_t n = 0; n < TIMES; n++) {
            write_piece(piece);
            if (compiled_by(&store, piece->schema, piece->catalog) != 2 * n + 1)
                fail_msg("%s, %s: kept where it is as before", piece->schema, piece->file);
            write_file(piece->file, piece->after);
            if (compiled_by(&store, piece->schema, piece->catalog) != 2 * n + 2)
                fail_msg("%s, %s: kept where it is another", piece->schema, piece->file);
        }
        write_piece(piece);
        schema_store_close(&store);
    }
}

/* Whatever its times and its number are. */
static void what_holds_the_same_is_kept(void **state)
{
    (void)state;
    write_all();
    for (size_t i = 0; i < PIECES; i++) {
        const struct piece *piece = &pieces[i];
        struct schema_store store = new_store();
        write_piece(piece);
        compiled_by(&store, piece->schema, piece->catalog);
        assert_int_equal(compiled_by(&store, piece->schema, piece->catalog), 1);
        if (piece->before) {
            write_file("copy", piece->before);
            assert_int_equal(rename("copy", piece->file), 0);
        }
        assert_int_equal(compiled_by(&store, piece->schema, piece->catalog), 1);
        schema_store_close(&store);
    }
}

static void what_is_kept_has_no_bytes_of_its_files(void **state)
{
    static char padding[100001];
    char text[sizeof padding + 200];
    struct schema_store small = new_store(), large = new_store();
    (void)state;
    memset(padding, ' ', sizeof padding - 1);
    snprintf(text, sizeof text, XSD("<xs:element name='a'/>%s"), padding);
    write_file("small.xsd", XSD("<xs:element name='a'/>"));
    write_file("large.xsd", text);
    compiled_by(&small, "small.xsd", NULL);
    compiled_by(&large, "large.xsd", NULL);
    assert_true(large.bytes < small.bytes + sizeof padding / 10);
    schema_store_close(&small);
    schema_store_close(&large);
}

static void what_lies_where_files_go_is_given_up(void **state)
{
    struct schema_store store = new_store();
    (void)state;
    mkdir("kept", 0700);
    mkdir("gone", 0700);
    write_file("kept/a.xsd", XSD("<xs:element name='a'/>"));
    write_file("gone/a.xsd", XSD("<xs:element name='a'/>"));
    compiled_by(&store, "kept/a.xsd", NULL);
    uint64_t bytes = store.bytes;
    compiled_by(&store, "gone/a.xsd", NULL);
    schema_store_forget(&store, "gone/");
    assert_int_equal(store.bytes, bytes);
    assert_int_equal(compiled_by(&store, "kept/a.xsd", NULL), 2);
    assert_int_equal(compiled_by(&store, "gone/a.xsd", NULL), 3);
    schema_store_close(&store);
}

struct compiling {
    struct schema_store *store;
    const struct thresh_options *options;
    bool waits;
};

/* Two others ask while one compiles: who wants the same waits until its time is up. */
static struct schema_set *ask_meanwhile(void *context, struct thresh_error *error)
{
    struct compiling *compiling = context;
    static const struct schema_trial none;
    static const struct xsd_limits limits;
    struct thresh_error late = {""};
    if (!compiling->waits)
        return schema_set_load(compiling->options, &limits, &none, true, error);
    struct thresh_options *other = thresh_options_new();
    struct compiling ignored = {.options = other};
    assert_null(schema_store_get(compiling->store, compiling->options, 1, ask_meanwhile,
                                 &ignored, &late));
    assert_true(error_is_time_up(&late));
    struct schema_set *set =
        schema_store_get(compiling->store, other, 1, ask_meanwhile, &ignored, &late);
    assert_non_null(set);
    schema_store_release(compiling->store, set);
    thresh_options_free(other);
    compiling->waits = false;
    return ask_meanwhile(compiling, error);
}

static void only_who_wants_the_same_waits(void **state)
{
    struct schema_store store = new_store();
    struct thresh_options *options = thresh_options_new();
    struct thresh_error error = {""};
    struct compiling compiling = {&store, options, true};
    (void)state;
    write_file("a.xsd", XSD("<xs:element name='a'/>"));
    assert_int_equal(thresh_options_set(options, "schema", "a.xsd", &error), 0);
    struct schema_set *set =
        schema_store_get(&store, options, 0, ask_meanwhile, &compiling, &error);
    if (!set)
        fail_msg("%s", error.text);
    assert_ptr_equal(schema_store_get(&store, options, 0, ask_meanwhile, &compiling, &error),
                     set);
    schema_store_release(&store, set);
    schema_store_release(&store, set);
    schema_store_close(&store);
    thresh_options_free(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_changed_is_compiled_again),
        cmocka_unit_test(what_holds_the_same_is_kept),
        cmocka_unit_test(what_is_kept_has_no_bytes_of_its_files),
        cmocka_unit_test(what_lies_where_files_go_is_given_up),
        cmocka_unit_test(only_who_wants_the_same_waits),
    };
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
