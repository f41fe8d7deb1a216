/* SPDX-License-Identifier: MIT
 *
 * How fast a run is over its time.
 */
#ifndef THRESH_CLI_RATE_H
#define THRESH_CLI_RATE_H

#include <stddef.h>
#include <stdint.h>

enum { RATE_SLOTS = 32, RATE_LEAST = 8 };

/* A zeroed one has not begun. Slots of time are as wide as it takes for all to fit. */
struct rate {
    double begun_ms, noted_ms, slot_ms;
    uint64_t noted_bytes;
    double bytes[RATE_SLOTS]; /* in each */
};

/* So many bytes are done by now: those since the last note have come evenly. */
void rate_note(struct rate *rate, double now_ms, uint64_t bytes);

/* Fills in the bytes a second of each slot. Returns how many there are, at least RATE_LEAST; 0:
 * it was too short to say. */
size_t rate_speeds(const struct rate *rate, double speeds[RATE_SLOTS]);

#endif
