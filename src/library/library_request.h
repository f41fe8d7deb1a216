/* SPDX-License-Identifier: MIT
 *
 * A task's arguments as bytes: how many there are, their lengths, and they themselves, each
 * from a multiple of 16 on.
 */
#ifndef THRESH_LIBRARY_LIBRARY_REQUEST_H
#define THRESH_LIBRARY_LIBRARY_REQUEST_H

#include "base/buf.h"
#include "base/error.h"

size_t library_request_len(const struct thresh_bytes *arguments, size_t n);
/* Writes so many bytes. */
void library_request_write(char *request, const struct thresh_bytes *arguments, size_t n);

/* What a program's own function returned, as ours return: its error, which it may not have
 * filled in, becomes *error; a result that has failed is why it failed. */
int library_request_outcome(int rc, const struct buf *out, const struct thresh_error *own,
                            struct thresh_error *error);

/* In a worker: calls the thresh_function at the address `what`; as crew_function has it. */
int library_request_call(void *state, const char *request, size_t len, const void *what,
                         struct buf *out, struct thresh_error *error);

#endif
