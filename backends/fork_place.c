/* SPDX-License-Identifier: MIT
 *
 * Starts the workers of a run, takes in what they send, and decides what the death of one
 * means.
 */
#include "backends/fork_place.h"

#include "backends/fork_child.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPE_BYTES    (1 << 20)           /* the most an unprivileged process may ask for */
#define READ_BYTES    ((size_t)256 << 10) /* at once, unless a frame is longer */
#define EARLY_DEATHS  3                   /* one or two may be chance */
#define SUSPECT_KILLS 4                   /* deaths by SIGKILL that may be chance */

void fork_place_open(struct fork_place *place)
{
    *place = (struct fork_place){.tickets = {-1, -1}, .frames = -1, .given = 1};
}

static void close_pipes(struct fork_place *place)
{
    close(place->tickets[0]);
    close(place->tickets[1]);
    close(place->frames);
    place->tickets[0] = place->tickets[1] = place->frames = -1;
}

int fork_place_recruit(struct fork_place *places, int size, int at,
                       const struct backend_work *work)
{
    struct fork_place *place = &places[at];
    int frames[2] = {-1, -1};
    pid_t parent = getpid(), pid = -1;
    if (pipe2(place->tickets, O_CLOEXEC) == 0 && pipe2(frames, O_CLOEXEC) == 0) {
        place->frames = frames[0];
        fcntl(frames[0], F_SETFL, O_NONBLOCK);
        fcntl(frames[1], F_SETPIPE_SZ, PIPE_BYTES); /* a refusal costs only speed */
        pid = fork();
    }
    if (pid == 0) {
        int tickets = place->tickets[0];
        place->tickets[0] = -1;
        for (int i = 0; i < size; i++)
            close_pipes(&places[i]);
        fork_worker(work, parent, tickets, frames[1]);
    }
    int number = errno;
    close(frames[1]);
    if (pid < 0)
        close_pipes(place);
    place->pid = pid > 0 ? pid : 0;
    place->waited_ms = place->stuck_ms = 0;
    errno = number;
    return pid > 0 ? 0 : -1;
}

/* Returns the worker's wait status. */
static int reap(struct fork_place *place, bool by_force)
{
    int wait_status = fork_child_reap(place->pid, by_force);
    close_pipes(place);
    place->pid = 0;
    place->ready = false;
    return wait_status;
}

void fork_place_close(struct fork_place *place, bool by_force)
{
    if (place->pid)
        reap(place, by_force);
    buf_free(&place->in);
}

void fork_place_end_tickets(struct fork_place *place)
{
    close(place->tickets[1]);
    place->tickets[1] = -1;
}

void fork_place_stop(struct fork_place *place)
{
    place->closed = true;
    if (place->pid && !place->ready)
        reap(place, true);
    if (!place->pid)
        return;
    kill(place->pid, FORK_STOP_SIGNAL);
    fork_place_end_tickets(place);
}

/* This cannot block or fail: a pipe holds far more than FORK_PLACE_TICKETS, and the parent
 * keeps a reading end open. */
static void send_ticket(struct fork_place *place, const struct fork_ticket *ticket)
{
    io_write_all(place->tickets[1], ticket, sizeof *ticket);
}

void fork_place_give(struct fork_place *place, struct fork_ticket ticket)
{
    if (!place->queued)
        place->waited_ms = 0;
    place->queue[place->queued++] = ticket;
    place->given = ticket.count;
    send_ticket(place, &ticket);
}

/* The first item on the tickets is answered. */
static void advance(struct fork_place *place)
{
    place->waited_ms = 0;
    struct fork_ticket *ticket = &place->queue[0];
    ticket->first++;
    if (ticket->suspect > 1)
        ticket->suspect = 1; /* only the last death can be the next item's fault */
    if (--ticket->count == 0) {
        place->queue[0] = place->queue[1];
        place->queued--;
    }
}

/* The first item on the tickets is lost: a frame in the worker's stream says how. */
static int lose(struct fork_place *place, int status, struct thresh_error *error)
{
    struct fork_ticket *ticket = &place->queue[0];
    struct fork_frame frame = {ticket->first, sizeof status, FORK_FRAME_LOST, 0};
    buf_append(&place->in, &frame, sizeof frame);
    if (buf_append(&place->in, &status, sizeof status) < 0)
        return error_no_memory(error);
    place->whole = place->in.len;
    ticket->suspect = 0; /* the deaths are explained, so the rest is no longer suspected */
    advance(place);
    return 0;
}

int fork_place_overdue(struct fork_place *place, struct thresh_error *error)
{
    reap(place, true);
    place->in.len = place->whole;
    return lose(place, BACKEND_OVER_TIME, error);
}

int fork_place_bury(struct fork_place *place, bool by_force, struct thresh_error *error)
{
    bool early = !place->ready;
    int status = reap(place, by_force);
    place->in.len = place->whole;
    if (place->closed)
        return 0;
    if (early && ++place->early_deaths >= EARLY_DEATHS)
        return error_set(error, "worker processes die, or hang, before they have begun (%s %d)",
                         WIFSIGNALED(status) ? "signal" : "exit status",
                         WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (early || !place->queued)
        return 0;
    struct fork_ticket *ticket = &place->queue[0];
    /* No item can send SIGKILL, so it came from outside. The out-of-memory killer may have sent
     * it because of the item, but then it happens again with the same item. */
    uint32_t most = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? SUSPECT_KILLS : 1;
    if (ticket->suspect < most) {
        ticket->suspect++;
        return 0;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == FORK_WORKER_NO_MEMORY)
        status = BACKEND_OVER_MEMORY;
    return lose(place, status, error);
}

static struct fork_frame frame_at(const struct fork_place *place, size_t at)
{
    struct fork_frame frame;
    memcpy(&frame, place->in.data + at, sizeof frame);
    return frame;
}

/* Whether a worker may send such a frame at this point. */
static bool is_due(const struct fork_place *place, const struct fork_frame *frame)
{
    if (!place->ready)
        return (frame->kind == FORK_FRAME_READY && frame->len == 0) ||
               (frame->kind == FORK_FRAME_ERROR && frame->len < sizeof(struct thresh_error));
    return (frame->kind == FORK_FRAME_PART || frame->kind == FORK_FRAME_RESULT ||
            frame->kind == FORK_FRAME_ERROR) &&
           place->queued && frame->item == place->queue[0].first &&
           frame->len <= BACKEND_RESULT_MAX_BYTES;
}

static int take_frames(struct fork_place *place, struct thresh_error *error)
{
    while (place->in.len - place->whole >= sizeof(struct fork_frame)) {
        struct fork_frame frame = frame_at(place, place->whole);
        if (!is_due(place, &frame))
            return fork_place_bury(place, true, error);
        if (place->in.len - place->whole - sizeof frame < frame.len)
            return 0;
        if (frame.kind == FORK_FRAME_READY) {
            place->in.len = place->whole;
            place->ready = true;
            place->early_deaths = 0;
            place->layers = (unsigned)frame.item;
            for (uint32_t i = 0; i < place->queued; i++)
                send_ticket(place, &place->queue[i]);
            return 0;
        }
        if (!place->ready)
            return error_set(error, "%.*s", (int)frame.len,
                             place->in.data + place->whole + sizeof frame);
        place->whole += sizeof frame + frame.len;
        if (frame.kind == FORK_FRAME_PART) {
            place->waited_ms = 0;
            continue;
        }
        place->pace = frame.pace;
        if (frame.kind == FORK_FRAME_ERROR) {
            place->closed = place->failed = true;
            place->failed_at = frame.item;
            return 0;
        }
        advance(place);
    }
    return 0;
}

size_t fork_place_room(const struct fork_place *place, uint64_t next)
{
    size_t held = place->in.len - place->head, want = FORK_PLACE_AHEAD_BYTES;
    if (place->head == place->whole && held >= sizeof(struct fork_frame)) {
        struct fork_frame frame = frame_at(place, place->head);
        if (frame.item == next && sizeof frame + frame.len > want)
            want = sizeof frame + frame.len;
    }
    return want > held ? want - held : 0;
}

int fork_place_read(struct fork_place *place, uint64_t next, struct thresh_error *error)
{
    struct buf *in = &place->in;
    size_t more = fork_place_room(place, next);
    if (in->len - place->head + more <= FORK_PLACE_AHEAD_BYTES && more > READ_BYTES)
        more = READ_BYTES;
    if (place->head > in->len / 2) { /* so seldom that moving costs less than reading */
        in->len -= place->head;
        place->whole -= place->head;
        memmove(in->data, in->data + place->head, in->len);
        place->head = 0;
    }
    if (buf_reserve(in, more) < 0)
        return error_no_memory(error);
    ssize_t got = read(place->frames, in->data + in->len, more);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (got < 0)
        return error_set(error, "reading from a worker: %m");
    if (got == 0)
        return fork_place_bury(place, false, error);
    in->len += (size_t)got;
    return take_frames(place, error);
}

uint64_t fork_place_first(const struct fork_place *place)
{
    if (place->head != place->whole)
        return frame_at(place, place->head).item;
    return place->pid && place->queued ? place->queue[0].first : UINT64_MAX;
}

bool fork_place_peek(const struct fork_place *place, uint64_t next, struct fork_frame *frame,
                     const char **bytes)
{
    if (place->head == place->whole)
        return false;
    *frame = frame_at(place, place->head);
    *bytes = place->in.data + place->head + sizeof *frame;
    return frame->item == next;
}

void fork_place_drop(struct fork_place *place, const struct fork_frame *frame)
{
    place->head += sizeof *frame + frame->len;
    if (place->head < place->in.len)
        return;
    place->head = place->whole = place->in.len = 0;
    if (place->in.cap > 2 * FORK_PLACE_AHEAD_BYTES)
        buf_free(&place->in);
}
