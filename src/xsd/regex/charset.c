/* SPDX-License-Identifier: MIT
 *
 * Sets of code points as sorted ranges, and the classes of characters that XML and Unicode
 * name.
 */
#include "xsd/regex/charset.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "xsd/regex/unicode.h"

void charset_free(struct charset *set)
{
    free(set->ranges);
    *set = (struct charset){0};
}

void charset_add(struct charset *set, uint32_t first, uint32_t last)
{
    if (set->failed)
        return;
    struct code_range *ranges = array_room(set->ranges, &set->cap, set->n + 1, sizeof *ranges);
    if (!ranges) {
        set->failed = true;
        return;
    }
    set->ranges = ranges;
    set->ranges[set->n++] = (struct code_range){first, last};
}

void charset_add_all(struct charset *set, const struct charset *other)
{
    if (other->failed)
        set->failed = true;
    for (size_t i = 0; i < other->n; i++)
        charset_add(set, other->ranges[i].first, other->ranges[i].last);
    charset_settle(set);
}

static int compare_ranges(const void *a, const void *b)
{
    const struct code_range *left = a, *right = b;
    return (left->first > right->first) - (left->first < right->first);
}

void charset_settle(struct charset *set)
{
    if (set->n == 0)
        return;
    qsort(set->ranges, set->n, sizeof *set->ranges, compare_ranges);
    size_t kept = 0;
    for (size_t i = 1; i < set->n; i++) {
        struct code_range *last = &set->ranges[kept];
        const struct code_range *next = &set->ranges[i];
        if (next->first > last->last + 1)
            set->ranges[++kept] = *next;
        else if (next->last > last->last)
            last->last = next->last;
    }
    set->n = kept + 1;
}

void charset_complement(struct charset *set)
{
    struct charset rest = {.failed = set->failed};
    uint32_t next = 0;
    for (size_t i = 0; i < set->n; i++) {
        if (set->ranges[i].first > next)
            charset_add(&rest, next, set->ranges[i].first - 1);
        next = set->ranges[i].last + 1;
    }
    if (next <= UTF8_MAX)
        charset_add(&rest, next, UTF8_MAX);
    free(set->ranges);
    *set = rest;
}

void charset_subtract(struct charset *set, const struct charset *other)
{
    /* a - b is the complement of (complement of a, or b). */
    charset_complement(set);
    charset_add_all(set, other);
    charset_complement(set);
}

bool charset_add_category(struct charset *set, const char *name, size_t len)
{
    static const char names[] = UNICODE_CATEGORIES;
    bool known[UNICODE_CATEGORY_COUNT] = {false};
    bool any = false;
    for (size_t i = 0; i < UNICODE_CATEGORY_COUNT; i++) {
        known[i] = (len == 1 || len == 2) && memcmp(name, names + 2 * i, len) == 0;
        any = any || known[i];
    }
    for (size_t i = 0; any && i < unicode_run_count; i++) {
        uint32_t category = unicode_runs[i] & 0xff, first = unicode_runs[i] >> 8;
        uint32_t end = i + 1 < unicode_run_count ? unicode_runs[i + 1] >> 8 : UTF8_MAX + 1;
        if (category != UNICODE_ALTERNATING) {
            if (known[category])
                charset_add(set, first, end - 1);
            continue;
        }
        for (uint32_t c = first; c < end; c++)
            if (known[(c - first) & 1])
                charset_add(set, c, c);
    }
    charset_settle(set);
    return any;
}

bool charset_add_block(struct charset *set, const char *name, size_t len)
{
    bool any = false;
    for (size_t i = 0; i < unicode_block_count; i++) {
        const struct unicode_block *block = &unicode_blocks[i];
        if (strncmp(block->name, name, len) != 0 || block->name[len])
            continue;
        charset_add(set, block->first, block->last);
        any = true;
    }
    charset_settle(set);
    return any;
}

void charset_add_name_start(struct charset *set)
{
    for (const struct code_range *range = xml_name_start_ranges; range->last; range++)
        charset_add(set, range->first, range->last);
    charset_settle(set);
}

void charset_add_name_char(struct charset *set)
{
    for (const struct code_range *range = xml_name_more_ranges; range->last; range++)
        charset_add(set, range->first, range->last);
    charset_add_name_start(set);
}
