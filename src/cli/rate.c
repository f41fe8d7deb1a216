/* SPDX-License-Identifier: MIT */
#include "cli/rate.h"

#include <math.h>

enum { FIRST_SLOT_MS = 25 };

/* Of two slots one, until the moment has its slot. */
static void widen(struct rate *rate, double now_ms)
{
    while (now_ms - rate->begun_ms >= rate->slot_ms * RATE_SLOTS) {
        for (size_t i = 0; i < RATE_SLOTS; i++)
            rate->bytes[i] =
                i < RATE_SLOTS / 2 ? rate->bytes[2 * i] + rate->bytes[2 * i + 1] : 0;
        rate->slot_ms *= 2;
    }
}

void rate_note(struct rate *rate, double now_ms, uint64_t bytes)
{
    if (rate->slot_ms == 0)
        *rate = (struct rate){.begun_ms = now_ms, .noted_ms = now_ms, .slot_ms = FIRST_SLOT_MS};
    if (now_ms <= rate->noted_ms || bytes < rate->noted_bytes)
        return;
    widen(rate, now_ms);
    double per_ms = (double)(bytes - rate->noted_bytes) / (now_ms - rate->noted_ms);
    for (double at = rate->noted_ms, end; at < now_ms; at = end) {
        size_t slot = (size_t)((at - rate->begun_ms) / rate->slot_ms);
        end = fmin(now_ms, rate->begun_ms + (double)(slot + 1) * rate->slot_ms);
        if (end <= at || slot >= RATE_SLOTS)
            break; /* less than a double tells apart */
        rate->bytes[slot] += (end - at) * per_ms;
    }
    rate->noted_ms = now_ms;
    rate->noted_bytes = bytes;
}

size_t rate_speeds(const struct rate *rate, double speeds[RATE_SLOTS])
{
    size_t n = rate->slot_ms > 0 ? (size_t)((rate->noted_ms - rate->begun_ms) / rate->slot_ms)
                                 : 0; /* whole ones */
    for (size_t i = 0; i < n; i++)
        speeds[i] = rate->bytes[i] / rate->slot_ms * 1e3;
    return n < RATE_LEAST ? 0 : n;
}
