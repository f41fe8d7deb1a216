/* SPDX-License-Identifier: MIT
 *
 * A command line as the rows of options say it: `thresh [OPTION...] INPUT...`, and so
 * `thresh tune`. Options may stand among the inputs; -- ends them. Long names may be shortened.
 */
#ifndef THRESH_CLI_COMMAND_LINE_H
#define THRESH_CLI_COMMAND_LINE_H

#include "options/option_row.h"
#include "thresh.h"

/* An option of the run as it was given. Strings are those of argv. */
struct command_setting {
    const struct option_row *row;
    const char *value; /* NULL: none */
};

struct command_line {
    struct command_setting *settings;
    size_t n_settings;
    const char **inputs;
    size_t n_inputs;
};

/* `own` are the options of the command itself; they land in `holder`, which has its defaults.
 * To be called once. 0 or -1, and command_line_free in either case. */
int command_line_parse(struct command_line *line, int argc, char **argv,
                       const struct option_row *own, void *holder, struct thresh_error *error);

/* The options of the run: those of job files first, the others on top. NULL with the error
 * filled in. */
struct thresh_options *command_line_options(const struct command_line *line,
                                            struct thresh_error *error);

/* Of the options of a run, a command may take but some: the names, up to a NULL; NULL: all. */
bool command_line_takes(const char *const *taken, const struct option_row *row);
/* Whether none is given that `program` does not take: 0, or -1 with the error filled in. */
int command_line_check(const struct command_line *line, const char *program,
                       const char *const *taken, struct thresh_error *error);

void command_line_free(struct command_line *line);

#endif
