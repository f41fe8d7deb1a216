/* SPDX-License-Identifier: MIT
 *
 * The image of one of two schemas, changed in up to 64 places, and behind these changes a
 * document that is held against what is left of it. A change is a place, a way and a value. The
 * checksum is set right, so that the changes are all that is wrong.
 */
#include "fuzz.h"

#include "document/document.h"
#include "resolver/resolver.h"
#include "xsd/image/image_file.h"

#include <libxml/parser.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHANGES = 64 };

static const char *const schemas[] = {THRESH_SOURCE_DIR "/tests/fuzz/fuzz.xsd",
                                      THRESH_SOURCE_DIR "/tests/fuzz/image.xsd"};
static struct buf originals[2];
static struct buf changed;
static int file;

static void make_image(const char *path, struct buf *bytes)
{
    struct thresh_error error;
    struct xsd *xsd = NULL;
    struct resolver *resolver = resolver_open(NULL, 0, NULL, &error);
    struct xsd_documents *documents = xsd_documents_new(resolver);
    fuzz_check(xsd_compile(&xsd, path, documents, NULL, &error) == 0);
    const struct image_schema schema = {.target = "", .file = path, .xsd = xsd};
    const struct image_contents contents = {
        .schemas = &schema, .n_schemas = 1, .notes = "", .missing = ""};
    fuzz_check(image_write(&contents, bytes) == 0);
    xsd_free(xsd);
    xsd_documents_free(documents);
    resolver_close(resolver);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    xmlInitParser();
    for (int i = 0; i < 2; i++)
        make_image(schemas[i], &originals[i]);
    file = memfd_create("fuzz.image", MFD_CLOEXEC);
    return file < 0;
}

/* Bytes of the input, which has no end. */
static uint64_t take(const uint8_t **data, size_t *size, size_t n)
{
    uint64_t number = 0;
    for (; n && *size; n--, ++*data, --*size)
        number = number << 8 | **data;
    return number;
}

/* The image is nothing but numbers of 4 and 8 bytes, and texts. */
static void change(const uint8_t **data, size_t *size)
{
    size_t at = take(data, size, 3) % (changed.len - sizeof(struct image_head) - 8) +
                sizeof(struct image_head);
    uint64_t way = take(data, size, 1), value = take(data, size, 2), number;
    size_t width = way & 1 ? 4 : 8;
    at -= way & 6 ? at % width : 0;
    memcpy(&number, changed.data + at, sizeof number);
    number = way & 8 ? value : way & 16 ? number + value : way & 32 ? number - value : ~value;
    memcpy(changed.data + at, &number, way & 64 ? 1 : width);
}

static void validate(const struct image_schema *read, const uint8_t *data, size_t size)
{
    struct schema schema = {.xsd = (struct xsd *)read->xsd, .name = "fuzz.xsd"};
    struct rules rules = {.schemas = &schema,
                          .n_schemas = 1,
                          .max_errors = 3,
                          .max_depth = 200,
                          .max_entity_bytes = 1 << 16};
    struct record record = {0};
    struct thresh_error error;
    struct document_parser *parser = document_open(&rules, &error);
    char *bytes = calloc(1, size + 16);
    fuzz_check(parser && bytes);
    memcpy(bytes, data, size);
    record_clear(&record);
    fuzz_check(document_process(parser, bytes, size, &record, &error) == 0);
    record_free(&record);
    document_close(parser);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct thresh_error error = {{0}};
    const struct buf *original = &originals[take(&data, &size, 1) & 1];
    buf_clear(&changed);
    fuzz_check(buf_append(&changed, original->data, original->len) == 0);
    for (size_t n = take(&data, &size, 1) % (CHANGES + 1); n; n--)
        change(&data, &size);
    struct image_head *head = (void *)changed.data;
    head->crc32 = image_crc32(changed.data, changed.len);
    fuzz_check(ftruncate(file, 0) == 0 &&
               pwrite(file, changed.data, changed.len, 0) == (ssize_t)changed.len);
    struct image *image = image_read(file, changed.len, "fuzz.image", NULL, &error);
    fuzz_check(image || *error.text);
    if (image)
        validate(&image_contents(image)->schemas[0], data, size);
    image_free(image);
    return 0;
}
