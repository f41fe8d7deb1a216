/* SPDX-License-Identifier: MIT */
#include "xsd/regex/code_classes.h"

#include <stdlib.h>
#include <string.h>

static int compare_u32(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Cuts the code points wherever a set begins or ends. */
static int find_runs(struct code_classes *classes, const struct charset *sets, size_t n_sets)
{
    size_t n = 1;
    for (size_t i = 0; i < n_sets; i++)
        n += 2 * sets[i].n;
    uint32_t *starts = classes->starts = malloc(n * sizeof *starts);
    classes->numbers = calloc(n, sizeof *classes->numbers);
    if (!starts || !classes->numbers)
        return -1;
    n = 0;
    starts[n++] = 0;
    for (size_t i = 0; i < n_sets; i++) {
        for (size_t k = 0; k < sets[i].n; k++) {
            starts[n++] = sets[i].ranges[k].first;
            starts[n++] = sets[i].ranges[k].last + 1;
        }
    }
    qsort(starts, n, sizeof *starts, compare_u32);
    classes->n_runs = 1;
    for (size_t i = 1; i < n; i++)
        if (starts[i] != starts[classes->n_runs - 1])
            starts[classes->n_runs++] = starts[i];
    return 0;
}

/* Splits the classes that lie partly in the set. For each class, `sizes` counts its runs,
 * `inside` those in the set, and `fresh` is the class that these go to. The last two are zero
 * before and after. */
static void split_classes(struct code_classes *classes, const struct charset *set,
                          uint32_t *sizes, uint32_t *inside, uint32_t *fresh)
{
    for (int pass = 0; pass < 3; pass++) {
        for (size_t k = 0; k < set->n; k++) {
            size_t run = code_classes_run(classes, set->ranges[k].first);
            for (; run < classes->n_runs && classes->starts[run] <= set->ranges[k].last;
                 run++) {
                uint32_t class = classes->numbers[run];
                if (pass == 0) {
                    inside[class]++;
                } else if (pass == 2) {
                    inside[class] = fresh[class] = 0;
                } else if (inside[class] && (fresh[class] || inside[class] < sizes[class])) {
                    if (!fresh[class])
                        fresh[class] = (uint32_t)classes->n++;
                    classes->numbers[run] = fresh[class];
                    sizes[fresh[class]]++;
                    sizes[class]--;
                    if (--inside[class] == 0)
                        fresh[class] = 0;
                }
            }
        }
    }
}

static int make_members(struct code_classes *classes, const struct charset *sets, size_t n_sets)
{
    classes->n_sets = n_sets;
    classes->set_words = classes->n / 64 + 1;
    classes->members = calloc((n_sets + 1) * classes->set_words, sizeof *classes->members);
    if (!classes->members)
        return -1;
    for (size_t i = 0; i < n_sets; i++) {
        uint64_t *words = classes->members + i * classes->set_words;
        for (size_t k = 0; k < sets[i].n; k++) {
            size_t run = code_classes_run(classes, sets[i].ranges[k].first);
            uint32_t last = sets[i].ranges[k].last;
            for (; run < classes->n_runs && classes->starts[run] <= last; run++)
                words[classes->numbers[run] / 64] |= UINT64_C(1)
                                                     << (classes->numbers[run] % 64);
        }
    }
    return 0;
}

int code_classes_make(struct code_classes *classes, const struct charset *sets, size_t n_sets)
{
    if (find_runs(classes, sets, n_sets) < 0)
        return -1;
    size_t n = classes->n_runs;
    uint32_t *counts = calloc(3 * n, sizeof *counts);
    if (!counts)
        return -1;
    counts[0] = (uint32_t)n;
    classes->n = 1;
    for (size_t i = 0; i < n_sets; i++)
        split_classes(classes, &sets[i], counts, counts + n, counts + 2 * n);
    free(counts);
    for (uint32_t c = 0; c < 128; c++)
        classes->ascii[c] = classes->numbers[code_classes_run(classes, c)];
    return make_members(classes, sets, n_sets);
}

void code_classes_free(struct code_classes *classes)
{
    free(classes->starts);
    free(classes->numbers);
    free(classes->members);
}
