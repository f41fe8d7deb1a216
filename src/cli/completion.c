/* SPDX-License-Identifier: MIT */
#include "cli/completion.h"

#include "cli/command_line.h"
#include <stdio.h>
#include <string.h>

#define COMMANDS "compile merge tune lambda"

/* The words that an option takes, with spaces between them. */
static void append_words(struct buf *out, const struct option_row *row)
{
    for (const struct option_word *word = row->words; word->word; word++)
        buf_append_format(out, word[1].word ? "%s " : "%s", word->word);
}

/* Its value is typed behind it, not left out. */
static bool takes_value(const struct option_row *row)
{
    return !option_row_is_switch(row);
}

/* -- bash ----------------------------------------------------------------------------- */

static void bash_names(struct buf *out, const struct help *help)
{
    for (const struct option_row *row = option_rows; row->name; row++)
        if (command_line_takes(help->taken, row))
            buf_append_format(out, " --%s", row->name);
    for (const struct option_row *row = help->own; row->name; row++)
        buf_append_format(out, " --%s", row->name);
}

static void bash_words(struct buf *out, const struct option_row *rows)
{
    for (; rows->name; rows++) {
        if (!rows->words || !takes_value(rows))
            continue;
        buf_append_format(out, "    --%s", rows->name);
        if (rows->letter)
            buf_append_format(out, "|-%c", rows->letter);
        buf_append_string(out, ") COMPREPLY=($(compgen -W '");
        append_words(out, rows);
        buf_append_string(out, "' -- \"$current\")); return;;\n");
    }
}

static void append_bash(struct buf *out, const struct completion_command *commands)
{
    const struct help *run = commands->help;
    buf_append_string(out, "_thresh() {\n    local current=${COMP_WORDS[COMP_CWORD]} "
                           "previous=${COMP_WORDS[COMP_CWORD-1]} options\n"
                           "    case ${COMP_WORDS[1]} in\n");
    for (const struct completion_command *command = commands + 1; command->help; command++) {
        buf_append_format(out, "    %s) options='", command->name);
        bash_names(out, command->help);
        buf_append_string(out, "';;\n");
    }
    buf_append_string(out, "    *) options='");
    bash_names(out, run);
    buf_append_string(out, "';;\n    esac\n    case $previous in\n");
    bash_words(out, option_rows);
    bash_words(out, run->own);
    buf_append_string(out,
                      "    esac\n"
                      "    if [[ $current == -* ]]; then\n"
                      "        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
                      "    elif [[ $COMP_CWORD == 1 ]]; then\n"
                      "        COMPREPLY=($(compgen -f -W '" COMMANDS "' -- \"$current\"))\n"
                      "    else\n"
                      "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
                      "    fi\n}\ncomplete -o filenames -F _thresh thresh\n");
}

/* -- zsh ------------------------------------------------------------------------------ */

/* As part of an argument of _arguments: brackets, colons and quotes have a meaning there. */
static void zsh_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_append_string(out, "'\\'");
        else if (strchr("[]:\\", *text))
            buf_append_char(out, '\\');
        buf_append_char(out, *text);
    }
}

static void zsh_rows(struct buf *out, const struct option_row *rows, const char *const *taken)
{
    for (; rows->name; rows++) {
        if (!command_line_takes(taken, rows))
            continue;
        buf_append_format(out, "    '*--%s%s[", rows->name, takes_value(rows) ? "=" : "");
        zsh_text(out, rows->doc);
        buf_append_char(out, ']');
        if (takes_value(rows)) {
            buf_append_char(out, ':');
            zsh_text(out, rows->argument);
            buf_append_string(out, rows->words ? ":(" : ":_files");
        }
        if (takes_value(rows) && rows->words) {
            append_words(out, rows);
            buf_append_char(out, ')');
        }
        buf_append_string(out, "'\n");
    }
}

static void append_zsh(struct buf *out, const struct completion_command *commands)
{
    const struct help *run = commands->help;
    buf_append_string(out, "#compdef thresh\nlocal -a options\ncase $words[2] in\n");
    for (const struct completion_command *command = commands + 1; command->help; command++) {
        buf_append_format(out, "  %s) options=(\n", command->name);
        zsh_rows(out, option_rows, command->help->taken);
        zsh_rows(out, command->help->own, NULL);
        buf_append_string(out, "  );;\n");
    }
    buf_append_string(out, "  *) options=(\n");
    zsh_rows(out, option_rows, run->taken);
    zsh_rows(out, run->own, NULL);
    buf_append_string(out, "    '1:input or command:{_alternative "
                           "\"commands:command:(" COMMANDS ")\" \"files:input:_files\"}'\n"
                           "  );;\nesac\n_arguments -s $options '*:input:_files'\n");
}

/* -- fish ----------------------------------------------------------------------------- */

static void fish_row(struct buf *out, const struct option_row *row, const char *condition)
{
    buf_append_format(out, "complete -c thresh%s -l %s", condition, row->name);
    if (row->letter)
        buf_append_format(out, " -s %c", row->letter);
    if (takes_value(row) && row->words) {
        buf_append_string(out, " -x -a '");
        append_words(out, row);
        buf_append_char(out, '\'');
    } else if (takes_value(row)) {
        buf_append_string(out, " -r");
    }
    buf_append_string(out, " -d '");
    for (const char *c = row->doc; *c; c++) {
        if (*c == '\'' || *c == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, *c);
    }
    buf_append_string(out, "'\n");
}

/* The option is not offered behind a command that refuses it. */
static void fish_run_rows(struct buf *out, const struct completion_command *commands)
{
    for (const struct option_row *row = option_rows; row->name; row++) {
        struct buf condition = {0};
        for (const struct completion_command *other = commands + 1; other->help; other++)
            if (!command_line_takes(other->help->taken, row))
                buf_append_format(&condition, "%s %s",
                                  condition.len ? "" : " -n 'not __fish_seen_subcommand_from",
                                  other->name);
        if (condition.len)
            buf_append_char(&condition, '\'');
        const char *text = buf_string(&condition);
        if (text)
            fish_row(out, row, text);
        out->failed |= !text;
        buf_free(&condition);
    }
}

static void append_fish(struct buf *out, const struct completion_command *commands)
{
    char own[96];
    buf_append_string(out, "complete -c thresh -n __fish_use_subcommand -a '" COMMANDS "'\n");
    fish_run_rows(out, commands);
    for (const struct completion_command *command = commands; command->help; command++) {
        snprintf(own, sizeof own, " -n '%s__fish_seen_subcommand_from %s'",
                 command->name ? "" : "not ", command->name ? command->name : COMMANDS);
        for (const struct option_row *row = command->help->own; row->name; row++)
            fish_row(out, row, own);
    }
}

void completion_append(enum completion_shell shell, const struct completion_command *commands,
                       struct buf *out)
{
    if (shell == COMPLETION_BASH)
        append_bash(out, commands);
    else if (shell == COMPLETION_ZSH)
        append_zsh(out, commands);
    else
        append_fish(out, commands);
}
