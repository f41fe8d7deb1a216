/* SPDX-License-Identifier: MIT */
#include "record/github.h"

#include "record/escape.h"
#include "record/fault_line.h"
#include "record/record.h"
#include <string.h>

/* Where a text goes, and so what of it is escaped: the runner undoes %25, and in properties %3A
 * and %2C (ActionCommand in its sources). */
enum github_place { PLACE_LOG, PLACE_MESSAGE, PLACE_PROPERTY };

static bool is_marked(char c, enum github_place place)
{
    return (c == '%' && place != PLACE_LOG) ||
           ((c == ':' || c == ',') && place == PLACE_PROPERTY);
}

/* Line feeds are escaped as for a terminal. `##[` begins a command of the runner's older
 * syntax, wherever it stands in a line; with a zero-width space in it, it does not. */
static void append_text(struct buf *out, const char *bytes, size_t len, enum github_place place)
{
    struct buf text = {0};
    escape_text(&text, bytes, len);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (is_marked(c, place))
            buf_append_format(out, "%%%02X", c);
        else
            buf_append_char(out, c);
        if (c == '#' && i + 1 < text.len && text.data[i + 1] == '[')
            buf_append_string(out, "\u200b");
    }
    out->failed |= text.failed;
    buf_free(&text);
}

/* An annotation is shown at its line in a file of the repository, which is known by its path
 * from there without a dot; what is in an archive has none there, so the archive is annotated,
 * and the message has the rest. */
static struct thresh_text file_of(struct thresh_text path)
{
    const char *inside = strstr(path.bytes, "!/"), *begin = path.bytes;
    const char *end = inside ? inside : path.bytes + path.len;
    while (strncmp(begin, "./", 2) == 0 && begin + 2 < end)
        begin += 2;
    return (struct thresh_text){begin, (size_t)(end - begin)};
}

static void append_annotation(struct buf *out, const char *command,
                              const struct thresh_record *record,
                              const struct thresh_fault *fault, struct buf *message)
{
    const char *end = record->path.bytes + record->path.len;
    struct thresh_text file = file_of(record->path);
    const char *rest = file.bytes + file.len;
    bool has_line = rest == end && fault && fault->line;
    buf_append_format(out, "::%s file=", command);
    append_text(out, file.bytes, file.len, PLACE_PROPERTY);
    if (has_line)
        buf_append_format(out, ",line=%llu", (unsigned long long)fault->line);
    if (has_line && fault->column)
        buf_append_format(out, ",col=%llu", (unsigned long long)fault->column);
    buf_append_format(out, ",title=%s", verdict_names[record->verdict]);
    if (fault) {
        buf_append_char(out, ' ');
        append_text(out, fault->code, strlen(fault->code), PLACE_PROPERTY);
    }
    buf_append_string(out, "::");
    if (rest < end) {
        append_text(out, rest + 2, (size_t)(end - rest) - 2, PLACE_MESSAGE);
        buf_append_string(out, ": ");
    }
    append_text(out, message->data, message->len, PLACE_MESSAGE);
    buf_append_char(out, '\n');
}

/* The line begins with a word of ours: no path can make a command of it. */
static void append_log_line(struct buf *out, const char *command,
                            const struct thresh_record *record,
                            const struct thresh_fault *fault, struct buf *message)
{
    buf_append_format(out, "%s: ", command);
    append_text(out, record->path.bytes, record->path.len, PLACE_LOG);
    buf_append_string(out, ": ");
    append_text(out, message->data, message->len, PLACE_LOG);
    const char *code = fault ? fault->code : verdict_names[record->verdict];
    buf_append_string(out, " [");
    append_text(out, code, strlen(code), PLACE_LOG);
    buf_append_string(out, "]\n");
}

/* `fault` NULL: the record is bad and keeps none. */
static void append_fault(struct github *github, struct buf *out,
                         const struct thresh_record *record, const struct thresh_fault *fault)
{
    bool is_error = !fault || fault_line_is_error(record, fault);
    uint64_t *told = is_error ? &github->errors : &github->warnings;
    struct buf message = {0};
    if (fault)
        fault_line_append(&message, fault);
    else
        fault_line_append_none(&message, record);
    ((*told)++ < GITHUB_ANNOTATIONS ? append_annotation : append_log_line)(
        out, is_error ? "error" : "warning", record, fault, &message);
    out->failed |= message.failed;
    buf_free(&message);
}

void github_write(struct github *github, struct buf *out, const struct record_view *view)
{
    const struct thresh_record *record = &view->record;
    for (size_t i = 0; i < record->n_errors; i++)
        append_fault(github, out, record, &view->faults[i]);
    if (!record->n_errors && fault_line_is_bad(record))
        append_fault(github, out, record, NULL);
}

static void append_more(struct buf *out, uint64_t told, const char *what)
{
    if (told > GITHUB_ANNOTATIONS)
        buf_append_format(
            out, "::notice title=thresh::%llu more %s in the log: GitHub shows %d a step\n",
            (unsigned long long)(told - GITHUB_ANNOTATIONS), what, GITHUB_ANNOTATIONS);
}

void github_end(const struct github *github, struct buf *out, const struct thresh_stats *stats,
                const char *why)
{
    append_more(out, github->errors, "errors are");
    append_more(out, github->warnings, "warnings are");
    if (why) {
        buf_append_string(out, "::error title=thresh::");
        append_text(out, why, strlen(why), PLACE_MESSAGE);
        buf_append_char(out, '\n');
    }
    buf_append_format(out, "thresh: %llu %s", (unsigned long long)stats->entries,
                      stats->entries == 1 ? "entry" : "entries");
    for (enum verdict i = 0; i < VERDICTS; i++)
        if (stats->verdicts[i])
            buf_append_format(out, ", %llu %s", (unsigned long long)stats->verdicts[i],
                              verdict_names[i]);
    buf_append_char(out, '\n');
}
