/* SPDX-License-Identifier: MIT */
#include "options/options.h"

#include "options/option_row.h"
#include <stdlib.h>

struct thresh_options *thresh_options_new(void)
{
    struct thresh_error error;
    struct thresh_options *options = calloc(1, sizeof *options);
    if (!options)
        return NULL;
    for (int i = 0; i < LIMITS; i++)
        options->asked[i] = OPTION_NOT_ASKED;
    if (option_rows_default(option_rows, options, &error) == 0)
        return options;
    thresh_options_free(options);
    return NULL;
}

void thresh_options_free(struct thresh_options *options)
{
    if (!options)
        return;
    option_rows_clear(option_rows, options);
    free(options);
}

int options_set(struct thresh_options *options, const char *name, const char *value,
                struct thresh_error *error)
{
    const struct option_row *row = option_row_find(option_rows, name);
    if (!row)
        return option_row_unknown(name, option_rows, NULL, error);
    return option_row_set(row, options, value, error);
}

uint64_t options_limit_default(enum limit limit)
{
    size_t offset = offsetof(struct thresh_options, asked) + limit * sizeof(uint64_t);
    const struct option_row *row = option_rows;
    struct thresh_error error;
    uint64_t value = 0;
    while (row->name && row->offset != offset)
        row++;
    if (row->name)
        row->kind->set(row, &value, row->otherwise, &error);
    return value;
}
