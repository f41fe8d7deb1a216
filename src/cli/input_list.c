/* SPDX-License-Identifier: MIT */
#include "cli/input_list.h"

#include "base/io.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 16 };

static int add_name(struct input_list *inputs, const char *name, size_t len)
{
    buf_append(&inputs->names, name, len);
    inputs->n++;
    return buf_append_char(&inputs->names, '\0');
}

/* -- One list ------------------------------------------------------------------------- */

static int read_file(int fd, const char *shown, struct buf *text, struct thresh_error *error)
{
    struct stat facts;
    ptrdiff_t got;
    char *block = malloc(BLOCK);
    if (!block)
        return error_no_memory(error);
    if (fstat(fd, &facts) == 0 && !isatty(fd) &&
        (S_ISCHR(facts.st_mode) || S_ISBLK(facts.st_mode))) {
        free(block);
        return error_set(error, "--files-from: %s is a device, not a list", shown);
    }
    while ((got = io_read_all(fd, block, BLOCK)) > 0)
        buf_append(text, block, (size_t)got);
    free(block);
    if (got < 0)
        return error_set(error, "--files-from: %s cannot be read: %m", shown);
    return text->failed ? error_no_memory(error) : 0;
}

static int add_names(struct input_list *inputs, const struct buf *text, const char *shown,
                     bool is_null, bool is_stdin, struct thresh_error *error)
{
    const char *end = text->data + text->len;
    if (!is_null && text->len && memchr(text->data, '\0', text->len))
        return error_set(
            error, "--files-from: a NUL is in %s; give --null where names end with one", shown);
    const char *name = text->data;
    /* Windows begins a list with a byte order mark, and ends a name with CR LF. */
    if (!is_null && text->len >= 3 && memcmp(name, "\xef\xbb\xbf", 3) == 0)
        name += 3;
    while (name < end) {
        const char *stop = memchr(name, is_null ? '\0' : '\n', (size_t)(end - name));
        size_t len = (size_t)((stop ? stop : end) - name);
        const char *next = name + len + 1;
        if (!is_null && len && name[len - 1] == '\r')
            len--;
        if (is_stdin && len == 1 && *name == '-')
            return error_set(error, "--files-from: standard input is the list, so it cannot "
                                    "be an input, too; write ./- for a file of that name");
        if (len && add_name(inputs, name, len) < 0)
            return error_no_memory(error);
        name = next;
    }
    return 0;
}

static int read_list(struct input_list *inputs, const char *file, bool is_null,
                     struct thresh_error *error)
{
    struct buf text = {0};
    bool is_stdin = strcmp(file, "-") == 0;
    const char *shown = is_stdin ? "standard input" : file;
    size_t before = inputs->n;
    int fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_set(error, "--files-from: %s cannot be opened: %m", shown);
    int rc = read_file(fd, shown, &text, error);
    if (!rc)
        rc = add_names(inputs, &text, shown, is_null, is_stdin, error);
    if (!rc && inputs->n == before)
        rc = error_set(error, "--files-from: %s names no input", shown);
    if (!is_stdin)
        close(fd);
    buf_free(&text);
    return rc;
}

/* -- All inputs ----------------------------------------------------------------------- */

static bool has_standard_input(const char *const *names, size_t n)
{
    while (n && strcmp(names[n - 1], "-") != 0)
        n--;
    return n;
}

int input_list_read(struct input_list *inputs, const struct command_line *line,
                    const struct string_list *lists, bool is_null, struct thresh_error *error)
{
    *inputs = (struct input_list){0};
    if (is_null && !lists->n)
        return error_set(error, "--null says how --files-from is to be read; give both");
    if (has_standard_input((const char *const *)lists->items, lists->n) &&
        has_standard_input(line->inputs, line->n_inputs))
        return error_set(error, "standard input cannot be an input and a list of inputs");
    for (size_t i = 0; i < line->n_inputs; i++)
        if (add_name(inputs, line->inputs[i], strlen(line->inputs[i])) < 0)
            return error_no_memory(error);
    for (size_t i = 0; i < lists->n; i++)
        if (read_list(inputs, lists->items[i], is_null, error) < 0)
            return -1;
    if (!inputs->n)
        return error_set(error, "no input is named; give an archive, a directory, an XML file, "
                                "or - for standard input");
    inputs->items = calloc(inputs->n, sizeof *inputs->items);
    if (!inputs->items)
        return error_no_memory(error);
    const char *name = inputs->names.data;
    for (size_t i = 0; i < inputs->n; i++, name += strlen(name) + 1)
        inputs->items[i] = name;
    return 0;
}

void input_list_add_to_run(const char *const *names, size_t n, struct thresh_run *run)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], "-") == 0)
            thresh_run_add_fd(run, STDIN_FILENO, "-");
        else
            thresh_run_add_path(run, names[i], NULL);
    }
}

void input_list_free(struct input_list *inputs)
{
    free(inputs->items);
    buf_free(&inputs->names);
}
