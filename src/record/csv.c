/* SPDX-License-Identifier: MIT */
#include "record/csv.h"

#include "record/ndjson.h"
#include <string.h>

static size_t skip_digits(const char *bytes, size_t len, size_t at)
{
    while (at < len && bytes[at] >= '0' && bytes[at] <= '9')
        at++;
    return at;
}

/* A sign, digits, perhaps a fraction and an exponent, and nothing more. */
static bool is_signed_number(const char *bytes, size_t len)
{
    size_t at = skip_digits(bytes, len, 1), digits = at - 1;
    if (at < len && bytes[at] == '.') {
        size_t from = at + 1;
        at = skip_digits(bytes, len, from);
        digits += at - from;
    }
    if (at < len && (bytes[at] == 'e' || bytes[at] == 'E')) {
        size_t from = at + 1;
        from += from < len && (bytes[from] == '+' || bytes[from] == '-');
        at = skip_digits(bytes, len, from);
        if (at == from)
            return false;
    }
    return digits && at == len && (bytes[0] == '+' || bytes[0] == '-');
}

/* The full-width forms of = + - @ (U+FF1D, FF0B, FF0D, FF20), which a spreadsheet set to an
 * East Asian language reads as these, and the minus sign (U+2212). */
static bool begins_with_wide_sign(const char *bytes, size_t len)
{
    static const char *const signs[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                        "\xef\xbc\xa0", "\xe2\x88\x92"};
    for (size_t i = 0; len >= 3 && i < sizeof signs / sizeof *signs; i++)
        if (memcmp(bytes, signs[i], 3) == 0)
            return true;
    return false;
}

/* Whether a spreadsheet may take the cell for a formula and compute it. A number is none. */
static bool is_formula(const char *bytes, size_t len)
{
    if (begins_with_wide_sign(bytes, len))
        return true;
    return len && bytes[0] && strchr("=+-@\t\r\n", bytes[0]) && !is_signed_number(bytes, len);
}

/* A space at either end is part of the value, and some readers strip it outside of quotes. */
static bool needs_quotes(const char *bytes, size_t len)
{
    if (len && (bytes[0] == ' ' || bytes[len - 1] == ' '))
        return true;
    for (size_t i = 0; i < len; i++)
        if (bytes[i] == '"' || bytes[i] == ',' || bytes[i] == '\r' || bytes[i] == '\n')
            return true;
    return false;
}

void csv_write_cell(struct buf *out, const struct record_layout *layout, const char *bytes,
                    size_t len)
{
    bool quotes = needs_quotes(bytes, len);
    if (quotes)
        buf_append_char(out, '"');
    if (layout->csv_safe && is_formula(bytes, len))
        buf_append_char(out, '\'');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < 0x20 ? c != '\t' && c != '\r' && c != '\n' : c == 0x7f)
            buf_append_format(out, "\\x%02x", c);
        else if (c == '"')
            buf_append(out, "\"\"", 2);
        else
            buf_append_char(out, bytes[i]);
    }
    if (quotes)
        buf_append_char(out, '"');
}

static void append_word(struct buf *out, const struct record_layout *layout, const char *word)
{
    csv_write_cell(out, layout, word, strlen(word));
}

static void append_span(struct buf *out, const struct record_layout *layout,
                        const struct record *record, struct text_span span)
{
    csv_write_cell(out, layout, record_text(record, span), span.len);
}

/* Takes the memory of `json`. */
static void append_json(struct buf *out, const struct record_layout *layout, struct buf *json)
{
    if (json->failed)
        out->failed = true;
    else
        csv_write_cell(out, layout, json->data, json->len);
    buf_free(json);
}

static void append_namespaces(struct buf *out, const struct record_layout *layout,
                              const struct record *record)
{
    struct buf json = {0};
    ndjson_write_namespaces(&json, record);
    append_json(out, layout, &json);
}

/* One value stands as it is, several as a list in JSON, none is an empty cell. */
static void append_field(struct buf *out, const struct record_layout *layout,
                         const struct record *record, const struct field *field)
{
    struct buf json = {0};
    if (field->n == 1) {
        append_span(out, layout, record, record->values[field->first]);
    } else if (field->n > 1) {
        ndjson_write_field(&json, record, field);
        append_json(out, layout, &json);
    }
}

static void append_fields(struct buf *out, const struct record_layout *layout,
                          const struct record *record)
{
    for (size_t i = 0; i < layout->n_fields; i++) {
        if (i)
            buf_append_char(out, ',');
        if (i < record->n_fields)
            append_field(out, layout, record, &record->fields[i]);
    }
}

static void append_root(struct buf *out, const struct record_layout *layout,
                        const struct record *record)
{
    if (record->has_summary)
        append_span(out, layout, record, record->root_namespace);
    buf_append_char(out, ',');
    if (record->has_summary)
        append_span(out, layout, record, record->root_name);
}

/* How many there are, and line, code, message and path of the first. */
static void append_faults(struct buf *out, const struct record_layout *layout,
                          const struct record *record)
{
    const struct fault *fault = record->n_faults ? &record->faults[0] : NULL;
    buf_append_u64(out, record->faults_total);
    buf_append_char(out, ',');
    if (fault && fault->line)
        buf_append_u64(out, fault->line);
    buf_append_char(out, ',');
    if (fault)
        append_word(out, layout, fault->code);
    buf_append_char(out, ',');
    if (fault)
        append_span(out, layout, record, fault->message);
    buf_append_char(out, ',');
    if (fault)
        append_span(out, layout, record, fault->path);
}

/* The part's cells: one, but for verdict, root, fields and errors. */
static void append_part(struct buf *out, const struct record_layout *layout,
                        const struct record *record, enum part part)
{
    switch (part) {
    case PART_PATH:
        append_span(out, layout, record, record->path);
        break;
    case PART_SHA256:
        append_span(out, layout, record, record->sha256);
        break;
    case PART_VERDICT:
        buf_append_string(out, verdict_names[record->verdict]);
        buf_append_char(out, ',');
        buf_append_string(out, record->reason ? record->reason : "");
        break;
    case PART_ROOT:
        append_root(out, layout, record);
        break;
    case PART_NAMESPACES:
        if (record->has_summary)
            append_namespaces(out, layout, record);
        break;
    case PART_SCHEMA:
        append_word(out, layout, record->schema ? record->schema : "");
        break;
    case PART_FIELDS:
        append_fields(out, layout, record);
        break;
    case PART_ERRORS:
        append_faults(out, layout, record);
        break;
    default:
        if (record_knows(record, part))
            buf_append_u64(out, record_number(record, part));
        break;
    }
}

static void append_heading(struct buf *out, const struct record_layout *layout, enum part part)
{
    switch (part) {
    case PART_VERDICT:
        buf_append_string(out, "verdict,reason");
        break;
    case PART_ROOT:
        buf_append_string(out, "root_namespace,root_name");
        break;
    case PART_FIELDS:
        for (size_t i = 0; i < layout->n_fields; i++) {
            if (i)
                buf_append_char(out, ',');
            append_word(out, layout, layout->field_names[i]);
        }
        break;
    case PART_ERRORS:
        buf_append_string(out, "errors_total,error_line,error_code,error_message,error_path");
        break;
    default:
        buf_append_string(out, part_names[part]);
        break;
    }
}

static bool has_cells(const struct record_layout *layout, enum part part)
{
    return layout_has(layout, part) && (part != PART_FIELDS || layout->n_fields);
}

void csv_write(struct buf *out, const struct record *record, const struct record_layout *layout)
{
    bool first = true;
    for (enum part part = 0; part < PARTS; part++) {
        if (!has_cells(layout, part))
            continue;
        if (!first)
            buf_append_char(out, ',');
        first = false;
        if (record)
            append_part(out, layout, record, part);
        else
            append_heading(out, layout, part);
    }
    buf_append_char(out, '\n');
}
