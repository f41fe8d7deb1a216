/* SPDX-License-Identifier: MIT */
#include "record/sarif.h"

#include "record/escape.h"
#include "record/fault_line.h"
#include "record/path_uri.h"
#include "record/record.h"
#include <string.h>

void sarif_begin(struct buf *out)
{
    buf_append_string(out,
                      "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
                      "\"version\":\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\","
                      "\"results\":[");
}

static void append_string(struct buf *out, const char *bytes, size_t len)
{
    buf_append_char(out, '"');
    escape_json(out, bytes, len);
    buf_append_char(out, '"');
}

/* The number of a rule, which is added where it is new. There are as many as there are codes in
 * thresh, so a list will do. */
static size_t rule_index(struct sarif *sarif, const char *code)
{
    size_t index = 0;
    for (size_t at = 0; at < sarif->rules.len; at += strlen(sarif->rules.data + at) + 1) {
        if (strcmp(sarif->rules.data + at, code) == 0)
            return index;
        index++;
    }
    buf_append(&sarif->rules, code, strlen(code) + 1);
    return index;
}

static void append_place(struct buf *out, const struct thresh_record *record,
                         const struct thresh_fault *fault)
{
    buf_append_string(
        out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
    path_uri_append(out, record->path.bytes, record->path.len);
    buf_append_string(out, "\"}");
    if (fault && fault->line) {
        buf_append_format(out, ",\"region\":{\"startLine\":%llu",
                          (unsigned long long)fault->line);
        if (fault->column)
            buf_append_format(out, ",\"startColumn\":%llu", (unsigned long long)fault->column);
        buf_append_char(out, '}');
    }
    buf_append_char(out, '}');
    if (fault && fault->path) {
        buf_append_string(out, ",\"logicalLocations\":[{\"fullyQualifiedName\":");
        append_string(out, fault->path, strlen(fault->path));
        buf_append_string(out, "}]");
    }
    buf_append_string(out, "}]");
}

/* `fault` NULL: the record is bad and keeps none. */
static void append_result(struct sarif *sarif, struct buf *out,
                          const struct thresh_record *record, const struct thresh_fault *fault)
{
    const char *verdict = verdict_names[record->verdict];
    const char *code = fault ? fault->code : verdict;
    bool is_error = !fault || fault_line_is_error(record, fault);
    buf_append_string(out, sarif->results++ ? ",\n{\"ruleId\":" : "\n{\"ruleId\":");
    append_string(out, code, strlen(code));
    buf_append_format(out, ",\"ruleIndex\":%zu,\"level\":\"%s\",\"message\":{\"text\":",
                      rule_index(sarif, code), is_error ? "error" : "warning");
    if (fault) {
        append_string(out, fault->message.bytes, fault->message.len);
    } else {
        struct buf message = {0};
        fault_line_append_none(&message, record);
        append_string(out, message.data, message.len);
        out->failed |= message.failed;
        buf_free(&message);
    }
    buf_append_char(out, '}');
    append_place(out, record, fault);
    buf_append_format(out, ",\"properties\":{\"verdict\":\"%s\",\"errors_total\":%llu}}",
                      verdict, (unsigned long long)record->errors_total);
}

void sarif_write(struct sarif *sarif, struct buf *out, const struct record_view *view)
{
    const struct thresh_record *record = &view->record;
    for (size_t i = 0; i < record->n_errors; i++)
        append_result(sarif, out, record, &view->faults[i]);
    if (!record->n_errors && fault_line_is_bad(record))
        append_result(sarif, out, record, NULL);
    out->failed |= sarif->rules.failed;
}

static void append_counts(struct buf *out, const struct thresh_stats *stats)
{
    buf_append_format(out,
                      "\"properties\":{\"entries\":%llu,\"documents\":%llu,\"unread\":%llu",
                      (unsigned long long)stats->entries, (unsigned long long)stats->documents,
                      (unsigned long long)stats->unread);
    for (enum verdict i = 0; i < VERDICTS; i++)
        buf_append_format(out, ",\"%s\":%llu", verdict_names[i],
                          (unsigned long long)stats->verdicts[i]);
    buf_append_char(out, '}');
}

void sarif_end(const struct sarif *sarif, struct buf *out, const struct thresh_stats *stats,
               const char *why)
{
    buf_append_string(
        out, "\n],\"tool\":{\"driver\":{\"name\":\"thresh\",\"version\":\"" THRESH_VERSION
             "\",\"rules\":[");
    for (size_t at = 0; at < sarif->rules.len; at += strlen(sarif->rules.data + at) + 1) {
        buf_append_string(out, at ? ",{\"id\":" : "{\"id\":");
        append_string(out, sarif->rules.data + at, strlen(sarif->rules.data + at));
        buf_append_char(out, '}');
    }
    buf_append_format(out, "]}},\"invocations\":[{\"executionSuccessful\":%s",
                      why ? "false" : "true");
    if (why) {
        buf_append_string(out, ",\"toolExecutionNotifications\":[{\"level\":\"error\","
                               "\"message\":{\"text\":");
        append_string(out, why, strlen(why));
        buf_append_string(out, "}}]");
    }
    buf_append_string(out, "}],");
    append_counts(out, stats);
    buf_append_string(out, "}]}\n");
}
