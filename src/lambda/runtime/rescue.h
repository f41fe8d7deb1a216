/* SPDX-License-Identifier: MIT
 *
 * The last resort where the time of an invocation ends inside one document. A run is asked to
 * stop between documents; where a single one takes all the time that is left, the signal of a
 * timer interrupts it, tells the Runtime API what was being done, and ends the process. Without
 * it the caller would only hear that the task has timed out.
 *
 * One thread uses a struct rescue, which must not move: the signal's handler reads it.
 */
#ifndef THRESH_LAMBDA_RUNTIME_RESCUE_H
#define THRESH_LAMBDA_RUNTIME_RESCUE_H

#include "base/error.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

struct rescue {
    struct sockaddr_storage address; /* of the Runtime API; length 0: not known */
    socklen_t address_len;
    char host[128];
    char id[128];
    bool armed;
    timer_t timer;
    bool has_timer;
    atomic_int current; /* which of the two texts is complete; -1: neither */
    size_t len[2];
    /* HTTP requests: one is written while the handler may send the other. */
    char text[2][3072];
};

/* `api` as for runtime_open. Where it has no address there is no rescue, and the other calls do
 * nothing. */
void rescue_open(struct rescue *rescue, const char *api);
void rescue_close(struct rescue *rescue);
/* To strike at this unix time, for this invocation. */
void rescue_arm(struct rescue *rescue, const char *id, int64_t at_ms);
/* To be called before the answer is sent, or there might be two. */
void rescue_disarm(struct rescue *rescue);
/* What it would tell: how many entries of the archive (NULL: none was begun) are done. Cheap
 * enough to be called for each span. */
void rescue_note(struct rescue *rescue, const char *archive, uint64_t done, uint64_t entries);

#endif
