/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include "base/clock.h"
#include "base/io.h"
#include "cli/output.h"
#include <stdio.h>
#include <string.h>

enum { WIDTH = 24, WAIT_MS = 100, LINE = 160 };

/* The part that is done, as wide as there is room beside so many characters of text: a line
 * that is too long for its terminal would not be drawn over itself. */
static void draw_bar(char bar[WIDTH + 4], double part, int text, int columns)
{
    int width = columns && columns - text - 4 < WIDTH ? columns - text - 4 : WIDTH;
    *bar = '\0';
    if (width < 4)
        return;
    for (int i = 0; i < width; i++)
        bar[i + 1] = i < (int)(part * width) ? '#' : '.';
    bar[0] = '[';
    memcpy(bar + width + 1, "] ", 3);
}

void progress_draw(struct progress_bar *bar, bool always, const struct thresh_stats *so_far)
{
    uint64_t done = so_far->answered, entries = so_far->entries;
    char drawn[WIDTH + 4], text[LINE], line[LINE + WIDTH + 16];
    double now_ms = clock_ms();
    if (bar->begun_ms == 0)
        bar->begun_ms = now_ms;
    double run_s = (now_ms - bar->begun_ms) / 1e3;
    if ((!always && run_s < 1) || now_ms - bar->drawn_ms < WAIT_MS || !entries || !done)
        return;
    bar->drawn_ms = now_ms;
    bar->is_shown = true;
    double part = (double)done / (double)entries;
    if (run_s <= 0)
        run_s = 1e-3;
    unsigned long eta_s = (unsigned long)(run_s / part - run_s + 0.5);
    int columns = (int)output_columns(bar->fd);
    int len = snprintf(
        text, sizeof text, "%3.0f%%  %llu of %llu  %.0f/s  %.1f MB/s  %lu:%02lu left",
        part * 100, (unsigned long long)done, (unsigned long long)entries, (double)done / run_s,
        (double)so_far->bytes_inflated / 1e6 / run_s, eta_s / 60, eta_s % 60);
    draw_bar(drawn, part, len, columns);
    len = snprintf(line, sizeof line, "\r%s%.*s\033[K", drawn, columns > 1 ? columns - 1 : LINE,
                   text);
    io_write_all(bar->fd, line, (size_t)len);
}

void progress_clear(struct progress_bar *bar)
{
    if (bar->is_shown)
        io_write_all(bar->fd, "\r\033[K", 4);
    bar->is_shown = false;
}
