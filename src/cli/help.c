/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <string.h>

enum { COLUMN_DOC = 29, WIDTH = 79 };

/* Words from column `at` on, in lines that begin at `left`. */
static void append_wrapped(struct buf *out, const char *text, size_t at, size_t left)
{
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at > left && at + 1 + word > WIDTH) {
            buf_append_format(out, "\n%*s", (int)left, "");
            at = left;
        } else if (at > left) {
            buf_append_char(out, ' ');
            at++;
        }
        buf_append(out, text, word);
        at += word;
        text += word + strspn(text + word, " ");
    }
    buf_append_char(out, '\n');
}

static void append_row(struct buf *out, const struct option_row *row)
{
    struct buf doc = {0};
    size_t begin = out->len;
    if (row->letter)
        buf_append_format(out, "  -%c, --%s", row->letter, row->name);
    else
        buf_append_format(out, "      --%s", row->name);
    if (row->argument && option_row_is_switch(row))
        buf_append_string(out, row->argument);
    else if (row->argument)
        buf_append_format(out, "=%s", row->argument);
    size_t at = out->len - begin;
    buf_append_format(out, at + 1 < COLUMN_DOC ? "%*s" : "\n%*s",
                      at + 1 < COLUMN_DOC ? (int)(COLUMN_DOC - at) : COLUMN_DOC, "");
    option_row_describe(row, &doc);
    if (buf_string(&doc))
        append_wrapped(out, doc.data, COLUMN_DOC, COLUMN_DOC);
    else
        out->failed = true;
    buf_free(&doc);
}

static bool has_rows(const struct option_row *rows, enum option_section section)
{
    while (rows->name && rows->section != section)
        rows++;
    return rows->name;
}

static void append_rows(struct buf *out, const struct option_row *rows,
                        enum option_section section)
{
    for (; rows->name; rows++)
        if (rows->section == section)
            append_row(out, rows);
}

void help_append_usage(const struct help *help, struct buf *out)
{
    buf_append_format(out, "Usage: %s\n", help->usage);
}

void help_append(const struct help *help, struct buf *out)
{
    help_append_usage(help, out);
    append_wrapped(out, help->summary, 0, 0);
    for (enum option_section section = 0; section < OPTION_SECTIONS; section++) {
        if (!has_rows(option_rows, section) && !has_rows(help->own, section))
            continue;
        buf_append_format(out, "\n%s:\n", option_section_titles[section]);
        append_rows(out, option_rows, section);
        append_rows(out, help->own, section);
    }
    buf_append_format(out, "\n%s", help->details);
}
