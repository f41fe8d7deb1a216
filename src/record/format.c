/* SPDX-License-Identifier: MIT
 *
 * How a record reads: NDJSON for programs, CSV for tables, text for people.
 *
 * What a document or an archive says is printed, never obeyed: control characters are escaped
 * in every format, so that no name can forge a line, a cell or a terminal's escape sequence.
 */
#include "record/format.h"

#include "base/utf8.h"
#include <string.h>

static const char *at(const struct record *record, struct text_span span)
{
    return record->text.data + span.at;
}

/* A byte that JSON must escape, or that could begin a terminal's control sequence: C0, the
 * quote, the backslash, DEL; and 0xC2, which leads the C1 controls. */
static const unsigned char marked[256] = {
    [0] = 1,   [1] = 1,    [2] = 1,   [3] = 1,    [4] = 1,  [5] = 1,  [6] = 1,  [7] = 1,
    [8] = 1,   [9] = 1,    [10] = 1,  [11] = 1,   [12] = 1, [13] = 1, [14] = 1, [15] = 1,
    [16] = 1,  [17] = 1,   [18] = 1,  [19] = 1,   [20] = 1, [21] = 1, [22] = 1, [23] = 1,
    [24] = 1,  [25] = 1,   [26] = 1,  [27] = 1,   [28] = 1, [29] = 1, [30] = 1, [31] = 1,
    ['"'] = 1, ['\\'] = 1, [127] = 1, [0xc2] = 1,
};

static int escape_one(struct buf *out, const unsigned char *c, const unsigned char *end)
{
    switch (*c) {
    case '"':
        return buf_append(out, "\\\"", 2), 1;
    case '\\':
        return buf_append(out, "\\\\", 2), 1;
    case '\n':
        return buf_append(out, "\\n", 2), 1;
    case '\r':
        return buf_append(out, "\\r", 2), 1;
    case '\t':
        return buf_append(out, "\\t", 2), 1;
    case 0xc2:
        if (c + 1 < end && c[1] < 0xa0)
            return buf_append_format(out, "\\u%04x", c[1]), 2;
        return buf_append_char(out, (char)*c), 1;
    default:
        return buf_append_format(out, "\\u%04x", *c), 1;
    }
}

int json_escape(struct buf *out, const char *bytes, size_t len)
{
    const unsigned char *c = (const unsigned char *)bytes, *end = c + len;
    while (c < end) {
        const unsigned char *plain = c;
        while (c < end && !marked[*c])
            c++;
        buf_append(out, plain, (size_t)(c - plain));
        if (c < end)
            c += escape_one(out, c, end);
    }
    return out->failed ? -1 : 0;
}

static void json_string(struct buf *out, const char *bytes, size_t len)
{
    buf_append_char(out, '"');
    json_escape(out, bytes, len);
    buf_append_char(out, '"');
}

static void json_word(struct buf *out, const char *word)
{
    json_string(out, word, strlen(word));
}

static void json_span(struct buf *out, const struct record *record, struct text_span span)
{
    json_string(out, at(record, span), span.len);
}

/* -- Parts that more than one format writes as JSON ----------------------------------- */

/* A prefix bound once maps to its URI, bound to several it maps to their list. */
static void json_namespaces(struct buf *out, const struct record *record)
{
    char before = '{';
    for (size_t i = 0; i < record->n_bindings; i++) {
        const struct namespace_binding *binding = &record->bindings[i];
        if (!binding->first)
            continue;
        buf_append_char(out, before);
        before = ',';
        json_span(out, record, binding->prefix);
        buf_append_string(out, binding->next ? ":[" : ":");
        json_span(out, record, binding->uri);
        for (size_t next = binding->next; next; next = record->bindings[next].next) {
            buf_append_char(out, ',');
            json_span(out, record, record->bindings[next].uri);
        }
        if (binding->next)
            buf_append_char(out, ']');
    }
    buf_append_string(out, before == '{' ? "{}" : "}");
}

static void json_value(struct buf *out, const struct record *record, const struct field *field)
{
    const struct text_span *values = record->values + field->first;
    if (field->type == FIELD_NUMBER || field->type == FIELD_BOOLEAN) {
        buf_append(out, at(record, values[0]), values[0].len);
    } else if (field->n == 1) {
        json_span(out, record, values[0]);
    } else {
        buf_append_char(out, '[');
        for (size_t i = 0; i < field->n; i++) {
            if (i)
                buf_append_char(out, ',');
            json_span(out, record, values[i]);
        }
        buf_append_char(out, ']');
    }
}

static void json_faults(struct buf *out, const struct record *record)
{
    buf_append_char(out, '[');
    for (size_t i = 0; i < record->n_faults; i++) {
        const struct fault *fault = &record->faults[i];
        buf_append_string(out, i ? ",{\"line\":" : "{\"line\":");
        if (fault->line)
            buf_append_u64(out, fault->line);
        else
            buf_append_string(out, "null");
        if (fault->column) {
            buf_append_string(out, ",\"column\":");
            buf_append_u64(out, fault->column);
        }
        buf_append_string(out, ",\"code\":");
        json_word(out, fault->code);
        buf_append_string(out, ",\"kind\":");
        json_word(out, fault->kind);
        buf_append_string(out, ",\"message\":");
        json_span(out, record, fault->message);
        buf_append_string(out, ",\"path\":");
        if (fault->path.len)
            json_span(out, record, fault->path);
        else
            buf_append_string(out, "null");
        buf_append_char(out, '}');
    }
    buf_append_char(out, ']');
}

static void json_root(struct buf *out, const struct record *record)
{
    buf_append_string(out, "{\"namespace\":");
    json_span(out, record, record->root_namespace);
    buf_append_string(out, ",\"name\":");
    json_span(out, record, record->root_name);
    buf_append_char(out, '}');
}

/* -- NDJSON --------------------------------------------------------------------------- */

static void ndjson_fields(struct buf *out, const struct record *record,
                          const struct layout *layout)
{
    if (record->n_fields < layout->n_fields) {
        buf_append_string(out, "null");
        return;
    }
    buf_append_char(out, '{');
    for (size_t i = 0; i < layout->n_fields; i++) {
        if (i)
            buf_append_char(out, ',');
        json_word(out, layout->field_names[i]);
        buf_append_char(out, ':');
        json_value(out, record, &record->fields[i]);
    }
    buf_append_char(out, '}');
}

static uint64_t number(const struct record *record, enum part part)
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

/* Whether the record can say this part: a document that is not well-formed has no summary. */
static bool known(const struct record *record, enum part part)
{
    switch (part) {
    case PART_BYTES:
        return record->has_bytes;
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

static void ndjson_part(struct buf *out, const struct record *record,
                        const struct layout *layout, enum part part)
{
    if (!known(record, part)) {
        buf_append_string(out, "null");
        return;
    }
    switch (part) {
    case PART_PATH:
        json_span(out, record, record->path);
        break;
    case PART_VERDICT:
        json_word(out, verdict_names[record->verdict]);
        if (record->reason) {
            buf_append_string(out, ",\"reason\":");
            json_word(out, record->reason);
        }
        break;
    case PART_ROOT:
        json_root(out, record);
        break;
    case PART_NAMESPACES:
        json_namespaces(out, record);
        break;
    case PART_SCHEMA:
        json_word(out, record->schema);
        break;
    case PART_FIELDS:
        ndjson_fields(out, record, layout);
        break;
    case PART_ERRORS:
        json_faults(out, record);
        buf_append_string(out, ",\"errors_total\":");
        buf_append_u64(out, record->faults_total);
        break;
    default:
        buf_append_u64(out, number(record, part));
        break;
    }
}

static void format_ndjson(const struct record *record, const struct layout *layout,
                          struct buf *out)
{
    char before = '{';
    for (enum part part = 0; part < PARTS; part++) {
        if (!(layout->parts & 1u << part))
            continue;
        buf_append_char(out, before);
        buf_append_char(out, '"');
        buf_append_string(out, part_names[part]);
        buf_append(out, "\":", 2);
        ndjson_part(out, record, layout, part);
        before = ',';
    }
    buf_append(out, "}\n", 2);
}

/* -- CSV (RFC 4180 quoting, lines ended by LF) ---------------------------------------- */

/* A spreadsheet would compute it; a number is a number all the same. */
static bool is_formula(const char *bytes, size_t len)
{
    if (!len || !strchr("=+-@\t\r", bytes[0]) || !bytes[0])
        return false;
    for (size_t i = 1; i < len; i++)
        if (!strchr("0123456789.eE+-", bytes[i]) || !bytes[i])
            return true;
    return len == 1 || !strchr("+-", bytes[0]) || bytes[1] == '+' || bytes[1] == '-';
}

static void csv_cell(struct buf *out, const struct layout *layout, const char *bytes,
                     size_t len)
{
    /* A leading or trailing space is data too, and some readers strip it outside quotes. */
    bool quote = len && (bytes[0] == ' ' || bytes[len - 1] == ' ');
    for (size_t i = 0; i < len && !quote; i++)
        quote = bytes[i] == '"' || bytes[i] == ',' || bytes[i] == '\r' || bytes[i] == '\n';
    if (quote)
        buf_append_char(out, '"');
    if (layout->csv_safe && is_formula(bytes, len))
        buf_append_char(out, '\'');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < 0x20 ? c != '\t' && c != '\r' && c != '\n' : c == 0x7f)
            buf_append_format(out, "\\x%02x", c);
        else
            buf_append(out, c == '"' ? "\"\"" : (const char *)&bytes[i], c == '"' ? 2 : 1);
    }
    if (quote)
        buf_append_char(out, '"');
}

/* A part that has a structure of its own goes into its cell as JSON. */
static void csv_json(struct buf *out, const struct layout *layout, const struct record *record,
                     void (*write)(struct buf *, const struct record *))
{
    struct buf json = {0};
    write(&json, record);
    if (json.failed)
        out->failed = true;
    else
        csv_cell(out, layout, json.data, json.len);
    buf_free(&json);
}

static void csv_field(struct buf *out, const struct layout *layout, const struct record *record,
                      const struct field *field)
{
    struct text_span *values = record->values + field->first;
    if (field->n == 1) {
        csv_cell(out, layout, at(record, values[0]), values[0].len);
    } else if (field->n > 1) {
        struct buf json = {0};
        json_value(&json, record, field);
        if (json.failed)
            out->failed = true;
        else
            csv_cell(out, layout, json.data, json.len);
        buf_free(&json);
    }
}

static void csv_faults(struct buf *out, const struct layout *layout,
                       const struct record *record)
{
    buf_append_u64(out, record->faults_total);
    buf_append_char(out, ',');
    if (record->n_faults && record->faults[0].line)
        buf_append_u64(out, record->faults[0].line);
    buf_append_char(out, ',');
    if (record->n_faults)
        csv_cell(out, layout, record->faults[0].code, strlen(record->faults[0].code));
    buf_append_char(out, ',');
    if (record->n_faults)
        csv_cell(out, layout, at(record, record->faults[0].message),
                 record->faults[0].message.len);
    buf_append_char(out, ',');
    if (record->n_faults)
        csv_cell(out, layout, at(record, record->faults[0].path), record->faults[0].path.len);
}

static void csv_part(struct buf *out, const struct record *record, const struct layout *layout,
                     enum part part)
{
    bool is_known = known(record, part);
    switch (part) {
    case PART_PATH:
        csv_cell(out, layout, at(record, record->path), record->path.len);
        break;
    case PART_VERDICT:
        buf_append_string(out, verdict_names[record->verdict]);
        buf_append_char(out, ',');
        buf_append_string(out, record->reason ? record->reason : "");
        break;
    case PART_ROOT:
        if (is_known)
            csv_cell(out, layout, at(record, record->root_namespace),
                     record->root_namespace.len);
        buf_append_char(out, ',');
        if (is_known)
            csv_cell(out, layout, at(record, record->root_name), record->root_name.len);
        break;
    case PART_NAMESPACES:
        if (is_known)
            csv_json(out, layout, record, json_namespaces);
        break;
    case PART_SCHEMA:
        if (is_known)
            csv_cell(out, layout, record->schema, strlen(record->schema));
        break;
    case PART_FIELDS:
        for (size_t i = 0; i < layout->n_fields; i++) {
            if (i)
                buf_append_char(out, ',');
            if (i < record->n_fields)
                csv_field(out, layout, record, &record->fields[i]);
        }
        break;
    case PART_ERRORS:
        csv_faults(out, layout, record);
        break;
    default:
        if (is_known)
            buf_append_u64(out, number(record, part));
        break;
    }
}

static bool csv_has(const struct layout *layout, enum part part)
{
    return layout->parts & 1u << part && (part != PART_FIELDS || layout->n_fields);
}

static void format_csv(const struct record *record, const struct layout *layout,
                       struct buf *out)
{
    bool first = true;
    for (enum part part = 0; part < PARTS; part++) {
        if (!csv_has(layout, part))
            continue;
        if (!first)
            buf_append_char(out, ',');
        first = false;
        csv_part(out, record, layout, part);
    }
    buf_append_char(out, '\n');
}

int format_begin(const struct layout *layout, struct buf *out)
{
    bool first = true;
    if (layout->format != FORMAT_CSV)
        return 0;
    for (enum part part = 0; part < PARTS; part++) {
        if (!csv_has(layout, part))
            continue;
        if (!first)
            buf_append_char(out, ',');
        first = false;
        if (part == PART_VERDICT)
            buf_append_string(out, "verdict,reason");
        else if (part == PART_ROOT)
            buf_append_string(out, "root_namespace,root_name");
        else if (part == PART_ERRORS)
            buf_append_string(out,
                              "errors_total,error_line,error_code,error_message,error_path");
        else if (part != PART_FIELDS)
            buf_append_string(out, part_names[part]);
        else
            for (size_t i = 0; i < layout->n_fields; i++) {
                if (i)
                    buf_append_char(out, ',');
                csv_cell(out, layout, layout->field_names[i], strlen(layout->field_names[i]));
            }
    }
    return buf_append_char(out, '\n');
}

/* -- Text ----------------------------------------------------------------------------- */

/* U+202A to U+202E and U+2066 to U+2069 turn the letters around on the line they stand in: what
 * is shown as gnp.xml is named lmx.png. */
static bool turns_around(uint32_t point)
{
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

int text_escape(struct buf *out, const char *bytes, size_t len)
{
    const unsigned char *c = (const unsigned char *)bytes, *end = c + len;
    for (const unsigned char *next = c; c < end; c = next) {
        uint32_t point = utf8_next(&next, end);
        if (point == UTF8_BAD)
            buf_append_string(out, "\xef\xbf\xbd");
        else if (point < 0x20 || (point >= 0x7f && point < 0xa0))
            escape_one(out, c, end);
        else if (turns_around(point))
            buf_append_format(out, "\\u%04x", point);
        else
            buf_append(out, c, (size_t)(next - c));
    }
    return out->failed ? -1 : 0;
}

static void text_faults(struct buf *out, const struct record *record)
{
    for (size_t i = 0; i < record->n_faults; i++) {
        const struct fault *fault = &record->faults[i];
        buf_append_string(out, "    ");
        if (fault->line)
            buf_append_format(out, "line %llu", (unsigned long long)fault->line);
        if (fault->column)
            buf_append_format(out, ", column %llu", (unsigned long long)fault->column);
        if (fault->line)
            buf_append_string(out, ": ");
        text_escape(out, at(record, fault->message), fault->message.len);
        buf_append_format(out, " [%s]\n", fault->code);
        if (fault->path.len) {
            buf_append_string(out, "        at ");
            text_escape(out, at(record, fault->path), fault->path.len);
            buf_append_char(out, '\n');
        }
    }
    if (record->faults_total > record->n_faults)
        buf_append_format(out, "    and %llu more\n",
                          (unsigned long long)(record->faults_total - record->n_faults));
}

static void text_fields(struct buf *out, const struct record *record,
                        const struct layout *layout)
{
    for (size_t i = 0; i < record->n_fields && i < layout->n_fields; i++) {
        const struct field *field = &record->fields[i];
        buf_append_format(out, "    %s:", layout->field_names[i]);
        for (size_t k = 0; k < field->n; k++) {
            struct text_span value = record->values[field->first + k];
            buf_append_char(out, k ? '|' : ' ');
            text_escape(out, at(record, value), value.len);
        }
        buf_append_char(out, '\n');
    }
}

static void format_text(const struct record *record, const struct layout *layout,
                        struct buf *out)
{
    bool good = verdict_is_good(record->verdict);
    bool plain = record->verdict == VERDICT_SKIPPED;
    if (good && layout->only_bad)
        return;
    if (layout->colour)
        buf_append_string(out, plain ? "\033[2m" : good ? "\033[32m" : "\033[31m");
    buf_append_format(out, "%-10s", verdict_names[record->verdict]);
    if (layout->colour)
        buf_append_string(out, "\033[0m");
    buf_append_char(out, ' ');
    text_escape(out, at(record, record->path), record->path.len);
    if (record->reason)
        buf_append_format(out, " (%s)", record->reason);
    buf_append_char(out, '\n');
    if (layout->parts & 1u << PART_FIELDS)
        text_fields(out, record, layout);
    if (layout->parts & 1u << PART_ERRORS)
        text_faults(out, record);
}

int format_record(const struct record *record, const struct layout *layout, struct buf *out)
{
    if (layout->format == FORMAT_CSV)
        format_csv(record, layout, out);
    else if (layout->format == FORMAT_TEXT)
        format_text(record, layout, out);
    else
        format_ndjson(record, layout, out);
    return out->failed ? -1 : 0;
}
