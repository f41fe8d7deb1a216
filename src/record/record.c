/* SPDX-License-Identifier: MIT */
#include "record/record.h"

#include "base/array.h"
#include "base/digest.h"
#include "base/utf8.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_BYTES = 2000 };

const char *const verdict_names[] = {
    [VERDICT_VALID] = "valid",       [VERDICT_WELLFORMED] = "wellformed",
    [VERDICT_INVALID] = "invalid",   [VERDICT_MALFORMED] = "malformed",
    [VERDICT_UNMAPPED] = "unmapped", [VERDICT_UNREADABLE] = "unreadable",
    [VERDICT_TIMEOUT] = "timeout",   [VERDICT_LOST] = "lost",
    [VERDICT_SKIPPED] = "skipped",
};
static_assert(sizeof verdict_names / sizeof *verdict_names == VERDICTS, "each has a name");
static_assert((int)VERDICTS == (int)THRESH_VERDICTS, "thresh.h has room for each");

bool verdict_is_good(enum verdict verdict)
{
    return verdict == VERDICT_VALID || verdict == VERDICT_WELLFORMED ||
           verdict == VERDICT_SKIPPED;
}

void record_clear(struct record *record)
{
    struct record kept = *record;
    *record = (struct record){
        .bindings = kept.bindings,
        .cap_bindings = kept.cap_bindings,
        .fields = kept.fields,
        .cap_fields = kept.cap_fields,
        .values = kept.values,
        .cap_values = kept.cap_values,
        .faults = kept.faults,
        .cap_faults = kept.cap_faults,
        .counts = kept.counts,
        .cap_counts = kept.cap_counts,
        .text = kept.text,
    };
    buf_clear(&record->text);
}

void record_restart(struct record *record)
{
    struct record kept = *record;
    record_clear(record);
    record->path = kept.path;
    record->index = kept.index;
    record->text.len = kept.path.at + kept.path.len;
}

void record_free(struct record *record)
{
    free(record->bindings);
    free(record->fields);
    free(record->values);
    free(record->faults);
    free(record->counts);
    buf_free(&record->text);
    *record = (struct record){0};
}

/* -- What a record knows -------------------------------------------------------------- */

bool record_knows(const struct record *record, enum part part)
{
    switch (part) {
    case PART_BYTES:
        return record->has_bytes;
    case PART_SHA256:
        return record->sha256.len;
    case PART_ROOT:
    case PART_NAMESPACES:
    case PART_ELEMENTS:
    case PART_ATTRIBUTES:
    case PART_DEPTH:
    case PART_TEXT_BYTES:
        return record->has_summary;
    case PART_SCHEMA:
        return record->schema;
    default:
        return true;
    }
}

uint64_t record_number(const struct record *record, enum part part)
{
    switch (part) {
    case PART_INDEX:
        return record->index;
    case PART_BYTES:
        return record->bytes;
    case PART_ELEMENTS:
        return record->elements;
    case PART_ATTRIBUTES:
        return record->attributes;
    case PART_DEPTH:
        return record->depth;
    default:
        return record->text_bytes;
    }
}

/* -- Adding --------------------------------------------------------------------------- */

/* An array of the record's with room for one more item than `n`; NULL without memory. */
static void *one_more(struct record *record, void *items, size_t n, size_t *cap, size_t size)
{
    items = array_room(items, cap, n + 1, size);
    record->text.failed |= !items;
    return items;
}

struct text_span record_add_text(struct record *record, const void *bytes, size_t len)
{
    struct text_span span = {record->text.len, len};
    if (buf_append(&record->text, bytes, len) < 0)
        return (struct text_span){0};
    return span;
}

void record_add_sha256(struct record *record, const void *bytes, size_t len)
{
    uint8_t digest[DIGEST_BYTES];
    char hex[DIGEST_HEX + 1];
    digest_of(bytes, len, digest);
    digest_hex(digest, hex);
    record->sha256 = record_add_text(record, hex, DIGEST_HEX);
}

/* Where to cut a message of more than MESSAGE_BYTES for an ellipsis of three bytes to fit: in
 * front of a character of UTF-8. */
static size_t place_to_cut(const char *message)
{
    size_t len = MESSAGE_BYTES - 3;
    while (len && (message[len] & 0xc0) == 0x80)
        len--;
    return len;
}

/* Counts a fault by its rule. NULL: no memory. */
static struct fault_count *count_fault(struct record *record, const char *kind,
                                       const char *code)
{
    struct fault_count *counts = record->counts;
    for (size_t i = 0; i < record->n_counts; i++)
        if ((counts[i].code == code || strcmp(counts[i].code, code) == 0) &&
            strcmp(counts[i].kind, kind) == 0) {
            counts[i].n++;
            return &counts[i];
        }
    counts = one_more(record, counts, record->n_counts, &record->cap_counts, sizeof *counts);
    if (!counts)
        return NULL;
    record->counts = counts;
    counts[record->n_counts] = (struct fault_count){.kind = kind, .code = code, .n = 1};
    return &counts[record->n_counts++];
}

struct fault *record_add_fault(struct record *record, size_t max, const char *kind,
                               const char *code, const char *message, size_t message_len)
{
    record->faults_total++;
    record->has_unread |= strcmp(kind, "entity") == 0;
    struct fault_count *count = count_fault(record, kind, code);
    if (!count || record->n_faults >= max)
        return NULL;
    struct fault *faults =
        one_more(record, record->faults, record->n_faults, &record->cap_faults, sizeof *faults);
    if (!faults)
        return NULL;
    record->faults = faults;
    struct fault *fault = &faults[record->n_faults++];
    *fault = (struct fault){.kind = kind, .code = code};
    if (count->n == 1)
        count->first = record->n_faults;
    bool cut = message_len > MESSAGE_BYTES;
    /* Libraries quote what they were given, and that may be any bytes. */
    fault->message.at = record->text.len;
    utf8_append(&record->text, message, cut ? place_to_cut(message) : message_len);
    buf_append_string(&record->text, cut ? "…" : "");
    fault->message.len = record->text.len - fault->message.at;
    return fault;
}

void record_drop_faults(struct record *record)
{
    record->n_faults = 0;
    record->faults_total = 0;
    record->n_counts = 0;
}

struct namespace_binding *record_add_binding(struct record *record, struct text_span prefix,
                                             struct text_span uri)
{
    struct namespace_binding *bindings = one_more(record, record->bindings, record->n_bindings,
                                                  &record->cap_bindings, sizeof *bindings);
    if (!bindings)
        return NULL;
    record->bindings = bindings;
    struct namespace_binding *binding = &bindings[record->n_bindings++];
    *binding = (struct namespace_binding){.prefix = prefix, .uri = uri, .first = true};
    return binding;
}

int record_add_field(struct record *record, enum field_type type)
{
    struct field *fields =
        one_more(record, record->fields, record->n_fields, &record->cap_fields, sizeof *fields);
    if (!fields)
        return -1;
    record->fields = fields;
    fields[record->n_fields++] = (struct field){.type = type, .first = record->n_values};
    return 0;
}

int record_add_value(struct record *record, const char *value, size_t len)
{
    struct text_span *values =
        one_more(record, record->values, record->n_values, &record->cap_values, sizeof *values);
    if (!values)
        return -1;
    record->values = values;
    values[record->n_values++] = record_add_text(record, value, len);
    record->fields[record->n_fields - 1].n++;
    return record->text.failed ? -1 : 0;
}

void record_null_fields(struct record *record)
{
    for (size_t i = 0; i < record->n_fields && record->has_unread; i++) {
        struct field *field = &record->fields[i];
        bool has_hole = field->type == FIELD_NUMBER || field->type == FIELD_BOOLEAN;
        for (size_t k = field->first; k < field->first + field->n && !has_hole; k++) {
            struct text_span value = record->values[k];
            has_hole = value.len && memchr(record_text(record, value), RECORD_HOLE, value.len);
        }
        if (has_hole) {
            field->type = FIELD_NULL;
            field->n = 0;
        }
    }
}
