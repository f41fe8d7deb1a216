/* SPDX-License-Identifier: MIT
 *
 * The worker's side of the fork backend: tickets in, frames out, until the tickets end. It
 * waits for nothing but its two pipes, ends with its parent, and leaves only through _exit.
 */
#include "backends/fork_frame.h"
#include "backends/fork_guard.h"
#include "base/clock.h"
#include "base/io.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* Small results are collected and written together, up to this many bytes and at most this
 * long. */
#define BATCH_BYTES ((size_t)64 << 10)
#define BATCH_NS    (FORK_TICKET_NS / 2)

struct outbox {
    int fd;
    size_t len;
    char bytes[BATCH_BYTES];
};

/* If the parent is gone, there is nobody left to tell. */
static void send_bytes(int fd, const void *bytes, size_t len)
{
    if (io_write_all(fd, bytes, len) < 0)
        _exit(FORK_WORKER_GAVE_UP);
}

static void flush(struct outbox *box)
{
    send_bytes(box->fd, box->bytes, box->len);
    box->len = 0;
}

static void post(struct outbox *box, const struct fork_frame *frame, const void *bytes)
{
    size_t need = sizeof *frame + frame->len;
    if (need > sizeof box->bytes - box->len)
        flush(box);
    if (need > sizeof box->bytes) {
        send_bytes(box->fd, frame, sizeof *frame);
        send_bytes(box->fd, bytes, frame->len);
        return;
    }
    memcpy(box->bytes + box->len, frame, sizeof *frame);
    if (frame->len)
        memcpy(box->bytes + box->len + sizeof *frame, bytes, frame->len);
    box->len += need;
}

static _Noreturn void give_up(struct outbox *box, uint64_t item,
                              const struct thresh_error *error)
{
    post(box, &(struct fork_frame){item, (uint32_t)strlen(error->text), FORK_FRAME_ERROR, 0},
         error->text);
    flush(box);
    _exit(FORK_WORKER_GAVE_UP);
}

/* Running out of memory fails the run, unless the guard limits the worker's memory: then it is
 * the item's fault, and the parent learns of it from the exit status. */
static _Noreturn void stop_at(const struct backend_work *work, void *state, struct outbox *box,
                              uint64_t item, const struct thresh_error *error)
{
    if (work->guard && work->guard->memory_bytes && error_is_no_memory(error)) {
        flush(box);
        _exit(FORK_WORKER_NO_MEMORY);
    }
    work->close(state);
    give_up(box, item, error);
}

/* Set by FORK_STOP_SIGNAL, in a worker only; a signal handler has no other way to tell. */
static atomic_bool stopping;

static void on_stop(int number)
{
    (void)number;
    atomic_store(&stopping, true);
}

/* Maps an item into `out` and sends what comes before its last part. False: the run is being
 * stopped, and no more of the item will come. */
static bool map_item(const struct backend_work *work, void *state, uint64_t item,
                     struct outbox *box, struct buf *out)
{
    struct thresh_error error = {0};
    int rc;
    for (;;) {
        struct backend_turn turn = {clock_coarse_ns() + BACKEND_TURN_NS, &stopping};
        buf_clear(out);
        rc = work->map(state, item, &turn, out, &error);
        if (rc >= 0 && out->failed)
            rc = error_no_memory(&error);
        if (rc <= 0)
            break;
        post(box, &(struct fork_frame){item, (uint32_t)out->len, FORK_FRAME_PART, 0},
             out->data);
        flush(box);
        if (atomic_load(&stopping))
            return false;
    }
    if (rc < 0)
        stop_at(work, state, box, item, &error);
    return true;
}

static void answer(const struct backend_work *work, void *state, struct fork_ticket ticket,
                   struct outbox *box, struct buf *out)
{
    int64_t start = clock_ns(), flushed = start, spent = 1;
    /* The parent measures an item's time from one answer to the next. */
    bool timed = work->guard && work->guard->item_ms;
    for (uint32_t done = 1; done <= ticket.count && !atomic_load(&stopping); done++) {
        uint64_t item = ticket.first + done - 1;
        if (!map_item(work, state, item, box, out))
            break;
        int64_t end = clock_ns();
        spent += end - start;
        int64_t pace = done * FORK_TICKET_NS / spent;
        post(box,
             &(struct fork_frame){item, (uint32_t)out->len, FORK_FRAME_RESULT,
                                  (uint16_t)(pace < FORK_TICKET_MAX ? pace : FORK_TICKET_MAX)},
             out->data);
        if (out->cap > BACKEND_RESULT_KEEP_BYTES)
            buf_free(out);
        start = end;
        if (ticket.suspect || timed || end - flushed > BATCH_NS) {
            flush(box);
            start = flushed = clock_ns();
        }
    }
    flush(box);
}

/* The program's signal handlers are not for a worker: there, a signal has its default effect.
 * What is ignored stays ignored, as across an exec, so that `thresh &` survives Ctrl-C as a
 * whole. */
void fork_worker_signals(void)
{
    struct sigaction action;
    sigset_t none;
    for (int number = 1; number < NSIG; number++) {
        if (sigaction(number, NULL, &action) < 0 || action.sa_handler == SIG_IGN)
            continue;
        action = (struct sigaction){.sa_handler = SIG_DFL};
        sigaction(number, &action, NULL);
    }
    sigaction(FORK_STOP_SIGNAL,
              &(struct sigaction){.sa_handler = on_stop, .sa_flags = SA_RESTART}, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void fork_worker(const struct backend_work *work, pid_t parent, int tickets,
                           int frames)
{
    struct outbox box = {.fd = frames};
    struct buf out = {.max_bytes = BACKEND_RESULT_MAX_BYTES};
    struct thresh_error error = {0};
    struct fork_ticket ticket;
    fork_worker_signals();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before the line above */
        _exit(FORK_WORKER_GAVE_UP);
    const struct backend_guard *guard = work->guard;
    unsigned layers = 0;
    if (guard && fork_guard_memory(guard->memory_bytes, &error) < 0)
        give_up(&box, 0, &error);
    void *state = work->open(work->shared, &error);
    if (!state)
        give_up(&box, 0, &error);
    if (guard && guard->isolate &&
        fork_guard_close(guard, tickets, frames, &layers, &error) < 0)
        give_up(&box, 0, &error);
    post(&box, &(struct fork_frame){.item = layers, .kind = FORK_FRAME_READY}, NULL);
    flush(&box);
    while (!atomic_load(&stopping) &&
           io_read_all(tickets, &ticket, sizeof ticket) == (ptrdiff_t)sizeof ticket)
        answer(work, state, ticket, &box, &out);
    work->close(state);
    _exit(0); /* not exit: stdio buffers and atexit handlers belong to the program */
}
