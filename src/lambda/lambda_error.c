/* SPDX-License-Identifier: MIT */
#include "lambda/lambda_error.h"

#include <stdio.h>

int lambda_error_set(struct lambda_error *error, const char *type, bool again,
                     const char *format, ...)
{
    struct lambda_error made = {.again = again};
    char text[sizeof made.message.text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(made.type, sizeof made.type, "%s", type);
    error_set(&made.message, "%s", text);
    *error = made;
    return -1;
}

int lambda_error_no_memory(struct lambda_error *error)
{
    return lambda_error_set(error, "Thresh.Memory", true,
                            "out of memory; raise the function's memory");
}

int lambda_error_from_message(struct lambda_error *error, const char *type)
{
    const struct thresh_error *message = &error->message;
    if (error_is_no_memory(message))
        return lambda_error_no_memory(error);
    if (error_is_no_process(message))
        return lambda_error_set(error, "Thresh.Memory", true, "%s; raise the function's memory",
                                message->text);
    if (error_is_time_up(message))
        return lambda_error_set(error, "Thresh.Deadline", true,
                                "%s; raise the function's timeout", message->text);
    return lambda_error_set(error, type, false, "%s", message->text);
}
