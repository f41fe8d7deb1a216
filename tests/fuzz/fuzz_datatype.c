/* SPDX-License-Identifier: MIT
 *
 * The first byte picks a built-in type, or a pattern to be compiled from what comes before a
 * line feed; the rest is the text held against it. What is valid has a normal form that is
 * valid too, and a key that is its own.
 */
#include "fuzz.h"

#include "xsd/datatype/datatype.h"
#include "xsd/regex/pattern.h"

#include <string.h>

static const char *const names[] = {
    "string",
    "boolean",
    "decimal",
    "float",
    "double",
    "duration",
    "dateTime",
    "time",
    "date",
    "gYearMonth",
    "gYear",
    "gMonthDay",
    "gDay",
    "gMonth",
    "hexBinary",
    "base64Binary",
    "anyURI",
    "QName",
    "NOTATION",
    "normalizedString",
    "token",
    "language",
    "NMTOKEN",
    "NMTOKENS",
    "Name",
    "NCName",
    "ID",
    "IDREF",
    "IDREFS",
    "ENTITY",
    "ENTITIES",
    "integer",
    "nonPositiveInteger",
    "negativeInteger",
    "long",
    "int",
    "short",
    "byte",
    "nonNegativeInteger",
    "unsignedLong",
    "unsignedInt",
    "unsignedShort",
    "unsignedByte",
    "positiveInteger",
};
enum { NAMES = sizeof names / sizeof *names };

static const char *uri_of(void *context, const char *prefix, size_t len)
{
    (void)context;
    return len == 0 ? "" : len == 1 && *prefix == 'p' ? "urn:p" : NULL;
}

static void check_pattern(const char *text, size_t len)
{
    const char *end = memchr(text, '\n', len);
    char source[256];
    struct thresh_error oddity = {""}, error;
    struct buf work = {0};
    size_t source_len = end ? (size_t)(end - text) : len;
    if (source_len >= sizeof source || memchr(text, 0, source_len))
        return;
    memcpy(source, text, source_len);
    source[source_len] = '\0';
    const char *sources[] = {source};
    struct pattern *pattern = pattern_compile(sources, 1, &oddity, &error);
    if (pattern && end) {
        int rc = pattern_match(pattern, end + 1, len - source_len - 1, &work);
        fuzz_check(rc == 0 || rc == 1);
        fuzz_check(pattern_match(pattern, end + 1, len - source_len - 1, &work) == rc);
    }
    pattern_free(pattern);
    buf_free(&work);
}

static void check_value(const struct datatype *type, const char *text, size_t len)
{
    struct datatype_scratch scratch = {0}, again = {0};
    struct prefixes prefixes = {uri_of, NULL, NULL};
    struct buf key = {0}, key_again = {0};
    const char *code = NULL;
    int rc = datatype_check(type, text, len, &prefixes, &scratch, &code);
    fuzz_check(rc == 0 || (rc == 1 && code));
    if (rc == 0) {
        size_t normal_len;
        const char *normal = datatype_normalize(type, text, len, &scratch, &normal_len);
        fuzz_check(normal_len <= len);
        fuzz_check(datatype_check(type, normal, normal_len, &prefixes, &again, &code) == 0);
        fuzz_check(datatype_key(type, normal, normal_len, &prefixes, &again, &key) == 0);
        fuzz_check(datatype_key(type, text, len, &prefixes, &again, &key_again) == 0);
        fuzz_check(key.len == key_again.len &&
                   (!key.len || memcmp(key.data, key_again.data, key.len) == 0));
    }
    buf_free(&key);
    buf_free(&key_again);
    datatype_scratch_free(&scratch);
    datatype_scratch_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct datatypes *set;
    if (!set)
        fuzz_check((set = datatypes_new()) != NULL);
    if (size < 1 || size > 4096)
        return 0;
    const char *text = (const char *)data + 1;
    if (data[0] >= NAMES) {
        check_pattern(text, size - 1);
        return 0;
    }
    const struct datatype *type = datatypes_builtin(set, names[data[0]]);
    fuzz_check(type);
    check_value(type, text, size - 1);
    return 0;
}
