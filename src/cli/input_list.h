/* SPDX-License-Identifier: MIT
 *
 * The inputs of a run: those on the command line, then those of the lists that --files-from
 * names.
 */
#ifndef THRESH_CLI_INPUT_LIST_H
#define THRESH_CLI_INPUT_LIST_H

#include "cli/command_line.h"
#include "options/options.h"

struct input_list {
    const char **items;
    size_t n;
    struct buf names; /* each with its NUL */
};

/* Reads the lists, files or "-" for standard input: a name a line, or, where `is_null`, before
 * each NUL, as find -print0 writes them. Empty lines are passed over. 0, or -1 with the error
 * filled in, and input_list_free in either case. */
int input_list_read(struct input_list *inputs, const struct command_line *line,
                    const struct string_list *lists, bool is_null, struct thresh_error *error);

/* Adds inputs by their names to a run; "-" is standard input. */
void input_list_add_to_run(const char *const *names, size_t n, struct thresh_run *run);

void input_list_free(struct input_list *inputs);

#endif
