/* SPDX-License-Identifier: MIT
 *
 * The name that somebody meant who mistyped it: for "did you mean --max-errors?".
 *
 *     struct near_name near = near_name_of(word, strlen(word));
 *     for (...)
 *         near_name_offer(&near, names[i]);
 *     if (near.best) ...
 */
#ifndef THRESH_BASE_NEAR_NAME_H
#define THRESH_BASE_NEAR_NAME_H

#include <stddef.h>

struct near_name {
    const char *wrong; /* len bytes, as typed; must outlive the search */
    size_t len;
    const char *best;  /* the nearest of the names offered, the first of equals; NULL: none */
    unsigned distance; /* from `wrong` to `best`; a name must come closer than this */
};

struct near_name near_name_of(const char *wrong, size_t len);

/* A name is near when a letter in three, and at most three, are missing, wrong, too many, or
 * swapped with the next. Case does not count. */
void near_name_offer(struct near_name *near, const char *name);

#endif
