/* SPDX-License-Identifier: MIT */
#include "record/ndjson.h"

#include "record/escape.h"
#include <string.h>

static void append_null(struct buf *out)
{
    buf_append_string(out, "null");
}

static void append_string(struct buf *out, const char *bytes, size_t len)
{
    buf_append_char(out, '"');
    escape_json(out, bytes, len);
    buf_append_char(out, '"');
}

static void append_word(struct buf *out, const char *word)
{
    append_string(out, word, strlen(word));
}

static void append_span(struct buf *out, const struct record *record, struct text_span span)
{
    append_string(out, record_text(record, span), span.len);
}

/* A prefix with one URI maps to it, a prefix with several to the list of them. */
void ndjson_write_namespaces(struct buf *out, const struct record *record)
{
    char before = '{';
    for (size_t i = 0; i < record->n_bindings; i++) {
        const struct namespace_binding *binding = &record->bindings[i];
        if (!binding->first)
            continue;
        buf_append_char(out, before);
        before = ',';
        append_span(out, record, binding->prefix);
        buf_append_string(out, binding->next ? ":[" : ":");
        append_span(out, record, binding->uri);
        for (size_t next = binding->next; next; next = record->bindings[next].next) {
            buf_append_char(out, ',');
            append_span(out, record, record->bindings[next].uri);
        }
        if (binding->next)
            buf_append_char(out, ']');
    }
    buf_append_string(out, before == '{' ? "{}" : "}");
}

void ndjson_write_field(struct buf *out, const struct record *record, const struct field *field)
{
    const struct text_span *values = field->n ? record->values + field->first : NULL;
    if (field->type == FIELD_NULL) {
        append_null(out);
    } else if (field->type == FIELD_NUMBER || field->type == FIELD_BOOLEAN) {
        buf_append(out, record_text(record, values[0]), values[0].len);
    } else if (field->n == 1) {
        append_span(out, record, values[0]);
    } else {
        buf_append_char(out, '[');
        for (size_t i = 0; i < field->n; i++) {
            if (i)
                buf_append_char(out, ',');
            append_span(out, record, values[i]);
        }
        buf_append_char(out, ']');
    }
}

static void append_faults(struct buf *out, const struct record *record)
{
    buf_append_char(out, '[');
    for (size_t i = 0; i < record->n_faults; i++) {
        const struct fault *fault = &record->faults[i];
        buf_append_string(out, i ? ",{\"line\":" : "{\"line\":");
        if (fault->line)
            buf_append_u64(out, fault->line);
        else
            append_null(out);
        if (fault->column) {
            buf_append_string(out, ",\"column\":");
            buf_append_u64(out, fault->column);
        }
        buf_append_string(out, ",\"code\":");
        append_word(out, fault->code);
        buf_append_string(out, ",\"kind\":");
        append_word(out, fault->kind);
        buf_append_string(out, ",\"message\":");
        append_span(out, record, fault->message);
        buf_append_string(out, ",\"path\":");
        if (fault->path.len)
            append_span(out, record, fault->path);
        else
            append_null(out);
        buf_append_char(out, '}');
    }
    buf_append_char(out, ']');
}

static void append_root(struct buf *out, const struct record *record)
{
    buf_append_string(out, "{\"namespace\":");
    append_span(out, record, record->root_namespace);
    buf_append_string(out, ",\"name\":");
    append_span(out, record, record->root_name);
    buf_append_char(out, '}');
}

static void append_fields(struct buf *out, const struct record *record,
                          const struct record_layout *layout)
{
    if (record->n_fields < layout->n_fields) {
        append_null(out);
        return;
    }
    buf_append_char(out, '{');
    for (size_t i = 0; i < layout->n_fields; i++) {
        if (i)
            buf_append_char(out, ',');
        append_word(out, layout->field_names[i]);
        buf_append_char(out, ':');
        ndjson_write_field(out, record, &record->fields[i]);
    }
    buf_append_char(out, '}');
}

static void append_part(struct buf *out, const struct record *record,
                        const struct record_layout *layout, enum part part)
{
    if (!record_knows(record, part)) {
        append_null(out);
        return;
    }
    switch (part) {
    case PART_PATH:
        append_span(out, record, record->path);
        break;
    case PART_SHA256:
        append_span(out, record, record->sha256);
        break;
    case PART_VERDICT:
        append_word(out, verdict_names[record->verdict]);
        if (record->reason) {
            buf_append_string(out, ",\"reason\":");
            append_word(out, record->reason);
        }
        break;
    case PART_ROOT:
        append_root(out, record);
        break;
    case PART_NAMESPACES:
        ndjson_write_namespaces(out, record);
        break;
    case PART_SCHEMA:
        append_word(out, record->schema);
        break;
    case PART_FIELDS:
        append_fields(out, record, layout);
        break;
    case PART_ERRORS:
        append_faults(out, record);
        buf_append_string(out, ",\"errors_total\":");
        buf_append_u64(out, record->faults_total);
        break;
    default:
        buf_append_u64(out, record_number(record, part));
        break;
    }
}

void ndjson_write(struct buf *out, const struct record *record,
                  const struct record_layout *layout)
{
    char before = '{';
    for (enum part part = 0; part < PARTS; part++) {
        if (!layout_has(layout, part))
            continue;
        buf_append_char(out, before);
        buf_append_char(out, '"');
        buf_append_string(out, part_names[part]);
        buf_append(out, "\":", 2);
        append_part(out, record, layout, part);
        before = ',';
    }
    buf_append(out, "}\n", 2);
}
