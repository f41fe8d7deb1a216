/* SPDX-License-Identifier: MIT */
#include "cli/command_line.h"

#include "options/options.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The numbers that getopt_long calls options by: a letter where there is one, else above all
 * letters the index among all rows, the command's own first. */
enum { KEY_FIRST = 0x100 };

struct option_parser {
    const struct option_row *own;
    void *holder;
    struct option *names;
    char *letters;
};

static const struct option_row *row_at(const struct option_row *own, size_t index)
{
    for (; own->name; own++)
        if (index-- == 0)
            return own;
    return &option_rows[index];
}

static const struct option_row *row_of_key(const struct option_row *own, int key)
{
    const struct option_row *row;
    if (key >= KEY_FIRST)
        return row_at(own, (size_t)key - KEY_FIRST);
    for (size_t i = 0; (row = row_at(own, i))->name; i++)
        if (row->letter && row->letter == key)
            return row;
    return NULL;
}

/* The rows as getopt_long reads them. It returns '?' for what it does not know, so -? must be
 * something that it does not know. */
static int make_tables(struct option_parser *parser, struct thresh_error *error)
{
    const struct option_row *row;
    size_t n = 0, len = 0;
    while (row_at(parser->own, n)->name)
        n++;
    parser->names = calloc(n + 1, sizeof *parser->names);
    parser->letters = calloc(3 * n + 3, 1);
    if (!parser->names || !parser->letters)
        return error_no_memory(error);
    parser->letters[len++] = '-'; /* inputs in their order among the options, as key 1 */
    parser->letters[len++] = ':'; /* a missing value is told apart */
    for (size_t i = 0; i < n; i++) {
        row = row_at(parser->own, i);
        int has_value = !row->argument              ? no_argument
                        : option_row_is_switch(row) ? optional_argument
                                                    : required_argument;
        bool has_letter = row->letter && row->letter != '?';
        int key = has_letter ? row->letter : KEY_FIRST + (int)i;
        parser->names[i] = (struct option){row->name, has_value, NULL, key};
        if (has_letter)
            parser->letters[len++] = row->letter;
        if (has_letter && has_value == required_argument)
            parser->letters[len++] = ':';
    }
    return 0;
}

/* A long name that is none, or is short for more than one. */
static int refuse_name(const struct option_parser *parser, const char *argument,
                       struct thresh_error *error)
{
    char name[64], list[256] = "";
    size_t len = 0, n = 0;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
    const struct option_row *row;
    for (size_t i = 0; (row = row_at(parser->own, i))->name; i++)
        if (strncmp(row->name, name, strlen(name)) == 0 && ++n && len < sizeof list)
            len += (size_t)snprintf(list + len, sizeof list - len, "%s--%s", n > 1 ? ", " : "",
                                    row->name);
    if (n > 1)
        return error_set(error, "--%s is short for more than one option: %s", name, list);
    return option_row_unknown(name, parser->own, option_rows, error);
}

/* What getopt_long returned '?' for. */
static int refuse(const struct option_parser *parser, char **argv, struct thresh_error *error)
{
    const struct option_row *row = optopt ? row_of_key(parser->own, optopt) : NULL;
    if (row)
        return error_set(error, "--%s takes no value", row->name);
    if (optopt)
        return error_set(error, "there is no option -%c; thresh --help lists them", optopt);
    return refuse_name(parser, argv[optind - 1] + 2, error);
}

static int take(const struct option_parser *parser, struct command_line *line, int key,
                struct thresh_error *error)
{
    const struct option_row *row = row_of_key(parser->own, key);
    if (option_row_find(parser->own, row->name))
        return option_row_set(row, parser->holder, optarg, error);
    line->settings[line->n_settings++] = (struct command_setting){row, optarg};
    return 0;
}

static int parse(const struct option_parser *parser, struct command_line *line, int argc,
                 char **argv, struct thresh_error *error)
{
    int key;
    opterr = 0;
    while ((key = getopt_long(argc, argv, parser->letters, parser->names, NULL)) != -1) {
        if (key == ':')
            return option_row_set(row_of_key(parser->own, optopt), NULL, NULL, error);
        if (key == '?' && optopt != '?')
            return refuse(parser, argv, error);
        if (key == 1)
            line->inputs[line->n_inputs++] = optarg;
        else if (take(parser, line, key, error) < 0)
            return -1;
    }
    while (optind < argc)
        line->inputs[line->n_inputs++] = argv[optind++];
    return 0;
}

int command_line_parse(struct command_line *line, int argc, char **argv,
                       const struct option_row *own, void *holder, struct thresh_error *error)
{
    struct option_parser parser = {.own = own, .holder = holder};
    size_t most = 1; /* -qqq is three options */
    for (int i = 0; i < argc; i++)
        most += strlen(argv[i]) + 1;
    *line = (struct command_line){
        .settings = calloc(most, sizeof *line->settings),
        .inputs = calloc((size_t)argc + 1, sizeof *line->inputs),
    };
    int rc =
        line->settings && line->inputs ? make_tables(&parser, error) : error_no_memory(error);
    if (rc == 0)
        rc = parse(&parser, line, argc, argv, error);
    free(parser.names);
    free(parser.letters);
    return rc;
}

/* Puts the user's own cache, as the XDG Base Directory Specification has it, where the options
 * name no other. */
static int place_schema_cache(struct thresh_options *options, struct thresh_error *error)
{
    const char *caches = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    bool is_named = caches && *caches == '/';
    char *above = NULL, *place = NULL;
    if (!options->schema_cache || *options->schema_cache)
        return 0;
    if (!is_named && (!home || *home != '/'))
        return error_set(error,
                         "--schema-cache: there is no home directory to keep it in; name "
                         "one, --schema-cache=DIR");
    if (asprintf(&above, "%s%s", is_named ? caches : home, is_named ? "" : "/.cache") < 0)
        above = NULL;
    if (!above || asprintf(&place, "%s/thresh", above) < 0)
        place = NULL;
    if (above)
        mkdir(above, 0700); /* what is wrong with it is told of the directory in it */
    int rc = place ? thresh_options_set(options, "schema-cache", place, error)
                   : error_no_memory(error);
    free(above);
    free(place);
    return rc;
}

struct thresh_options *command_line_options(const struct command_line *line,
                                            struct thresh_error *error)
{
    struct thresh_options *options = thresh_options_new();
    int rc = options ? 0 : error_no_memory(error);
    for (int jobs = 1; jobs >= 0 && rc == 0; jobs--)
        for (size_t i = 0; i < line->n_settings && rc == 0; i++) {
            const struct command_setting *setting = &line->settings[i];
            if ((setting->row->kind == &option_kind_job) == jobs)
                rc = thresh_options_set(options, setting->row->name, setting->value, error);
        }
    if (rc == 0)
        rc = place_schema_cache(options, error);
    if (rc == 0)
        return options;
    thresh_options_free(options);
    return NULL;
}

bool command_line_takes(const char *const *taken, const struct option_row *row)
{
    while (taken && *taken && strcmp(*taken, row->name) != 0)
        taken++;
    return !taken || *taken;
}

int command_line_check(const struct command_line *line, const char *program,
                       const char *const *taken, struct thresh_error *error)
{
    struct buf list = {0};
    size_t i = 0;
    while (i < line->n_settings && command_line_takes(taken, line->settings[i].row))
        i++;
    if (i == line->n_settings)
        return 0;
    for (size_t k = 0; taken[k]; k++)
        buf_append_format(&list, "%s--%s", k ? ", " : "", taken[k]);
    int rc = buf_string(&list) ? error_set(error, "--%s is for a run; %s takes %s",
                                           line->settings[i].row->name, program, list.data)
                               : error_no_memory(error);
    buf_free(&list);
    return rc;
}

void command_line_free(struct command_line *line)
{
    free(line->settings);
    free(line->inputs);
}
