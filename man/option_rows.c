/* SPDX-License-Identifier: MIT
 *
 * Prints what --help says as JSON, for man/pages.py: {"version", "examples", "run": [ROW...],
 * "command": [...], "tune": [...]}, a row having "name", "letter", "argument", "section" and
 * "text".
 */
#include "cli/command.h"
#include "cli/tune/tune.h"
#include "options/option_row.h"
#include "thresh.h"
#include <jansson.h>

static json_t *list(const struct option_row *rows)
{
    json_t *all = json_array();
    for (; rows->name; rows++) {
        struct buf text = {0};
        option_row_describe(rows, &text);
        json_array_append_new(
            all, json_pack("{s:s, s:s%, s:s?, s:s, s:s}", "name", rows->name, "letter",
                           &rows->letter, rows->letter ? (size_t)1 : (size_t)0, "argument",
                           rows->argument, "section", option_section_titles[rows->section],
                           "text", buf_string(&text)));
        buf_free(&text);
    }
    return all;
}

int main(void)
{
    json_t *root = json_pack("{s:s, s:s, s:o, s:o, s:o}", "version", THRESH_VERSION, "examples",
                             command_examples, "run", list(option_rows), "command",
                             list(command_rows), "tune", list(tune_rows));
    int rc = root ? json_dumpf(root, stdout, JSON_INDENT(1)) : -1;
    json_decref(root);
    return rc < 0 || fflush(stdout) != 0;
}
