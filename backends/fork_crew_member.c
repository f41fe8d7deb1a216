/* SPDX-License-Identifier: MIT
 *
 * One worker of a crew of processes, as its parent sees it. The parent never waits in a write:
 * what a worker does not take is kept, and written when the worker's pipe has room. So a
 * worker whose answer nobody has read yet, and who therefore reads no task, holds up nobody.
 *
 * When a worker dies, all that it has answered counts. The task that it had in hand is lost;
 * the tasks behind that come back. A worker that was killed while it had none costs nothing.
 */
#include "backends/fork_crew.h"

#include "backends/backend.h"
#include "backends/fork_child.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES   ((size_t)256 << 10)
#define EARLY_DEATHS 3 /* in a row, of workers that were not ready */

static void give_back(struct fork_crew *crew, struct crew_task *task, enum crew_outcome outcome)
{
    task->outcome = outcome;
    task->next = NULL;
    *crew->done_end = task;
    crew->done_end = &task->next;
}

void fork_crew_watch(struct fork_crew *crew, const struct fork_crew_member *member, int fd,
                     unsigned events, int how)
{
    /* The lowest bit says which of its pipes. */
    struct epoll_event event = {
        events, {.u64 = (uint64_t)(member - crew->members) << 1 | (events == EPOLLOUT)}};
    epoll_ctl(crew->epoll, how, fd, &event);
}

void fork_crew_close_pipes(struct fork_crew_member *member)
{
    for (int i = 0; i < 2; i++)
        if (member->down[i] >= 0)
            close(member->down[i]);
    if (member->up >= 0)
        close(member->up);
    member->down[0] = member->down[1] = member->up = -1;
}

void fork_crew_fail(struct fork_crew *crew, const struct thresh_error *error)
{
    if (!crew->failed)
        crew->error = *error;
    crew->failed = true;
}

/* -- What goes down ------------------------------------------------------------------- */

/* What tells a worker to end. (A pipe may also be open in a child of the program's own.) */
static struct crew_task end_of_tasks;

void fork_crew_write(struct fork_crew *crew, struct fork_crew_member *member)
{
    while (member->next) {
        struct fork_crew_request head = {member->next->what, member->next->len};
        const char *from = (const char *)&head + member->written;
        size_t left = sizeof head - member->written;
        if (member->written >= sizeof head) {
            from = member->next->request + (member->written - sizeof head);
            left = member->next->len - (member->written - sizeof head);
        }
        ssize_t put = left ? write(member->down[1], from, left) : 0;
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) /* EAGAIN; what else is wrong shows as the worker's end */
            break;
        member->written += (size_t)put;
        if (member->written == sizeof head + member->next->len) {
            member->next = member->next->next;
            member->written = 0;
        }
        if (!member->next && member->retires && !member->is_told_to_end) {
            member->next = &end_of_tasks;
            member->is_told_to_end = true;
        }
    }
    if (member->waits_for_room != (member->next != NULL)) {
        member->waits_for_room = member->next;
        fork_crew_watch(crew, member, member->down[1], EPOLLOUT,
                        member->next ? EPOLL_CTL_ADD : EPOLL_CTL_DEL);
    }
}

void fork_crew_write_end(struct fork_crew *crew, struct fork_crew_member *member)
{
    if (!member->retires) {
        member->retires = member->is_told_to_end = true;
        member->next = &end_of_tasks;
    }
    fork_crew_write(crew, member);
}

/* -- What comes up -------------------------------------------------------------------- */

static int reap(struct fork_crew *crew, struct fork_crew_member *member, bool by_force)
{
    epoll_ctl(crew->epoll, EPOLL_CTL_DEL, member->up, NULL);
    if (member->waits_for_room)
        epoll_ctl(crew->epoll, EPOLL_CTL_DEL, member->down[1], NULL);
    int wait_status = fork_child_reap(member->pid, by_force || crew->stopped);
    fork_crew_close_pipes(member);
    buf_free(&member->in);
    member->pid = 0;
    return wait_status;
}

void fork_crew_bury(struct fork_crew *crew, struct fork_crew_member *member, bool by_force)
{
    bool is_early = !member->ready;
    int status = reap(crew, member, by_force);
    struct crew_task *tasks = member->tasks, *task;
    /* One that was not written in full was not begun. */
    bool is_in_hand = tasks && tasks != member->next && member->ready;
    member->tasks = member->next = NULL;
    while ((task = tasks)) {
        tasks = task->next;
        task->wait_status = status;
        give_back(crew, task, is_in_hand ? CREW_LOST : CREW_RETURNED);
        is_in_hand = false;
    }
    crew->early_deaths = is_early ? crew->early_deaths + 1 : 0;
    if (crew->early_deaths >= EARLY_DEATHS) {
        struct thresh_error error;
        error_set(&error, "worker processes die, or hang, before they have begun (%s %d)",
                  WIFSIGNALED(status) ? "signal" : "exit status",
                  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        fork_crew_fail(crew, &error);
    }
}

/* False: this is no answer that the worker may give now. */
static bool understand(struct fork_crew *crew, struct fork_crew_member *member, uint64_t kind,
                       char *bytes, size_t len)
{
    if (!member->ready) {
        struct thresh_error error = {{0}};
        member->ready = kind == FORK_CREW_READY;
        if (kind == FORK_CREW_ERROR) {
            error_set(&error, "%.*s", (int)len, bytes);
            fork_crew_fail(crew, &error);
        }
        return member->ready;
    }
    struct crew_task *task = member->tasks;
    if (!task || task == member->next || (kind != FORK_CREW_RESULT && kind != FORK_CREW_ERROR))
        return false;
    task->result = (struct buf){0};
    if (buf_append(&task->result, bytes, len) < 0 || !buf_string(&task->result)) {
        struct thresh_error error;
        error_no_memory(&error);
        fork_crew_fail(crew, &error);
    }
    member->tasks = task->next;
    give_back(crew, task, kind == FORK_CREW_RESULT ? CREW_DONE : CREW_FAILED);
    return true;
}

/* Takes the whole answers off what the worker has said. False as above. */
static bool take_answers(struct fork_crew *crew, struct fork_crew_member *member, size_t *want)
{
    struct buf *in = &member->in;
    size_t at = 0;
    bool is_sound = true;
    *want = READ_BYTES;
    while (is_sound && in->len - at >= sizeof(struct fork_crew_answer)) {
        struct fork_crew_answer head;
        memcpy(&head, in->data + at, sizeof head);
        if (head.len > BACKEND_RESULT_MAX_BYTES)
            return false;
        if (in->len - at - sizeof head < head.len) {
            *want = (size_t)head.len - (in->len - at - sizeof head);
            break;
        }
        is_sound =
            understand(crew, member, head.kind, in->data + at + sizeof head, (size_t)head.len);
        at += sizeof head + (size_t)head.len;
    }
    in->len -= at;
    if (at)
        memmove(in->data, in->data + at, in->len);
    if (!in->len && in->cap > 4 * READ_BYTES)
        buf_free(in);
    return is_sound;
}

/* One answer may be in many pieces. */
void fork_crew_read(struct fork_crew *crew, struct fork_crew_member *member)
{
    size_t want = READ_BYTES;
    for (int reads = 0; member->pid && reads < 8; reads++) {
        if (buf_reserve(&member->in, want) < 0) {
            fork_crew_bury(crew, member, true);
            return;
        }
        ssize_t got = read(member->up, member->in.data + member->in.len, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got > 0) {
            member->in.len += (size_t)got;
            if (take_answers(crew, member, &want))
                continue;
        }
        fork_crew_bury(crew, member, got > 0);
    }
}
