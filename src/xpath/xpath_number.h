/* SPDX-License-Identifier: MIT
 *
 * Numbers as text, and text as numbers, whatever the locale.
 */
#ifndef THRESH_XPATH_XPATH_NUMBER_H
#define THRESH_XPATH_XPATH_NUMBER_H

#include "base/buf.h"

/* What number() makes of text (4.4): the nearest double to a decimal number, with white space
 * around it and a minus sign before it perhaps. NaN where it is something else. */
double xpath_number_of_text(const char *text);

/* The length of the Number [30] that stands at the text, 0 if there is none: digits with a
 * point among, before or behind them. Then an exponent may follow, which is ours. */
size_t xpath_number_length(const char *text);
/* The value of such a number, behind which there is no further digit. */
double xpath_number_of_literal(const char *text, size_t len);

/* Both are the shortest text that reads back as the same number. As string() has it (4.2): NaN,
 * Infinity, never an exponent. As JSON has it: the number is finite, and what is very large or
 * very small has an exponent. 0, or -1 without memory. */
int xpath_number_write(struct buf *text, double number);
int xpath_number_write_json(struct buf *text, double number);

#endif
