/* SPDX-License-Identifier: MIT */
#include "cli/page/page_rows.h"

#include "record/escape.h"
#include "record/fault_line.h"
#include <string.h>

/* A portion: what page.js reads at once for the errors of one document. */
enum { MOST_ROWS = 2000, MOST_BYTES = 1 << 18 };
/* Is added to the verdict of a document that refers to what was not read. */
enum { UNREAD = 16 };
/* Different codes of one document that it can be found by. */
enum { MOST_CODES = 32 };

/* A string of JSON in an element <script>, which ends at "</script", and reads "<!--" as the
 * begin of something else: without a < there is neither. */
static void append_string(struct buf *out, const char *bytes, size_t len)
{
    const char *end = len ? bytes + len : bytes;
    buf_append_char(out, '"');
    while (bytes < end) {
        const char *mark = memchr(bytes, '<', (size_t)(end - bytes));
        escape_json(out, bytes, (size_t)((mark ? mark : end) - bytes));
        bytes = mark ? mark + 1 : end;
        if (mark)
            buf_append_string(out, "\\u003c");
    }
    buf_append_char(out, '"');
}

static void append_word(struct buf *out, const char *word)
{
    append_string(out, word, strlen(word));
}

/* How many bytes of `path` are as in the row before: whole characters. */
static size_t shared_bytes(const struct page_rows *rows, struct thresh_text path)
{
    size_t n = 0, most = path.len < rows->path.len ? path.len : rows->path.len;
    while (n < most && path.bytes[n] == rows->path.data[n])
        n++;
    while (n && n < path.len && (path.bytes[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* The length that a string has in JavaScript: in units of UTF-16. */
static size_t utf16_units(const char *bytes, size_t len)
{
    size_t units = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        units += (c & 0xc0) != 0x80;
        units += c >= 0xf0;
    }
    return units;
}

static void append_path(struct page_rows *rows, struct thresh_text path)
{
    size_t shared = shared_bytes(rows, path);
    buf_append_format(&rows->rows, "[%zu,", utf16_units(path.bytes, shared));
    append_string(&rows->rows, path.bytes + shared, path.len - shared);
    rows->path.len = shared;
    buf_append(&rows->path, path.bytes + shared, path.len - shared);
}

/* Appends ,"TEXT" or, where it is as in the row before, ,0. */
static void append_repeated(struct buf *out, struct buf *before, const struct buf *text)
{
    bool same = text->len == before->len &&
                (!text->len || memcmp(text->data, before->data, text->len) == 0);
    buf_append_string(out, same ? ",0" : ",");
    if (same)
        return;
    append_string(out, text->data, text->len);
    buf_clear(before);
    buf_append(before, text->data, text->len);
}

static void append_root_and_schema(struct page_rows *rows, const struct thresh_record *record)
{
    struct buf text = {0};
    if (*record->root_namespace)
        buf_append_format(&text, "{%s}", record->root_namespace);
    buf_append_string(&text, record->root_name);
    append_repeated(&rows->rows, &rows->root, &text);
    rows->rows.failed |= text.failed;
    buf_clear(&text);
    buf_append_string(&text, record->schema ? record->schema : "");
    append_repeated(&rows->rows, &rows->schema, &text);
    rows->rows.failed |= text.failed;
    buf_free(&text);
}

/* What the row can be found by: the rules that it breaks, each once, or why it was left out. */
static void append_codes(struct page_rows *rows, const struct thresh_record *record)
{
    const char *codes[MOST_CODES];
    size_t n = 0;
    for (size_t i = 0; i < record->n_errors && n < MOST_CODES; i++) {
        const char *code = thresh_record_error(record, i)->code;
        size_t k = 0;
        while (k < n && strcmp(codes[k], code) != 0)
            k++;
        if (k == n)
            codes[n++] = code;
    }
    if (!n && record->verdict == THRESH_UNMAPPED)
        codes[n++] = thresh_verdict_name((int)record->verdict);
    if (!n && record->reason)
        codes[n++] = record->reason;
    for (size_t i = 0; i < n; i++) {
        buf_append_char(&rows->rows, ',');
        append_word(&rows->rows, codes[i]);
    }
}

static void append_fault(struct buf *out, const struct thresh_fault *fault)
{
    buf_append_format(out, "[%llu,%llu,", (unsigned long long)fault->line,
                      (unsigned long long)fault->column);
    append_word(out, fault->code);
    buf_append_char(out, ',');
    append_word(out, fault->kind);
    buf_append_char(out, ',');
    append_string(out, fault->message.bytes, fault->message.len);
    if (fault->path) {
        buf_append_char(out, ',');
        append_word(out, fault->path);
    }
    buf_append_char(out, ']');
}

static void append_faults(struct page_rows *rows, const struct thresh_record *record)
{
    struct buf *out = &rows->faults;
    if (!record->n_errors)
        return;
    buf_append_format(out, "%s\"%u\":[", out->len ? "," : "", rows->n);
    for (size_t i = 0; i < record->n_errors; i++) {
        if (i)
            buf_append_char(out, ',');
        append_fault(out, thresh_record_error(record, i));
    }
    buf_append_char(out, ']');
}

static void append_number(struct buf *out, bool is_known, uint64_t number)
{
    if (is_known)
        buf_append_format(out, ",%llu", (unsigned long long)number);
    else
        buf_append_string(out, ",null");
}

void page_rows_add(struct page_rows *rows, const struct thresh_record *record)
{
    struct buf *out = &rows->rows;
    bool is_bad = fault_line_is_bad(record);
    bool is_unread = is_bad && record->is_unread && record->verdict <= THRESH_WELLFORMED;
    if (rows->n)
        buf_append_string(out, ",\n");
    append_path(rows, record->path);
    buf_append_format(out, ",%d", (int)record->verdict + (is_unread ? UNREAD : 0));
    append_number(out, record->is_read, record->bytes);
    append_number(out, record->spent_us, record->spent_us);
    append_number(out, true, record->errors_total);
    append_root_and_schema(rows, record);
    append_codes(rows, record);
    buf_append_char(out, ']');
    append_faults(rows, record);
    rows->n++;
    rows->bad += is_bad;
}

bool page_rows_are_many(const struct page_rows *rows)
{
    return rows->n >= MOST_ROWS || rows->rows.len + rows->faults.len >= MOST_BYTES ||
           rows->rows.failed || rows->faults.failed;
}

void page_rows_write(struct page_rows *rows, struct buf *out)
{
    out->failed |= rows->rows.failed || rows->faults.failed || rows->path.failed ||
                   rows->root.failed || rows->schema.failed;
    if (!rows->n)
        return;
    buf_append_string(out, "<script type=\"application/json\" class=\"documents\">[");
    buf_append(out, rows->rows.data, rows->rows.len);
    buf_append_string(out, "]</script><script type=\"application/json\">{");
    buf_append(out, rows->faults.data, rows->faults.len);
    buf_append_string(out, "}</script>\n");
    buf_clear(&rows->rows);
    buf_clear(&rows->faults);
    buf_clear(&rows->path);
    buf_clear(&rows->root);
    buf_clear(&rows->schema);
    rows->n = 0;
}

void page_rows_free(struct page_rows *rows)
{
    buf_free(&rows->rows);
    buf_free(&rows->faults);
    buf_free(&rows->path);
    buf_free(&rows->root);
    buf_free(&rows->schema);
}
