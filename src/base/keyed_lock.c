/* SPDX-License-Identifier: MIT */
#include "base/keyed_lock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct keyed_hold {
    char *name;
    struct keyed_hold *next;
};

/* Where the hold of that name is, or would be. */
static struct keyed_hold **find(struct keyed_lock *lock, const char *name)
{
    struct keyed_hold **at = &lock->holds;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

static int wait(struct keyed_lock *lock, int64_t until_ms)
{
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    return until_ms ? pthread_cond_timedwait(&lock->dropped, &lock->mutex, &until)
                    : pthread_cond_wait(&lock->dropped, &lock->mutex);
}

int keyed_lock_hold(struct keyed_lock *lock, const char *name, int64_t until_ms)
{
    struct keyed_hold *hold = calloc(1, sizeof *hold);
    int waited = 0;
    if (!hold || !(hold->name = strdup(name))) {
        free(hold);
        return -1;
    }
    pthread_mutex_lock(&lock->mutex);
    while (*find(lock, name) && waited != ETIMEDOUT)
        waited = wait(lock, until_ms);
    struct keyed_hold **at = find(lock, name);
    if (!*at) {
        *at = hold;
        hold = NULL;
    }
    pthread_mutex_unlock(&lock->mutex);
    if (!hold)
        return 0;
    free(hold->name);
    free(hold);
    return 1;
}

void keyed_lock_drop(struct keyed_lock *lock, const char *name)
{
    pthread_mutex_lock(&lock->mutex);
    struct keyed_hold **at = find(lock, name), *hold = *at;
    *at = hold->next;
    pthread_cond_broadcast(&lock->dropped);
    pthread_mutex_unlock(&lock->mutex);
    free(hold->name);
    free(hold);
}

void keyed_lock_begin(struct keyed_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void keyed_lock_end(struct keyed_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}
