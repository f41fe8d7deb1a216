/* SPDX-License-Identifier: MIT
 *
 * What caseless.c looks up, written by caseless_table.py. Each array is sorted by the code
 * point that its items begin with.
 */
#ifndef THRESH_SOURCE_INDEX_CASELESS_TABLE_H
#define THRESH_SOURCE_INDEX_CASELESS_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* from << 42 | first << 21 | second: what becomes two. */
extern const uint64_t caseless_pairs[];
extern const size_t caseless_n_pairs;

/* What becomes one: each `stride`-th from first to last, by adding delta. */
struct caseless_run {
    uint32_t first, last;
    uint8_t stride;
    int32_t delta;
};
extern const struct caseless_run caseless_runs[];
extern const size_t caseless_n_runs;

/* What U+F900 to U+FAD9 become, then U+2F800 to U+2FA1D. */
extern const uint32_t caseless_ideographs[];

/* code point << 8 | canonical combining class, of each whose class is not its neighbour's. */
extern const uint32_t caseless_classes[];
extern const size_t caseless_n_classes;

#endif
