/* SPDX-License-Identifier: MIT
 *
 * The process that forks, and what is done in those that it has forked.
 */
#include "base/clock.h"
#include "base/error.h"
#include "lambda/apart/apart.h"
#include "lambda/apart/apart_wire.h"
#include "lambda/json_whole.h"
#include "options/job_file.h"
#include "options/options.h"
#include "run/findings_note.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_BYTES  ((size_t)64 << 10)
#define PROGRESS_MS 20
#define LATE_S      3 /* a process that is not stopped in time is ended so long after it */

struct service {
    const struct apart *apart;
    int fd;
    struct buf job, path, name;
    struct apart_begin begin;
    struct apart_end end;
    int64_t told_ms;
};

/* -- What is to be done --------------------------------------------------------------- */

static int receive(struct service *service)
{
    struct buf in = {0};
    enum apart_kind kind;
    while (apart_receive(service->fd, &kind, &in) == 0) {
        struct buf *to = kind == APART_JOB    ? &service->job
                         : kind == APART_PATH ? &service->path
                                              : &service->name;
        if (kind == APART_BEGIN) {
            memcpy(&service->begin, in.data, sizeof service->begin);
            buf_free(&in);
            return 0;
        }
        buf_free(to);
        *to = in;
        in = (struct buf){0};
    }
    buf_free(&in);
    return -1;
}

static struct thresh_options *read_options(const struct service *service,
                                           struct thresh_error *error)
{
    struct thresh_options *options = thresh_options_new();
    json_t *job = json_whole_read(service->job.data, service->job.len, "job", error);
    if (!options) {
        error_no_memory(error);
    } else if (job && job_file_apply(job, service->apart->directory, options, error) == 0) {
        json_decref(job);
        if (options->format == FORMAT_AUTO)
            options->format = FORMAT_NDJSON;
        return options;
    }
    json_decref(job);
    thresh_options_free(options);
    return NULL;
}

/* -- A run ---------------------------------------------------------------------------- */

static int on_text(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    const struct service *service = context;
    const char *text = bytes;
    for (size_t part; len; text += part, len -= part) {
        part = len < TEXT_BYTES ? len : TEXT_BYTES;
        if (apart_send(service->fd, APART_TEXT, text, part) < 0)
            return error_set(error, "nobody takes the records any more");
    }
    return 0;
}

/* Whoever wants no more closes its end for writing. */
static bool on_progress(void *context, const struct thresh_stats *so_far)
{
    struct service *service = context;
    char byte;
    int64_t now_ms = clock_unix_ms();
    if (now_ms - service->told_ms >= PROGRESS_MS) {
        struct thresh_stats stats = *so_far;
        stats.warnings = NULL; /* the only string that is no constant */
        service->told_ms = now_ms;
        if (apart_send(service->fd, APART_PROGRESS, &stats, sizeof stats) < 0)
            return true;
    }
    return recv(service->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* For the note of a shard. */
static int send_findings(const struct service *service, const struct thresh_run *run,
                         struct thresh_error *error)
{
    json_t *findings = findings_to_note(thresh_run_findings(run));
    char *text = findings ? json_dumps(findings, JSON_COMPACT) : NULL;
    int rc = text ? 0 : error_no_memory(error);
    if (text && apart_send(service->fd, APART_FINDINGS, text, strlen(text)) < 0)
        rc = error_set(error, "nobody takes the records any more");
    free(text);
    json_decref(findings);
    return rc;
}

/* The schemas were tried before, and compiled. */
static void do_run(struct service *service, const struct host *host,
                   struct thresh_options *options)
{
    struct apart_end *end = &service->end;
    options->guard_schemas = false;
    struct thresh *thresh = thresh_open_on(host, options, &end->error);
    if (!thresh)
        return;
    struct thresh_run *run = thresh_run_new(thresh);
    thresh_run_add_path(run, buf_string(&service->path), buf_string(&service->name));
    thresh_run_on_text(run, on_text, service);
    thresh_run_on_progress(run, on_progress, service);
    end->rc = thresh_run(run, &end->error);
    if (end->rc == 0 && options->shard.n)
        end->rc = send_findings(service, run, &end->error);
    end->stats = *thresh_run_stats(run);
    end->stats.warnings = NULL;
}

/* -- Processes ------------------------------------------------------------------------ */

static void end_by(int64_t until_ms)
{
    int64_t left_ms = until_ms - clock_unix_ms();
    if (until_ms)
        alarm((unsigned)(left_ms > 0 ? left_ms / 1000 : 0) + LATE_S);
}

static _Noreturn void serve_one(const struct apart *apart, pid_t parent, int fd)
{
    struct service service = {.apart = apart, .fd = fd, .end = {.rc = -1}};
    struct host host = apart->host;
    signal(SIGCHLD, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || receive(&service) < 0)
        _exit(1);
    host.end_ms = service.begin.until_ms;
    host.max_spool_bytes = service.begin.max_spool_bytes;
    end_by(host.end_ms);
    struct thresh_options *options = read_options(&service, &service.end.error);
    if (options && service.begin.is_run)
        do_run(&service, &host, options);
    else if (options)
        service.end.rc = thresh_try_on(&host, options, &service.end.error);
    apart_send(fd, APART_END, &service.end, sizeof service.end);
    _exit(0);
}

static void fork_for(const struct apart *apart, int control, int fd)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        close(control);
        serve_one(apart, parent, fd);
    }
    if (pid < 0) {
        struct apart_end end = {.rc = -1};
        error_no_process(&end.error, "none can be started: %m");
        apart_send(fd, APART_END, &end, sizeof end);
    }
    close(fd);
}

/* The socket that the next request comes by; -1: whoever sent them is gone. */
static int next_socket(int control)
{
    char byte, room[CMSG_SPACE(sizeof(int))];
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    ssize_t got;
    int fd;
    do
        got = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    const struct cmsghdr *head = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!head || head->cmsg_type != SCM_RIGHTS)
        return -1;
    memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return fd;
}

/* Nobody would start again one that is stopped, and whoever waits for it would wait in vain. */
static void end_stopped(int number)
{
    int before = errno;
    siginfo_t stop = {.si_pid = 0};
    (void)number;
    while (waitid(P_ALL, 0, &stop, WSTOPPED | WNOHANG) == 0 && stop.si_pid) {
        kill(stop.si_pid, SIGKILL);
        stop.si_pid = 0;
    }
    errno = before;
}

_Noreturn void apart_serve(const struct apart *apart, int control)
{
    /* Nobody waits for those that end. */
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = end_stopped, .sa_flags = SA_NOCLDWAIT},
              NULL);
    for (int fd; (fd = next_socket(control)) >= 0;)
        fork_for(apart, control, fd);
    _exit(0);
}
