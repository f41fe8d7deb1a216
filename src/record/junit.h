/* SPDX-License-Identifier: MIT
 *
 * Records as test results in the XML that JUnit's Ant task began and that CI servers read: one
 * suite, a test case an entry. What is not good is a failure; what could not be looked at is an
 * error; what is no XML is skipped. There are no times: the text depends on the input alone.
 *
 * Lost memory is told in out->failed.
 */
#ifndef THRESH_RECORD_JUNIT_H
#define THRESH_RECORD_JUNIT_H

#include "base/buf.h"
#include "record/record_view.h"

void junit_begin(struct buf *out, uint64_t entries);
void junit_write(struct buf *out, const struct record_view *view);
/* `why` the run as a whole does not count becomes a test case of its own; NULL: it does. */
void junit_end(struct buf *out, const char *why);

#endif
