/* SPDX-License-Identifier: MIT */
#include "record/text.h"

#include "record/escape.h"

#define DIM    "\033[2m"
#define GREEN  "\033[32m"
#define RED    "\033[31m"
#define NORMAL "\033[0m"

static void append_span(struct buf *out, const struct record *record, struct text_span span)
{
    escape_text(out, record_text(record, span), span.len);
}

static void append_fault(struct buf *out, const struct record *record,
                         const struct fault *fault)
{
    buf_append_string(out, "    ");
    if (fault->line)
        buf_append_format(out, "line %llu", (unsigned long long)fault->line);
    if (fault->column)
        buf_append_format(out, ", column %llu", (unsigned long long)fault->column);
    if (fault->line)
        buf_append_string(out, ": ");
    append_span(out, record, fault->message);
    buf_append_format(out, " [%s]\n", fault->code);
    if (!fault->path.len)
        return;
    buf_append_string(out, "        at ");
    append_span(out, record, fault->path);
    buf_append_char(out, '\n');
}

static void append_faults(struct buf *out, const struct record *record)
{
    for (size_t i = 0; i < record->n_faults; i++)
        append_fault(out, record, &record->faults[i]);
    if (record->faults_total > record->n_faults)
        buf_append_format(out, "    and %llu more\n",
                          (unsigned long long)(record->faults_total - record->n_faults));
}

static void append_fields(struct buf *out, const struct record *record,
                          const struct record_layout *layout)
{
    for (size_t i = 0; i < record->n_fields && i < layout->n_fields; i++) {
        const struct field *field = &record->fields[i];
        buf_append_format(out, "    %s:", layout->field_names[i]);
        for (size_t k = 0; k < field->n; k++) {
            buf_append_char(out, k ? '|' : ' ');
            append_span(out, record, record->values[field->first + k]);
        }
        buf_append_char(out, '\n');
    }
}

void text_write(struct buf *out, const struct record *record,
                const struct record_layout *layout)
{
    bool good = verdict_is_good(record->verdict) && !record->has_unread;
    if (good && layout->only_bad)
        return;
    const char *colour = record->verdict == VERDICT_SKIPPED ? DIM : good ? GREEN : RED;
    buf_append_format(out, "%s%-10s%s ", layout->colour ? colour : "",
                      verdict_names[record->verdict], layout->colour ? NORMAL : "");
    append_span(out, record, record->path);
    if (record->reason)
        buf_append_format(out, " (%s)", record->reason);
    buf_append_char(out, '\n');
    if (layout_has(layout, PART_FIELDS))
        append_fields(out, record, layout);
    if (layout_has(layout, PART_ERRORS))
        append_faults(out, record);
}
