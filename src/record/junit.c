/* SPDX-License-Identifier: MIT */
#include "record/junit.h"

#include "record/escape.h"
#include "record/fault_line.h"
#include "record/record.h"
#include <string.h>

void junit_begin(struct buf *out, uint64_t entries)
{
    buf_append_format(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"thresh\">\n"
        "<testsuite name=\"thresh\" tests=\"%llu\">\n",
        (unsigned long long)entries);
}

/* Takes the memory of `text`. */
static void append_escaped(struct buf *out, struct buf *text)
{
    if (text->failed)
        out->failed = true;
    else
        escape_xml(out, text->data, text->len);
    buf_free(text);
}

/* Servers group cases by their class: the archive that the entry lies in, or the directory. */
static void append_case(struct buf *out, struct thresh_text path)
{
    size_t class = path.len;
    class -= class && path.bytes[class - 1] == '/'; /* a directory that is empty */
    while (class && path.bytes[class - 1] != '/')
        class --;
    for (const char *at = path.bytes; (at = strstr(at, "!/")); at += 2)
        class = (size_t)(at + 2 - path.bytes);
    size_t end = class;
    end -= end && path.bytes[end - 1] == '/';
    end -= end && path.bytes[end - 1] == '!';
    buf_append_string(out, "<testcase classname=\"");
    escape_xml(out, end ? path.bytes : ".", end ? end : 1);
    buf_append_string(out, "\" name=\"");
    escape_xml(out, path.bytes + class, path.len - class);
    buf_append_string(out, "\">");
}

static void append_faults(struct buf *out, const struct record_view *view)
{
    const struct thresh_record *record = &view->record;
    for (size_t i = 0; i < record->n_errors; i++) {
        const struct thresh_fault *fault = &view->faults[i];
        struct buf line = {0};
        fault_line_append(&line, fault);
        buf_append_format(&line, " [%s]", fault->code);
        append_escaped(out, &line);
        if (fault->path) {
            buf_append_string(out, "\n    at ");
            escape_xml(out, fault->path, strlen(fault->path));
        }
        buf_append_char(out, '\n');
    }
    if (record->errors_total > record->n_errors)
        buf_append_format(out, "and %llu more\n",
                          (unsigned long long)(record->errors_total - record->n_errors));
}

/* The fault that is named in the list of failures: the first that made the entry bad. */
static const struct thresh_fault *main_fault(const struct record_view *view)
{
    const struct thresh_record *record = &view->record;
    for (size_t i = 0; i < record->n_errors; i++)
        if (fault_line_is_error(record, &view->faults[i]))
            return &view->faults[i];
    return NULL;
}

static void append_bad(struct buf *out, const struct record_view *view)
{
    const struct thresh_record *record = &view->record;
    const struct thresh_fault *fault = main_fault(view);
    bool is_seen = record->verdict < THRESH_UNREADABLE && !record->is_unread;
    struct buf message = {0};
    if (fault)
        fault_line_append(&message, fault);
    else
        fault_line_append_none(&message, record);
    const char *code = fault ? fault->code : verdict_names[record->verdict];
    buf_append_string(out, is_seen ? "<failure type=\"" : "<error type=\"");
    escape_xml(out, code, strlen(code));
    buf_append_string(out, "\" message=\"");
    append_escaped(out, &message);
    buf_append_string(out, "\">");
    append_faults(out, view);
    buf_append_string(out, is_seen ? "</failure>" : "</error>");
}

void junit_write(struct buf *out, const struct record_view *view)
{
    const struct thresh_record *record = &view->record;
    append_case(out, record->path);
    if (fault_line_is_bad(record)) {
        append_bad(out, view);
    } else if (record->verdict == THRESH_SKIPPED) {
        buf_append_string(out, "<skipped message=\"");
        escape_xml(out, record->reason, strlen(record->reason));
        buf_append_string(out, "\"/>");
    } else if (record->n_errors) {
        buf_append_string(out, "<system-out>");
        append_faults(out, view);
        buf_append_string(out, "</system-out>");
    }
    buf_append_string(out, "</testcase>\n");
}

void junit_end(struct buf *out, const char *why)
{
    if (why) {
        buf_append_string(out, "<testcase classname=\"thresh\" name=\"the whole run\">"
                               "<error type=\"run\" message=\"");
        escape_xml(out, why, strlen(why));
        buf_append_string(out, "\"/></testcase>\n");
    }
    buf_append_string(out, "</testsuite>\n</testsuites>\n");
}
