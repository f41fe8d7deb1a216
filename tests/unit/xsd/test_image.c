/* SPDX-License-Identifier: MIT
 *
 * Images of schemas. That documents are held against them as against schemas is shown by all
 * other tests of this folder, which do both (xsd_test.h).
 */
#include "xsd_test.h"

#include "xsd/image/image_file.h"

static const char DOCUMENT[] =
    "<r xmlns='urn:r'><item id='a' ref='a'>b1</item><item id='c' n='2000'>b1</item>"
    "<member>x</member><w>2020-01-01 2020-01-02Z</w><u>7</u><u>2020-01-01</u><x/><y/><z/><x/>"
    "<p/><p/><q/><p/><o xmlns='urn:o'/></r>";

static const char FAULTS[] = "cvc-maxExclusive-valid:1";

/* A schema that has something of everything. */
static const char *rich_schema(void)
{
    static char text[1 << 14];
    FILE *file = fopen(THRESH_TESTS_DIR "/fuzz/image.xsd", "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static struct buf rich_image(void)
{
    struct buf bytes = {0};
    struct xsd *xsd = compile(rich_schema());
    write_image(xsd, &bytes);
    xsd_free(xsd);
    return bytes;
}

static void test_a_schema_with_everything_validates_from_its_image(void **state)
{
    (void)state;
    static const struct expected EXPECTED[] = {
        {DOCUMENT, FAULTS},
        {"<all xmlns='urn:r'>f</all>", ""},
        {"<all xmlns='urn:r'>g</all>", "cvc-elt.5.2.2.2.1:1"}};
    check(rich_schema(), EXPECTED, COUNT(EXPECTED));
}

static void test_the_same_schema_has_the_same_bytes(void **state)
{
    (void)state;
    struct buf first = rich_image(), second = rich_image(), third = {0};
    struct thresh_error error = {""};
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    struct image *image = read_image(first.data, first.len, &error);
    assert_int_equal(image_write(image_contents(image), &third), 0);
    assert_int_equal(first.len, third.len);
    assert_memory_equal(first.data, third.data, first.len);
    image_free(image);
    buf_free(&first);
    buf_free(&second);
    buf_free(&third);
}

static void test_an_image_says_what_it_was_made_of(void **state)
{
    (void)state;
    struct xsd *xsd = compile(
        wrap("<xs:simpleType name='t'><xs:restriction base='xs:integer'><xs:length value='3'/>"
             "</xs:restriction></xs:simpleType>"));
    const struct image_schema schemas[] = {
        {.namespace_name = "",
         .target = "",
         .file = "x/a.xsd",
         .is_of_folder = true,
         .xsd = xsd},
        {.root_name = "r", .target = "u", .file = "b.xsd", .xsd = xsd}};
    const struct image_source source = {"x/a.xsd", IMAGE_SOURCE_READ, 0, 5, {1, 2, 3}};
    const struct image_contents given = {schemas, 2, 1, &source, "a note\n", "<uri/>", "k"};
    struct buf bytes = {0};
    struct thresh_error error = {""};
    assert_int_equal(image_write(&given, &bytes), 0);
    struct image *image = read_image(bytes.data, bytes.len, &error);
    const struct image_contents *read = image_contents(image);
    assert_int_equal(read->n_schemas, 2);
    assert_string_equal(read->schemas[0].namespace_name, "");
    assert_null(read->schemas[1].namespace_name);
    assert_true(read->schemas[0].is_of_folder && !read->schemas[1].is_of_folder);
    assert_string_equal(read->schemas[1].root_name, "r");
    assert_string_equal(read->schemas[1].target, "u");
    assert_string_equal(read->schemas[0].file, "x/a.xsd");
    assert_string_equal(read->schemas[1].file, "b.xsd");
    assert_string_equal(xsd_warnings(read->schemas[1].xsd), xsd_warnings(xsd));
    assert_non_null(strstr(xsd_warnings(xsd), "cos-applicable-facets"));
    assert_string_equal(read->sources[0].path, "x/a.xsd");
    assert_memory_equal(read->sources[0].digest, source.digest, sizeof source.digest);
    assert_string_equal(read->notes, "a note\n");
    assert_string_equal(read->missing, "<uri/>");
    assert_string_equal(read->key, "k");
    image_free(image);
    buf_free(&bytes);
    xsd_free(xsd);
}

/* -- Images that are none ------------------------------------------------------------- */

static void expect_refused(const void *bytes, size_t n, const char *why)
{
    struct thresh_error error = {""};
    struct image *image = read_image(bytes, n, &error);
    if (image || !strstr(error.text, why))
        fail_msg("expected: %s\ngot: %s", why, image ? "an image" : error.text);
}

static void test_what_is_no_image_is_told_what_it_is(void **state)
{
    (void)state;
    struct buf bytes = rich_image();
    struct image_head *head = (void *)bytes.data;
    expect_refused("", 0, "is no schema image, or cut short; make it anew with thresh compile");
    expect_refused(bytes.data, 20, "cut short");
    expect_refused(bytes.data, bytes.len - 1, "and the file has ");
    bytes.data[bytes.len / 2] ^= 1;
    expect_refused(bytes.data, bytes.len, "its checksum is wrong; make it anew");
    bytes.data[bytes.len / 2] ^= 1;
    head->layout++;
    expect_refused(bytes.data, bytes.len, "for another kind of machine; make it anew");
    head->layout--;
    memcpy(head->version, "9.9", 4);
    expect_refused(bytes.data, bytes.len, "is a schema image of thresh 9.9, and this is ");
    buf_free(&bytes);
}

static void seal(struct buf *bytes)
{
    struct image_head *head = (void *)bytes->data;
    head->crc32 = image_crc32(bytes->data, bytes->len);
}

static void test_images_are_cut_anywhere(void **state)
{
    (void)state;
    struct buf bytes = rich_image();
    struct image_head *head = (void *)bytes.data;
    for (size_t n = sizeof *head; n < bytes.len; n += 61) {
        struct thresh_error error = {""};
        head->bytes = n;
        head->crc32 = image_crc32(bytes.data, n);
        assert_null(read_image(bytes.data, n, &error));
        assert_non_null(strstr(error.text, "is a damaged schema image, or was not made by"));
    }
    buf_free(&bytes);
}

/* Whatever is in an image, it is refused, or does no harm where it is used. */
static void expect_no_harm(struct buf *bytes, size_t step,
                           void (*use)(const struct image *image))
{
    struct thresh_error error = {""};
    size_t refused = 0, taken = 0;
    for (size_t at = sizeof(struct image_head); at < bytes->len; at += step) {
        unsigned char was = (unsigned char)bytes->data[at];
        bytes->data[at] = (char)(was ^ (at % 3 ? 1 << at % 8 : 0xff));
        seal(bytes);
        struct image *image = read_image(bytes->data, bytes->len, &error);
        if (image)
            use(image);
        refused += !image;
        taken += image != NULL;
        image_free(image);
        bytes->data[at] = (char)was;
    }
    assert_true(refused > 1000 && taken > 1000);
}

static const char *faults_by(const struct image *image, int number, const char *document)
{
    static char faults[2000];
    struct run *run = run_new(image_contents(image)->schemas[number].xsd);
    snprintf(faults, sizeof faults, "%s", faults_of(run, document));
    run_free(run);
    return faults;
}

static void use_rich(const struct image *image)
{
    faults_by(image, 0, DOCUMENT);
}

static void test_a_byte_that_is_not_as_it_was_does_no_harm(void **state)
{
    (void)state;
    struct buf bytes = rich_image();
    expect_no_harm(&bytes, 7, use_rich);
    buf_free(&bytes);
}

/* The image of two schemas that have most of their tables in common. */
static struct buf image_of_views(void)
{
    static const char own[] =
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:s='urn:s' "
        "targetNamespace='urn:%c'><xs:import namespace='urn:s' schemaLocation='c.xsd'/>"
        "<xs:element name='%c' type='s:t'/></xs:schema>";
    char text[sizeof own], paths[2][sizeof directory + 8];
    const char *uris[2] = {paths[0], paths[1]};
    struct thresh_error error = {""};
    struct xsd *xsds[2];
    struct buf bytes = {0};
    write_schema("c.xsd",
                 "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' "
                 "targetNamespace='urn:s'><xs:include schemaLocation='d.xsd'/><xs:complexType "
                 "name='t'><xs:sequence><xs:any processContents='lax' maxOccurs='9'/>"
                 "</xs:sequence></xs:complexType></xs:schema>");
    write_schema("d.xsd", wrap("<xs:element name='n' type='xs:int'/>"));
    for (int i = 0; i < 2; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%c.xsd", directory, 'a' + i);
        snprintf(text, sizeof text, own, 'a' + i, 'a' + i);
        write_schema(i ? "b.xsd" : "a.xsd", text);
    }
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    assert_int_equal(xsd_compile_together(xsds, uris, 2, documents, NULL, &error), 0);
    const struct image_schema schemas[] = {
        {.target = "urn:a", .file = "a.xsd", .xsd = xsds[0]},
        {.target = "urn:b", .file = "b.xsd", .xsd = xsds[1]}};
    const struct image_contents contents = {
        .schemas = schemas, .n_schemas = 2, .notes = "", .missing = ""};
    assert_int_equal(image_write(&contents, &bytes), 0);
    xsd_free(xsds[0]);
    xsd_free(xsds[1]);
    xsd_documents_free(documents);
    resolver_close(resolver);
    return bytes;
}

static const char IN_A[] = "<a xmlns='urn:a'><n xmlns='urn:s'>x</n></a>";
static const char B_IN_A[] = "<a xmlns='urn:a'><b xmlns='urn:b'/></a>";

static void use_views(const struct image *image)
{
    for (int i = 0; i < 2; i++) {
        faults_by(image, i, IN_A);
        faults_by(image, i, B_IN_A);
    }
}

static void test_schemas_with_tables_in_common_keep_them_in_an_image(void **state)
{
    (void)state;
    struct buf bytes = image_of_views();
    struct thresh_error error = {""};
    struct image *image = read_image(bytes.data, bytes.len, &error);
    if (!image)
        fail_msg("%s", error.text);
    assert_string_equal(faults_by(image, 0, IN_A), "cvc-datatype-valid.1.2.1:1");
    assert_string_equal(faults_by(image, 0, B_IN_A), "");
    assert_string_equal(faults_by(image, 1, IN_A), "cvc-elt.1:1 cvc-datatype-valid.1.2.1:1");
    assert_string_equal(faults_by(image, 1, "<b xmlns='urn:b'/>"), "cvc-complex-type.2.4.b:1");
    const struct xsd *whole = image_contents(image)->schemas[0].xsd->whole;
    assert_true(image_bytes(image) >= bytes.len + whole->view_bytes);
    assert_true(whole->view_bytes > 2 * whole->names.n_symbols * sizeof(void *));
    assert_true(xsd_may_have_view(whole, 2));
    assert_false(xsd_may_have_view(whole, 1 << 20)); /* which a few bytes could ask for */
    image_free(image);
    expect_no_harm(&bytes, 1, use_views);
    buf_free(&bytes);
}

/* The first struct of the kind in the schema's block. */
static void *first_of(const struct buf *bytes, enum image_kind kind)
{
    size_t at = image_align(sizeof(struct image_head));
    at += ((struct image_block *)(void *)(bytes->data + at))->bytes;
    const struct image_block *block = (void *)(bytes->data + at);
    at += image_align(sizeof *block);
    for (int k = 0; k < (int)kind; k++)
        at += image_align(block->counts[k] * image_kind_sizes[k]);
    assert_true(block->counts[kind] > 0);
    return bytes->data + at;
}

#define REFUSES(kind, change)                                                                  \
    do {                                                                                       \
        struct buf bytes = rich_image();                                                       \
        struct kind *s = first_of(&bytes, KIND_##kind);                                        \
        change;                                                                                \
        seal(&bytes);                                                                          \
        expect_refused(bytes.data, bytes.len, "is a damaged schema image, or was not made");   \
        buf_free(&bytes);                                                                      \
    } while (0)

static void test_pointers_lead_to_what_they_say(void **state)
{
    (void)state;
    REFUSES(element, s->name = (void *)(uintptr_t)9999);
    REFUSES(element, s->name = NULL);
    REFUSES(element, s->n_heads = UINT32_MAX);
    REFUSES(element, s->source = (void *)(uintptr_t)1);
    REFUSES(symbol, s->local_len++);
    REFUSES(symbol, memset(&s->selected, 2, 1));
    REFUSES(type, s->content = (enum content_kind)4);
    REFUSES(type, s->block = 32);
    REFUSES(xsd, s->names.n_symbols--);
    REFUSES(xsd, s->names.n_uris = 1);
    REFUSES(model, s->n_states *= 2);
    REFUSES(model, s->rows = NULL);
    REFUSES(identity_selector, s->path = (void *)(uintptr_t)3);
    REFUSES(pattern, s->classes.n_runs = 0);
    REFUSES(datatype, s->primitive = (enum primitive)99);
}

static void test_tables_have_an_end(void **state)
{
    (void)state;
    REFUSES(xsd, s->names.mask = 5);
    REFUSES(symbol, s->id = 0);
    REFUSES(symbol, s->ns = 77);
    REFUSES(datatype, (s->base = (void *)(uintptr_t)1, s->name = NULL));
    REFUSES(datatype, s->weight = 0);
    REFUSES(datatype, s->depth = 51);
    REFUSES(model, s->start = s->n_states);
    REFUSES(model, s->words = 0);
    REFUSES(model_slot, (s->symbol = 1, s->position = 99999));
    REFUSES(position, s->same = 0);
    REFUSES(position, s->wildcard = NULL);
    REFUSES(identity_selector, s->next = 0);
    REFUSES(identity_constraints, s->any = 99);
    REFUSES(bound, s->kind = FACET_LENGTH);
    REFUSES(model_counter, s->outer = 0);
    REFUSES(model_counter, s->depth = MODEL_DEPTH);
    REFUSES(model_counter, s->to = s->from);
    REFUSES(model_counter, s->after = 1 << 20);
    REFUSES(op, (s->kind = OP_JUMP, s->to = -1));
    REFUSES(enumeration, s->mask = 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_schema_with_everything_validates_from_its_image),
        cmocka_unit_test(test_the_same_schema_has_the_same_bytes),
        cmocka_unit_test(test_an_image_says_what_it_was_made_of),
        cmocka_unit_test(test_what_is_no_image_is_told_what_it_is),
        cmocka_unit_test(test_images_are_cut_anywhere),
        cmocka_unit_test(test_schemas_with_tables_in_common_keep_them_in_an_image),
        cmocka_unit_test(test_a_byte_that_is_not_as_it_was_does_no_harm),
        cmocka_unit_test(test_pointers_lead_to_what_they_say),
        cmocka_unit_test(test_tables_have_an_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
