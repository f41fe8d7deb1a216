/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

int error_set(struct thresh_error *error, const char *format, ...)
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

static const char no_memory[] =
    "out of memory; use fewer workers (--jobs) or a machine with more";

int error_no_memory(struct thresh_error *error)
{
    return error_set(error, "%s", no_memory);
}

bool error_is_no_memory(const struct thresh_error *error)
{
    return strcmp(error->text, no_memory) == 0;
}

static const char time_up[] = "the time was up while ";

int error_time_up(struct thresh_error *error, const char *what_was)
{
    return error_set(error, "%s%s", time_up, what_was);
}

bool error_is_time_up(const struct thresh_error *error)
{
    return strncmp(error->text, time_up, sizeof time_up - 1) == 0;
}

static const char no_process[] = "no process could do it: ";

int error_no_process(struct thresh_error *error, const char *format, ...)
{
    struct thresh_error why;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why.text, sizeof why.text, format, arguments);
    va_end(arguments);
    return error_set(error, "%s%s", no_process, why.text);
}

bool error_is_no_process(const struct thresh_error *error)
{
    return strncmp(error->text, no_process, sizeof no_process - 1) == 0;
}
