/* SPDX-License-Identifier: MIT */
#include "library/loss.h"

#include "backends/backend.h"
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

struct thresh_loss thresh_loss_of(int wait_status)
{
    struct thresh_loss loss = {.kind = THRESH_LOSS_EXIT};
    if (wait_status == BACKEND_OVER_TIME) {
        loss.kind = THRESH_LOSS_TIME;
        snprintf(loss.text, sizeof loss.text, "it took longer than its limit of time");
    } else if (wait_status == BACKEND_OVER_MEMORY) {
        loss.kind = THRESH_LOSS_MEMORY;
        snprintf(loss.text, sizeof loss.text, "its worker took more memory than its limit");
    } else if (WIFSIGNALED(wait_status)) {
        const char *name = sigabbrev_np(WTERMSIG(wait_status));
        loss.kind = THRESH_LOSS_SIGNAL;
        loss.number = WTERMSIG(wait_status);
        snprintf(loss.text, sizeof loss.text, "its worker was killed by SIG%s",
                 name ? name : "?");
    } else {
        loss.number = WEXITSTATUS(wait_status);
        snprintf(loss.text, sizeof loss.text, "its worker ended with exit status %d",
                 loss.number);
    }
    return loss;
}
