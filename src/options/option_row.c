/* SPDX-License-Identifier: MIT */
#include "options/option_row.h"

#include "base/near_name.h"
#include <string.h>

const struct option_row *option_row_find(const struct option_row *rows, const char *name)
{
    for (; rows->name; rows++)
        if (strcmp(rows->name, name) == 0)
            return rows;
    return NULL;
}

bool option_row_is_switch(const struct option_row *row)
{
    return !row->argument || strncmp(row->argument, "[=", 2) == 0;
}

int option_row_set(const struct option_row *row, void *holder, const char *value,
                   struct thresh_error *error)
{
    if (!value && !option_row_is_switch(row))
        return error_set(error, "--%s needs a value: %s", row->name, row->argument);
    return row->kind->set(row, (char *)holder + row->offset, value ? value : "true", error);
}

int option_rows_default(const struct option_row *rows, void *holder, struct thresh_error *error)
{
    for (; rows->name; rows++)
        if (rows->otherwise && !rows->is_deferred &&
            option_row_set(rows, holder, rows->otherwise, error) < 0)
            return -1;
    return 0;
}

void option_rows_clear(const struct option_row *rows, void *holder)
{
    for (; rows->name; rows++)
        if (rows->kind->clear)
            rows->kind->clear((char *)holder + rows->offset);
}

void option_row_print(const struct option_row *row, const void *holder, struct buf *out)
{
    buf_append_format(out, "%s ", row->name);
    row->kind->print(row, (const char *)holder + row->offset, out);
    buf_append_char(out, '\0');
}

/* A number that somebody might come to ask for; others are no limit that anyone meets. */
enum { MOST_WORTH_SAYING = 1000000 };

int option_row_describe(const struct option_row *row, struct buf *out)
{
    const char *before = " (", *const next = "; ";
    buf_append_string(out, row->doc);
    if (row->otherwise) {
        buf_append_format(out, "%sdefault %s", before, row->otherwise);
        before = next;
    }
    if (row->zero && row->otherwise && strcmp(row->otherwise, "0") == 0)
        buf_append_format(out, ": %s", row->zero);
    else if (row->zero)
        buf_append_format(out, "%s0: %s", next, row->zero);
    if (row->most && row->most <= MOST_WORTH_SAYING) {
        buf_append_format(out, "%sat most %llu", before, (unsigned long long)row->most);
        before = next;
    }
    if (row->kind->repeats) {
        buf_append_format(out, "%srepeatable", before);
        before = next;
    }
    return before == next ? buf_append_char(out, ')') : out->failed ? -1 : 0;
}

int option_row_describe_briefly(const struct option_row *row, struct buf *out)
{
    size_t len = strcspn(row->doc, ";:");
    const char *stop = strstr(row->doc, ". ");
    if (stop && (size_t)(stop - row->doc) < len)
        len = (size_t)(stop - row->doc);
    return buf_append(out, row->doc, len);
}

int option_row_unknown(const char *name, const struct option_row *rows,
                       const struct option_row *more, struct thresh_error *error)
{
    const struct option_row *const tables[] = {rows, more};
    struct near_name near = near_name_of(name, strlen(name));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct option_row *row = tables[i]; row && row->name; row++)
            near_name_offer(&near, row->name);
    if (near.best)
        return error_set(error, "there is no option --%s; did you mean --%s?", name, near.best);
    return error_set(error, "there is no option --%s; thresh --help lists them", name);
}
