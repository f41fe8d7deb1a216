/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <stdio.h>

int error_set(struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    /* Names and library messages end up in here: one line stays one line on every terminal. */
    for (char *c = error->text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    return -1;
}

int error_no_memory(struct error *error)
{
    return error_set(error, "out of memory; use fewer workers (--jobs) or a machine with more");
}
