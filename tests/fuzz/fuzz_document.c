/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a document, held against a schema with a bit of everything and with an XPath;
 * the first byte picks the format of the record, which must decode to what was encoded.
 */
#include "fuzz.h"

#include "document/document.h"
#include "options/options.h"
#include "record/record_codec.h"

#include <stdlib.h>
#include <string.h>

enum { FORMATS = 3 };
static const char *const formats[FORMATS] = {"ndjson", "csv", "text"};
static struct rules rules[FORMATS];
static struct document_parser *parsers[FORMATS];
static struct thresh_options
    *options_of[FORMATS]; /* kept, that they are not taken for a leak */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct thresh_error error;
    (void)argc, (void)argv;
    for (int i = 0; i < FORMATS; i++) {
        struct thresh_options *options = thresh_options_new();
        fuzz_check(options);
        options_of[i] = options;
        thresh_options_set(options, "schema", THRESH_SOURCE_DIR "/tests/fuzz/fuzz.xsd", &error);
        thresh_options_set(options, "format", formats[i], &error);
        thresh_options_set(options, "max-entity-bytes", "64K", &error);
        if (i == 1)
            thresh_options_set(options, "extract", "n=string(//*[last()])", &error);
        rules[i].max_entity_bytes = 10u << 20;
        fuzz_check(rules_load(&rules[i], options, &error) == 0);
        fuzz_check((parsers[i] = document_open(&rules[i], &error)) != NULL);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct record record = {0};
    struct record_head head;
    struct buf out = {0};
    struct thresh_error error;
    if (size < 1)
        return 0;
    int which = data[0] % FORMATS;
    char *bytes = calloc(1, size + 16);
    fuzz_check(bytes);
    memcpy(bytes, data + 1, size - 1);
    record_clear(&record);
    record.path = record_add_text(&record, "a.xml", 5);
    int rc = document_process(parsers[which], bytes, size - 1, &record, &error);
    fuzz_check(rc == 0);
    fuzz_check(record.verdict == VERDICT_VALID || record.faults_total ||
               record.verdict == VERDICT_WELLFORMED || record.verdict == VERDICT_UNMAPPED);
    fuzz_check(record_encode(&out, &record, &rules[which].layout, NULL) == 0);
    const char *next = out.data;
    size_t len = out.len;
    fuzz_check(record_decode(&next, &len, &head) == 1 && head.verdict == record.verdict);
    fuzz_check(len == 0);
    record_free(&record);
    buf_free(&out);
    free(bytes);
    return 0;
}
