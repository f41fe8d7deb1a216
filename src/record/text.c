/* SPDX-License-Identifier: MIT */
#include "record/text.h"

#include "base/utf8.h"
#include "record/escape.h"
#include "record/shorten.h"
#include "record/wrap.h"
#include <string.h>

#define DIM    "\033[2m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define RED    "\033[31m"
#define NORMAL "\033[0m"

static void append_span(struct buf *out, const struct record *record, struct text_span span)
{
    escape_text(out, record_text(record, span), span.len);
}

/* A path to be read, not to be evaluated: local names, and places but the first. The record has
 * the exact one in other formats. */
static void append_steps(struct buf *out, const char *path, size_t len)
{
    static const char named[] = "*[name()='", first[] = "[1]";
    const char *end = path + len;
    while (path < end) {
        size_t left = (size_t)(end - path);
        if (left >= sizeof first - 1 && memcmp(path, first, sizeof first - 1) == 0) {
            path += sizeof first - 1;
            continue;
        }
        if (*path == '/' || *path == '@' || *path == '[') {
            const char *bracket = *path == '[' ? memchr(path, ']', left) : path;
            size_t piece = bracket ? (size_t)(bracket - path) + 1 : left;
            buf_append(out, path, piece);
            path += piece;
            continue;
        }
        bool is_named = left >= sizeof named - 1 && memcmp(path, named, sizeof named - 1) == 0;
        const char *name = path + (is_named ? sizeof named - 1 : 0), *at = name;
        while (at < end && !strchr(is_named ? "'" : "/[", *at))
            at++;
        const char *colon = memchr(name, ':', (size_t)(at - name));
        name = colon ? colon + 1 : name;
        buf_append(out, name, (size_t)(at - name));
        path = is_named && at + 2 <= end ? at + 2 : at;
    }
}

/* What is read second. */
static const char *dim(const struct record_layout *layout)
{
    return layout->colour ? DIM : "";
}

static const char *normal(const struct record_layout *layout)
{
    return layout->colour ? NORMAL : "";
}

enum { FAULT_COLUMNS = 4, PATH_COLUMNS = 8, STEPS_COLUMNS = PATH_COLUMNS + sizeof "at " - 1 };

/* On a terminal, what fits into the rest of a line. */
static void append_path(struct buf *out, const struct record *record, struct text_span path,
                        unsigned columns)
{
    bool fits = columns > 2 * STEPS_COLUMNS;
    struct buf steps = {0};
    append_steps(&steps, record_text(record, path), path.len);
    const char *text = buf_string(&steps);
    if (text)
        shorten_text(out, text, steps.len, fits ? columns - STEPS_COLUMNS : SIZE_MAX);
    out->failed |= !text;
    buf_free(&steps);
}

static void append_fault(struct buf *out, const struct record *record,
                         const struct fault *fault, const struct record_layout *layout)
{
    size_t begin = out->len, columns = layout->columns, at;
    buf_append_format(out, "%*s", FAULT_COLUMNS, "");
    if (fault->line)
        buf_append_format(out, "line %llu", (unsigned long long)fault->line);
    if (fault->column)
        buf_append_format(out, ", column %llu", (unsigned long long)fault->column);
    if (fault->line)
        buf_append_string(out, ": ");
    at = wrap_text(out, record_text(record, fault->message), fault->message.len, columns,
                   out->len - begin, PATH_COLUMNS);
    bool fits = !columns || at + strlen(fault->code) + sizeof " []" - 1 <= columns;
    buf_append_format(out, "%s%*s%s[%s]%s\n", fits ? "" : "\n", fits ? 1 : PATH_COLUMNS, "",
                      dim(layout), fault->code, normal(layout));
    if (!fault->path.len)
        return;
    buf_append_format(out, "%*s%sat ", PATH_COLUMNS, "", dim(layout));
    append_path(out, record, fault->path, layout->columns);
    buf_append_format(out, "%s\n", normal(layout));
}

static void append_faults(struct buf *out, const struct record *record,
                          const struct record_layout *layout)
{
    for (size_t i = 0; i < record->n_faults; i++)
        append_fault(out, record, &record->faults[i], layout);
    if (record->faults_total > record->n_faults)
        buf_append_format(out, "    and %llu more\n",
                          (unsigned long long)(record->faults_total - record->n_faults));
}

static void append_fields(struct buf *out, const struct record *record,
                          const struct record_layout *layout)
{
    for (size_t i = 0; i < record->n_fields && i < layout->n_fields; i++) {
        const struct field *field = &record->fields[i];
        buf_append_format(out, "    %s:%s", layout->field_names[i],
                          field->type == FIELD_NULL ? " null" : "");
        for (size_t k = 0; k < field->n; k++) {
            buf_append_char(out, k ? '|' : ' ');
            append_span(out, record, record->values[field->first + k]);
        }
        buf_append_char(out, '\n');
    }
}

/* What is said behind the path: why it was skipped, what none of the schemas is for. */
static void append_remark(struct buf *out, const struct record *record)
{
    if (record->reason)
        buf_append_format(out, " (%s)", record->reason);
    if (record->verdict != VERDICT_UNMAPPED)
        return;
    buf_append_string(out, " (<");
    append_span(out, record, record->root_name);
    buf_append_string(out, record->root_namespace.len ? "> in " : "> in no namespace");
    append_span(out, record, record->root_namespace);
    buf_append_char(out, ')');
}

enum { VERDICT_COLUMNS = 11 };

/* The path of the entry and the remark; on a terminal, what fits into the rest of a line: the
 * path leaves half of that to the remark, and has what the remark leaves. */
static void append_name(struct buf *out, const struct record *record,
                        const struct record_layout *layout)
{
    struct buf remark = {0}, shown = {0};
    if (layout->columns <= 2 * VERDICT_COLUMNS) {
        append_span(out, record, record->path);
        append_remark(out, record);
        return;
    }
    struct text_span path = record->path;
    size_t columns = layout->columns - VERDICT_COLUMNS;
    size_t needed = utf8_length(record_text(record, path), path.len);
    append_remark(&remark, record);
    const char *text = buf_string(&remark);
    if (text)
        shorten_text(&shown, text, remark.len,
                     needed < columns / 2 ? columns - needed : columns / 2);
    const char *fits = buf_string(&shown);
    if (text && fits) {
        shorten_text(out, record_text(record, path), path.len,
                     columns - utf8_length(fits, shown.len));
        buf_append(out, fits, shown.len);
    }
    out->failed |= !text || !fits;
    buf_free(&remark);
    buf_free(&shown);
}

void text_write(struct buf *out, const struct record *record,
                const struct record_layout *layout)
{
    bool good = verdict_is_good(record->verdict) && !record->has_unread;
    if (good && layout->only_bad)
        return;
    /* Yellow: it was not judged. */
    bool is_wrong = record->verdict == VERDICT_INVALID || record->verdict == VERDICT_MALFORMED;
    const char *colour = record->verdict == VERDICT_SKIPPED ? DIM
                         : good                             ? GREEN
                         : is_wrong                         ? RED
                                                            : YELLOW;
    buf_append_format(out, "%s%-10s%s ", layout->colour ? colour : "",
                      verdict_names[record->verdict], layout->colour ? NORMAL : "");
    append_name(out, record, layout);
    buf_append_char(out, '\n');
    if (layout_has(layout, PART_FIELDS))
        append_fields(out, record, layout);
    if (layout_has(layout, PART_ERRORS))
        append_faults(out, record, layout);
}
