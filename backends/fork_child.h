/* SPDX-License-Identifier: MIT
 *
 * A child process, as its parent waits for it: whatever becomes of the child, the parent goes
 * on.
 */
#ifndef THRESH_BACKENDS_FORK_CHILD_H
#define THRESH_BACKENDS_FORK_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How often a parent that waits asks whether the child is stuck. */
#define FORK_CHILD_ASK_MS 200

/* Whether nothing more is to be expected of the child, though its pipe has not ended: for two
 * seconds it has been stopped, as SIGSTOP stops it, or dead, while a process of its own holds
 * the pipe. *since_ms is the asker's to keep from one question to the next, 0 for a new
 * child. */
bool fork_child_is_stuck(pid_t pid, int64_t *since_ms);

/* The child's wait status. One that is about to end by itself has a moment to do so; one that
 * does not, or `by_force`, is killed. */
int fork_child_reap(pid_t pid, bool by_force);

/* Where SIGCHLD is ignored, as the program's parent may have left it, waitpid gives no status:
 * it is not ignored between these two. */
void fork_child_keep_statuses(struct sigaction *before);
void fork_child_restore(const struct sigaction *before);

#endif
