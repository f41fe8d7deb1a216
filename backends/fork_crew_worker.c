/* SPDX-License-Identifier: MIT
 *
 * A worker of a crew of processes. It waits for nothing but its two pipes, ends with its
 * parent, and leaves only through _exit.
 */
#include "backends/fork_crew.h"

#include "backends/fork_frame.h"
#include "base/io.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define TOGETHER_BYTES 4096 /* a shorter answer is written with its head, by one call */

/* If the parent is gone, there is nobody left to tell. */
static void answer(int up, enum fork_crew_answer_kind kind, const void *bytes, size_t len)
{
    struct fork_crew_answer head = {kind, len};
    char both[sizeof head + TOGETHER_BYTES];
    int rc;
    if (len <= TOGETHER_BYTES) {
        memcpy(both, &head, sizeof head);
        if (len)
            memcpy(both + sizeof head, bytes, len);
        rc = io_write_all(up, both, sizeof head + len);
    } else {
        rc = io_write_all(up, &head, sizeof head);
        if (rc == 0)
            rc = io_write_all(up, bytes, len);
    }
    if (rc < 0)
        _exit(FORK_WORKER_GAVE_UP);
}

static void do_task(const struct crew_work *work, void *state, int up, const void *what,
                    const struct buf *request, struct buf *out)
{
    struct thresh_error error = {{0}};
    buf_clear(out);
    int rc = work->function(state, request->data, request->len, what, out, &error);
    if (rc >= 0 && out->failed)
        rc = error_no_memory(&error);
    if (rc < 0)
        answer(up, FORK_CREW_ERROR, error.text, strlen(error.text));
    else
        answer(up, FORK_CREW_RESULT, out->data, out->len);
    if (out->cap > BACKEND_RESULT_KEEP_BYTES)
        buf_free(out);
}

/* False at the end of the tasks. */
static bool read_task(int down, struct fork_crew_request *head, struct buf *request)
{
    if (io_read_all(down, head, sizeof *head) != (ptrdiff_t)sizeof *head || !head->what)
        return false;
    if (request->cap > BACKEND_RESULT_KEEP_BYTES && head->len < request->cap / 8)
        buf_free(request);
    buf_clear(request);
    if (buf_reserve(request, (size_t)head->len + 1) < 0)
        _exit(FORK_WORKER_NO_MEMORY);
    request->len = (size_t)head->len;
    return io_read_all(down, request->data, request->len) == (ptrdiff_t)request->len;
}

_Noreturn void fork_crew_worker(const struct crew_work *work, pid_t parent, int down, int up)
{
    struct thresh_error error = {{0}};
    struct fork_crew_request head;
    struct buf request = {0}, out = {.max_bytes = BACKEND_RESULT_MAX_BYTES};
    fork_worker_signals();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(FORK_WORKER_GAVE_UP);
    void *state = work->open ? work->open(work->shared, &error) : work->shared;
    if (work->open && !state) {
        answer(up, FORK_CREW_ERROR, error.text, strlen(error.text));
        _exit(FORK_WORKER_GAVE_UP);
    }
    answer(up, FORK_CREW_READY, NULL, 0);
    while (read_task(down, &head, &request))
        do_task(work, state, up, head.what, &request, &out);
    if (work->open && work->close)
        work->close(state);
    _exit(0);
}
