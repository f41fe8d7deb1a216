/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include "base/near_name.h"
#include "cli/command_line.h"
#include "cli/output.h"
#include <stdio.h>
#include <string.h>

enum { COLUMN_DOC = 29, WIDTH = 79 };

/* What --help takes for them. */
static const char *const words[OPTION_SECTIONS] = {
    [OPTION_MEASURING] = "measuring", [OPTION_SCHEMAS] = "schemas",
    [OPTION_RECORDS] = "records",     [OPTION_WORKERS] = "workers",
    [OPTION_LIMITS] = "limits",       [OPTION_REPORTS] = "reports",
    [OPTION_OTHER] = "other",
};

/* What is to be told: a section, by its number, or */
enum { BRIEF = OPTION_SECTIONS, ALL };

/* Values are those of argv. */
static int set_wish(const struct option_row *row, void *at, const char *value,
                    struct thresh_error *error)
{
    (void)row, (void)error;
    *(const char **)at = value;
    return 0;
}

const struct option_kind help_kind = {.set = set_wish};

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

/* The words that --help=SECTION takes. */
static void append_sections(struct buf *out, const struct help *help)
{
    struct buf text = {0};
    buf_append_string(&text,
                      "All options: --help=all; those of a section: --help=SECTION, one of");
    const char *before = " ";
    for (int section = 0; section < OPTION_SECTIONS; section++)
        if (has_rows(help, section)) {
            buf_append_format(&text, "%s%s", before, words[section]);
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
static void append_all(struct buf *out, const struct help *help, int wish)
{
    for (int section = 0; section < OPTION_SECTIONS; section++) {
        if ((wish != ALL && wish != section) || !has_rows(help, section))
            continue;
        buf_append_format(out, wish == ALL ? "\n%s:\n" : "%s:\n",
                          option_section_titles[section]);
        append_section(out, help, section);
    }
}

static void append(const struct help *help, int wish, struct buf *out)
{
    if (wish == BRIEF && help->taken)
        wish = ALL; /* a screen of them */
    if (wish < OPTION_SECTIONS) {
        append_all(out, help, wish);
        return;
    }
    help_append_usage(help, out);
    append_wrapped(out, help->summary, 0, 0);
    if (wish == BRIEF) {
        buf_append_string(out, "\nOptions most asked for:\n");
        append_common(out, help->own);
        append_common(out, option_rows);
        append_sections(out, help);
    } else {
        append_all(out, help, wish);
    }
    buf_append_format(out, "\n%s%s", help->details, help->examples);
}

/* What the word asks for; -1 with the error filled in where the command has no such section. */
static int read_wish(const struct help *help, const char *word, struct thresh_error *error)
{
    struct near_name near = near_name_of(word, strlen(word));
    char list[128] = "all";
    if (strcmp(word, "true") == 0) /* it stands for no word */
        return BRIEF;
    if (strcmp(word, list) == 0)
        return ALL;
    near_name_offer(&near, list);
    for (int section = 0; section < OPTION_SECTIONS; section++) {
        if (!has_rows(help, section))
            continue;
        if (strcmp(word, words[section]) == 0)
            return section;
        near_name_offer(&near, words[section]);
        size_t len = strlen(list);
        snprintf(list + len, sizeof list - len, "%s%s",
                 section == OPTION_OTHER ? " and " : ", ", words[section]);
    }
    return error_set(error, "--help: '%s' is none of %s%s%s%s", word, list,
                     near.best ? "; did you mean " : "", near.best ? near.best : "",
                     near.best ? "?" : "");
}

int help_print(const struct help *help, const char *word, struct thresh_error *error)
{
    struct buf text = {0};
    int wish = read_wish(help, word, error);
    if (wish < 0)
        return -1;
    append(help, wish, &text);
    int rc = output_print(&text, error);
    buf_free(&text);
    return rc;
}
