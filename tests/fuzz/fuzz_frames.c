/* SPDX-License-Identifier: MIT
 *
 * Any bytes on the pipe of a worker: the parent takes only answers to what it asked, in order,
 * and settles with whoever sends anything else. The processes are made up.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Nobody is killed and nobody waited for: there is no worker. */
static int no_kill(pid_t pid, int number)
{
    (void)pid, (void)number;
    return 0;
}

static int no_wait(pid_t pid, bool by_force)
{
    (void)pid, (void)by_force;
    return SIGKILL;
}

#define kill            no_kill
#define fork_child_reap no_wait
#include "backends/fork_place.c"

enum { ITEMS = 8 };

/* Two tickets' worth of items are asked for; then the bytes come, then the end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fork_place place;
    struct thresh_error error;
    int pipes[2];
    uint64_t next = 0;
    bool flip = size && data[0] & 1;
    if (size > 60000 || pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0)
        return 0;
    fork_place_open(&place);
    place.pid = 1;
    place.frames = pipes[0];
    place.ready = flip;
    fuzz_check(pipe2(place.tickets, O_CLOEXEC) == 0);
    fork_place_give(&place, (struct fork_ticket){0, ITEMS / 2, flip});
    fork_place_give(&place, (struct fork_ticket){ITEMS / 2, ITEMS / 2, 0});
    fuzz_check(write(pipes[1], data + (size > 0), size - (size > 0)) >= 0);
    close(pipes[1]);
    while (place.pid && fork_place_room(&place, next) &&
           fork_place_read(&place, next, &error) == 0) {
        struct fork_frame frame;
        const char *bytes;
        while (fork_place_peek(&place, next, &frame, &bytes)) {
            fuzz_check(frame.item == next && next < ITEMS);
            fuzz_check(frame.len <= place.in.len);
            if (frame.kind == FORK_FRAME_ERROR)
                break;
            fuzz_check(frame.kind == FORK_FRAME_PART || frame.kind == FORK_FRAME_RESULT ||
                       frame.kind == FORK_FRAME_LOST);
            fork_place_drop(&place, &frame);
            next += frame.kind != FORK_FRAME_PART;
        }
        fuzz_check(place.head <= place.whole && place.whole <= place.in.len);
        if (place.failed)
            break;
    }
    fork_place_close(&place, true);
    return 0;
}
