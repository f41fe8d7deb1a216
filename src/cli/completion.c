/* SPDX-License-Identifier: MIT */
#include "cli/completion.h"

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

static void bash_names(struct buf *out, const struct option_row *rows)
{
    for (; rows->name; rows++)
        buf_append_format(out, " --%s", rows->name);
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

static void append_bash(struct buf *out, const struct option_row *own,
                        const struct option_row *tune)
{
    buf_append_string(out, "_thresh() {\n    local current=${COMP_WORDS[COMP_CWORD]} "
                           "previous=${COMP_WORDS[COMP_CWORD-1]}\n    local options='");
    bash_names(out, option_rows);
    buf_append_string(out, "'\n    if [[ ${COMP_WORDS[1]} == tune ]]; then options+='");
    bash_names(out, tune);
    buf_append_string(out, "'; else options+='");
    bash_names(out, own);
    buf_append_string(out, "'; fi\n    case $previous in\n");
    bash_words(out, option_rows);
    bash_words(out, own);
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

static void zsh_rows(struct buf *out, const struct option_row *rows)
{
    for (; rows->name; rows++) {
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

static void append_zsh(struct buf *out, const struct option_row *own,
                       const struct option_row *tune)
{
    buf_append_string(out, "#compdef thresh\nlocal -a options=(\n");
    zsh_rows(out, option_rows);
    buf_append_string(out, ")\nif [[ $words[2] == tune ]]; then\n  options+=(\n");
    zsh_rows(out, tune);
    buf_append_string(out, "  )\nelse\n  options+=(\n");
    zsh_rows(out, own);
    buf_append_string(out, "    '1:input or command:{_alternative "
                           "\"commands:command:(" COMMANDS ")\" \"files:input:_files\"}'\n"
                           "  )\nfi\n_arguments -s $options '*:input:_files'\n");
}

/* -- fish ----------------------------------------------------------------------------- */

static void fish_rows(struct buf *out, const struct option_row *rows, const char *condition)
{
    for (; rows->name; rows++) {
        buf_append_format(out, "complete -c thresh%s -l %s", condition, rows->name);
        if (rows->letter)
            buf_append_format(out, " -s %c", rows->letter);
        if (takes_value(rows) && rows->words) {
            buf_append_string(out, " -x -a '");
            append_words(out, rows);
            buf_append_char(out, '\'');
        } else if (takes_value(rows)) {
            buf_append_string(out, " -r");
        }
        buf_append_string(out, " -d '");
        for (const char *c = rows->doc; *c; c++) {
            if (*c == '\'' || *c == '\\')
                buf_append_char(out, '\\');
            buf_append_char(out, *c);
        }
        buf_append_string(out, "'\n");
    }
}

static void append_fish(struct buf *out, const struct option_row *own,
                        const struct option_row *tune)
{
    buf_append_string(out, "complete -c thresh -n __fish_use_subcommand -a '" COMMANDS "'\n");
    fish_rows(out, option_rows, "");
    fish_rows(out, own, " -n 'not __fish_seen_subcommand_from tune'");
    fish_rows(out, tune, " -n '__fish_seen_subcommand_from tune'");
}

void completion_append(enum completion_shell shell, const struct option_row *own,
                       const struct option_row *tune, struct buf *out)
{
    if (shell == COMPLETION_BASH)
        append_bash(out, own, tune);
    else if (shell == COMPLETION_ZSH)
        append_zsh(out, own, tune);
    else
        append_fish(out, own, tune);
}
