/* SPDX-License-Identifier: MIT
 *
 * What time it is: how long something takes by a clock that is never set, and when something is
 * due by the one that is.
 */
#ifndef THRESH_BASE_CLOCK_H
#define THRESH_BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some moment, the same for every thread and forked process. */
int64_t clock_ns(void);

/* The same in milliseconds. */
static inline double clock_ms(void)
{
    return (double)clock_ns() / 1e6;
}

/* Milliseconds since 1970, UTC. */
int64_t clock_unix_ms(void);

#endif
