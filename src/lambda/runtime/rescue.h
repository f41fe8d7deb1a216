/* SPDX-License-Identifier: MIT
 *
 * The last resort against the end of an invocation's time. A run is asked to stop between
 * documents; where one single document takes longer than what is left, a timer interrupts it,
 * tells the Runtime API what was being done, and ends the process. Without it the caller would
 * only hear that the task timed out.
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
    struct sockaddr_storage address; /* of the Runtime API; length 0: not to be had */
    socklen_t address_len;
    char host[128];
    char id[128];
    bool armed;
    timer_t timer;
    bool has_timer;
    atomic_int current; /* which of the two is complete; -1: none */
    size_t len[2];
    char text[2][3072]; /* the whole request */
};

/* `api` as runtime_open has it; where it cannot be reached so, nothing will be told. */
void rescue_open(struct rescue *rescue, const char *api);
void rescue_close(struct rescue *rescue);
/* For this invocation, at this unix time. */
void rescue_arm(struct rescue *rescue, const char *id, int64_t at_ms);
/* To be called before the answer is sent: nobody is told twice. */
void rescue_disarm(struct rescue *rescue);
/* What will be told; `archive` may be NULL. */
void rescue_note(struct rescue *rescue, const char *archive, uint64_t done, uint64_t entries);

#endif
