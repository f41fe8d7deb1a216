/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include "base/clock.h"
#include "base/io.h"
#include <stdio.h>

enum { WIDTH = 24, WAIT_MS = 100 };

void progress_draw(struct progress_bar *bar, bool always, const struct thresh_stats *so_far)
{
    uint64_t done = so_far->answered, entries = so_far->entries;
    char drawn[WIDTH + 1], line[160];
    double now_ms = clock_ms();
    if (bar->begun_ms == 0)
        bar->begun_ms = now_ms;
    double run_s = (now_ms - bar->begun_ms) / 1e3;
    if ((!always && run_s < 1) || now_ms - bar->drawn_ms < WAIT_MS || !entries || !done)
        return;
    bar->drawn_ms = now_ms;
    bar->is_shown = true;
    double part = (double)done / (double)entries;
    for (int i = 0; i < WIDTH; i++)
        drawn[i] = i < (int)(part * WIDTH) ? '#' : '.';
    drawn[WIDTH] = '\0';
    if (run_s <= 0)
        run_s = 1e-3;
    unsigned long eta_s = (unsigned long)(run_s / part - run_s + 0.5);
    int len = snprintf(line, sizeof line,
                       "\r[%s] %3.0f%%  %llu of %llu  %.0f/s  %.1f MB/s  %lu:%02lu left\033[K",
                       drawn, part * 100, (unsigned long long)done, (unsigned long long)entries,
                       (double)done / run_s, (double)so_far->bytes_inflated / 1e6 / run_s,
                       eta_s / 60, eta_s % 60);
    io_write_all(bar->fd, line, (size_t)len);
}

void progress_clear(struct progress_bar *bar)
{
    if (bar->is_shown)
        io_write_all(bar->fd, "\r\033[K", 4);
    bar->is_shown = false;
}
