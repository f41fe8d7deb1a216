/* SPDX-License-Identifier: MIT
 *
 * Processes for a process of many threads. A child that is forked beside other threads has the
 * locks that these held, and nobody who lets go of them. So before there are others, one
 * process is forked that never has more than one thread, and it forks for them: to try a
 * schema, and to do a run whose workers are processes. It has the function's own schemas,
 * compiled, as they were when it was forked.
 */
#ifndef THRESH_LAMBDA_APART_APART_H
#define THRESH_LAMBDA_APART_APART_H

#include "run/host.h"

#include <jansson.h>

struct apart {
    bool is_open;
    pid_t pid;
    int control;           /* the socket to it */
    const char *directory; /* these two are borrowed; relative files of a job lie here ... */
    struct host host;      /* ... and this is what its runs are told of the function */
};

/* Only in a process with one thread. 0, or -1 with the error filled in. */
int apart_open(struct apart *apart, const char *directory, const struct host *host,
               struct thresh_error *error);
/* The process is gone, as it goes where memory is short, or stopped: no request is answered any
 * more. */
bool apart_has_ended(const struct apart *apart);
/* The process ends, with all that it has forked. */
void apart_close(struct apart *apart);

/* Any thread may call these two, which give up at that unix time (0: never), a run a little
 * after it: it has records to hand over. An error may be error_time_up's or error_no_process's.
 *
 * Tries the schemas of a job in which all addresses are files: 0, or -1 with the error filled
 * in. */
int apart_try(const struct apart *apart, const json_t *job, int64_t until_ms,
              struct thresh_error *error);

struct apart_run {
    const char *path; /* of the archive */
    const char *name; /* what paths in records begin with */
    uint64_t max_spool_bytes;
    int64_t until_ms;
    /* As thresh_run_on_text and thresh_run_on_progress have them. */
    int (*text)(void *context, const void *bytes, size_t len, struct thresh_error *error);
    bool (*progress)(void *context, const struct thresh_stats *so_far);
    void *context;
    json_t **findings; /* of a shard that is complete, as findings_to_note has them; whose this
                          is releases them */
};

/* thresh_run, and its return value; *stats in any case. Of a job whose schemas are good. */
int apart_run(const struct apart *apart, const json_t *job, const struct apart_run *run,
              struct thresh_stats *stats, struct thresh_error *error);

#endif
