/* SPDX-License-Identifier: MIT
 *
 * Code points that no set of a pattern tells apart form one class. What matches them needs to
 * know the class only.
 */
#ifndef THRESH_XSD_REGEX_CODE_CLASSES_H
#define THRESH_XSD_REGEX_CODE_CLASSES_H

#include "xsd/regex/charset.h"

struct code_classes {
    size_t n;
    uint32_t ascii[128]; /* the class of each ASCII character */
    uint32_t *starts;    /* where runs of code points of one class begin, */
    uint32_t *numbers;   /* and which class that is */
    size_t n_runs;
    uint64_t *members; /* for each set, a bit for each class */
    size_t n_sets;
    size_t set_words;
};

/* Fills in a zeroed struct: 0, or -1 without memory. */
int code_classes_make(struct code_classes *classes, const struct charset *sets, size_t n_sets);
void code_classes_free(struct code_classes *classes);

static inline size_t code_classes_run(const struct code_classes *classes, uint32_t code_point)
{
    size_t low = 0, high = classes->n_runs;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (classes->starts[middle] <= code_point)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static inline uint32_t code_classes_of(const struct code_classes *classes, uint32_t code_point)
{
    return classes->numbers[code_classes_run(classes, code_point)];
}

/* Whether the set holds the class. */
static inline bool code_classes_has(const struct code_classes *classes, size_t set,
                                    size_t class)
{
    const uint64_t *words = classes->members + set * classes->set_words;
    return words[class / 64] >> (class % 64) & 1;
}

#endif
