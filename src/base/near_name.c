/* SPDX-License-Identifier: MIT */
#include "base/near_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LEN_MAX = 32, DISTANCE_MAX = 3 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The optimal string alignment distance: row i holds the distances from the first i letters of
 * `a` to each beginning of `b`. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    unsigned rows[3][LEN_MAX + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t k = 0; k <= b_len; k++)
        above[k] = (unsigned)k;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= b_len; k++) {
            row[k] = least(above[k] + 1, row[k - 1] + 1);
            row[k] = least(row[k], above[k - 1] + !same_letter(a[i - 1], b[k - 1]));
            if (i > 1 && k > 1 && same_letter(a[i - 1], b[k - 2]) &&
                same_letter(a[i - 2], b[k - 1]))
                row[k] = least(row[k], before[k - 2] + 1);
        }
        unsigned *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b_len];
}

struct near_name near_name_of(const char *wrong, size_t len)
{
    unsigned most = least((unsigned)((len + 1) / 3), DISTANCE_MAX);
    return (struct near_name){
        .wrong = wrong, .len = len, .distance = len > LEN_MAX ? 0 : most + 1};
}

void near_name_offer(struct near_name *near, const char *name)
{
    size_t len = strlen(name);
    if (!near->distance || len > LEN_MAX)
        return;
    unsigned found = distance(near->wrong, near->len, name, len);
    if (found < near->distance) {
        near->distance = found;
        near->best = name;
    }
}
