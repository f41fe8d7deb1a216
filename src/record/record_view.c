/* SPDX-License-Identifier: MIT */
#include "record/record_view.h"

#include "base/array.h"
#include "record/format.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)VERDICT_VALID == (int)THRESH_VALID &&
                  (int)VERDICT_UNMAPPED == (int)THRESH_UNMAPPED &&
                  (int)VERDICT_SKIPPED == (int)THRESH_SKIPPED && (int)VERDICTS == 9,
              "verdicts are numbered as in thresh.h");
static_assert((int)FIELD_NODES == (int)THRESH_NODES &&
                  (int)FIELD_STRING == (int)THRESH_STRING &&
                  (int)FIELD_NUMBER == (int)THRESH_NUMBER &&
                  (int)FIELD_BOOLEAN == (int)THRESH_BOOLEAN &&
                  (int)FIELD_NULL == (int)THRESH_NULL,
              "and so are the kinds of fields");

/* Room for the lists: 0, or 1 without memory. */
static int make_room(struct record_view *view, const struct packed_record *head)
{
    void *namespaces = array_room(view->namespaces, &view->cap_namespaces, head->n_bindings + 1,
                                  sizeof *view->namespaces);
    if (!namespaces)
        return 1;
    view->namespaces = namespaces;
    void *bindings = array_room(view->bindings, &view->cap_bindings, head->n_bindings + 1,
                                sizeof *view->bindings);
    if (!bindings)
        return 1;
    view->bindings = bindings;
    void *fields =
        array_room(view->fields, &view->cap_fields, head->n_fields + 1, sizeof *view->fields);
    if (!fields)
        return 1;
    view->fields = fields;
    void *values =
        array_room(view->values, &view->cap_values, head->n_values + 1, sizeof *view->values);
    if (!values)
        return 1;
    view->values = values;
    void *faults =
        array_room(view->faults, &view->cap_faults, head->n_faults + 1, sizeof *view->faults);
    if (!faults)
        return 1;
    view->faults = faults;
    void *counts =
        array_room(view->counts, &view->cap_counts, head->n_counts + 1, sizeof *view->counts);
    if (!counts)
        return 1;
    view->counts = counts;
    return 0;
}

/* The functions below return whether the packed lists are sound. */

static bool open_namespaces(struct record_view *view, const struct record_parts *parts)
{
    uint32_t n = parts->head.n_bindings;
    for (uint32_t i = 0; i < n; i++) {
        struct packed_binding *binding = &view->bindings[i];
        struct thresh_namespace *namespace = &view->namespaces[i];
        memcpy(binding, parts->bindings + i * sizeof *binding, sizeof *binding);
        if (!record_parts_text(parts, binding->prefix, false, &namespace->prefix) ||
            !record_parts_text(parts, binding->uri, false, &namespace->uri) ||
            (binding->next && (binding->next <= i || binding->next >= n)))
            return false;
    }
    return true;
}

static bool open_fields(struct record_view *view, const struct record_parts *parts)
{
    const struct record_layout *layout = view->layout;
    uint32_t n = parts->head.n_values;
    if (parts->head.n_fields > layout->n_fields)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        struct packed_text packed;
        memcpy(&packed, parts->values + i * sizeof packed, sizeof packed);
        if (!record_parts_text(parts, packed, false, &view->values[i].bytes))
            return false;
        view->values[i].len = packed.len;
    }
    for (uint32_t i = 0; i < parts->head.n_fields; i++) {
        struct packed_field packed;
        memcpy(&packed, parts->fields + i * sizeof packed, sizeof packed);
        if (packed.type > FIELD_NULL || packed.first > n || packed.n > n - packed.first ||
            (packed.type != FIELD_NODES && packed.n != (packed.type != FIELD_NULL)))
            return false;
        view->fields[i] = (struct thresh_field){.name = layout->field_names[i],
                                                .kind = (enum thresh_field_kind)packed.type,
                                                .n = packed.n,
                                                .values = view->values + packed.first};
    }
    view->n_values = n;
    return true;
}

static bool open_faults(struct record_view *view, const struct record_parts *parts)
{
    for (uint32_t i = 0; i < parts->head.n_faults; i++) {
        struct packed_fault packed;
        struct thresh_fault *fault = &view->faults[i];
        memcpy(&packed, parts->faults + i * sizeof packed, sizeof packed);
        *fault = (struct thresh_fault){.line = packed.line, .column = packed.column};
        if (!record_parts_text(parts, packed.kind, false, &fault->kind) ||
            !record_parts_text(parts, packed.code, false, &fault->code) ||
            !record_parts_text(parts, packed.message, false, &fault->message.bytes) ||
            !record_parts_text(parts, packed.path, true, &fault->path))
            return false;
        fault->message.len = packed.message.len;
    }
    return true;
}

static bool open_counts(struct record_view *view, const struct record_parts *parts)
{
    uint32_t n = parts->head.n_counts;
    for (uint32_t i = 0; i < n; i++) {
        struct packed_count packed;
        struct fault_count *count = &view->counts[i];
        memcpy(&packed, parts->counts + i * sizeof packed, sizeof packed);
        *count = (struct fault_count){.n = packed.n, .first = packed.first};
        if (!record_parts_text(parts, packed.kind, false, &count->kind) ||
            !record_parts_text(parts, packed.code, false, &count->code) ||
            packed.first > parts->head.n_faults)
            return false;
    }
    view->n_counts = n;
    return true;
}

static bool open_head(struct record_view *view, const struct record_parts *parts)
{
    const struct packed_record *head = &parts->head;
    struct thresh_record *record = &view->record;
    *record = (struct thresh_record){
        .index = head->index,
        .verdict = (enum thresh_verdict)head->verdict,
        .path.len = head->path.len,
        .is_read = head->has_bytes,
        .is_wellformed = head->has_summary,
        .is_unread = head->has_unread,
        .bytes = head->bytes,
        .spent_us = head->spent_us,
        .elements = head->elements,
        .attributes = head->attributes,
        .depth = head->depth,
        .text_bytes = head->text_bytes,
        .n_namespaces = head->n_bindings,
        .n_fields = head->n_fields,
        .n_errors = head->n_faults,
        .errors_total = head->faults_total,
    };
    return record_parts_text(parts, head->path, false, &record->path.bytes) &&
           record_parts_text(parts, head->reason, true, &record->reason) &&
           record_parts_text(parts, head->sha256, true, &record->sha256) &&
           record_parts_text(parts, head->schema, true, &record->schema) &&
           record_parts_text(parts, head->root_namespace, false, &record->root_namespace) &&
           record_parts_text(parts, head->root_name, false, &record->root_name);
}

int record_view_open(struct record_view *view, const char *packed, size_t len,
                     const struct record_layout *layout)
{
    struct record_parts parts;
    if (record_parts_find(packed, len, &parts) < 0)
        return -1;
    if (make_room(view, &parts.head))
        return 1;
    view->layout = layout;
    view->packed = packed;
    view->packed_len = len;
    view->texts = parts.texts;
    view->texts_len = parts.texts_len;
    return open_head(view, &parts) && open_namespaces(view, &parts) &&
                   open_fields(view, &parts) && open_faults(view, &parts) &&
                   open_counts(view, &parts)
               ? 0
               : -1;
}

void record_view_close(struct record_view *view)
{
    free(view->namespaces);
    free(view->bindings);
    free(view->fields);
    free(view->values);
    free(view->faults);
    free(view->counts);
    buf_free(&view->text);
    *view = (struct record_view){.packed = NULL};
}

/* -- As a record again ---------------------------------------------------------------- */

/* Pieces of the record's text, which begins with the view's. */
static struct text_span span_of(const struct record_view *view, const char *text, size_t len)
{
    return text ? (struct text_span){(size_t)(text - view->texts), len} : (struct text_span){0};
}

static struct text_span span_of_string(const struct record_view *view, const char *text)
{
    return span_of(view, text, text ? strlen(text) : 0);
}

/* The lists below: without memory text.failed is set. */
static void unpack_bindings(const struct record_view *view, struct record *record)
{
    for (size_t i = 0; i < view->record.n_namespaces; i++) {
        struct namespace_binding *binding =
            record_add_binding(record, span_of_string(view, view->namespaces[i].prefix),
                               span_of_string(view, view->namespaces[i].uri));
        if (!binding)
            return;
        binding->next = view->bindings[i].next;
        binding->first = view->bindings[i].first;
    }
}

/* A list of the record's with room for `n`. */
static void *room(struct record *record, void *items, size_t *cap, size_t n, size_t size)
{
    void *made = array_room(items, cap, n + 1, size);
    record->text.failed |= !made;
    return made ? made : items;
}

static void unpack_fields(const struct record_view *view, struct record *record)
{
    record->values = room(record, record->values, &record->cap_values, view->n_values,
                          sizeof *record->values);
    record->fields = room(record, record->fields, &record->cap_fields, view->record.n_fields,
                          sizeof *record->fields);
    if (record->text.failed)
        return;
    record->n_values = view->n_values;
    record->n_fields = view->record.n_fields;
    for (size_t i = 0; i < view->n_values; i++)
        record->values[i] = span_of(view, view->values[i].bytes, view->values[i].len);
    for (size_t i = 0; i < record->n_fields; i++) {
        const struct thresh_field *field = &view->fields[i];
        record->fields[i] = (struct field){.type = (enum field_type)field->kind,
                                           .first = (size_t)(field->values - view->values),
                                           .n = field->n};
    }
}

static void unpack_faults(const struct record_view *view, struct record *record)
{
    record->faults = room(record, record->faults, &record->cap_faults, view->record.n_errors,
                          sizeof *record->faults);
    record->counts = room(record, record->counts, &record->cap_counts, view->n_counts,
                          sizeof *record->counts);
    if (record->text.failed)
        return;
    record->n_faults = view->record.n_errors;
    record->n_counts = view->n_counts;
    for (size_t i = 0; i < record->n_faults; i++) {
        const struct thresh_fault *fault = &view->faults[i];
        record->faults[i] = (struct fault){
            .kind = fault->kind,
            .code = fault->code,
            .message = span_of(view, fault->message.bytes, fault->message.len),
            .path = span_of_string(view, fault->path),
            .line = fault->line,
            .column = fault->column,
        };
    }
    for (size_t i = 0; i < view->n_counts; i++)
        record->counts[i] = view->counts[i];
}

/* All but its text, which is, or begins with, the view's. */
static int unpack(const struct record_view *view, struct record *record)
{
    const struct thresh_record *from = &view->record;
    record->path = span_of(view, from->path.bytes, from->path.len);
    record->index = from->index;
    record->verdict = (enum verdict)from->verdict;
    record->reason = from->reason;
    record->has_bytes = from->is_read;
    record->has_summary = from->is_wellformed;
    record->has_unread = from->is_unread;
    record->bytes = from->bytes;
    record->spent_us = from->spent_us;
    record->sha256 = span_of_string(view, from->sha256);
    record->root_namespace = span_of_string(view, from->root_namespace);
    record->root_name = span_of_string(view, from->root_name);
    record->elements = from->elements;
    record->attributes = from->attributes;
    record->depth = from->depth;
    record->text_bytes = from->text_bytes;
    record->schema = from->schema;
    record->faults_total = from->errors_total;
    unpack_bindings(view, record);
    unpack_fields(view, record);
    unpack_faults(view, record);
    return record->text.failed ? -1 : 0;
}

int record_view_unpack(const struct record_view *view, struct record *record)
{
    buf_append(&record->text, view->texts, view->texts_len);
    return unpack(view, record);
}

int record_view_write(const struct record_view *view, const struct record_layout *layout,
                      struct buf *out)
{
    /* The text is only read, and not freed below. */
    struct record record = {.text = {.data = (char *)view->texts, .len = view->texts_len}};
    int rc = unpack(view, &record);
    if (rc == 0)
        rc = format_record(out, &record, layout);
    record.text = (struct buf){0};
    record_free(&record);
    return rc;
}
