/* SPDX-License-Identifier: MIT
 *
 * Why an archive could not be processed, its results could not be stored, or an event could not
 * be answered: what the command says as struct thresh_error, with what the Runtime API wants to
 * know of it besides.
 */
#ifndef THRESH_LAMBDA_LAMBDA_ERROR_H
#define THRESH_LAMBDA_LAMBDA_ERROR_H

#include "base/error.h"

struct lambda_error {
    char type[64]; /* errorType of the Runtime API: Category.Reason, as in "S3.NoSuchKey" */
    bool again;    /* a later try may succeed: S3 Batch Operations is told so */
    struct thresh_error message;
};

/* Fills all of *error and returns -1. The arguments may point into *error. */
__attribute__((format(printf, 4, 5))) int lambda_error_set(struct lambda_error *error,
                                                           const char *type, bool again,
                                                           const char *format, ...);
/* Thresh.Memory, for memory that could not be had. Returns -1. */
int lambda_error_no_memory(struct lambda_error *error);
/* The same where error->message says that memory, a process or time was wanting, and a later
 * try may succeed; otherwise it stays as it is, of that type. Returns -1. */
int lambda_error_from_message(struct lambda_error *error, const char *type);

#endif
