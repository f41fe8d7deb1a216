/* SPDX-License-Identifier: MIT
 *
 * The time: a clock that is never set, to measure with, and the one of the day, for deadlines.
 */
#ifndef THRESH_BASE_CLOCK_H
#define THRESH_BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some fixed moment, the same moment for all threads and forked processes. */
int64_t clock_ns(void);

/* The same, behind by some milliseconds at most, and several times as cheap to ask. */
int64_t clock_coarse_ns(void);

/* clock_ns in milliseconds. */
static inline double clock_ms(void)
{
    return (double)clock_ns() / 1e6;
}

/* Milliseconds since 1970, UTC. */
int64_t clock_unix_ms(void);

#endif
