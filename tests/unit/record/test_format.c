/* SPDX-License-Identifier: MIT
 *
 * Records of every verdict, with every member there and absent, in every format, as the golden
 * files in tests/data/records have them. With THRESH_UPDATE_GOLDENS=1 the files are rewritten
 * instead; git diff then shows what has changed.
 */
#include "record/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const fields[] = {"none", "one", "two", "text", "number", "truth"};
enum { FIELDS = sizeof fields / sizeof *fields, ALL_PARTS = (1 << PARTS) - 1 };

static struct text_span add(struct record *record, const char *text)
{
    return record_add_text(record, text, strlen(text));
}

static void begin(struct record *record, const char *path, enum verdict verdict)
{
    uint64_t index = record->index + 1;
    record_clear(record);
    record->index = index;
    record->path = add(record, path);
    record->verdict = verdict;
}

static void read_whole(struct record *record, const char *uri, const char *root)
{
    record->has_bytes = record->has_summary = true;
    record->bytes = 1234;
    record->root_namespace = add(record, uri);
    record->root_name = add(record, root);
    record->elements = 12;
    record->attributes = 3;
    record->depth = 4;
    record->text_bytes = 567;
}

/* The URIs of "p" are two, with that of another prefix between them. */
static void bind(struct record *record)
{
    static const char *const bindings[][2] = {
        {"", "urn:a"}, {"p", "urn:b"}, {"q", "urn:c"}, {"p", "urn:d"}};
    for (size_t i = 0; i < 4; i++) {
        struct text_span prefix = add(record, bindings[i][0]);
        record_add_binding(record, prefix, add(record, bindings[i][1]));
    }
    record->bindings[1].next = 3;
    record->bindings[3].first = false;
}

static void extract(struct record *record, enum field_type type, size_t n,
                    const char *const *values)
{
    assert_int_equal(record_add_field(record, type), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(record_add_value(record, values[i], strlen(values[i])), 0);
}

static void extract_all(struct record *record)
{
    extract(record, FIELD_NODES, 0, NULL);
    extract(record, FIELD_NODES, 1, (const char *const[]){"a"});
    extract(record, FIELD_NODES, 2, (const char *const[]){"a, b", "\"c\""});
    extract(record, FIELD_STRING, 1, (const char *const[]){""});
    extract(record, FIELD_NUMBER, 1, (const char *const[]){"-1.5"});
    extract(record, FIELD_BOOLEAN, 1, (const char *const[]){"true"});
}

static struct fault *complain(struct record *record, const char *kind, const char *code,
                              const char *message)
{
    struct fault *fault = record_add_fault(record, 2, kind, code, message, strlen(message));
    if (fault)
        fault->line = 7;
    return fault;
}

typedef void make_record(struct record *record);

static void valid(struct record *record)
{
    begin(record, "orders.zip!/1.xml", VERDICT_VALID);
    read_whole(record, "urn:a", "order");
    record_add_sha256(record, "<order/>", 8);
    bind(record);
    extract_all(record);
    record->schema = "order.xsd";
}

static void wellformed(struct record *record)
{
    begin(record, "2.xml", VERDICT_WELLFORMED);
    read_whole(record, "", "order");
}

static void invalid(struct record *record)
{
    begin(record, "3.xml", VERDICT_INVALID);
    read_whole(record, "urn:a", "order");
    extract_all(record);
    record->schema = "order.xsd";
    struct fault *fault = complain(record, "schema", "cvc-elt.1", "Element 'x' is not known.");
    fault->path = add(record, "/order/x[2]");
    fault = complain(record, "schema", "cvc-attribute.3", "Attribute 'n' is wrong.");
    fault->column = 8;
    assert_null(complain(record, "schema", "cvc-elt.1", "One more than are kept."));
}

static void malformed(struct record *record)
{
    begin(record, "4.xml", VERDICT_MALFORMED);
    record->has_bytes = true;
    record->bytes = 9;
    complain(record, "xml", "tag-not-finished", "Couldn't find end of Start Tag x")->column = 5;
}

static void unmapped(struct record *record)
{
    begin(record, "5.xml", VERDICT_UNMAPPED);
    read_whole(record, "urn:other", "list");
}

static void unreadable(struct record *record)
{
    begin(record, "6.xml", VERDICT_UNREADABLE);
    complain(record, "archive", "crc", "the data fails its checksum")->line = 0;
}

static void timed_out(struct record *record)
{
    begin(record, "7.xml", VERDICT_TIMEOUT);
    complain(record, "limit", "limit-time", "longer than 5 s; --timeout raises it")->line = 0;
}

static void lost(struct record *record)
{
    begin(record, "8.xml", VERDICT_LOST);
    complain(record, "worker", "signal", "the worker was killed by signal 9")->line = 0;
}

static void skipped(struct record *record)
{
    begin(record, "readme.txt", VERDICT_SKIPPED);
    record->reason = "not-xml";
}

static void controls(struct record *record)
{
    begin(record, "a\"\\\n\r\t\x1b[31m\x7f\xc2\x85\xc2\xa9\xe2\x80\xaegnp.xml",
          VERDICT_INVALID);
    read_whole(record, "urn:\x01", "r\xc3\xa9");
    complain(record, "schema", "cvc-elt.1", "not UTF-8: \xff\xfe; \x1b]0;title\x07, \"quoted\"")
        ->path = add(record, "/r[\n]");
}

static void formulas(struct record *record)
{
    begin(record, "=HYPERLINK(\"x\")", VERDICT_WELLFORMED);
    read_whole(record, "@import", "-1+1");
    extract(record, FIELD_STRING, 1, (const char *const[]){"-5.2e+3"});
    extract(record, FIELD_STRING, 1, (const char *const[]){"+"});
    extract(record, FIELD_STRING, 1, (const char *const[]){"--5"});
    extract(record, FIELD_STRING, 1, (const char *const[]){"\t=1"});
    extract(record, FIELD_STRING, 1, (const char *const[]){" first"});
    extract(record, FIELD_STRING, 1, (const char *const[]){"last "});
}

static make_record *const records[] = {valid,    wellformed, invalid,   malformed,
                                       unmapped, unreadable, timed_out, lost,
                                       skipped,  controls,   formulas};

/* -- Golden files --------------------------------------------------------------------- */

static void write_golden(const char *path, const struct buf *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
    fclose(file);
}

static void compare_golden(const char *path, const struct buf *text)
{
    static char golden[1 << 16];
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s: %m; THRESH_UPDATE_GOLDENS=1 makes it", path);
    size_t len = fread(golden, 1, sizeof golden, file), at = 0;
    fclose(file);
    while (at < len && at < text->len && golden[at] == text->data[at])
        at++;
    if (at == len && at == text->len)
        return;
    while (at > 0 && golden[at - 1] != '\n')
        at--;
    fail_msg("%s differs; golden: %.*s; now: %.*s", path, (int)strcspn(golden + at, "\n"),
             golden + at, (int)(text->len - at), text->data + at);
}

static void check(const char *name, const struct record_layout *layout)
{
    struct record record = {0};
    struct buf text = {0};
    char path[512];
    assert_int_equal(format_heading(&text, layout), 0);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        records[i](&record);
        assert_int_equal(format_record(&text, &record, layout), 0);
    }
    snprintf(path, sizeof path, THRESH_TESTS_DIR "/data/records/%s", name);
    (getenv("THRESH_UPDATE_GOLDENS") ? write_golden : compare_golden)(path, &text);
    record_free(&record);
    buf_free(&text);
}

static void test_ndjson_has_every_member(void **state)
{
    (void)state;
    check("all.ndjson", &(struct record_layout){.format = FORMAT_NDJSON,
                                                .parts = ALL_PARTS,
                                                .field_names = fields,
                                                .n_fields = FIELDS});
}

static void test_ndjson_has_the_members_asked_for(void **state)
{
    (void)state;
    check("few.ndjson", &(struct record_layout){.format = FORMAT_NDJSON,
                                                .parts = 1 << PART_VERDICT | 1 << PART_DEPTH});
}

static void test_csv_has_every_column(void **state)
{
    (void)state;
    check("all.csv", &(struct record_layout){.format = FORMAT_CSV,
                                             .parts = ALL_PARTS,
                                             .field_names = fields,
                                             .n_fields = FIELDS});
}

static void test_csv_has_no_formula_when_safe(void **state)
{
    (void)state;
    check("safe.csv",
          &(struct record_layout){.format = FORMAT_CSV,
                                  .parts = 1 << PART_PATH | 1 << PART_ROOT | 1 << PART_FIELDS,
                                  .csv_safe = true,
                                  .field_names = fields,
                                  .n_fields = FIELDS});
}

static void test_csv_tells_numbers_from_formulas(void **state)
{
    (void)state;
    static const char *const cells[] = {"-1", "+1",  "-1.5", "+.5", "-1e9",    "-1E+9",
                                        "1",  "a-1", "",     " =1", "\uff1c1", "1\uff1d"};
    static const char *const formulas[] = {
        "=1",      "@1",      "-",       "+.",      "-e1",    "-1e",  "-1+",
        "-1+1",    "-1 ",     "+1.2.3",  "-a",      "\t1",    "\n=1", "+49-30-1234567",
        "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\u22121"};
    const struct record_layout layout = {
        .format = FORMAT_CSV, .parts = 1 << PART_PATH, .csv_safe = true};
    for (size_t i = 0; i < sizeof cells / sizeof *cells + sizeof formulas / sizeof *formulas;
         i++) {
        bool safe = i < sizeof cells / sizeof *cells;
        const char *path = safe ? cells[i] : formulas[i - sizeof cells / sizeof *cells];
        struct record record = {0};
        struct buf text = {0};
        begin(&record, path, VERDICT_VALID);
        assert_int_equal(format_record(&text, &record, &layout), 0);
        bool marked = strchr(buf_string(&text), '\'');
        if (marked == safe)
            fail_msg("%s is written %s", path, text.data);
        record_free(&record);
        buf_free(&text);
    }
}

static void test_csv_without_fields_has_no_column_for_them(void **state)
{
    (void)state;
    check("few.csv", &(struct record_layout){.format = FORMAT_CSV,
                                             .parts = 1 << PART_PATH | 1 << PART_FIELDS});
}

static void test_text_shows_faults_and_fields(void **state)
{
    (void)state;
    check("all.txt", &(struct record_layout){.format = FORMAT_TEXT,
                                             .parts = ALL_PARTS,
                                             .field_names = fields,
                                             .n_fields = FIELDS});
}

static void test_text_of_bad_documents_in_colour(void **state)
{
    (void)state;
    check("bad_colour.txt",
          &(struct record_layout){
              .format = FORMAT_TEXT, .parts = ALL_PARTS, .only_bad = true, .colour = true});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ndjson_has_every_member),
        cmocka_unit_test(test_ndjson_has_the_members_asked_for),
        cmocka_unit_test(test_csv_has_every_column),
        cmocka_unit_test(test_csv_has_no_formula_when_safe),
        cmocka_unit_test(test_csv_tells_numbers_from_formulas),
        cmocka_unit_test(test_csv_without_fields_has_no_column_for_them),
        cmocka_unit_test(test_text_shows_faults_and_fields),
        cmocka_unit_test(test_text_of_bad_documents_in_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
