/* SPDX-License-Identifier: MIT */
#include "lambda/apart/apart.h"

#include "base/clock.h"
#include "base/error.h"
#include "lambda/apart/apart_wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASK_MS  100  /* the longest that progress goes unasked */
#define LATE_MS 2500 /* a run that is stopped has so long to end */

/* -- The process ---------------------------------------------------------------------- */

/* A frame that is not taken, or has begun and does not come, says that nobody is at it. */
static void limit_waits(int fd)
{
    struct timeval most = {LATE_MS / 1000, LATE_MS % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
}

int apart_open(struct apart *apart, const char *directory, const struct host *host,
               struct thresh_error *error)
{
    int sockets[2];
    *apart = (struct apart){.control = -1, .directory = directory, .host = *host};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        return error_set(error, "no socket can be made: %m");
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        dup2(sockets[1], 3); /* of what else is open, it has nothing to hold */
        close_range(4, ~0u, 0);
        apart_serve(apart, 3);
    }
    close(sockets[1]);
    if (pid < 0) {
        close(sockets[0]);
        return error_set(error, "no process can be started: %m; raise the function's memory");
    }
    limit_waits(sockets[0]);
    apart->control = sockets[0];
    apart->pid = pid;
    apart->is_open = true;
    return 0;
}

bool apart_has_ended(const struct apart *apart)
{
    struct pollfd end = {.fd = apart->control};
    siginfo_t stop = {.si_pid = 0};
    if (!apart->is_open)
        return false;
    return poll(&end, 1, 0) > 0 ||
           (waitid(P_PID, (id_t)apart->pid, &stop, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
            stop.si_pid);
}

void apart_close(struct apart *apart)
{
    if (apart->is_open)
        close(apart->control);
    apart->is_open = false;
}

/* -- Requests ------------------------------------------------------------------------- */

/* One end of a new pair of sockets goes to the process, the other is returned; or -1. */
static int connect_to(const struct apart *apart)
{
    int sockets[2];
    char byte = 0, room[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        return -1;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &sockets[1], sizeof(int));
    ssize_t sent;
    do
        sent = sendmsg(apart->control, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    close(sockets[1]);
    limit_waits(sockets[0]);
    if (sent > 0)
        return sockets[0];
    close(sockets[0]);
    return -1;
}

static int ask(int fd, const json_t *job, const struct apart_run *run,
               const struct apart_begin *begin)
{
    char *text = json_dumps(job, JSON_COMPACT);
    int rc = text ? apart_send(fd, APART_JOB, text, strlen(text)) : -1;
    free(text);
    if (rc == 0 && run->path)
        rc = apart_send(fd, APART_PATH, run->path, strlen(run->path));
    if (rc == 0 && run->name)
        rc = apart_send(fd, APART_NAME, run->name, strlen(run->name));
    return rc == 0 ? apart_send(fd, APART_BEGIN, begin, sizeof *begin) : -1;
}

/* -- Answers -------------------------------------------------------------------------- */

/* What has been heard of a run. */
struct hearing {
    const struct apart *apart;
    const struct apart_run *run;
    int fd;
    struct thresh_stats so_far;
    int64_t give_up_ms; /* unix time; 0: never */
    bool is_stopped;
};

static void ask_progress(struct hearing *hearing)
{
    const struct apart_run *run = hearing->run;
    if (hearing->is_stopped || !run->progress || !run->progress(run->context, &hearing->so_far))
        return;
    hearing->is_stopped = true;
    hearing->give_up_ms = clock_unix_ms() + LATE_MS;
    shutdown(hearing->fd, SHUT_WR);
}

static bool is_heard(const struct hearing *hearing)
{
    struct pollfd end = {hearing->fd, POLLIN, 0};
    return poll(&end, 1, ASK_MS) > 0;
}

/* Waits a moment for a frame: *kind stays 0 where there is none. */
static int hear_one(struct hearing *hearing, enum apart_kind *kind, struct buf *in,
                    struct thresh_error *error)
{
    *kind = 0;
    if (hearing->give_up_ms && clock_unix_ms() > hearing->give_up_ms)
        return error_time_up(error, "a process of its own was at it, and did not end");
    if (is_heard(hearing))
        return apart_receive(hearing->fd, kind, in) == 0
                   ? 0
                   : error_no_process(error, "the one at it has ended, most likely for want of "
                                             "memory");
    if (apart_has_ended(hearing->apart))
        return error_no_process(error, "the one that starts others has ended, or was stopped");
    return 0;
}

static int hear(struct hearing *hearing, struct thresh_stats *stats, struct thresh_error *error)
{
    const struct apart_run *run = hearing->run;
    struct buf in = {0};
    enum apart_kind kind = 0;
    int rc = 0;
    while (rc == 0 && kind != APART_END) {
        rc = hear_one(hearing, &kind, &in, error);
        if (rc == 0 && kind == APART_TEXT)
            rc = run->text(run->context, in.data, in.len, error);
        else if (rc == 0 && kind == APART_PROGRESS)
            memcpy(&hearing->so_far, in.data, sizeof hearing->so_far);
        else if (rc == 0 && kind == APART_FINDINGS)
            rc = (*run->findings = json_loadb(in.data, in.len, 0, NULL))
                     ? 0
                     : error_no_memory(error);
        if (rc == 0 && (kind == APART_PROGRESS || !kind))
            ask_progress(hearing);
    }
    *stats = hearing->so_far;
    if (rc == 0) {
        struct apart_end end;
        memcpy(&end, in.data, sizeof end);
        *stats = end.stats;
        rc = end.rc;
        if (rc < 0)
            *error = end.error;
    }
    buf_free(&in);
    return rc;
}

int apart_run(const struct apart *apart, const json_t *job, const struct apart_run *run,
              struct thresh_stats *stats, struct thresh_error *error)
{
    struct hearing hearing = {.apart = apart, .run = run};
    struct apart_begin begin = {run->path != NULL, run->until_ms, run->max_spool_bytes};
    *stats = (struct thresh_stats){0};
    /* A run ends by itself, with what is done by then; a trial would have nothing to say. */
    hearing.give_up_ms = run->until_ms && run->path ? run->until_ms + LATE_MS : run->until_ms;
    hearing.fd = connect_to(apart);
    int rc = hearing.fd < 0 || ask(hearing.fd, job, run, &begin) < 0
                 ? error_no_process(error, "the one that starts others cannot be asked: %m")
                 : hear(&hearing, stats, error);
    if (hearing.fd >= 0)
        close(hearing.fd);
    return rc;
}

int apart_try(const struct apart *apart, const json_t *job, int64_t until_ms,
              struct thresh_error *error)
{
    const struct apart_run none = {.until_ms = until_ms};
    struct thresh_stats ignored;
    return apart_run(apart, job, &none, &ignored, error);
}
