/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include "cli/command_line.h"
#include "cli/output.h"
#include <string.h>

enum { COLUMN_DOC = 29, WIDTH = 79 };

const struct option_word help_words[] = {{"true", HELP_BRIEF},
                                         {"all", HELP_ALL},
                                         {"measuring", HELP_SECTION + OPTION_MEASURING},
                                         {"schemas", HELP_SECTION + OPTION_SCHEMAS},
                                         {"records", HELP_SECTION + OPTION_RECORDS},
                                         {"workers", HELP_SECTION + OPTION_WORKERS},
                                         {"limits", HELP_SECTION + OPTION_LIMITS},
                                         {"reports", HELP_SECTION + OPTION_REPORTS},
                                         {"other", HELP_SECTION + OPTION_OTHER},
                                         {NULL, 0}};

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

static void append_row(struct buf *out, const struct option_row *row, bool is_brief)
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
    if (is_brief)
        option_row_describe_briefly(row, &doc);
    else
        option_row_describe(row, &doc);
    if (buf_string(&doc))
        append_wrapped(out, doc.data, COLUMN_DOC, COLUMN_DOC);
    else
        out->failed = true;
    buf_free(&doc);
}

static bool has_rows(const struct help *help, int section)
{
    for (const struct option_row *row = help->own; row->name; row++)
        if ((int)row->section == section)
            return true;
    for (const struct option_row *row = option_rows; row->name; row++)
        if ((int)row->section == section && command_line_takes(help->taken, row))
            return true;
    return false;
}

/* Its own options are all taken. */
static void append_section(struct buf *out, const struct help *help, int section)
{
    for (const struct option_row *row = option_rows; row->name; row++)
        if ((int)row->section == section && command_line_takes(help->taken, row))
            append_row(out, row, false);
    for (const struct option_row *row = help->own; row->name; row++)
        if ((int)row->section == section)
            append_row(out, row, false);
}

void help_append_usage(const struct help *help, struct buf *out)
{
    buf_append_format(out, "Usage: %s\n", help->usage);
}

static void append_common(struct buf *out, const struct option_row *rows)
{
    for (; rows->name; rows++)
        if (rows->is_common)
            append_row(out, rows, true);
}

static const char *word_of(int section)
{
    const struct option_word *word = help_words;
    while (word->word && word->value != HELP_SECTION + section)
        word++;
    return word->word ? word->word : "all";
}

/* The words that --help=SECTION takes. */
static void append_sections(struct buf *out, const struct help *help)
{
    struct buf text = {0};
    buf_append_string(&text,
                      "All options: --help=all; those of a section: --help=SECTION, one of");
    const char *before = " ";
    for (int section = 0; section < OPTION_SECTIONS; section++)
        if (has_rows(help, section)) {
            buf_append_format(&text, "%s%s", before, word_of(section));
            before = ", ";
        }
    if (out->len)
        buf_append_char(out, '\n');
    if (buf_string(&text))
        append_wrapped(out, text.data, 0, 0);
    out->failed |= text.failed;
    buf_free(&text);
}

/* The section that is asked for, or each under its title. */
static void append_all(struct buf *out, const struct help *help, enum help_wish wish)
{
    for (int section = 0; section < OPTION_SECTIONS; section++) {
        if ((wish != HELP_ALL && (int)wish != HELP_SECTION + section) ||
            !has_rows(help, section))
            continue;
        buf_append_format(out, wish == HELP_ALL ? "\n%s:\n" : "%s:\n",
                          option_section_titles[section]);
        append_section(out, help, section);
    }
}

void help_append(const struct help *help, enum help_wish wish, struct buf *out)
{
    if (wish == HELP_BRIEF && help->taken)
        wish = HELP_ALL; /* a screen of them */
    if (wish < HELP_SECTION) {
        help_append_usage(help, out);
        append_wrapped(out, help->summary, 0, 0);
    }
    if (wish == HELP_BRIEF) {
        buf_append_string(out, "\nOptions most asked for:\n");
        append_common(out, help->own);
        append_common(out, option_rows);
    } else {
        append_all(out, help, wish);
    }
    if (wish == HELP_BRIEF ||
        (wish >= HELP_SECTION && !has_rows(help, (int)wish - HELP_SECTION)))
        append_sections(out, help);
    if (wish < HELP_SECTION)
        buf_append_format(out, "\n%s%s", help->details, help->examples);
}

int help_print(const struct help *help, enum help_wish wish, struct thresh_error *error)
{
    struct buf text = {0};
    help_append(help, wish, &text);
    int rc = output_print(&text, error);
    buf_free(&text);
    return rc;
}
