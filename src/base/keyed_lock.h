/* SPDX-License-Identifier: MIT
 *
 * Locks by name: threads that make the same thing wait for each other, until a time that each
 * chooses, and for nobody else. Beside the names there is one lock for the list of what was
 * made.
 */
#ifndef THRESH_BASE_KEYED_LOCK_H
#define THRESH_BASE_KEYED_LOCK_H

#include <pthread.h>
#include <stdint.h>

struct keyed_hold;

struct keyed_lock {
    pthread_mutex_t mutex;
    pthread_cond_t dropped;
    struct keyed_hold *holds;
};
#define KEYED_LOCK_INITIALIZER                                                                 \
    {                                                                                          \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL                              \
    }

/* 0: the caller holds the name, until keyed_lock_drop. 1: another held it until this unix time
 * (0: however long it takes). -1: no memory. */
int keyed_lock_hold(struct keyed_lock *lock, const char *name, int64_t until_ms);
void keyed_lock_drop(struct keyed_lock *lock, const char *name);

/* Around a moment's look at the list, whoever holds what. */
void keyed_lock_begin(struct keyed_lock *lock);
void keyed_lock_end(struct keyed_lock *lock);

#endif
