/* SPDX-License-Identifier: MIT */
#ifndef THRESH_CODES_H
#define THRESH_CODES_H

/* A word for an error of libxml2, by its domain and number. Static, never NULL. */
const char *error_code(int domain, int number);

#endif
