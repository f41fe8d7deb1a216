/* SPDX-License-Identifier: MIT
 *
 * ICU and libunistring do this, too, but neither is worth it: the one has 30 MB of data, which
 * the package for Lambda has no room for, the other is one more library to load at each start.
 * The tables for case and decomposition take 19 KB.
 */
#include "source/index/caseless.h"

#include "base/utf8.h"
#include "source/index/caseless_table.h"

enum {
    /* Hangul syllables are composed by arithmetic, of three parts (Unicode 3.12). */
    HANGUL = 0xac00,
    HANGUL_L = 0x1100,
    HANGUL_V = 0x1161,
    HANGUL_T = 0x11a7,
    N_V = 21,
    N_T = 28,
    N_HANGUL = 11172,
    N_FIRST = 0xfad9 - 0xf900 + 1, /* compatibility ideographs, in two blocks */
    N_SECOND = 0x2fa1d - 0x2f800 + 1,
    /* No real text has so many marks on one letter. Those of more are left unsorted. */
    MARKS_MAX = 30,
};

/* The last of n items that does not begin above c; n if there is none. */
static size_t find(size_t n, uint32_t (*begin)(size_t i), uint32_t c)
{
    size_t from = 0, to = n;
    while (from < to) {
        size_t i = from + (to - from) / 2;
        if (begin(i) <= c)
            from = i + 1;
        else
            to = i;
    }
    return from ? from - 1 : n;
}

static uint32_t pair_begin(size_t i)
{
    return (uint32_t)(caseless_pairs[i] >> 42);
}

static uint32_t run_begin(size_t i)
{
    return caseless_runs[i].first;
}

static uint32_t class_begin(size_t i)
{
    return caseless_classes[i] >> 8;
}

static uint32_t class_of(uint32_t c)
{
    size_t i = find(caseless_n_classes, class_begin, c);
    return i < caseless_n_classes ? caseless_classes[i] & 0xff : 0;
}

/* What the character becomes in one step, if that is one character; 0 if it stays as it is. */
static uint32_t single(uint32_t c)
{
    uint32_t ideograph = 0;
    if (c - 0xf900 < N_FIRST)
        ideograph = caseless_ideographs[c - 0xf900];
    else if (c - 0x2f800 < N_SECOND)
        ideograph = caseless_ideographs[N_FIRST + c - 0x2f800];
    if (ideograph)
        return ideograph == c ? 0 : ideograph;
    size_t i = find(caseless_n_runs, run_begin, c);
    const struct caseless_run *run = &caseless_runs[i];
    if (i == caseless_n_runs || c > run->last || (c - run->first) % run->stride)
        return 0;
    return c + (uint32_t)run->delta;
}

/* Appends c in canonical order: a mark goes before those marks of a higher class that it
 * follows (Unicode 3.11, D109). */
static int put(struct buf *out, uint32_t c)
{
    uint32_t class = c < 0x300 ? 0 : class_of(c);
    if (buf_append(out, &c, sizeof c) < 0)
        return -1;
    uint32_t *at = (uint32_t *)(void *)(out->data + out->len) - 1;
    for (size_t n = out->len / sizeof c - 1, i = 0; class && i < n && i < MARKS_MAX;
         i++, at--) {
        if (class_of(at[-1]) <= class)
            break;
        at[0] = at[-1];
        at[-1] = c;
    }
    return 0;
}

static int put_hangul(struct buf *out, uint32_t syllable)
{
    uint32_t last = syllable % N_T;
    put(out, HANGUL_L + syllable / (N_V * N_T));
    put(out, HANGUL_V + syllable / N_T % N_V);
    return last ? put(out, HANGUL_T + last) : 0;
}

/* Takes steps until none is left; there are never more than five. */
static int fold(struct buf *out, uint32_t c)
{
    uint32_t next;
    if (c < 0x80)
        return put(out, c >= 'A' && c <= 'Z' ? c + 32 : c == '\\' ? '/' : c);
    if (c - HANGUL < N_HANGUL)
        return put_hangul(out, c - HANGUL);
    size_t i = find(caseless_n_pairs, pair_begin, c);
    if (i < caseless_n_pairs && pair_begin(i) == c) {
        fold(out, (uint32_t)(caseless_pairs[i] >> 21) & 0x1fffff);
        return fold(out, (uint32_t)caseless_pairs[i] & 0x1fffff);
    }
    return (next = single(c)) ? fold(out, next) : put(out, c);
}

int caseless_fold(struct buf *out, const char *name, size_t len)
{
    const unsigned char *at = (const unsigned char *)name, *end = at + len;
    buf_clear(out);
    while (at < end)
        fold(out, utf8_next(&at, end));
    return out->failed ? -1 : 0;
}
