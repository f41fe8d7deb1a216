/* SPDX-License-Identifier: MIT */
#include "record/record.h"

#include "base/array.h"
#include "base/utf8.h"
#include "source/index/entry_name.h"
#include <stdlib.h>
#include <string.h>

const char *const verdict_names[VERDICTS] = {
    "valid",      "wellformed", "invalid", "malformed", "unmapped",
    "unreadable", "timeout",    "lost",    "skipped",
};

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
    buf_free(&record->text);
    *record = (struct record){0};
}

struct text_span record_text(struct record *record, const void *bytes, size_t len)
{
    struct text_span span = {record->text.len, len};
    if (buf_append(&record->text, bytes, len) < 0)
        return (struct text_span){0};
    return span;
}

/* Room for one more item of an array; false, and the record's text failed, without memory. */
static bool grow(struct record *record, void **items, size_t n, size_t *cap, size_t size)
{
    void *grown = array_room(*items, cap, n + 1, size);
    if (!grown) {
        record->text.failed = true;
        return false;
    }
    *items = grown;
    return true;
}

struct fault *record_fault(struct record *record, size_t max, const char *kind,
                           const char *code, const char *message, size_t message_len)
{
    record->faults_total++;
    void *items = record->faults;
    if (record->n_faults >= max)
        return NULL;
    bool room =
        grow(record, &items, record->n_faults, &record->cap_faults, sizeof(struct fault));
    record->faults = items;
    if (!room)
        return NULL;
    struct fault *fault = &record->faults[record->n_faults++];
    *fault = (struct fault){.kind = kind, .code = code};
    bool cut = message_len > 2000;
    if (cut)
        for (message_len = 1997; message_len && (message[message_len] & 0xc0) == 0x80;)
            message_len--;
    /* Libraries quote what they were given, and that may be anything. */
    fault->message.at = record->text.len;
    utf8_append(&record->text, message, message_len);
    buf_append_string(&record->text, cut ? "…" : "");
    fault->message.len = record->text.len - fault->message.at;
    return fault;
}

struct namespace_binding *record_bind(struct record *record, struct text_span prefix,
                                      struct text_span uri)
{
    void *items = record->bindings;
    bool room = grow(record, &items, record->n_bindings, &record->cap_bindings,
                     sizeof(struct namespace_binding));
    record->bindings = items;
    if (!room)
        return NULL;
    struct namespace_binding *binding = &record->bindings[record->n_bindings++];
    *binding = (struct namespace_binding){.prefix = prefix, .uri = uri, .first = true};
    return binding;
}

struct field *record_field(struct record *record, enum field_type type)
{
    void *items = record->fields;
    bool room =
        grow(record, &items, record->n_fields, &record->cap_fields, sizeof(struct field));
    record->fields = items;
    if (!room)
        return NULL;
    struct field *field = &record->fields[record->n_fields++];
    *field = (struct field){.type = type, .first = record->n_values};
    return field;
}

int record_value(struct record *record, const char *value, size_t len)
{
    void *items = record->values;
    bool room =
        grow(record, &items, record->n_values, &record->cap_values, sizeof(struct text_span));
    record->values = items;
    if (!room)
        return -1;
    record->values[record->n_values++] = record_text(record, value, len);
    record->fields[record->n_fields - 1].n++;
    return record->text.failed ? -1 : 0;
}
