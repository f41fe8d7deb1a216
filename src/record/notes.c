/* SPDX-License-Identifier: MIT */
#include "record/notes.h"

#include <string.h>

/* -- Writing -------------------------------------------------------------------------- */

/* Both ends are one program on one machine, so numbers are as they lie in memory. */
static void put_number(struct buf *out, uint64_t number)
{
    buf_append(out, &number, sizeof number);
}

static void put_text(struct buf *out, const char *text, size_t len)
{
    put_number(out, len);
    buf_append(out, text, len);
}

static void put_span(struct buf *out, const struct record *record, struct text_span span)
{
    put_text(out, span.len ? record_text(record, span) : "", span.len);
}

/* An empty list, "", false, 0 or NaN: what an XPath gives that selects nothing. */
static bool is_empty(const struct record *record, const struct field *field)
{
    if (field->type == FIELD_NODES)
        return !field->n;
    if (field->type == FIELD_NULL)
        return false; /* nobody knows */
    struct text_span span = record->values[field->first];
    const char *text = span.len ? record_text(record, span) : "";
    switch (field->type) {
    case FIELD_BOOLEAN:
        return *text == 'f';
    case FIELD_NUMBER:
        return span.len == 1 && *text == '0';
    default:
        return !span.len || (span.len == 3 && memcmp(text, "NaN", 3) == 0);
    }
}

static void put_fields(struct buf *out, const struct record *record, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        unsigned bits = 0;
        for (size_t k = 0; k < 8 && i + k < n; k++)
            bits |= (unsigned)!is_empty(record, &record->fields[i + k]) << k;
        buf_append_char(out, (char)bits);
    }
}

static void put_fault(struct buf *out, const struct record *record,
                      const struct fault_count *count)
{
    const struct fault *first = count->first ? &record->faults[count->first - 1] : NULL;
    put_number(out, count->n);
    put_number(out, first ? first->line : 0);
    put_number(out, first ? first->column : 0);
    put_text(out, count->kind, strlen(count->kind));
    put_text(out, count->code, strlen(count->code));
    put_span(out, record, first ? first->message : (struct text_span){0});
}

void notes_write(struct buf *out, const struct record *record,
                 const struct record_layout *layout)
{
    bool has_fields = layout->n_fields && record->n_fields == layout->n_fields;
    bool is_told = record->n_counts || record->verdict == VERDICT_UNMAPPED;
    if (!has_fields && !is_told)
        return;
    buf_append_char(out, has_fields);
    if (has_fields)
        put_fields(out, record, layout->n_fields);
    put_span(out, record, is_told ? record->path : (struct text_span){0});
    put_span(out, record, record->root_namespace);
    put_span(out, record, record->root_name);
    put_number(out, record->n_counts);
    for (size_t i = 0; i < record->n_counts; i++)
        put_fault(out, record, &record->counts[i]);
}

/* -- Reading -------------------------------------------------------------------------- */

static bool take_number(struct notes *notes, uint64_t *number)
{
    if ((size_t)(notes->end - notes->at) < sizeof *number)
        return false;
    memcpy(number, notes->at, sizeof *number);
    notes->at += sizeof *number;
    return true;
}

static bool take_text(struct notes *notes, struct note_text *text)
{
    uint64_t len;
    if (!take_number(notes, &len) || len > (size_t)(notes->end - notes->at))
        return false;
    *text = (struct note_text){notes->at, (size_t)len};
    notes->at += len;
    return true;
}

static bool take_fields(struct notes *notes, size_t n)
{
    size_t len = (n + 7) / 8;
    char has = *notes->at++;
    if (!has)
        return true;
    if (has != 1 || !n || (size_t)(notes->end - notes->at) < len)
        return false;
    notes->has_fields = true;
    notes->found = (const uint8_t *)notes->at;
    notes->at += len;
    return true;
}

int notes_read(struct notes *notes, const char *bytes, size_t len, size_t n_fields)
{
    *notes = (struct notes){.at = bytes, .end = bytes + len};
    if (!len)
        return 0;
    return take_fields(notes, n_fields) && take_text(notes, &notes->path) &&
                   take_text(notes, &notes->root_namespace) &&
                   take_text(notes, &notes->root_name) && take_number(notes, &notes->n_faults)
               ? 0
               : -1;
}

int notes_next(struct notes *notes, struct note_fault *fault)
{
    if (!notes->n_faults)
        return notes->at == notes->end ? 0 : -1;
    notes->n_faults--;
    return take_number(notes, &fault->n) && take_number(notes, &fault->line) &&
                   take_number(notes, &fault->column) && take_text(notes, &fault->kind) &&
                   take_text(notes, &fault->code) && take_text(notes, &fault->message)
               ? 1
               : -1;
}
