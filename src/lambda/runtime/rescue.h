/* SPDX-License-Identifier: MIT
 *
 * The last resort where the time of an invocation ends inside one document. A run is asked to
 * stop between documents; where a single one takes all the time that is left, the signal of a
 * timer interrupts it, tells the Runtime API and the log what was being done, and ends the
 * process; where other invocations go on in it, the answer to this one has been given, and the
 * document goes on. Without it the caller would only hear that the task has timed out.
 *
 * The thread that opens a struct rescue uses it and is the one that is interrupted; a worker of
 * its run may call rescue_note. It must not move: the signal's handler reads it.
 */
#ifndef THRESH_LAMBDA_RUNTIME_RESCUE_H
#define THRESH_LAMBDA_RUNTIME_RESCUE_H

#include "lambda/runtime/log.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

/* All that the handler says: one is written while the handler may use the other. */
struct rescue_text {
    size_t request_len, lines_len;
    char request[3072]; /* to the Runtime API, over HTTP */
    char lines[8192];   /* to the log: why, and the metric record */
};

struct rescue {
    struct sockaddr_storage address; /* of the Runtime API; length 0: not known */
    socklen_t address_len;
    char host[128];
    const struct log *log;
    char id[128];
    int64_t at_ms;
    bool armed;
    bool ends_process;
    atomic_bool has_struck;
    timer_t timer;
    bool has_timer;
    char metrics[4096]; /* a line, or "" */
    atomic_int current; /* which of the texts is complete; -1: neither */
    struct rescue_text texts[2];
};

/* `api` as for runtime_open. Where it has no address there is no rescue, and the other calls do
 * nothing. */
void rescue_open(struct rescue *rescue, const char *api, const struct log *log,
                 bool ends_process);
void rescue_close(struct rescue *rescue);
/* To strike at this unix time, for this invocation. */
void rescue_arm(struct rescue *rescue, const char *id, int64_t at_ms);
/* To be called before the answer is sent, or there might be two. True: it was given already. */
bool rescue_disarm(struct rescue *rescue);
/* The metric record that it would write from the next note on. Takes over `record`; NULL:
 * none. */
void rescue_set_metrics(struct rescue *rescue, json_t *record);
/* What it would tell: how many entries of the archive are done. `entries` 0: none was begun;
 * as many as are done: what is left is to store or hand on the records; `archive` NULL: no
 * archive was begun. `behind`: archives that are not begun before it is through. Not from two
 * threads at once. */
void rescue_note(struct rescue *rescue, const char *archive, uint64_t done, uint64_t entries,
                 unsigned behind);

#endif
