/* SPDX-License-Identifier: MIT
 *
 * Groups of errors as text, CSV and JSON.
 */
#include "base/utf8.h"
#include "record/csv.h"
#include "record/escape.h"
#include "record/wrap.h"
#include "run/findings.h"
#include <stdlib.h>
#include <string.h>

/* Those of most errors first; of as many, the one that was met first. */
static int compare(const void *a, const void *b)
{
    const struct finding_group *const *left = a, *const *right = b;
    if ((*left)->errors != (*right)->errors)
        return (*left)->errors > (*right)->errors ? -1 : 1;
    return *left < *right ? -1 : *left > *right;
}

/* NULL: no memory. Freed by the caller. */
const struct finding_group **findings_sort(const struct findings *f)
{
    const struct finding_group **sorted = calloc(f->n_groups + 1, sizeof *sorted);
    if (!sorted)
        return NULL;
    for (size_t i = 0; i < f->n_groups; i++)
        sorted[i] = &f->groups[i];
    qsort(sorted, f->n_groups, sizeof *sorted, compare);
    return sorted;
}

/* What the first example is told by. */
void findings_append_message(struct buf *out, const struct finding_group *group)
{
    if (!group->namespace_name)
        buf_append_string(out, group->message);
    else
        buf_append_format(out, "no schema is for <%s> in %s", group->message,
                          *group->namespace_name ? group->namespace_name : "no namespace");
}

/* -- JSON ----------------------------------------------------------------------------- */

static json_t *number_or_null(uint64_t number)
{
    return number ? json_integer((json_int_t)number) : json_null();
}

/* Names of files need not be UTF-8. */
static json_t *text_to_json(const char *text)
{
    struct buf utf8 = {0};
    utf8_append(&utf8, text, strlen(text));
    json_t *string = buf_string(&utf8) ? json_stringn(utf8.data, utf8.len) : NULL;
    buf_free(&utf8);
    return string;
}

static json_t *group_to_json(const struct finding_group *group)
{
    struct buf message = {0};
    findings_append_message(&message, group);
    json_t *json =
        buf_string(&message)
            ? json_pack("{s:s, s:s, s:I, s:I, s:{s:o, s:o, s:o, s:o}}", "code", group->code,
                        "kind", group->kind, "errors", (json_int_t)group->errors, "documents",
                        (json_int_t)group->documents, "first", "path",
                        text_to_json(group->path), "line", number_or_null(group->line),
                        "column", number_or_null(group->column), "message",
                        text_to_json(message.data))
            : NULL;
    buf_free(&message);
    return json;
}

json_t *findings_groups_json(const struct findings *f)
{
    json_t *all = json_array();
    const struct finding_group **sorted = findings_sort(f);
    bool failed = !sorted;
    for (size_t i = 0; !failed && i < f->n_groups; i++)
        failed = json_array_append_new(all, group_to_json(sorted[i])) < 0;
    free(sorted);
    if (!failed)
        return all;
    json_decref(all);
    return NULL;
}

static void write_ndjson(struct buf *out, const struct finding_group *group)
{
    json_t *json = group_to_json(group);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (text)
        buf_append_string(out, text);
    else
        out->failed = true;
    free(text);
    buf_append_char(out, '\n');
}

/* -- CSV and text --------------------------------------------------------------------- */

static void append_cell(struct buf *out, const struct record_layout *layout, const char *text)
{
    buf_append_char(out, ',');
    csv_write_cell(out, layout, text, strlen(text));
}

static void write_csv(struct buf *out, const struct finding_group *group,
                      const struct record_layout *layout)
{
    struct buf message = {0};
    findings_append_message(&message, group);
    csv_write_cell(out, layout, group->code, strlen(group->code));
    append_cell(out, layout, group->kind);
    buf_append_format(out, ",%llu,%llu", (unsigned long long)group->errors,
                      (unsigned long long)group->documents);
    append_cell(out, layout, group->path);
    buf_append_char(out, ',');
    if (group->line)
        buf_append_u64(out, group->line);
    append_cell(out, layout, buf_string(&message) ? message.data : "");
    buf_append_char(out, '\n');
    out->failed |= message.failed;
    buf_free(&message);
}

static void append_text(struct buf *out, const char *text)
{
    escape_text(out, text, strlen(text));
}

enum { GROUP_COLUMNS = 10 };

static void write_text(struct buf *out, const struct finding_group *group,
                       const struct record_layout *layout)
{
    struct buf message = {0};
    findings_append_message(&message, group);
    buf_append_format(out, "%9llu in %llu document%s  %s%s%s (%s)\n%*s",
                      (unsigned long long)group->errors, (unsigned long long)group->documents,
                      group->documents == 1 ? " " : "s", layout->colour ? "\033[1m" : "",
                      group->code, layout->colour ? "\033[0m" : "", group->kind, GROUP_COLUMNS,
                      "");
    append_text(out, group->path);
    if (group->line)
        buf_append_format(out, ":%llu", (unsigned long long)group->line);
    buf_append_format(out, "\n%*s", GROUP_COLUMNS, "");
    if (buf_string(&message))
        wrap_text(out, message.data, message.len, layout->columns, GROUP_COLUMNS,
                  GROUP_COLUMNS);
    buf_append_char(out, '\n');
    out->failed |= message.failed;
    buf_free(&message);
}

int findings_write_groups(const struct findings *f, const struct record_layout *layout,
                          struct buf *out)
{
    const struct finding_group **sorted = findings_sort(f);
    if (!sorted)
        return -1;
    if (layout->format == FORMAT_CSV)
        buf_append_string(out, "code,kind,errors,documents,path,line,message\n");
    for (size_t i = 0; i < f->n_groups; i++)
        if (layout->format == FORMAT_CSV)
            write_csv(out, sorted[i], layout);
        else if (layout->format == FORMAT_TEXT)
            write_text(out, sorted[i], layout);
        else
            write_ndjson(out, sorted[i]);
    free(sorted);
    return out->failed ? -1 : 0;
}
